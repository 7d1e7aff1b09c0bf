package spec

import (
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Values by hand.
func TestAxisValues(t *testing.T) {
	for _, c := range []struct {
		axis Axis
		want []float64
		text string
	}{
		{Range(5, 43, 2), []float64{5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43}, "{from: 5, to: 43, step: 2}"},
		{Range(0.1, 0.5, 0.1), []float64{0.1, 0.2, 0.3, 0.4, 0.5}, "{from: 0.1, to: 0.5, step: 0.1}"},
		{Range(1, 2, 0.4), []float64{1, 1.4, 1.8}, "{from: 1, to: 2, step: 0.4}"},
		{Range(3, 1, -1), []float64{3, 2, 1}, "{from: 3, to: 1, step: -1}"},
		{Range(7, 7, 1), []float64{7}, "{from: 7, to: 7, step: 1}"},
		{Range(-0.2, 0.2, 0.1), []float64{-0.2, -0.1, 0, 0.1, 0.2}, "{from: -0.2, to: 0.2, step: 0.1}"},
		{Range(1e6, 3e6, 1e6), []float64{1e6, 2e6, 3e6}, "{from: 1000000, to: 3000000, step: 1000000}"},
		{Linspace(0.01, 0.1, 10), []float64{0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1}, "{linspace: [0.01, 0.1], n: 10}"},
		{Linspace(1, 0, 4), []float64{1, 2. / 3, 1. / 3, 0}, "{linspace: [1, 0], n: 4}"},
		{List(50, 100, 0.25), []float64{50, 100, 0.25}, "[50, 100, 0.25]"},
		{List(14), []float64{14}, "14"},
	} {
		if c.axis.err != nil {
			t.Errorf("%s: %v", c.text, c.axis.err)
			continue
		}
		if got := c.axis.Numbers(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.text, got, c.want)
		}
		if c.axis.Len() != len(c.want) || c.axis.String() != c.text || c.axis.IsChoice() {
			t.Errorf("%s: %d values, %s", c.text, c.axis.Len(), c.axis)
		}
	}
	choice := Choice("sma", "ema")
	if choice.Len() != 2 || !choice.IsChoice() || choice.Text(1) != "ema" || choice.Numbers() != nil || choice.String() != "{choice: [sma, ema]}" {
		t.Errorf("choice: %s", choice)
	}
	if got := Range(0.1, 0.5, 0.1).Text(2); got != "0.3" {
		t.Errorf("text %s, want 0.3", got)
	}
}

func TestAxisErrors(t *testing.T) {
	for _, c := range []struct {
		axis Axis
		want string
	}{
		{Range(1, 5, 0), "step 0 never arrives"},
		{Range(1, 5, -1), "step -1 leads away from 5; want 1"},
		{Range(5, 1, 0.5), "step 0.5 leads away from 1; want -0.5"},
		{Range(0, 1e9, 1), "1000000001 values, at most 10000000"},
		{Range(0, 1e300, 1), "digits"},
		{Range(1e15, 1e15+1, 0.1), "below the precision"},
		{Range(math.NaN(), 1, 1), "finite"},
		{Range(0, math.Inf(1), 1), "finite"},
		{List(), "no values"},
		{List(1, 2, 1), "1 is there twice"},
		{List(0, math.Copysign(0, -1)), "0 is there twice"},
		{Linspace(1, 2, 1), "n is 1"},
		{Linspace(1, 1, 3), "both ends are 1"},
		{Linspace(1, 1+1e-15, 1000), "below the precision"},
		{Choice(), "no values"},
		{Choice("a", "a"), `"a" is there twice`},
		{Choice("a\nb"), "is not a name"},
	} {
		if c.axis.err == nil || !strings.Contains(c.axis.err.Error(), c.want) || c.axis.Len() != 0 && c.axis.err == nil {
			t.Errorf("error %v, want %q", c.axis.err, c.want)
		}
	}
}

// Against big.Rat: from + k × step exactly, rounded once.
func TestRangeIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) decimal {
			return normal(rapid.Int64Range(-1e6, 1e6).Draw(t, label), rapid.IntRange(0, 9).Draw(t, label+" decimals"))
		}
		from, step := draw("from"), draw("step")
		if step.digits == 0 {
			t.Skip()
		}
		n := rapid.IntRange(1, 300).Draw(t, "n")
		to := new(big.Rat).Add(rat(from), new(big.Rat).Mul(rat(step), big.NewRat(int64(n-1), 1)))
		end, err := parseDecimal(to.FloatString(9))
		if err != nil {
			t.Fatal(err)
		}
		a, err := newRange(from, end, step)
		if err != nil {
			t.Fatal(err)
		}
		if a.Len() != n {
			t.Fatalf("%s: %d values, want %d", a, a.Len(), n)
		}
		for k := range n {
			want, _ := new(big.Rat).Add(rat(from), new(big.Rat).Mul(rat(step), big.NewRat(int64(k), 1))).Float64()
			if got := a.Value(k); got != want {
				t.Fatalf("%s: value %d is %v, want %v", a, k, got, want)
			}
		}
	})
}

// Against big.Rat: (from × (n−1−k) + to × k) / (n−1) exactly, rounded once.
func TestLinspaceIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) decimal {
			return normal(rapid.Int64Range(-1e15, 1e15).Draw(t, label), rapid.IntRange(0, 12).Draw(t, label+" decimals"))
		}
		from, to, n := draw("from"), draw("to"), rapid.IntRange(2, 300).Draw(t, "n")
		a, err := newLinspace(from, to, n)
		if err != nil {
			t.Skip(err)
		}
		for k := range n {
			sum := new(big.Rat).Mul(rat(from), big.NewRat(int64(n-1-k), 1))
			sum.Add(sum, new(big.Rat).Mul(rat(to), big.NewRat(int64(k), 1)))
			want, _ := sum.Quo(sum, big.NewRat(int64(n-1), 1)).Float64()
			if got := a.Value(k); got != want {
				t.Fatalf("%s: value %d is %v, want %v", a, k, got, want)
			}
		}
	})
}

func normal(digits int64, scale int) decimal {
	d, err := parseDecimal(decimal{digits, scale}.String())
	if err != nil {
		panic(err)
	}
	return d
}

func rat(d decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(d.scientific())
	if !ok {
		panic("no rational: " + d.String())
	}
	return r
}

// Against strconv, which rounds every literal correctly.
func TestDecimalIsTheNearestFloat(t *testing.T) {
	literals := []string{"0", "-0", "0700", "+5", ".5", "5.", "1e5", "1E-5", "-1.25e+2", "123456789012345678", "9007199254740993",
		"0.1", "1e22", "1e23", "1e-22", "1e-23", "4.9e-324", "1e-400", "1.7976931348623157e308", "000.000100", "100e-2"}
	check := func(text string) string {
		d, err := parseDecimal(text)
		if err != nil {
			return err.Error()
		}
		want, _ := strconv.ParseFloat(text, 64)
		if d.float() != want {
			return strconv.FormatFloat(d.float(), 'g', -1, 64)
		}
		if again, err := parseDecimal(d.String()); err != nil || again != d {
			return "reads back otherwise: " + d.String()
		}
		return ""
	}
	for _, text := range literals {
		if msg := check(text); msg != "" {
			t.Errorf("%s: %s", text, msg)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64().Draw(t, "v")
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Skip()
		}
		if msg := check(strconv.FormatFloat(v, 'e', -1, 64)); msg != "" {
			t.Fatalf("%v: %s", v, msg)
		}
		if got, _ := strconv.ParseFloat(formatNumber(v), 64); got != v {
			t.Fatalf("%v is written as %s", v, formatNumber(v))
		}
	})
	for _, text := range []string{"", ".", "-", "e5", "1e", "1e999", "1e401", "1_000", "0x10", "1,5", "--1", "NaN", "inf", "1 ", "1.2.3",
		"1234567890123456789", "9e308", "٣"} {
		if d, err := parseDecimal(text); err == nil {
			t.Errorf("%q: %s, want an error", text, d)
		}
	}
}

func BenchmarkRangeNumbers(b *testing.B) {
	a := Range(0, 99.9999, 0.0001)
	b.ReportAllocs()
	for b.Loop() {
		a.Numbers()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(a.Len()), "ns/value")
}
