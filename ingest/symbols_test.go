package ingest

import (
	"fmt"
	"strings"
	"testing"
)

// TestSymbolsAreTrimmed: blanks around a symbol are none of it, quoted or not, and
// "AAPL " is AAPL.
func TestSymbolsAreTrimmed(t *testing.T) {
	for name, line := range map[string]string{
		"behind": "2024-01-%02d,%s ,10,11,9,10.5,100\n", "before": "2024-01-%02d, %s,10,11,9,10.5,100\n", "quoted": "2024-01-%02d,\"%s  \",10,11,9,10.5,100\n",
		"a blank without a break": "2024-01-%02d,\u00a0%s\u00a0,10,11,9,10.5,100\n", "a tab": "2024-01-%02d,%s\t,10,11,9,10.5,100\n",
	} {
		var b strings.Builder
		b.WriteString("date,symbol,open,high,low,close,volume\n")
		for d := range 10 {
			for _, s := range []string{"AAPL", "BRK B"} {
				if d%2 == 0 {
					fmt.Fprintf(&b, line, d+1, s)
				} else {
					fmt.Fprintf(&b, "2024-01-%02d,%s,10,11,9,10.5,100\n", d+1, s)
				}
			}
		}
		r, rejects, err := read(t, b.String(), Options{})
		if err != nil || strings.Join(r.Frame.Assets(), ",") != "AAPL,BRK B" || r.Frame.NumRows() != 20 {
			t.Errorf("%s: %v, %s", name, err, rejects)
		}
	}
	r, err := filesOf(t, Options{}, folder(t, map[string][]byte{"symbol= GLD /x.csv": part(0, 3), "symbol=GLD/x.csv": part(3, 6)}))
	if err != nil || strings.Join(r.Frame.Assets(), ",") != "GLD" {
		t.Errorf("folders: %v", err)
	}
}

// TestNamesThatAreRefused: * is the pooled row, and Hive's default partition is no
// asset.
func TestNamesThatAreRefused(t *testing.T) {
	_, _, err := read(t, "date,symbol,open,high,low,close,volume\n2024-01-02,A,10,11,9,10.5,100\n2024-01-02,*,10,11,9,10.5,100\n", Options{})
	refusal(t, err, "called *")
	_, _, err = read(t, "date,open,high,low,close,volume\n2024-01-02,10,11,9,10.5,100\n", Options{Asset: "*"})
	refusal(t, err, "called *")
	_, err = filesOf(t, Options{}, folder(t, map[string][]byte{"symbol=__HIVE_DEFAULT_PARTITION__/x.csv": part(0, 3), "symbol=A/x.csv": part(0, 3)}))
	refusal(t, err, "__HIVE_DEFAULT_PARTITION__", "not known")
	if r, _, err := read(t, "date,symbol,open,high,low,close,volume\n2024-01-02,**,10,11,9,10.5,100\n", Options{}); err != nil || r.Frame.Asset(0) != "**" {
		t.Errorf("**: %v", err)
	}
}
