package ingest

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/internal/shape"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"pgregory.net/rapid"
)

// checkPlain holds every line that the plain path takes against the general
// code: the same time, symbol and values, and no rule broken. The lines run
// through one parser, since it remembers. It returns how many were taken.
func checkPlain(t rapid.TB, form value.TimeForm, lines []string) (taken int) {
	t.Helper()
	l := &shape.Layout{
		Fields:  []shape.Field{{Kind: shape.FieldTime}, {Kind: shape.FieldValue, Column: 1}, {Kind: shape.FieldValue}, {Kind: shape.FieldSymbol}, {Kind: shape.FieldSkip}},
		Columns: []string{"a", "b"}, Long: true, Form: form,
	}
	plain := &parser{symbols: newSymbols()}
	plain.start(l, &chunk{})
	general := &parser{symbols: newSymbols(), row: make([]float64, 2), split: shape.Splitter{Delimiter: ','}}
	text := []byte(strings.Join(lines, "\n") + "\n")
	for i := 0; i < len(text); {
		end, ok := plain.scan(l, text, i)
		next := i + bytes.IndexByte(text[i:], '\n') + 1
		line := shape.TrimLine(text[i : next-1])
		i = next
		if !ok {
			continue
		}
		taken++
		if end != next {
			t.Fatalf("%q: the line ends %d bytes off", line, end-next)
		}
		rule, _, err := general.read(l, line)
		if !plain.known && !validSymbol(plain.symbol) { // rejected when it is looked up
			if rule != codeSchema {
				t.Fatalf("%q has the symbol %q, which the general code takes", line, plain.symbol)
			}
			continue
		}
		if err != nil || rule != noRule {
			t.Fatalf("%q is taken, and breaks rule %v: %v", line, rule, err)
		}
		if plain.time != general.time {
			t.Fatalf("%q: time %d, want %d", line, plain.time, general.time)
		}
		for k, v := range general.row {
			if math.Float64bits(plain.row[k]) != math.Float64bits(v) {
				t.Fatalf("%q: value %d is %v, want %v", line, k, plain.row[k], v)
			}
		}
		want, _ := general.symbols.id(general.symbol)
		var got int32
		if plain.known {
			got = plain.symbols.expect()
		} else {
			got, _ = plain.symbols.id(plain.symbol)
		}
		if got != want || plain.symbols.names[got] != string(general.symbol) {
			t.Fatalf("%q: symbol %q, want %q", line, plain.symbols.names[got], general.symbol)
		}
	}
	return taken
}

// TestPlainTakes counts: lines that are meant to be fast are.
func TestPlainTakes(t *testing.T) {
	for form, times := range map[value.TimeForm][]string{
		value.FormISO: {
			"2020-01-01", "2020-01-01", "2020-01-02", "2020-01-02T00:00", "2020-01-02 00:01:00", "2020-01-02 00:01:00",
			"2020-01-02T00:01:01Z", "2020-01-02T00:01:01Z", "2020-01-02T23:59:59.5", "2020-01-03T00:00:00+01:00", "1970-01-01", "2261-12-31T23:59:59Z",
		},
		value.FormSeconds: {"157836800", "1577836800", "1577836800", "1577836860", "-1577836860"},
		value.FormMillis:  {"157836800000", "1577836800000", "1577836800000", "1577836860123"},
		value.FormMicros:  {"157836800000000", "1577836800000000", "1577836800000000", "1577836860123456"},
		value.FormNanos:   {"157836800000000000", "1577836800000000000", "1577836800000000000", "1577836860123456789"},
	} {
		var lines []string
		for _, at := range times {
			for _, v := range []string{"1", "12.34", "1234567", "1234.56", "12345678", "12345.67", "92792.05000000", "0.00012345", ".5", "5.", "123456789012", "-3"} {
				for _, symbol := range []string{"A", "ABCDEFGH", "ABCDEFGHIJ", "A"} {
					lines = append(lines, at+","+v+",7,"+symbol+",x", at+",7.25,"+v+","+symbol+",\r")
				}
			}
		}
		if taken := checkPlain(t, form, lines); taken != len(lines) {
			t.Errorf("%s: %d of %d lines", form, taken, len(lines))
		}
	}
}

// numbers are texts that are numbers, nearly or not.
var numbers = []string{
	"0", "-0", "1", "007", "0.1", ".5", "5.", "-.5", ".", "", "-", "+", "+1", "1.2.3", "1e5", "1E-5", "1e", "e5",
	"9007199254740992", "9007199254740993", "9007199254740992.0", "90071992547409.92", "0.9007199254740993",
	"0.3", "0.30000000000000004", "1.7976931348623157e308", "1e309", "4.9e-324", "1e-400", "2.2250738585072011e-308",
	"18446744073709551615", "18446744073709551616", "9999999999999999999", "99999999999999999999",
	"0.0000000000000000001", "0.00000000000000000001", "1.0000000000000000000000001", "7195.24000000",
	"inf", "-Infinity", "nan", "NaN", "null", "N/A", "na", "None", "nil", "0x1p4", "1_000", "1,5", " 1.5\t", "1 5", "١",
}

// plainPieces are what lines are made of that come near the plain path.
func plainPieces() [4][]string {
	return [4][]string{
		{
			"2020-01-01", "2020-01-02", "2020-02-30", "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", "2020-01-01T00:00:00", "2020-01-01 00:00:00",
			"2020-01-01T24:00:00Z", "2020-01-01T00:60:00Z", "2020-01-01T00:00:00.5", "2020-01-01T00:00:00+01:00", "2020-01-01T00:00:00ZZ", "2020-01-01T00:00",
			"1577836800", "157836800", "1577836800000", "157783680000", "1577836800000000", "157783680000000", "1577836800000000000", "0577836800", "-1577836800",
			"9223372036854775807", "9999999999", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "",
		},
		numbers, numbers,
		{"A", "B", "A", "ABCDEFGH", "ABCDEFGHI", "ABCDEFGHJ", "\"A\"", "\"A,B\"", "A\"", " A", "", "\xff"},
	}
}

func TestPlainRandom(t *testing.T) {
	pieces := plainPieces()
	rapid.Check(t, func(t *rapid.T) {
		form := value.TimeForm(rapid.IntRange(int(value.FormISO), int(value.FormNanos)).Draw(t, "form"))
		var lines []string
		for range rapid.IntRange(1, 20).Draw(t, "rows") {
			var fields []string
			for _, p := range pieces {
				text := []byte(rapid.SampledFrom(p).Draw(t, "field"))
				if len(text) > 0 && rapid.IntRange(0, 9).Draw(t, "change") == 0 {
					text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0129:-+.ZTe ,\x00\xba")).Draw(t, "byte")
				}
				fields = append(fields, string(text))
			}
			lines = append(lines, strings.Join(fields, ",")+rapid.SampledFrom([]string{",", ",x", ",\r", ""}).Draw(t, "rest"))
		}
		checkPlain(t, form, lines)
	})
}

// TestPlainNumbers holds numbers of every length against strconv, by way of
// the general code.
func TestPlainNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lines []string
		for range 20 {
			a := rapid.StringMatching(`[0-9]{0,17}(\.[0-9]{0,9})?`).Draw(t, "a")
			b := rapid.StringMatching(`[0-9]{1,5}\.[0-9]{1,4}`).Draw(t, "b")
			lines = append(lines, "2020-01-01,"+a+","+b+",A,")
		}
		checkPlain(t, value.FormISO, lines)
	})
}

func FuzzPlain(f *testing.F) {
	f.Add(uint8(0), "2020-01-01T00:00:00Z,1.5,1234567,A,x\n2020-01-01T00:00:00Z,.5,92792.05000000,A,\r")
	f.Add(uint8(0), "2020-01-01,12345678,87654321,ABCDEFGHI,x\n2020-01-01,12345678.,12345678.5,ABCDEFGHI,\n2020-01-01,123456789,1234567,ABCDEFGHX,\n2020-01-01,1,1,ABCDEFGHIJKLMNOPQ,")
	f.Add(uint8(1), "1577836800,1,2,A,\n1577836800,1,2,B,")
	f.Add(uint8(2), "1577836800000,12345678.12345678,9007199254740993,ABCDEFGHI,")
	f.Fuzz(func(t *testing.T, form uint8, text string) {
		checkPlain(t, value.TimeForm(form%5), strings.Split(text, "\n"))
	})
}
