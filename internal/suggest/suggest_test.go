package suggest

import (
	"strings"
	"testing"
)

// Misspellings by hand: a letter left out, one too many, neighbours exchanged,
// another case, and words that are near nothing.
func TestNearest(t *testing.T) {
	columns := []string{"open", "high", "low", "close", "volume"}
	assets := []string{"AAPL", "MSFT", "BRK/B", "close"}
	for _, c := range []struct {
		name, want string
		names      []string
	}{
		{"clos", "close", columns}, {"Close", "close", columns}, {"clsoe", "close", columns}, {"colse", "close", columns},
		{"lw", "low", columns}, {"volum", "volume", columns}, {"hihg", "high", columns}, {"x", "", columns},
		{"turnover", "", columns}, {"", "", columns}, {strings.Repeat("c", 1000), "", columns},
		{"aapl", "AAPL", assets}, {"AAPPL", "AAPL", assets}, {"BRK.B", "BRK/B", assets}, {"clse", "close", assets},
		{"XYZ", "", assets}, {"volume", "", assets},
	} {
		if got := Nearest(c.name, c.names); got != c.want {
			t.Errorf("%.20s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := Meant("clos", columns); got != `; did you mean "close"?` {
		t.Error(got)
	}
	if got := Meant("turnover", columns); got != "" {
		t.Error(got)
	}
}
