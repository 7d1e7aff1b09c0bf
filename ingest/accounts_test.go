package ingest

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"path"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// accountsJSON is what testdata/accounts/accounts.py, which shares no code
// with Bowstring, found in every file of the shared data. How it was read, and
// where a reader could decide otherwise, is said there.
//
//go:embed testdata/accounts/accounts.json
var accountsJSON []byte

// goldenAccount is what an ingest of a path has to come to.
type goldenAccount struct {
	Path string
	// Options is a name that accountOptions knows.
	Options        string
	Read, Accepted int64
	Repeated       int64
	Rejected       map[Rule]int64
	Sources        []struct{ Read, Accepted int64 }
	Assets         int
	FirstNS        int64 `json:"first_ns"`
	LastNS         int64 `json:"last_ns"`
	// Columns are those that the digest covers.
	Columns []string
	Digest  string
}

// accountOptions returns the options that a kind of file cannot be read
// without.
func accountOptions(name string) Options {
	switch name {
	case "swapped": // the header names the two closes the wrong way round
		return Options{Columns: map[string]string{"Close": "adj_close", "Adj Close": columnar.Close}}
	case "lean": // prices times 10,000
		return Options{Dialect: "lean"}
	case "numbered": // row numbers in a column without a name, the code on every row
		return Options{Drop: []string{"", "code"}}
	case "repaired": // True and False
		return Options{Drop: []string{"Repaired?"}}
	case "pandas": // names in words
		return Options{Drop: []string{"company_name", "sector"}}
	case "ticks":
		return Options{Columns: map[string]string{"TICKVOL": columnar.Volume, "VOL": "lots"}}
	case "lots":
		return Options{Columns: map[string]string{"VOL": columnar.Volume}}
	}
	return Options{}
}

// asked are the files that do not show what they are adjusted for: bars or
// splits of theirs are wrong, a step is too small for the noise, or the splits are
// in the prices and no adjusted close that works says whether dividends are.
var asked = map[string]bool{
	"AAPL.parquet": true, "AV-L-1wk-bad-stock-split-fixed.csv": true,
	"4063-T-1d-bad-stock-split.csv": true, "ALPHA-PA-1d-bad-stock-split.csv": true, "AV-L-1wk-bad-stock-split.csv": true,
	"DEX-AX-1d-bad-stock-split.csv": true, "LA-V-1d-bad-stock-split.csv": true,
	"SPM-MI-1d-bad-stock-split.csv": true, "SPM-MI-1d-bad-stock-split-fixed.csv": true,
}

func TestAccounts(t *testing.T) {
	var accounts []goldenAccount
	if err := json.Unmarshal(accountsJSON, &accounts); err != nil {
		t.Fatal(err)
	}
	if len(accounts) != 68 {
		t.Errorf("%d accounts, want 68", len(accounts))
	}
	for _, want := range accounts {
		name := want.Path
		if want.Options != "" {
			name += " (" + want.Options + ")"
		}
		t.Run(name, func(t *testing.T) {
			if proptest.Race && want.Read > 100_000 {
				t.Skip("many rows, read as in the other files")
			}
			options := accountOptions(want.Options)
			options.RejectLimit = RejectAll()
			r, err := Files(context.Background(), []string{data(t, want.Path)}, options)
			if asked[path.Base(want.Path)] {
				if !errors.Is(err, ErrAdjustment) {
					t.Fatalf("not asked what it is adjusted for: %v", err)
				}
				options.Adjusted = columnar.AdjustedSplits
				r, err = Files(context.Background(), []string{data(t, want.Path)}, options)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer r.Frame.Release()
			want.check(t, r)
		})
	}
}

// check holds the whole account against a result.
func (a *goldenAccount) check(t *testing.T, r *Result) {
	t.Helper()
	rejected := make(map[Rule]int64)
	for _, c := range r.Report.Rules {
		if c.Rejected > 0 {
			rejected[c.Rule] = c.Rejected
		}
	}
	if r.Report.Read != a.Read || r.Report.Accepted != a.Accepted || r.Report.Repeated != a.Repeated || !maps.Equal(rejected, a.Rejected) {
		t.Errorf("%d read, %d accepted, %d repeated, rejected %v; want %d, %d, %d, %v",
			r.Report.Read, r.Report.Accepted, r.Report.Repeated, rejected, a.Read, a.Accepted, a.Repeated, a.Rejected)
	}
	if len(r.Report.Sources) != len(a.Sources) {
		t.Fatalf("%d sources, want %d", len(r.Report.Sources), len(a.Sources))
	}
	for i, s := range r.Report.Sources {
		if s.Read != a.Sources[i].Read || s.Accepted != a.Sources[i].Accepted {
			t.Errorf("%s: %d read, %d accepted; want %d, %d", s.Path, s.Read, s.Accepted, a.Sources[i].Read, a.Sources[i].Accepted)
		}
	}
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range r.Frame.NumAssets() {
		if times := r.Frame.Times(i); len(times) > 0 {
			first, last = min(first, times[0]), max(last, times[len(times)-1])
		}
	}
	if r.Frame.NumAssets() != a.Assets || first != a.FirstNS || last != a.LastNS {
		t.Errorf("%d assets from %d to %d, want %d from %d to %d", r.Frame.NumAssets(), first, last, a.Assets, a.FirstNS, a.LastNS)
	}
	if got := contentDigest(t, r.Frame, a.Columns); got != a.Digest {
		t.Errorf("digest of %v is %s, want %s", a.Columns, got, a.Digest)
	}
}

// contentDigest is the digest of some columns of a Frame, whatever else it
// holds and whatever calendar, label and adjustment its source is known to have.
func contentDigest(t *testing.T, f *columnar.Frame, names []string) string {
	t.Helper()
	var columns []columnar.Column
	var at []int
	for _, name := range names {
		i, ok := f.ColumnIndex(name)
		if !ok {
			t.Fatalf("no column %s", name)
		}
		columns, at = append(columns, f.Columns()[i]), append(at, i)
	}
	bars := make([]columnar.Bars, f.NumAssets())
	for i := range bars {
		bars[i] = columnar.Bars{ID: f.Asset(i), Times: f.Times(i)}
		for _, c := range at {
			bars[i].Values = append(bars[i].Values, f.Values(i, c))
		}
	}
	narrow, err := columnar.Build(columns, bars, columnar.Info{})
	if err != nil {
		t.Fatal(err)
	}
	defer narrow.Release()
	return narrow.Info().Digest
}

// TestEventsAreNotBars: the one file of the shared data that has no account is
// refused as bars.
func TestEventsAreNotBars(t *testing.T) {
	r, err := Files(context.Background(), []string{data(t, "us8/events.csv")}, Options{})
	if err == nil {
		r.Frame.Release()
		t.Fatal("a file of splits and dividends was taken for bars")
	}
}
