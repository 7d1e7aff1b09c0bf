package ingest

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"pgregory.net/rapid"
)

// TestDecode: whatever a text is stored in, the same text comes out, in pieces
// of any size.
func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, stored, want string
		encoding           source.Encoding
	}{
		{"UTF-8", "date,é\n", "date,é\n", source.Encoding{}},
		{"with a mark", "\ufeffdate\n", "date\n", source.Encoding{Mark: true}},
		{"LE", toUTF16("date,é,日,𝄞\n", false, true), "date,é,日,𝄞\n", source.Encoding{Utf16: "LE", Mark: true}},
		{"BE", toUTF16("date,é,日,𝄞\n", true, true), "date,é,日,𝄞\n", source.Encoding{Utf16: "BE", Mark: true}},
		{"LE without a mark", toUTF16("日期,date,open\n1,2,3\n", false, false), "日期,date,open\n1,2,3\n", source.Encoding{Utf16: "LE"}},
		{"BE without a mark", toUTF16("日期,date,open\n1,2,3\n", true, false), "日期,date,open\n1,2,3\n", source.Encoding{Utf16: "BE"}},
		{"half a pair", "\xff\xfea\x00\x00\xd8b\x00\n\x00", "a\ufffdb\n", source.Encoding{Utf16: "LE", Mark: true}},
		{"half a pair at the end", "\xff\xfea\x00\x00\xd8", "a\ufffd", source.Encoding{Utf16: "LE", Mark: true}},
		{"carriage returns", "a\rb\r", "a\nb\n", source.Encoding{MacLines: true}},
		{"both", "a\r\nb\r\n", "a\r\nb\r\n", source.Encoding{}},
		{"UTF-16 with carriage returns", toUTF16("a\rb\r", true, true), "a\nb\n", source.Encoding{Utf16: "BE", Mark: true, MacLines: true}},
		{"empty", "", "", source.Encoding{}},
		{"only a mark", "\xff\xfe", "", source.Encoding{Utf16: "LE", Mark: true}},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.stored), iotest.OneByteReader(strings.NewReader(c.stored))} {
			text, e, err := source.Decode(bufio.NewReaderSize(r, source.HeadBytes))
			if err != nil {
				t.Fatal(c.name, err)
			}
			got, err := io.ReadAll(text)
			if err != nil || string(got) != c.want || e != c.encoding {
				t.Errorf("%s: %q, %v, %v; want %q", c.name, got, e, err, c.want)
			}
		}
	}
	if text, _, err := source.Decode(bufio.NewReaderSize(strings.NewReader("\xff\xfea\x00b"), source.HeadBytes)); err == nil {
		if _, err := io.ReadAll(text); err == nil {
			t.Error("half a character is understood")
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		want := strings.ReplaceAll(rapid.String().Draw(t, "text"), "\r", "") + "\n"
		big := rapid.Bool().Draw(t, "big")
		text, _, err := source.Decode(bufio.NewReaderSize(strings.NewReader(toUTF16(want, big, true)), source.HeadBytes))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(text); err != nil || string(got) != want {
			t.Fatalf("%q, %v; want %q", got, err, want)
		}
	})
}

// TestLinesKeepTheirNumbers: rejects name the lines of the file, and have
// their text, in every encoding, below a banner, and newest first.
func TestLinesKeepTheirNumbers(t *testing.T) {
	const rows = "2020-01-03,2,3,1,2,10\nbad\n2020-01-04,2,1,3,2,10\n\n2020-01-05,2,3,1,2,10\n2020-01-05,2,3,1,2,11\n"
	lines := strings.SplitAfter(rows, "\n")
	var turned string
	for i := len(lines) - 1; i >= 0; i-- {
		turned += lines[i]
	}
	named := Options{Names: []string{"time", "open", "high", "low", "close", "volume"}}
	for _, c := range []struct {
		name, text, want string
		options          Options
	}{
		{"banner", "banner\n\n" + header + rows, "5:schema 6:ohlc 8:duplicate", Options{}},
		{"no header", "2020-01-01,2,3,1,2,10\n" + rows + "2020-01-06,2,3,1,2,10\n", "3:schema 4:ohlc 6:duplicate", named},
		// Of equal times the lower line is the bar, however the file is read.
		{"newest first", header + turned, "2:duplicate 5:ohlc 6:schema", Options{}},
		{"newest first below a banner", "banner\n" + header + turned, "3:duplicate 6:ohlc 7:schema", Options{}},
	} {
		for name, store := range map[string]func(string) string{
			"plain": func(s string) string { return s },
			"CR":    func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
			"CR LF": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"LE":    func(s string) string { return toUTF16(s, false, true) },
			"mark":  func(s string) string { return "\ufeff" + s },
		} {
			for _, block := range []int{0, 1, 40} {
				o := c.options
				o.blockBytes, o.Workers = block, 3
				_, rejects, err := read(t, store(c.text), o)
				if err != nil {
					t.Fatalf("%s, %s: %v", c.name, name, err)
				}
				var got []string
				for _, line := range strings.Split(strings.TrimSpace(rejects), "\n")[1:] {
					f := strings.SplitN(line, ",", 4)
					got = append(got, f[1]+":"+f[2])
					text := strings.Split(c.text, "\n")[value.Whole([]byte(f[1]))-1]
					if strings.Trim(f[3], `"`) != text {
						t.Errorf("%s, %s: line %s is %q, want %q", c.name, name, f[1], f[3], text)
					}
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("%s, %s, blocks of %d: %s, want %s", c.name, name, block, got, c.want)
				}
			}
		}
	}
}

// TestCutOff: a file that ends inside quotes gives the row that was cut off to
// the rejects.
func TestCutOff(t *testing.T) {
	text := header + "2020-01-01,2,3,1,2,10\n2020-01-02,2,3,1,2,\"10"
	r, rejects, err := read(t, text, Options{})
	if err != nil || r.Report.Accepted != 1 || !strings.Contains(rejects, "X.csv,3,schema,") {
		t.Errorf("%v, rejects %q", err, rejects)
	}
	if !bytes.HasSuffix([]byte(text), []byte(`"10`)) {
		t.Fatal("the text is not cut off")
	}
}
