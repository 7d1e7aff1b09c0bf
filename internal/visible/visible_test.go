package visible

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// cases are texts and how they are shown, by hand.
var cases = map[string]string{
	"":                           "",
	"AAPL ~":                     "AAPL ~",
	"Ünïcödé 株 ×":                "Ünïcödé 株 ×",
	"a\x1b]0;x\a\x1b[31mRED.csv": `a\u001b]0;x\u0007\u001b[31mRED.csv`,
	"one\ntwo\r\tthree":          `one\ntwo\r\tthree`,
	"txt.\u202evsc":              `txt.\u202evsc`,
	"\u2066a\u2069":              `\u2066a\u2069`,
	"zero\u200bwidth\ufeff":      `zero\u200bwidth\ufeff`,
	"\u009b31m":                  `\u009b31m`,
	"\x9b31m\xff":                `\x9b31m\xff`,
	"\xe6\xa0":                   `\xe6\xa0`,
	"line\u2028break":            `line\u2028break`,
	"\x7f\x00":                   `\u007f\u0000`,
	"tag \U000e0041":             `tag \udb40\udc41`,
	"\ufffd":                     "\ufffd",
}

func TestText(t *testing.T) {
	for text, want := range cases {
		if got := Text(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestWriter: what is written in pieces of any size is shown as a whole, with
// its lines.
func TestWriter(t *testing.T) {
	breaks := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	for text, want := range cases {
		want = breaks.Replace(want)
		for size := 1; size <= len(text); size++ {
			var b bytes.Buffer
			w := NewWriter(&b)
			for rest := text; len(rest) > 0; rest = rest[min(size, len(rest)):] {
				piece := rest[:min(size, len(rest))]
				if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
					t.Fatal(n, err)
				}
			}
			if err := w.Flush(); err != nil || b.String() != want {
				t.Errorf("%q in pieces of %d: %s, want %s; %v", text, size, &b, want, err)
			}
		}
	}
}

func FuzzWriter(f *testing.F) {
	for text := range cases {
		f.Add(text, 3)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		var b bytes.Buffer
		w := NewWriter(&b)
		at = max(0, min(at, len(text)))
		_, _ = w.Write([]byte(text[:at])) // a buffer takes everything
		_, _ = w.Write([]byte(text[at:]))
		if err := w.Flush(); err != nil || !utf8.Valid(b.Bytes()) {
			t.Fatalf("%q, %v", b.Bytes(), err)
		}
		for _, r := range b.String() {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control)) {
				t.Fatalf("%q has %q", b.Bytes(), r)
			}
		}
		if strings.ContainsAny(Text(text), "\n\t\r\x1b") {
			t.Fatalf("%q", Text(text))
		}
		// JSON keeps its value.
		in, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		b.Reset()
		if _, err := w.Write(in); err != nil {
			t.Fatal(err)
		}
		var was, is string
		if err := json.Unmarshal(in, &was); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b.Bytes(), &is); err != nil || is != was {
			t.Fatalf("%s is %q, was %q: %v", b.Bytes(), is, was, err)
		}
	})
}
