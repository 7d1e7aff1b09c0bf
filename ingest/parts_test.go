package ingest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

// part writes bars from … to−1 of 40 days as a file.
func part(from, to int) []byte {
	return []byte(fileOf("date,open,high,low,close,volume\n", bars(to, day)[from:], false, func(b bar) string { return join(",", b, b.at.Format("2006-01-02")) }))
}

// TestPartsOfAnAsset: files whose names have a stem in common, and go on with a date or
// numbers in a row, are one asset; others are not, and those that have the same days
// are refused.
func TestPartsOfAnAsset(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string // of ten days each
		want  string
	}{
		{"months", []string{"BTC-1m-2023-02.csv", "BTC-1m-2023-03.csv"}, "BTC-1m"},
		{"years", []string{"AAPL_2021.csv", "AAPL_2022.csv", "AAPL_2023.csv"}, "AAPL"},
		{"a year in the middle", []string{"SPX_2021_day.csv", "SPX_2022_day.csv"}, "SPX_day"},
		{"dates in front", []string{"2021-01-EURUSD.csv", "2021-02-EURUSD.csv"}, "EURUSD"},
		{"months without a sign", []string{"DAT_EURUSD_M1_201201.csv", "DAT_EURUSD_M1_201202.csv"}, "DAT_EURUSD_M1"},
		{"ranges", []string{"ES_2021-01-01_2021-06-30.csv", "ES_2021-07-01_2021-12-31.csv"}, "ES"},
		{"quarters", []string{"X-2021Q1.csv", "X-2021Q2.csv"}, "X"},
		{"downloads", []string{"data.csv", "data (1).csv", "data (2).csv"}, "data"},
		{"numbers", []string{"part-0.csv", "part-1.csv", "part-2.csv"}, "part"},
		{"ten numbers", []string{"x_1.csv", "x_2.csv", "x_3.csv", "x_4.csv", "x_5.csv", "x_6.csv", "x_7.csv", "x_8.csv", "x_9.csv", "x_10.csv"}, "x"},
		{"codes", []string{"600519.csv", "600520.csv"}, "600519,600520"},
		{"codes behind a market", []string{"SH_600519.csv", "SH_600520.csv"}, "SH_600519,SH_600520"},
		{"names with numbers", []string{"A1.csv", "A2.csv"}, "A1,A2"},
		{"one", []string{"AAPL_2021.csv"}, "AAPL_2021"},
		{"different stems", []string{"AAPL_2021.csv", "MSFT_2021.csv"}, "AAPL_2021,MSFT_2021"},
	} {
		files := make(map[string][]byte)
		for i, name := range c.files {
			files[name] = part(4*i, 4*i+4)
		}
		r, err := filesOf(t, Options{}, folder(t, files))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := strings.Join(r.Frame.Assets(), ","); got != c.want || r.Report.Rejected != 0 || r.Frame.NumRows() != 4*len(c.files) {
			t.Errorf("%s: %s, want %s; %d rows rejected", c.name, got, c.want, r.Report.Rejected)
		}
		if one := !strings.Contains(c.want, ","); said(r, "asset", "") != (one && len(c.files) > 1) {
			t.Errorf("%s: an ingest says %+v", c.name, r.Report.Readings)
		}
	}
	// Contracts: the same days.
	dir := folder(t, map[string][]byte{"CL_2023-03.csv": part(0, 20), "CL_2023-04.csv": part(3, 23)})
	_, err := filesOf(t, Options{}, dir)
	refusal(t, err, `"CL"`, "Options.AssetFrom", "Options.Asset ")
	r, err := filesOf(t, Options{AssetFrom: "{asset}.csv"}, dir)
	if err != nil || strings.Join(r.Frame.Assets(), ",") != "CL_2023-03,CL_2023-04" {
		t.Errorf("an asset each: %v", err)
	}
	// One file is a part of what there is.
	r, err = filesOf(t, Options{Beside: func(a string) bool { return a == "BTC-1m" }}, folder(t, map[string][]byte{"BTC-1m-2023-04.csv": part(0, 4)}))
	if err != nil || r.Frame.Asset(0) != "BTC-1m" {
		t.Errorf("the next month: %v", err)
	}
	if r, err := caseOf(t, Options{}, "ingest-folder-of-months"); err != nil || r.Frame.NumAssets() != 1 || r.Frame.NumRows() != 500 {
		t.Errorf("the case: %v", err)
	}
	if r, err := caseOf(t, Options{Asset: "BTCUSDT"}, "ingest-folder-of-months"); err != nil || r.Frame.NumAssets() != 1 || r.Frame.NumRows() != 500 || r.Frame.Asset(0) != "BTCUSDT" {
		t.Errorf("the case, named: %v", err)
	}
}

// TestAssetFrom: a pattern finds the asset in paths.
func TestAssetFrom(t *testing.T) {
	dir := folder(t, map[string][]byte{
		"key=AAPL/2021.csv": part(0, 4), "key=AAPL/2022.csv": part(4, 8), "key=MSFT/2021.csv": part(0, 4),
	})
	for pattern, want := range map[string]string{
		"key={asset}/*.csv": "AAPL,MSFT", "*={asset}/*": "AAPL,MSFT", `key=(\w+)/`: "AAPL,MSFT",
	} {
		r, err := filesOf(t, Options{AssetFrom: pattern}, dir)
		if err != nil || strings.Join(r.Frame.Assets(), ",") != want || r.Report.Rejected != 0 {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	_, err := filesOf(t, Options{AssetFrom: "x_{asset}.csv"}, dir)
	refusal(t, err, "x_{asset}.csv", "2021.csv")
	for _, o := range []Options{{AssetFrom: "*.csv"}, {AssetFrom: "{asset}/{asset}"}, {AssetFrom: "{asset}", Asset: "X"}, {AssetFrom: "(a)(b)"}} {
		_, err := filesOf(t, o, dir)
		refusal(t, err, "pattern")
	}
}

// TestNaturalOrder: parts are read in the order of their numbers, in names and in
// folders, so that no row comes too late.
func TestNaturalOrder(t *testing.T) {
	files := make(map[string][]byte)
	for i := range 12 {
		files[fmt.Sprintf("symbol=X/year=2023/month=%d/part-0.csv", i+1)] = part(3*i, 3*i+3)
	}
	r, err := filesOf(t, Options{}, folder(t, files))
	if err != nil || r.Report.Rejected != 0 || r.Frame.NumRows() != 36 {
		t.Errorf("months: %v", err)
	}
	var order []string
	for _, s := range r.Report.Sources {
		_, month, _ := strings.Cut(s.Path, "month=")
		order = append(order, "month="+month)
	}
	if order[1] != "month=2/part-0.csv" || order[9] != "month=10/part-0.csv" {
		t.Errorf("read in the order of %q", order)
	}
	if r, err := caseOf(t, Options{}, "hive-month-order/hive"); err != nil || r.Frame.NumRows() != 522 || r.Report.Rejected != 0 {
		t.Errorf("the case: %v", err)
	}
}

// TestPartitionsGiveTheDate: date=2024-01-02, or a year, a month and a day, are the date
// of rows that have a time of day, or nothing.
func TestPartitionsGiveTheDate(t *testing.T) {
	clock := func(hour int) []byte {
		return []byte(fmt.Sprintf("time,symbol,open,high,low,close,volume\n%02d:30,A,10,11,9,10.5,100\n%02d:30,A,10,11,9,10.5,100\n", hour, hour+1))
	}
	none := []byte("symbol,open,high,low,close,volume\nA,10,11,9,10.5,100\nB,10,11,9,10.5,100\n")
	first := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)
	type row struct {
		Symbol                         string `parquet:"symbol"`
		Open, High, Low, Close, Volume float64
	}
	var table bytes.Buffer
	if err := parquet.Write(&table, []row{{"A", 10, 11, 9, 10.5, 100}, {"B", 10, 11, 9, 10.5, 100}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files map[string][]byte
		want  []time.Time
		zone  string
	}{
		"times of day":     {map[string][]byte{"date=2024-01-02/a.csv": clock(9), "date=2024-01-03/a.csv": clock(9)}, []time.Time{first.Add(9*time.Hour + 30*time.Minute), first.Add(10*time.Hour + 30*time.Minute), first.Add(33*time.Hour + 30*time.Minute), first.Add(34*time.Hour + 30*time.Minute)}, ""},
		"New York":         {map[string][]byte{"dt=20240102/a.csv": clock(9)}, []time.Time{first.Add(14*time.Hour + 30*time.Minute), first.Add(15*time.Hour + 30*time.Minute)}, "America/New_York"},
		"nothing":          {map[string][]byte{"date=2024-01-02/a.csv": none, "date=2024-01-03/a.csv": none}, []time.Time{first, first.AddDate(0, 0, 1)}, ""},
		"year, month, day": {map[string][]byte{"year=2024/month=1/day=2/a.csv": none, "year=2024/month=1/day=3/a.csv": none, "year=2024/month=1/day=10/a.csv": none}, []time.Time{first, first.AddDate(0, 0, 1), first.AddDate(0, 0, 8)}, ""},
		"Parquet":          {map[string][]byte{"trade_date=2024-01-02/a.parquet": table.Bytes(), "trade_date=2024-01-03/a.parquet": table.Bytes()}, []time.Time{first, first.AddDate(0, 0, 1)}, ""},
	} {
		r, err := filesOf(t, Options{Zone: c.zone}, folder(t, c.files))
		if err != nil {
			t.Errorf("%s (%q): %v", name, slices.Sorted(maps.Keys(c.files)), err)
			continue
		}
		var got []time.Time
		for _, ns := range r.Frame.Times(0) {
			got = append(got, time.Unix(0, ns).UTC())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
