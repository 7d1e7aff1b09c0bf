package ingest

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestLaterRowsDecide: what the first 64 KiB leave open, a later row decides;
// the message of what nothing decides names a line.
func TestLaterRowsDecide(t *testing.T) {
	const early, late = "05/06/2022;1,205;1,305;1,105;1,205;10\n", "06/13/2022;1,205;1,305;1,105;1,205;10\n"
	many := strings.Repeat(early, 4000)
	head := "date;open;high;low;close;volume\n"
	for _, c := range []struct{ name, text, want string }{
		{"date and number", many + "06/13/2022;1,2;1,305;1,105;1,2;10\n", ""},
		{"the number in another row", many + late + "06/14/2022;1,25;1,305;1,105;1,2;10\n", ""},
		{"no number", many + late, `"1,205" may be`},
		{"no date", many + "05/07/2022;1,25;1,305;1,105;1,2;10\n", `"05/06/2022" may be`},
	} {
		for _, pack := range []func(testing.TB, []byte) []byte{nil, gzipped} {
			text := c.text
			if pack != nil {
				text = string(pack(t, []byte(head+c.text)))
			} else {
				text = head + text
			}
			r, _, err := read(t, text, Options{})
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%s: %v", c.name, err)
			case c.want == "":
				if f := r.Frame; f.Values(0, 1)[0] != 1.305 || f.Times(0)[0] != time.Date(2022, 5, 6, 0, 0, 0, 0, time.UTC).UnixNano() {
					t.Errorf("%s: high %v at %v", c.name, f.Values(0, 1)[0], time.Unix(0, f.Times(0)[0]).UTC())
				}
			case !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "X.csv:2: "):
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}
