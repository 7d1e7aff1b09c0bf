package ingest

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestStacked: assets that stand side by side are read as those that stand one below
// the other; by hand.
func TestStacked(t *testing.T) {
	want, _, err := read(t, "date,symbol,open,high,low,close,volume\n2024-01-02,A,2,3,1,2,10\n2024-01-03,A,2,4,1,3,11\n2024-01-02,B,7,9,6,8,20\n2024-01-04,B,8,9,7,8,21\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"by field": "Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume\nTicker,A,B,A,B,A,B,A,B,A,B\nDate,,,,,,,,,,\n" +
			"2024-01-02,2,8,3,9,1,6,2,7,10,20\n2024-01-03,3,,4,,1,,2,,11,\n2024-01-04,,8,,9,,7,,8,,21\n",
		"by ticker": "Ticker,A,A,A,A,A,B,B,B,B,B\nPrice,Open,High,Low,Close,Volume,Open,High,Low,Close,Volume\nDate,,,,,,,,,,\n" +
			"2024-01-02,2,3,1,2,10,7,9,6,8,20\n2024-01-03,2,4,1,3,11,,,,,\n2024-01-04,,,,,,8,9,7,8,21\n",
		"without a third line": "Ticker;A;A;A;A;A;B;B;B;B;B\nPrice;Open;High;Low;Close;Volume;Open;High;Low;Close;Volume\n" +
			"2024-01-02;2;3;1;2;10;7;9;6;8;20\n2024-01-03;2;4;1;3;11;;;;;\n2024-01-04;;;;;;8;9;7;8;21\n",
		"blocks": "A,,,,,,B,,,,,\nDates,PX_OPEN,PX_HIGH,PX_LOW,PX_LAST,PX_VOLUME,Dates,PX_OPEN,PX_HIGH,PX_LOW,PX_LAST,PX_VOLUME\n" +
			"1/2/2024,2,3,1,2,10,1/2/2024,7,9,6,8,20\n1/3/2024,2,4,1,3,11,1/4/2024,8,9,7,8,21\n",
		"merged cells": ",A,,,,,B,,,,\nDate,Open,High,Low,Close,Volume,Open,High,Low,Close,Volume\n" +
			"2024-01-02,2,3,1,2,10,7,9,6,8,20\n2024-01-03,2,4,1,3,11,,,,,\n2024-01-04,,,,,,8,9,7,8,21\n",
	} {
		o := Options{}
		if name == "blocks" {
			o.DateOrder = MonthFirst
		}
		r, rejects, err := read(t, text, o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Frame.Info().Digest != want.Frame.Info().Digest || r.Report.Rejected > 0 || r.Report.Read != 4 {
			t.Errorf("%s: %+v, %s", name, r.Report, rejects)
		}
	}
	// Lines are those of the file.
	_, rejects, err := read(t, "Ticker,A,A,A,A,A,B,B,B,B,B\nPrice,Open,High,Low,Close,Volume,Open,High,Low,Close,Volume\nDate,,,,,,,,,,\n"+
		"2024-01-02,2,3,1,2,10,7,9,6,8,20\n2024-01-03,2,4,1,3,11,7,1,6,8,20\n", Options{})
	if err != nil || !strings.Contains(rejects, "X.csv,5,ohlc,\"2024-01-03,B,") {
		t.Errorf("%v %s", err, rejects)
	}
	// One ticker, and what only looks like it.
	for text, asset := range map[string]string{
		"Price,Close,High,Low,Open,Volume\nTicker,A,A,A,A,A\nDate,,,,,\n2024-01-02,2,3,1,2,10\n2024-01-03,2,3,1,2,10\n":                        "A",
		"date,open,high,low,close,volume\n(UTC),USD,USD,USD,USD,shares\n2024-01-02,2,3,1,2,10\n2024-01-03,2,3,1,2,10\n2024-01-04,2,3,1,2,10\n": "X",
		"Prices of a day,,,,,\nDate,Open,High,Low,Close,Volume\n2024-01-02,2,3,1,2,10\n2024-01-03,2,3,1,2,10\n":                                "X",
	} {
		r, _, err := read(t, text, Options{})
		if err != nil || r.Frame.Asset(0) != asset || r.Frame.NumAssets() != 1 {
			t.Errorf("%q: %v", text, err)
		}
	}
	first := ""
	for _, name := range []string{"prices.csv", "byticker.csv", "bloomberg.csv"} {
		r, err := Files(context.Background(), []string{caseFile(t, "ingest-yfinance-two-tickers/"+name)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Frame.Release()
		if r.Report.Accepted != 600 || r.Frame.NumAssets() != 2 {
			t.Errorf("%s: %+v", name, r.Report)
		}
		if name == "byticker.csv" && r.Frame.Info().Digest != first {
			t.Error("the two orders of yfinance are other bars")
		}
		first = r.Frame.Info().Digest
	}
}

// TestTupleNames: names of two levels that a data frame left as text, and blanks before
// quotes; by hand.
func TestTupleNames(t *testing.T) {
	for _, text := range []string{
		"\"('Date', '')\",\"('Open', 'A')\",\"('High', 'A')\",\"('Low', 'A')\",\"('Close', 'A')\",\"('Volume', 'A')\"\n2024-01-02,2,3,1,2,10\n",
		"Date,\"('A', 'Open')\",\"('A', 'High')\",\"('A', 'Low')\",\"('A', 'Close')\",\"('A', 'Volume')\"\n2024-01-02,2,3,1,2,10\n",
	} {
		r, _, err := read(t, text, Options{})
		if err != nil || r.Frame.Asset(0) != "A" || r.Frame.Values(0, 1)[0] != 3 {
			t.Errorf("%q: %v", text, err)
		}
	}
	r, rejects, err := read(t, "\"date\", \"open\", \"high\", \"low\", \"close\", \"volume\"\n\"2024-01-02\", \"2\", \"3\", \"1\", \"2\", \"10\"\n", Options{})
	if err != nil || r.Report.Accepted != 1 {
		t.Errorf("%+v %s %v", r, rejects, err)
	}
	// Several assets side by side in a table are refused, with the names there are.
	_, err = Files(context.Background(), []string{caseFile(t, "ingest-flattened-multiindex/AAPL.parquet")}, Options{})
	if !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "('AAPL', 'Open')") {
		t.Error(err)
	}
}
