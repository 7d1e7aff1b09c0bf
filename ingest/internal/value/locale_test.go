package value

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestLocale: values by hand. NaN is "no value", "" in refused is no number.
func TestLocale(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		decimal byte
		text    string
		want    float64
	}{
		{'.', "28,420.3", 28420.3}, {',', "104.053,40", 104053.40}, {',', "2.684", 2684}, {'.', "2.684", 2.684},
		{'.', "1,234,567", 1234567}, {'.', "12,34,567.5", 1234567.5}, {',', "1.234.567,5", 1234567.5},
		{',', "39,30", 39.3}, {',', "-0,53%", -0.53}, {'.', "-1.07%", -1.07}, {'.', "1.5 %", 1.5},
		{'.', "$323.34", 323.34}, {'.', " $ 1,323.34 ", 1323.34}, {'.', "-$1.20", -1.2}, {'.', "$-1.20", -1.2}, {',', "R$ 1.234,50", 1234.5},
		{'.', "US$12.5", 12.5}, {',', "12,50 €", 12.5}, {'.', "£7", 7}, {'.', "¥1,200", 1200}, {'.', "₽3.5", 3.5},
		{'.', "57.32K", 57320}, {'.', "1.38M", 1380000}, {'.', "2.1B", 2.1e9}, {'.', "1T", 1e12}, {',', "85,76M", 85.76e6}, {'.', "0.57k", 570},
		{'.', "1.5万", 15000}, {'.', "2亿", 2e8}, {',', "1 234,5", 1234.5}, {',', "1\u00a0234,5", 1234.5}, {',', "1\u202f234\u202f567", 1234567},
		{'.', "1'234.5", 1234.5}, {'.', "1’234’567.5", 1234567.5}, {'.', "\u22121.5", -1.5}, {'.', "+1.5", 1.5}, {'.', ".5", 0.5}, {',', ",5", 0.5}, {'.', "5.", 5},
		{'.', "1e3", 1000}, {',', "1,5e-3", 0.0015}, {'.', "1.5e3K", 1.5e6}, {0, "1234", 1234}, {0, "12K", 12000},
		{'.', "", nan}, {'.', " - ", nan}, {'.', "--", nan}, {'.', "null", nan}, {'.', "N/A", nan}, {'.', "#N/A", nan}, {'.', "NaN", nan}, {'.', ".", nan}, {',', "—", nan},
	} {
		got, ok := Locale{c.decimal}.Parse([]byte(c.text), 0)
		if !ok || got != c.want && !(got != got && c.want != c.want) {
			t.Errorf("%q with %q: %v %v, want %v", c.text, c.decimal, got, ok, c.want)
		}
	}
	for _, c := range []struct {
		decimal byte
		text    string
	}{
		{'.', "1,5"}, {'.', "1,50"}, {'.', "1,5000"}, {'.', "1234,567"}, {'.', ",500"}, {'.', "1,,000"}, {'.', "1,000,"}, {'.', "1,00.5"}, {'.', "1.2.3"},
		{',', "1.5"}, {',', "1,2,3"}, {'.', "1 234,567"}, {'.', "1,234 567"}, {0, "1.5"}, {0, "1,000"}, {'.', "inf"}, {'.', "-inf"}, {'.', "K"}, {'.', "$"}, {'.', "%"},
		{'.', "two"}, {'.', "1e"}, {'.', "1e+"}, {'.', "e5"}, {'.', "0x10"}, {'.', "1_000"}, {'.', "--1"}, {'.', "1-2"}, {'.', "1KK"}, {'.', "1e999"},
		{'.', "2020-01-01"}, {'.', "09:30"}, {'.', strings.Repeat("1", 100)},
	} {
		if got, ok := (Locale{c.decimal}).Parse([]byte(c.text), 0); ok {
			t.Errorf("%q with %q is read as %v", c.text, c.decimal, got)
		}
	}
}

// TestLocaleIsNearest: a dressed number is the float64 that strconv reads from
// its plain text with the exponent beside it.
func TestLocaleIsNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[1-9][0-9]{0,9}`).Draw(t, "digits")
		fraction := rapid.StringMatching(`[0-9]{1,9}`).Draw(t, "fraction")
		shift := rapid.IntRange(-6, 6).Draw(t, "shift")
		grouped := ""
		for i, d := range digits {
			if i > 0 && (len(digits)-i)%3 == 0 {
				grouped += "."
			}
			grouped += string(d)
		}
		want, err := strconv.ParseFloat(digits+"."+fraction+"e"+strconv.Itoa(shift+6), 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := (Locale{','}).Parse([]byte("-€"+grouped+","+fraction+"M"), shift); !ok || got != -want {
			t.Fatalf("%s,%s: %v, want %v", grouped, fraction, got, -want)
		}
	})
}

// TestSigns: which decimal sign columns of numbers show, by hand.
func TestSigns(t *testing.T) {
	for _, c := range []struct {
		texts   string
		decimal byte
		line    int // of the number that decides; 0 where it is open or contradictory
		open    bool
	}{
		{"1 2 3", 0, 0, false},
		{"1.5 2 3", '.', 1, false},
		{"1 2,5", ',', 2, false},
		{"2.684 2.671 0,27", ',', 3, false},
		{"1,205 1,204 57.32K", '.', 3, false},
		{"1,205 1,204 0,5", ',', 3, false},
		{"1,205 0,123", ',', 2, false},
		{"1.205 1.204", '.', 1, false}, // plain numbers have a point
		{"1,205 1,204", 0, 1, true},
		{"1,205 1.204", 0, 1, true},
		{"1,205,000 1,204", '.', 1, false},
		{"1.205.000", ',', 1, false},
		{"1.205,5", ',', 1, false},
		{"1,205.5", '.', 1, false},
		{"1234.567", '.', 1, false},
		{"1.5 1,5", 0, 2, false}, // both
		{"- null 2020 two $", 0, 0, false},
		{"0.000", '.', 1, false}, // thousands do not begin with a zero
	} {
		var s Signs
		for i, text := range strings.Fields(c.texts) {
			s.Add(i+1, []byte(text))
		}
		decimal, at, open, err := s.Decide(false)
		if decimal != c.decimal || at.Line != c.line || open != c.open || (err != nil) != (decimal == 0 && c.line > 0) {
			t.Errorf("%s: %q by line %d, open %v, %v", c.texts, decimal, at.Line, open, err)
		}
	}
	// One number in fifty that says the contrary is a bad number.
	var s Signs
	for i := range 50 {
		s.Add(i+1, []byte("1.5"))
	}
	s.Add(51, []byte("1,5"))
	if decimal, _, _, err := s.Decide(false); decimal != '.' || err != nil {
		t.Errorf("%q, %v", decimal, err)
	}
}
