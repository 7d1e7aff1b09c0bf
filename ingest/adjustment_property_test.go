package ingest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// pricedFile is a file of bars as a vendor makes it from prices that are known.
type pricedFile struct {
	text, events string
	// truth is what the prices are adjusted for; "" where splits are treated
	// differently.
	truth columnar.Adjustment
	// splits and dividends are those that have bars on both sides; told says that
	// a column of adjusted closes shows the dividends, without much rounding.
	splits, dividends int
	told              bool
	what              string
}

// ratios of splits: usual ones, reverse ones, and such as are close to 1.
var pricedRatios = []float64{2, 2, 3, 4, 5, 7, 10, 20, 1.5, 1.5, 1.25, 1.1, 1.05, 0.1, 0.05, 0.5, 0.2, 0.25, 2. / 3, 1.998}

// makePricedFile draws prices without splits, and from them what each kind of
// vendor delivers. The prices move by 0.3 to 5 % a day, with thin or thick tails,
// as days or minutes, with bars that are missing around splits, splits on the
// first and the last bar, and moves of the market on the very day of a split.
func makePricedFile(r *rand.Rand) pricedFile {
	v := pricedFile{}
	bars := 30 + r.IntN(400)
	minutes := r.IntN(6) == 0
	sigma := []float64{0.003, 0.01, 0.02, 0.03, 0.05}[r.IntN(5)]
	thick := r.IntN(3) == 0
	noise := func(scale float64) float64 {
		z := r.NormFloat64()
		if thick { // Student's t of 4 degrees of freedom
			z /= math.Sqrt((sq(r)+sq(r)+sq(r)+sq(r))/4) * math.Sqrt2
		}
		return z * scale
	}
	at := time.Date(2015, 3, 2, 14, 30, 0, 0, time.UTC)
	times, walk := make([]time.Time, bars), make([]float64, bars)
	level := math.Log(5 + 300*r.Float64())
	for i := range bars {
		scale := sigma
		if minutes {
			scale = sigma / math.Sqrt(390)
			at = at.Add(time.Minute)
			if i%60 == 0 { // the next day
				at = at.Add(23 * time.Hour)
				scale = sigma / 2
			}
		} else {
			at = at.AddDate(0, 0, 1)
			if at.Weekday() == time.Saturday {
				at = at.AddDate(0, 0, 2)
			}
		}
		times[i] = at
		level += noise(scale)
		walk[i] = level
	}
	// Splits, at most one in 8 bars, in minutes only where a day begins.
	ratio := make([]float64, bars)
	for range r.IntN(6) {
		bar := r.IntN(bars)
		switch r.IntN(12) {
		case 0:
			bar = 0
		case 1:
			bar = bars - 1
		}
		if minutes {
			bar -= bar % 60
		}
		if slices.ContainsFunc(ratio[max(0, bar-8):min(bars, bar+9)], func(x float64) bool { return x > 0 }) {
			continue
		}
		ratio[bar] = pricedRatios[r.IntN(len(pricedRatios))]
		if r.IntN(5) == 0 { // a move of the market of up to a fifth
			move := math.Log(0.8 + 0.4*r.Float64())
			for i := bar; i < bars; i++ {
				walk[i] += move
			}
		}
	}
	dividend := make([]float64, bars)
	if r.IntN(2) == 0 && !minutes {
		for i := 5 + r.IntN(20); i < bars; i += 63 {
			dividend[i] = 0.002 + 0.01*r.Float64() // of the close before
		}
	}
	v.deliver(r, times, walk, ratio, dividend)
	return v
}

func sq(r *rand.Rand) float64 { z := r.NormFloat64(); return z * z }

// deliver writes the prices, which are those of the last day's shares without
// dividends taken out, as one of the vendors does.
func (v *pricedFile) deliver(r *rand.Rand, times []time.Time, walk, ratio, dividend []float64) {
	bars := len(times)
	kind := r.IntN(4) // as traded, split-adjusted, fully adjusted, mixed
	withAdjusted, withFile := r.IntN(3) == 0, r.IntN(4) == 0
	decimals := []int{2, 4, 8}[r.IntN(3)]
	// Which splits are in the prices.
	inPrices := make([]bool, bars)
	var effective []int
	for i, x := range ratio {
		inPrices[i] = kind == 1 || kind == 2 || kind == 3 && r.IntN(2) == 0
		if x > 0 && i > 0 {
			effective = append(effective, i)
		}
	}
	v.splits = len(effective)
	v.truth = []columnar.Adjustment{columnar.AdjustedNone, columnar.AdjustedSplits, columnar.AdjustedAll, columnar.AdjustedSplits}[kind]
	if kind == 3 {
		in := 0
		for _, i := range effective {
			if inPrices[i] {
				in++
			}
		}
		switch {
		case len(effective) > 0 && in == 0:
			v.truth = columnar.AdjustedNone
		case in < len(effective):
			v.truth = ""
		}
	}
	closes, adjusted, later, cash := make([]float64, bars), make([]float64, bars), 1.0, 1.0
	every := make([]float64, bars) // product of all splits after a bar
	all := 1.0
	for i := bars - 1; i >= 0; i-- {
		closes[i] = math.Exp(walk[i]) * later
		every[i] = all
		adjusted[i] = math.Exp(walk[i]) * cash
		if kind == 2 {
			closes[i] = adjusted[i]
		}
		if x := ratio[i]; x > 0 {
			all *= x
			if !inPrices[i] {
				later *= x
			}
		}
		if i > 0 && dividend[i] > 0 {
			cash *= 1 - dividend[i]
			v.dividends++
		}
	}
	v.told = withAdjusted && kind != 3 && decimals == 8
	var b, e strings.Builder
	b.WriteString("date,open,high,low,close,volume")
	if withAdjusted {
		b.WriteString(",adj close")
	}
	if !withFile {
		b.WriteString(",dividends,stock splits")
	}
	b.WriteString("\n")
	e.WriteString("symbol,date,type,value\n")
	gap := r.IntN(6) == 0
	for i := range bars {
		stamp := times[i].Format("2006-01-02 15:04:05")
		next := slices.ContainsFunc(effective, func(k int) bool { return i != k && i > k-3 && i < k+3 })
		if gap && next && i > 0 && dividend[i] == 0 {
			continue
		}
		// What is paid, in the terms of the prices of the day before it in the file,
		// or of its own day.
		cashPaid := 0.0
		if i > 0 && dividend[i] > 0 {
			cashPaid = dividend[i] * math.Exp(walk[i-1])
			if withFile || kind == 0 || kind == 3 {
				cashPaid *= every[i]
			}
		}
		c := closes[i]
		fmt.Fprintf(&b, "%s,%.*f,%.*f,%.*f,%.*f,100", stamp, decimals, c, decimals, c, decimals, c, decimals, c)
		if withAdjusted {
			fmt.Fprintf(&b, ",%.8f", adjusted[i])
		}
		if !withFile {
			fmt.Fprintf(&b, ",%.6f,%.6f", cashPaid, ratio[i])
		} else {
			if ratio[i] > 0 {
				fmt.Fprintf(&e, "A,%s,split,%v\n", stamp, ratio[i])
			}
			if cashPaid > 0 {
				fmt.Fprintf(&e, "A,%s,dividend,%.6f\n", stamp, cashPaid)
			}
		}
		b.WriteString("\n")
	}
	v.text = b.String()
	if withFile {
		v.events = e.String()
	}
	var ratios []string
	for _, k := range effective {
		ratios = append(ratios, fmt.Sprintf("%.4g on bar %d (%v)", ratio[k], k, inPrices[k]))
	}
	v.what = fmt.Sprintf("kind %d, %d bars, adjusted column %v, file %v, gap %v, decimals %d, ratios %v", kind, bars, withAdjusted, withFile, gap, decimals, ratios)
}

// TestAdjustmentFound: what vendors' files are adjusted for is found, or asked,
// and never wrong. Truth is what the file was made as.
func TestAdjustmentFound(t *testing.T) {
	cases := 1000
	if proptest.Race || testing.Short() {
		cases = 200
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	var right, asked, wrong, nothing int
	byKind := map[columnar.Adjustment][2]int{}
	for k := range cases {
		v := makePricedFile(r)
		path, events := filepath.Join(dir, "A.csv"), ""
		if err := os.WriteFile(path, []byte(v.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if v.events != "" {
			events = filepath.Join(dir, "events.csv")
			if err := os.WriteFile(events, []byte(v.events), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		result, err := Files(context.Background(), []string{path}, Options{Events: events, Workers: 1, Quality: quality.Options{Off: true}, Policies: map[Rule]Policy{RulePrice: Keep}})
		count := byKind[v.truth]
		switch {
		case errors.Is(err, ErrAdjustment):
			asked++
			count[1]++
			if v.splits > 0 && !strings.Contains(err.Error(), " on 20") {
				t.Errorf("case %d: no date is named: %v", k, err)
			}
		case err != nil:
			t.Fatalf("case %d: %v", k, err)
		case result.Report.Adjustment == nil || result.Report.Adjustment.Source == AdjustmentDefault:
			// Nothing to tell by.
			nothing++
			if v.splits > 0 || v.told && v.dividends > 0 && v.truth == columnar.AdjustedAll {
				t.Errorf("case %d: taken by default: %s", k, v.what)
			}
		default:
			got := result.Report.Adjustment
			// Without splits, or without dividends, two of the three are the same.
			same := got.Adjusted == v.truth ||
				v.splits == 0 && got.Adjusted != columnar.AdjustedAll && v.truth == columnar.AdjustedSplits ||
				v.dividends == 0 && got.Adjusted == columnar.AdjustedSplits && v.truth == columnar.AdjustedAll
			if same && result.Frame.Info().Adjusted == got.Adjusted && got.Source == AdjustmentFound {
				right++
				count[0]++
			} else {
				wrong++
				t.Errorf("case %d: %s, is %q: %s", k, got, v.truth, v.what)
			}
		}
		byKind[v.truth] = count
		if err == nil {
			result.Frame.Release()
		}
	}
	t.Logf("%d cases: %d right, %d asked, %d wrong, %d without anything to tell by; right and asked by truth: %v", cases, right, asked, wrong, nothing, byKind)
	if right < cases/4 {
		t.Errorf("only %d of %d are found", right, cases)
	}
}
