package value

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
	got, ok := ParseNumber([]byte(text))
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
		fast, end, ok := ScanNumber([]byte(text+rest), 0)
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
