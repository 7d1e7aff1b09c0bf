package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// closesOf reads the closes of a file of Yahoo's by their times, with the
// standard library alone.
func closesOf(t *testing.T, path string) map[int64]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	closes := make(map[int64]float64)
	for _, row := range rows[1:] {
		at, err := time.Parse("2006-01-02 15:04:05-07:00", row[0])
		if err != nil {
			t.Fatal(err)
		}
		if closes[at.UnixNano()], err = strconv.ParseFloat(row[slices.Index(rows[0], "Close")], 64); err != nil {
			t.Fatal(err)
		}
	}
	return closes
}

// pathsOfPrice are the findings that say that prices do not go on as they were.
var pathsOfPrice = []Rule{quality.Jump, quality.SplitLike, quality.Scale}

// TestQualityOfRepairedPrices: where somebody who knew repaired the prices of a
// file, the ratio of both files' closes changes from one bar to the next. Each
// such bar is a finding in the file as it was, and the repaired one has none.
func TestQualityOfRepairedPrices(t *testing.T) {
	for _, c := range []struct {
		file string
		// changes is how often the ratio changes, counted by a script in Python, and blind
		// says why the rules cannot see it.
		changes int
		blind   string
	}{
		{"4063-T-1d-bad-stock-split", 1, ""},
		{"AET-L-1d-100x-error", 2, ""},
		{"ALPHA-PA-1d-bad-stock-split", 2, ""},
		{"LA-V-1d-bad-stock-split", 2, ""},
		{"SPM-MI-1d-bad-stock-split", 1, ""},
		{"SSW-JO-1d-100x-error", 1, ""},
		{"AV-L-1wk-bad-stock-split", 2, "a week's close a quarter lower, and back, is no more than markets do"},
		{"DEX-AX-1d-bad-stock-split", 1, "one return is not zero: no deviation to hold it against"},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := data(t, "messy/yahoo_bad_prices_splits_divs/"+c.file)
			raw, fixed := closesOf(t, path+".csv"), closesOf(t, path+"-fixed.csv")
			var changes []int64
			ratio := 0.0
			for _, at := range slices.Sorted(maps.Keys(raw)) {
				r := raw[at] / fixed[at]
				if ratio > 0 && math.Abs(r/ratio-1) > 0.01 {
					changes = append(changes, at)
				}
				ratio = r
			}
			if len(changes) != c.changes {
				t.Fatalf("the ratio changes %d times, want %d", len(changes), c.changes)
			}
			found := priceFindings(t, path+".csv")
			if left := priceFindings(t, path+"-fixed.csv"); len(left) > 0 {
				t.Errorf("the repaired file has %+v", left)
			}
			if c.blind != "" {
				if len(found) > 0 {
					t.Errorf("found after all, take out %q: %+v", c.blind, found)
				}
				return
			}
			for _, at := range changes {
				if !slices.ContainsFunc(found, func(f report.Finding) bool {
					// Of wrong and right prices the rules see which are fewer, so a
					// change is at one end of a finding, or on the bar after it.
					return !time.Unix(0, at).Before(f.First) && !time.Unix(0, at).After(f.Last.Add(4*24*time.Hour))
				}) {
					t.Errorf("nothing found on %s: %+v", time.Unix(0, at).UTC(), found)
				}
			}
		})
	}
}

// priceFindings ingests a file and returns what is said of its prices.
func priceFindings(t *testing.T, path string) (found []report.Finding) {
	t.Helper()
	r, err := Files(context.Background(), []string{path}, Options{Rejects: new(bytes.Buffer), Adjusted: columnar.AdjustedSplits, RejectLimit: RejectAll()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	for _, a := range r.Report.Quality {
		for _, f := range a.Findings {
			if slices.Contains(pathsOfPrice, f.Rule) {
				found = append(found, f)
			}
		}
	}
	return found
}

// TestEventsOfRepairedDividends: of LSC, dividends of 0.42 on prices near 0.30
// are hundredfold, as the repaired file says; ADIG and SSNLF have wrong adjusted
// closes, which are no dividends.
func TestEventsOfRepairedDividends(t *testing.T) {
	for file, want := range map[string]int{
		"LSC-L-1d-bad-div.csv": 1, "LSC-L-1d-bad-div-fixed.csv": 0,
		"ADIG-L-1d-bad-div.csv": 0, "ADIG-L-1d-bad-div-fixed.csv": 0,
		"SSNLF-1d-bad-div.csv.gz": 0, "SSNLF-1d-bad-div-fixed.csv.gz": 0,
	} {
		o := Options{Rejects: new(bytes.Buffer), Adjusted: columnar.AdjustedSplits, RejectLimit: RejectAll()}
		if strings.Contains(file, "fixed") {
			o.Drop = []string{"Repaired?"}
		}
		r, err := Files(context.Background(), []string{data(t, "messy/yahoo_bad_prices_splits_divs/"+file)}, o)
		if err != nil {
			t.Fatal(file, err)
		}
		defer r.Frame.Release()
		if len(r.Report.EventProblems) != want {
			t.Errorf("%s: problems %q, want %d", file, r.Report.EventProblems, want)
		}
	}
}
