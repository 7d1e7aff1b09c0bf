package spec

import (
	"fmt"
	"strings"
	"testing"
)

// TestSetValues: what --set takes, with the values that it stands for written out.
func TestSetValues(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
	}{
		{"n", "21", "[21]"},
		{"n", "5,10,20", "[5 10 20]"},
		{"n", "5, 10", "[5 10]"},
		{"n", "5..50/15", "[5 20 35 50]"},
		{"n", "3..6", "[3 4 5 6]"},
		{"n", "0.1..0.3/0.1", "[0.1 0.2 0.3]"},
		{"n", "5..1/-2", "[5 3 1]"},
		{"n", "5..1", "error: parameter n: step 1 leads away from 1; want -1"},
		{"n", "5..x", `error: parameter n: "5..x": want a range as 5..50/5`},
		{"n", "5,,6", "error: parameter n"},
		{"n", "5,5", "error: parameter n: 5 is there twice"},
		{"ma", "ema,sma", "[ema sma]"},
		{"k", "1", `error: params: no parameter "k"`},
	} {
		s := Spec{Params: []Param{{"n", List(1)}, {"ma", Choice("sma")}}}
		err := s.Set(c.name, c.text)
		got := ""
		for _, p := range s.Params {
			if p.Name == c.name && p.Axis.IsChoice() {
				got = fmt.Sprint(p.Axis.Names())
			} else if p.Name == c.name {
				got = fmt.Sprint(p.Axis.Numbers())
			}
		}
		if err != nil {
			got = "error: " + err.Error()
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("--set %s=%s: %s, want %s", c.name, c.text, got, c.want)
		}
	}
}
