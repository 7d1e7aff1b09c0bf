package sample_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/sample"
)

func demo(t testing.TB) *columnar.Frame {
	t.Helper()
	f, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

func walk(t testing.TB, o sample.Options) *columnar.Frame {
	t.Helper()
	f, err := sample.Walk(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
}

func TestDemoHasItsShape(t *testing.T) {
	f := demo(t)
	if f.NumRows() != 42_801 || f.NumAssets() != 8 {
		t.Fatalf("got %d rows in %d assets, want 42801 in 8", f.NumRows(), f.NumAssets())
	}
	counts := map[int]int{}
	for i := range f.NumAssets() {
		counts[f.NumBars(i)]++
		times := f.Times(i)
		if last := time.Unix(0, times[len(times)-1]).UTC(); last.Format(time.DateOnly) != "2024-12-31" {
			t.Errorf("%s ends on %v", f.Asset(i), last)
		}
	}
	for bars, assets := range map[int]int{6289: 4, 5691: 1, 5127: 1, 3652: 1, 3175: 1} {
		if counts[bars] != assets {
			t.Errorf("%d assets of %d bars, want %d", counts[bars], bars, assets)
		}
	}
	axis := f.Info().Axis
	if axis.Frequency != 24*time.Hour || axis.BarsPerYear != 252 || axis.Calendar != calendar.NYSE() {
		t.Errorf("axis %+v", axis)
	}
	if f.Info().Adjusted != columnar.AdjustedSplits {
		t.Errorf("adjusted %q", f.Info().Adjusted)
	}
}

func TestBarsAreConsistent(t *testing.T) {
	frames := map[string]*columnar.Frame{
		"demo":   demo(t),
		"daily":  walk(t, sample.Options{Assets: 20, Bars: 3000, Seed: 3}),
		"minute": walk(t, sample.Options{Bars: 100_000, Frequency: time.Minute, Calendar: calendar.NYSE()}),
	}
	for name, f := range frames {
		for i := range f.NumAssets() {
			v := make([][]float64, 5)
			for c := range v {
				v[c] = f.Values(i, c)
			}
			for t0 := range f.NumBars(i) {
				o, h, l, c, volume := v[0][t0], v[1][t0], v[2][t0], v[3][t0], v[4][t0]
				if !(0 < l && l <= o && l <= c && o <= h && c <= h && volume > 0) {
					t.Fatalf("%s %s bar %d: %v %v %v %v %v", name, f.Asset(i), t0, o, h, l, c, volume)
				}
				for _, p := range []float64{o, h, l, c} {
					if math.Round(p*100)/100 != p {
						t.Fatalf("%s %s bar %d: price %v is not a whole cent", name, f.Asset(i), t0, p)
					}
				}
				if volume != math.Trunc(volume) {
					t.Fatalf("%s %s bar %d: volume %v is not whole", name, f.Asset(i), t0, volume)
				}
			}
		}
	}
}

// upwardCrosses counts the bars on which the average of fast values has just
// risen above that of slow ones, each window added up afresh.
func upwardCrosses(v []float64, fast, slow int) int {
	mean := func(end, n int) float64 {
		sum := 0.0
		for _, x := range v[end-n : end] {
			sum += x
		}
		return sum / float64(n)
	}
	n := 0
	for end := slow + 1; end <= len(v); end++ {
		if mean(end, fast) > mean(end, slow) && mean(end-1, fast) <= mean(end-1, slow) {
			n++
		}
	}
	return n
}

// Eight assets over 25 years of which a moving-average cross finds nothing to
// trade, or whose prices explode, would demonstrate nothing.
func TestDemoLooksLikeAMarket(t *testing.T) {
	f := demo(t)
	c, _ := f.ColumnIndex(columnar.Close)
	for i := range f.NumAssets() {
		v := f.Values(i, c)
		crosses := upwardCrosses(v, 21, 100)
		years := float64(len(v)) / 252
		if perYear := float64(crosses) / years; perYear < 0.5 || perYear > 6 {
			t.Errorf("%s: %.1f crosses a year", f.Asset(i), perYear)
		}
		growth := v[len(v)-1] / v[0]
		if growth < 0.1 || growth > 100 {
			t.Errorf("%s: grew %.2f times", f.Asset(i), growth)
		}
		sum, squares := 0.0, 0.0
		for k := 1; k < len(v); k++ {
			r := math.Log(v[k] / v[k-1])
			sum, squares = sum+r, squares+r*r
		}
		bars := float64(len(v) - 1)
		sd := math.Sqrt(squares/bars-sum/bars*sum/bars) * math.Sqrt(252)
		if sd < 0.15 || sd > 0.5 {
			t.Errorf("%s: volatility %.2f a year", f.Asset(i), sd)
		}
		t.Logf("%s: %d bars, %.2f to %.2f, volatility %.2f, %d crosses", f.Asset(i), len(v), v[0], v[len(v)-1], sd, crosses)
	}
}

// The bits are part of the contract: results over the demonstration are
// quoted in documents. This digest has no other source than the code itself.
func TestBitsNeverChange(t *testing.T) {
	const want = "sha256:61e06224e6a8ee3556e2d1c5f3f6d25712e31900af2e94631a578544e8e0c3eb"
	if got := demo(t).Info().Digest; got != want {
		t.Errorf("demo: got %s, want %s", got, want)
	}
	const wantWalk = "sha256:619f42da4eb69d76c7c06e05485dec1a16d07480b5e70a1af4286d1fc4b647d3"
	o := sample.Options{Assets: 3, Bars: 500, Frequency: time.Minute, Calendar: calendar.NYSE(), Ragged: true, Seed: 9}
	if got := walk(t, o).Info().Digest; got != wantWalk {
		t.Errorf("walk: got %s, want %s", got, wantWalk)
	}
}

func TestSeedsAndAssets(t *testing.T) {
	one := walk(t, sample.Options{Seed: 1})
	two := walk(t, sample.Options{Seed: 2})
	if one.Info().Digest == two.Info().Digest {
		t.Error("two seeds give the same bars")
	}
	many := walk(t, sample.Options{Seed: 1, Assets: 4})
	for c := range many.Columns() {
		a, b := one.Values(0, c), many.Values(0, c)
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("asset 0 depends on the number of assets: column %d, bar %d", c, i)
			}
		}
	}
	if many.Values(0, 3)[100] == many.Values(1, 3)[100] {
		t.Error("two assets have the same prices")
	}
}

func TestWalkDefaults(t *testing.T) {
	f := walk(t, sample.Options{})
	if f.NumAssets() != 1 || f.NumBars(0) != 1000 || f.Asset(0) != "A00000" {
		t.Fatalf("got %d assets, %d bars, %s", f.NumAssets(), f.NumBars(0), f.Asset(0))
	}
	axis := f.Info().Axis
	if axis.Frequency != 24*time.Hour || axis.BarsPerYear != 365 {
		t.Errorf("axis %+v", axis)
	}
	if first := time.Unix(0, f.Times(0)[0]).UTC(); first != time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC) {
		t.Errorf("starts at %v", first)
	}
}

func TestWalkRagged(t *testing.T) {
	f := walk(t, sample.Options{Assets: 4, Bars: 100, Ragged: true})
	for i, want := range []int{100, 88, 75, 63} { // 100 - i*100/8
		if f.NumBars(i) != want {
			t.Errorf("asset %d: %d bars, want %d", i, f.NumBars(i), want)
		}
		times := f.Times(i)
		if times[len(times)-1] != f.Times(0)[99] {
			t.Errorf("asset %d ends elsewhere", i)
		}
	}
}

// Seven-hour days of 390 minutes by hand: the 390th bar is at 20:59, the next
// at 14:30 of the next session, over the weekend and a holiday.
func TestWalkMinutesOfSessions(t *testing.T) {
	f := walk(t, sample.Options{
		Bars: 800, Frequency: time.Minute, Calendar: calendar.NYSE(),
		Start: time.Date(2024, 1, 12, 0, 0, 0, 0, time.UTC), // a Friday; Monday is a holiday
	})
	for bar, want := range map[int]string{
		0: "2024-01-12 14:30", 389: "2024-01-12 20:59", 390: "2024-01-16 14:30", 780: "2024-01-17 14:30",
	} {
		if got := time.Unix(0, f.Times(0)[bar]).UTC().Format("2006-01-02 15:04"); got != want {
			t.Errorf("bar %d: got %s, want %s", bar, got, want)
		}
	}
	if got := f.Info().Axis.BarsPerYear; got != 252*390 {
		t.Errorf("bars a year %v", got)
	}
}

func TestOptionsAreValidated(t *testing.T) {
	for _, c := range []struct {
		o    sample.Options
		want []string
	}{
		{sample.Options{Assets: -1, Bars: -2, Frequency: -3, Calendar: calendar.FX()}, []string{"assets -1", "bars -2", "frequency -3ns", `calendar "fx"`}},
		{sample.Options{Assets: 100_001}, []string{"assets 100001"}},
		{sample.Options{Bars: 1_000_000}, []string{"before 2262"}},
		{sample.Options{Bars: 1_000_000, Calendar: calendar.NYSE()}, []string{"before 2262"}},
		{sample.Options{Frequency: 7 * time.Hour, Calendar: calendar.NYSE()}, []string{"frequency 7h0m0s"}},
		{sample.Options{Start: time.Date(1969, 1, 6, 0, 0, 0, 0, time.UTC), Calendar: calendar.NYSE()}, []string{"start 1969-01-06"}},
	} {
		_, err := sample.Walk(c.o)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: got error %v, want %q in it", c.o, err, want)
			}
		}
	}
}

func BenchmarkDemo(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		f, err := sample.Demo(sample.DemoSeed)
		if err != nil {
			b.Fatal(err)
		}
		f.Release()
	}
}

func BenchmarkWalk(b *testing.B) {
	b.Run("rows=1000000", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			f, err := sample.Walk(sample.Options{Assets: 10, Bars: 100_000, Frequency: time.Minute})
			if err != nil {
				b.Fatal(err)
			}
			f.Release()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/row")
	})
}
