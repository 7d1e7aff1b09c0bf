package ingest

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"
)

// caseFile is the path of a file of shared/cases; the test is skipped where it is
// absent.
func caseFile(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "cases", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s: the cases lie beside the checkout", name)
	}
	return path
}

// TestCases are the files of shared/cases that are bars, with what is right by their
// CASE.md: rows that are accepted, and the first close.
func TestCases(t *testing.T) {
	for _, c := range []struct {
		name     string
		accepted int64
		rejected int64
		close    float64
		options  Options
	}{
		{"close-only/CV.csv", 2, 0, 10, Options{}},
		{"close-only/FRED.csv", 2, 0, 10, Options{}},
		{"close-only/NAV.csv", 3, 0, 10, Options{}},
		{"close-only/NOVOL.csv", 2, 0, 10, Options{}},
		{"close-only/PV.csv", 2, 0, 10, Options{}},
		{"duplicate-last-row/A.csv", 3, 1, 10.5, Options{}},
		{"duplicate-last-row/B.csv", 3, 1, 10.5, Options{}},
		{"dst/DAILY.csv", 4, 0, 10.5, Options{}},
		{"dst/FALL.csv", 8, 0, 10.5, Options{Zone: "America/New_York"}},
		{"dst/SPRING.csv", 4, 2, 10.5, Options{Zone: "America/New_York"}},
		{"unsorted-rows/CHUNKS.csv", 1000, 0, math.NaN(), Options{}},
		{"unsorted-rows/SHUFFLED.csv", 1000, 0, math.NaN(), Options{}},
		{"unsorted-rows/MIXDIR.csv", 100, 0, math.NaN(), Options{}},
		{"ingest-one-wrong-date/AAPL.csv", 299, 1, 170.59, Options{}},
		{"ingest-last-bit-ohlc/AAPL.csv", 2, 0, 1.902129612502471, Options{}},
		{"ingest-no-volume-column/EURUSD.csv", 300, 0, 170.59, Options{}},
		{"ingest-no-volume-column/headerless.csv", 300, 0, 170.59, Options{}},
		{"ingest-unnamed-index-drop/600519.csv", 300, 0, 170.59, Options{}},
		{"ingest-archives/mac.zip", 300, 0, math.NaN(), Options{}},
		{"ingest-archives/AAPL.csv.xz", 300, 0, math.NaN(), Options{}},
		{"ingest-archives/x.tar.gz", 300, 0, math.NaN(), Options{}},
		{"ingest-archives/stooq.zip", 600, 0, math.NaN(), Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Files(context.Background(), []string{caseFile(t, c.name)}, c.options)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Frame.Release()
			if p := r.Report; p.Accepted != c.accepted || p.Rejected != c.rejected {
				t.Errorf("%+v", p)
			}
			if first := r.Frame.Values(0, 3)[0]; c.close == c.close && first != c.close {
				t.Errorf("the first close is %v", first)
			}
		})
	}
}

// TestLacks: what a source does not have is made of what is there, and said; what
// could be under another name is asked. By reading.
func TestLacks(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		text string
		bar  [5]float64 // of the second row
		said string
	}{
		{"date,close\n2024-01-02,10\n2024-01-03,11\n", [5]float64{11, 11, 11, 11, nan}, "open, high, low, volume"},
		{"Date;NAV\n02.01.2024;10,5\n13.01.2024;11,5\n", [5]float64{11.5, 11.5, 11.5, 11.5, nan}, "open, high, low, volume"},
		{"DATE\tDGS10\n2024-01-02\t3.95\n2024-01-03\t.\n2024-01-04\t3.99\n", [5]float64{3.99, 3.99, 3.99, 3.99, nan}, "open, high, low, volume"},
		{"date,close,volume\n2024-01-02,10,5\n2024-01-03,11,6\n", [5]float64{11, 11, 11, 11, 6}, "open, high, low"},
		{"date,open,close\n2024-01-02,10,11\n2024-01-03,12,11\n", [5]float64{12, 12, 11, 11, nan}, "high, low, volume"},
		{"date,open,high,low,close,spread\n2024-01-02,10,12,9,11,1\n2024-01-03,12,13,10,11,1\n", [5]float64{12, 13, 10, 11, nan}, "volume"},
		{"symbol,date,close\nA,2024-01-02,10\nA,2024-01-03,11\nB,2024-01-02,7\n", [5]float64{11, 11, 11, 11, nan}, "open, high, low, volume"},
		{"Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n2024-01-02,10,12,9,11,5\n2024-01-03,12,13,10,11,6\n", [5]float64{12, 13, 10, 11, 6}, ""},
		{"window_start,Open,Highest,Lowest,Close,Qty\n1704153600000000000,10,12,9,11,5\n1704240000000000000,12,13,10,11,6\n", [5]float64{12, 13, 10, 11, 6}, ""},
	} {
		r, rejects, err := read(t, c.text, Options{})
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		said := ""
		for _, f := range r.Report.Readings {
			if f.What == "lacks" {
				said, _, _ = strings.Cut(f.Value, ":")
			}
		}
		if said != c.said {
			t.Errorf("%q: lacks %q, want %q; rejects %q", c.text, said, c.said, rejects)
		}
		for k, want := range c.bar {
			if got := r.Frame.Values(0, k)[1]; got != want && (got == got || want == want) {
				t.Errorf("%q: column %d is %v, want %v", c.text, k, got, want)
			}
		}
	}
	for _, text := range []string{
		"date,open,high,close\n2024-01-02,10,12,11\n2024-01-03,12,13,11\n",
		"date,abertra,teto,piso,close\n2024-01-02,10,12,9,11\n2024-01-03,12,13,10,11\n",
		"date,volume\n2024-01-02,10\n2024-01-03,11\n",
	} {
		if _, _, err := read(t, text, Options{}); !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "missing column") {
			t.Errorf("%q: %v", text, err)
		}
	}
	// One source lacks what another has.
	dir := folder(t, map[string][]byte{"A.csv": []byte(header + "2020-01-01,2,3,1,2,10\n"), "B.csv": []byte("date,close\n2020-01-01,2\n")})
	if _, err := Files(context.Background(), []string{dir}, Options{}); !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "lacks") {
		t.Error(err)
	}
	var l shape.Lacks
	if l.Any || l.Volume() || len(l.Names()) > 0 {
		t.Error("the zero value lacks something")
	}
}

// TestTextColumns: columns that number rows, or say the same on every row of an
// asset, are passed over; all others are named in one message.
func TestTextColumns(t *testing.T) {
	for _, text := range []string{
		",date,open,high,low,close,volume\n3,2024-01-02,2,3,1,2,10\n2,2024-01-03,2,3,1,2,10\n1,2024-01-04,2,3,1,2,10\n",
		"Unnamed: 0,date,open,high,low,close,volume\n17,2024-01-02,2,3,1,2,10\n18,2024-01-03,2,3,1,2,10\n19,2024-01-04,2,3,1,2,10\n",
		"index,symbol,date,open,high,low,close,volume\n0,A,2024-01-02,2,3,1,2,10\n1,A,2024-01-03,2,3,1,2,10\n2,A,2024-01-04,2,3,1,2,10\n0,B,2024-01-02,2,3,1,2,10\n1,B,2024-01-03,2,3,1,2,10\n",
		"date,company,sector,open,high,low,close,volume\n2024-01-02,Apple,Tech,2,3,1,2,10\n2024-01-03,Apple,Tech,2,3,1,2,10\n2024-01-04,Apple,Tech,2,3,1,2,10\n",
		"#RIC,company,date,open,high,low,close,volume\nAAPL.O,Apple,2024-01-02,2,3,1,2,10\nMSFT.O,Microsoft,2024-01-02,2,3,1,2,10\nMSFT.O,Microsoft,2024-01-03,2,3,1,2,10\n",
		"market,date,open,high,low,close,volume\nBTC-USD,2024-01-02,2,3,1,2,10\nETH-USD,2024-01-02,2,3,1,2,10\nETH-USD,2024-01-03,2,3,1,2,10\n",
	} {
		r, rejects, err := read(t, text, Options{})
		if err != nil || r.Report.Rejected > 0 || r.Report.Accepted != int64(strings.Count(text, "\n")-1) || len(r.Frame.Columns()) != 5 {
			t.Errorf("%q: %+v %q %v", text, r, rejects, err)
		}
	}
	_, _, err := read(t, "date,open,high,low,close,volume,note,who\n2024-01-02,2,3,1,2,10,a,x\n2024-01-03,2,3,1,2,10,b,y\n", Options{})
	if !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), `Options.Drop "note","who"`) {
		t.Error(err)
	}
}
