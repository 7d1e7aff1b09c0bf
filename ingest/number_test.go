package ingest

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// checkNumber holds both readers of numbers against strconv, bit for bit.
func checkNumber(t rapid.TB, text string) {
	t.Helper()
	want, err := strconv.ParseFloat(text, 64)
	plain := err == nil && !math.IsInf(want, 0) && strings.Trim(text, "0123456789+-.eE") == ""
	got, ok := parseNumber([]byte(text))
	trimmed := strings.Trim(text, " \t")
	switch {
	case got != got && ok:
		if !isNull([]byte(trimmed)) {
			t.Fatalf("%q is NaN", text)
		}
	case trimmed != text:
		checkNumber(t, trimmed)
	case ok != plain:
		t.Fatalf("%q: understood %v, want %v", text, ok, plain)
	case ok && math.Float64bits(got) != math.Float64bits(want):
		t.Fatalf("%q: %v (%x), want %v (%x)", text, got, math.Float64bits(got), want, math.Float64bits(want))
	}
	// The fast path, at the end of a block and inside one.
	for _, rest := range []string{"\n", ",123456789\n", "\n/:.-+\x00\xff123456789\n"} {
		fast, end, ok := scanNumber([]byte(text+rest), 0)
		if ok && end == len(text) && (!plain || math.Float64bits(fast) != math.Float64bits(want)) {
			t.Fatalf("fast path of %q: %v, want %v", text, fast, want)
		}
		digits := strings.Trim(text, "0123456789") == "" || strings.Trim(text, "0123456789") == "."
		if short := digits && plain && len(text) < 16; short && (!ok || end != len(text)) {
			t.Fatalf("fast path of %q followed by %q: %v, ends at %d", text, rest, ok, end)
		}
	}
}

var numbers = []string{
	"0", "-0", "1", "007", "0.1", ".5", "5.", "-.5", ".", "", "-", "+", "+1", "1.2.3", "1e5", "1E-5", "1e", "e5",
	"9007199254740992", "9007199254740993", "9007199254740992.0", "90071992547409.92", "0.9007199254740993",
	"0.3", "0.30000000000000004", "1.7976931348623157e308", "1e309", "4.9e-324", "1e-400", "2.2250738585072011e-308",
	"18446744073709551615", "18446744073709551616", "9999999999999999999", "99999999999999999999",
	"0.0000000000000000001", "0.00000000000000000001", "1.0000000000000000000000001", "7195.24000000",
	"inf", "-Infinity", "nan", "NaN", "null", "N/A", "na", "None", "nil", "0x1p4", "1_000", "1,5", " 1.5\t", "1 5", "١",
}

func TestParseNumber(t *testing.T) {
	for _, text := range numbers {
		checkNumber(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		checkNumber(t, rapid.StringMatching(`-?[0-9]{0,21}(\.[0-9]{0,24})?(e-?[0-9]{1,3})?`).Draw(t, "number"))
		v := rapid.Float64().Draw(t, "value")
		format := rapid.SampledFrom([]byte{'f', 'e', 'g'}).Draw(t, "format")
		checkNumber(t, strconv.FormatFloat(v, format, rapid.IntRange(-1, 20).Draw(t, "precision"), 64))
	})
}

func FuzzParseFloat(f *testing.F) {
	for _, text := range numbers {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !strings.Contains(text, "\n") {
			checkNumber(t, text)
		}
	})
}

// TestDecimals: the places are counted by hand.
func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		values []float64
		scale  int64
	}{
		{nil, 1},
		{[]float64{math.NaN()}, 1},
		{[]float64{1, 2, -3}, 1},
		{[]float64{7195.24, 7196.25, 7183.1}, 100},
		{[]float64{0.000001}, 1_000_000},
		{[]float64{0.0000001}, 0},
		{[]float64{0.30000000000000004}, 0},
		{[]float64{1.5, math.NaN(), -2.25}, 100},
		{[]float64{1 << 50}, 1},
		{[]float64{1<<50 + 1}, 0},
		{[]float64{0.5, 1 << 47}, 0}, // 10 × 2^47 > 2^50
		{[]float64{0.5, 1 << 46}, 10},
		{[]float64{1 << 46, 0.5}, 10},
		{[]float64{1.0 / 3}, 0},
		{[]float64{math.MaxFloat64}, 0},
	} {
		var d decimals
		d.add(c.values)
		if got := d.scale(); got != c.scale {
			t.Errorf("%v: scale %d, want %d", c.values, got, c.scale)
		}
	}
	// Every whole m ≤ 2^50 over 10^d is found to have at most d decimals.
	rapid.Check(t, func(t *rapid.T) {
		m, places := rapid.Int64Range(-maxScaled, maxScaled).Draw(t, "m"), rapid.IntRange(0, 6).Draw(t, "places")
		v, err := strconv.ParseFloat(strconv.FormatInt(m, 10)+"e-"+strconv.Itoa(places), 64)
		if err != nil {
			t.Fatal(err)
		}
		for places > 0 && m%10 == 0 {
			m, places = m/10, places-1
		}
		var d decimals
		d.add([]float64{v})
		if d.places != places {
			t.Fatalf("%v: %d places, want %d", v, d.places, places)
		}
	})
}
