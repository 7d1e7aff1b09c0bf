package ingest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// candle is a bar of a random market, whose columns are in rows by name.
type candle map[string]string

// market draws days whose opens are overnight of the close before, with the columns
// that vendors add: an adjusted close, an average price, the close before, a count of
// trades, and the turnover.
func market(rng *rand.Rand, n int, overnight float64) []candle {
	price := func(v float64) string { return fmt.Sprintf("%.2f", v) }
	shut, all := 100+100*rng.Float64(), make([]candle, n)
	factor := 0.7 + 0.2*rng.Float64()
	for i := range all {
		open := shut * (1 + overnight*rng.NormFloat64())
		before := shut
		shut = open * (1 + 0.012*rng.NormFloat64())
		high := max(open, shut) * (1 + 0.004*math.Abs(rng.NormFloat64()))
		low := min(open, shut) * (1 - 0.004*math.Abs(rng.NormFloat64()))
		if i%60 == 59 {
			factor = min(factor*1.01, 1)
		}
		volume := 1_000_000 * math.Exp(0.5*rng.NormFloat64())
		all[i] = candle{
			"open": price(open), "high": price(high), "low": price(low), "close": price(shut), "volume": fmt.Sprint(int(volume)),
			"adj": fmt.Sprintf("%.4f", shut*factor), "average": price((open + high + low + shut) / 4), "before": price(before),
			"count": fmt.Sprint(int(volume / (20 + 10*rng.Float64()))), "turnover": fmt.Sprintf("%.0f", math.Floor(volume)*(high+low)/2),
			"date": time.Date(2021, 3, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i).Format("2006-01-02"),
		}
	}
	return all
}

// permutations calls f with every order of names.
func permutations(names []string, f func([]string)) {
	if len(names) < 2 {
		f(names)
		return
	}
	for i := range names {
		rest := slices.Delete(slices.Clone(names), i, i+1)
		permutations(rest, func(tail []string) { f(append([]string{names[i]}, tail...)) })
	}
}

// headless writes columns without a header.
func headless(all []candle, columns []string) string {
	var b strings.Builder
	for _, c := range all {
		for k, name := range columns {
			if k > 0 {
				b.WriteByte(',')
			}
			b.WriteString(c[name])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

var namesInMessage = regexp.MustCompile(`(?:as in| or) ([a-z,]*time[a-z,]*|[a-z,]*date[a-z,]*)`)

// readHeadless reads a file, which has to be right or refused, with readings that
// lose no row, and reports whether it was read. What is right is how it was written.
func readHeadless(t *testing.T, all []candle, columns []string) bool {
	t.Helper()
	text := headless(all, columns)
	r, _, err := read(t, text, Options{})
	if err != nil {
		if !errors.Is(err, ErrShape) {
			t.Errorf("%q: %v", columns, err)
		}
		for _, m := range namesInMessage.FindAllStringSubmatch(err.Error(), -1) {
			names := strings.Split(m[1], ",")
			if !slices.Contains(names, "volume") {
				names[slices.Index(columns, "volume")] = "volume"
			}
			if r, rejects, err := read(t, text, Options{Names: names}); err != nil || r.Report.Rejected > int64(len(all))/50 {
				t.Errorf("%q: the message names %q, which loses rows: %v %s", columns, names, err, rejects)
			}
		}
		return false
	}
	byDate := make(map[string]candle)
	for _, c := range all {
		byDate[c["date"]] = c
	}
	if n := r.Frame.NumBars(0); n != len(all) {
		t.Errorf("%q: %d bars", columns, n)
	}
	for i, ns := range r.Frame.Times(0) {
		c := byDate[time.Unix(0, ns).UTC().Format("2006-01-02")]
		for k, name := range []string{"open", "high", "low", "close", "volume"} {
			var want float64
			if fmt.Sscan(c[name], &want); r.Frame.Values(0, k)[i] != want {
				t.Errorf("%q: %s of %s is %v, want %v", columns, name, c["date"], r.Frame.Values(0, k)[i], want)
				return true
			}
		}
	}
	return true
}

// TestHeadlessOrders: the prices of a file without a header are found in every order
// there is, newest first as well; and never wrong.
func TestHeadlessOrders(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 12))
	read, of := 0, 0
	for seed := range 4 {
		permutations([]string{"open", "high", "low", "close"}, func(prices []string) {
			all := market(rng, 120, []float64{0.003, 0, 0.004, 0.002}[seed])
			if seed%2 == 1 {
				slices.Reverse(all)
			}
			of++
			if readHeadless(t, all, slices.Concat([]string{"date"}, prices, []string{"volume"})) {
				read++
			}
		})
	}
	if read < of*95/100 {
		t.Errorf("%d of %d files are read", read, of)
	}
	if r, err := caseOf(t, Options{}, "ingest-headerless-close-high-low-open/AAPL.csv"); err != nil || bar0(r) != [5]float64{169.66, 171.32, 168.7, 170.59, 6792440} {
		t.Errorf("the case: %v", err)
	}
}

// TestHeadlessMore: columns that vendors add are never taken for a price or the
// volume, wherever they stand.
func TestHeadlessMore(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 12))
	read, of := make(map[string]int), make(map[string]int)
	for _, more := range []string{"adj", "average", "before", "count", "turnover"} {
		for range 60 {
			columns := []string{"open", "high", "low", "close", "volume", more}
			rng.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
			of[more]++
			if readHeadless(t, market(rng, 140, 0.003), append([]string{"date"}, columns...)) {
				read[more]++
			}
		}
	}
	for _, more := range []string{"adj", "average", "count", "turnover"} {
		if read[more] < of[more]*3/4 {
			t.Errorf("%s: %d of %d files are read", more, read[more], of[more])
		}
	}
	t.Logf("read: %v of %v", read, of)
}

// TestHeadlessOpen: what the values leave open is asked.
func TestHeadlessOpen(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 12))
	for name, text := range map[string]string{
		"few rows, close first":      headless(market(rng, 4, 0.003), []string{"date", "close", "high", "low", "open", "volume"}),
		"an open of its own":         headless(market(rng, 100, 0.05), []string{"date", "close", "open", "high", "low", "volume"}),
		"closes of the whole market": headless(market(rng, 100, 0.003), []string{"date", "close", "close", "high", "low", "open", "volume"}),
	} {
		if _, _, err := read(t, text, Options{}); err == nil || !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "Options.Names") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHeadlessLong: the steps are those of each asset, also where rows of several
// stand under each other by date.
func TestHeadlessLong(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 12))
	a, b := market(rng, 60, 0.003), market(rng, 60, 0.003)
	var mixed []candle
	for i := range a {
		a[i]["symbol"], b[i]["symbol"] = "AAA", "BBB"
		mixed = append(mixed, a[i], b[i])
	}
	r, _, err := read(t, headless(mixed, []string{"date", "symbol", "close", "high", "low", "open", "volume"}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for k, c := range []candle{a[0], b[0]} {
		if got := fmt.Sprintf("%.2f", r.Frame.Values(k, 0)[0]); got != c["open"] {
			t.Errorf("asset %d opens at %s, want %s", k, got, c["open"])
		}
	}
}
