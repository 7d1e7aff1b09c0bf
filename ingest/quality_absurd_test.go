package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// TestQualityOfAbsurdValues: single values that no market has had, in volumes that
// vary a lot and in a column of the vendor's own, and values that are only large.
func TestQualityOfAbsurdValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 6))
	text := func(odd map[int]string) string {
		var b strings.Builder
		b.WriteString("time,open,high,low,close,volume,trades\n")
		for i := range 400 {
			day := time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			price := 100 + float64(i%4)
			line := fmt.Sprintf("%g,%g,%g,%g,%d,%d", price, price*1.01, price*0.99, price, 1+rng.IntN(1_000_000)*(i%2), 5+i%3)
			if o, ok := odd[i]; ok {
				line = o
			}
			b.WriteString(day + "," + line + "\n")
		}
		return b.String()
	}
	for _, c := range []struct {
		name string
		odd  map[int]string
		want string // of the findings of the rule
	}{
		{"sound", nil, ""},
		{"sentinel", map[int]string{300: "100,101,99,100,9223372036854775807,5"}, "volume 9.223372037e+18"},
		{"sentinel on the first bar", map[int]string{0: "100,101,99,100,9223372036854775807,5"}, "volume 9.223372037e+18"},
		{"two columns of a bar", map[int]string{300: "100,101,99,100,1e18,4e15"}, "volume 1e+18"},
		{"trades", map[int]string{300: "100,101,99,100,1,-6000000", 350: "100,101,99,100,1,6000001"}, "trades -6000000 beside a median of 6;trades 6000001 beside a median of 6"},
		{"half a million times", map[int]string{300: "100,101,99,100,1,3000000"}, ""},
		{"bad tick", map[int]string{200: "1e15,1e15,1e15,1e15,1,5"}, "open 1e+15"},
	} {
		r, _, err := read(t, text(c.odd), Options{Calendar: calendar.AlwaysOpen()})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range r.Report.Quality {
			for _, f := range a.Findings {
				for _, e := range f.Examples {
					if f.Rule == quality.Absurd {
						got = append(got, e.Detail)
					}
				}
				if f.Rule == quality.Absurd && f.Count != int64(len(c.odd)) {
					t.Errorf("%s: %d bars", c.name, f.Count)
				}
			}
		}
		want := strings.Split(c.want, ";")
		if c.want == "" {
			want = nil
		}
		if !slices.EqualFunc(got, want, strings.HasPrefix) {
			t.Errorf("%s: got %q, want %q", c.name, got, want)
		}
	}
	// The row goes where the policy says so, and nothing else.
	r, rejects, err := read(t, text(map[int]string{300: "100,101,99,100,1e300,5"}), Options{Policies: map[Rule]Policy{quality.Absurd: RejectRow}})
	if err != nil || r.Frame.NumRows() != 399 || !strings.Contains(rejects, ",302,absurd,") {
		t.Errorf("rejected: %v, %q", err, rejects)
	}
}

// TestQualityOfSentinels reads the case of a volume of 2^63.
func TestQualityOfSentinels(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "cases", "rolling-after-spike")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no cases beside the checkout")
	}
	for _, name := range []string{"CRYPTO.csv", "INTSENT.csv", "SPIKEV.csv"} {
		r, err := Files(context.Background(), []string{filepath.Join(dir, name)}, Options{Calendar: calendar.AlwaysOpen()})
		if err != nil {
			t.Fatal(err)
		}
		absurd := slices.ContainsFunc(r.Report.Quality, func(a report.AssetQuality) bool {
			return slices.ContainsFunc(a.Findings, func(f report.Finding) bool { return f.Rule == quality.Absurd && f.Count == 1 })
		})
		if r.Frame.Release(); !absurd {
			t.Errorf("%s: %+v", name, r.Report.Quality)
		}
	}
}
