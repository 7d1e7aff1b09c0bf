package ingest

import (
	"errors"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/columnar"
)

// TestShapeErrors: every message names the file and, where one is to blame,
// the line and the column.
func TestShapeErrors(t *testing.T) {
	const row = "2020-01-01,2,3,1,2,10\n"
	for _, c := range []struct {
		name, text string
		options    Options
		want       []string
	}{
		{"empty", "", Options{}, []string{"X.csv: ", "empty"}},
		{"only a mark", "\ufeff", Options{}, []string{"X.csv: ", "empty"}},
		{"no header", row + row, Options{}, []string{"X.csv:1: ", "no header", "only 2 rows", "Options.Names"}},
		{"no header, but data", "2020-01-01,2,3\n", Options{}, []string{"X.csv:1: ", "no header", `"2020-01-01"`}},
		{"no header, epoch", "1577836800,a,b,c\n", Options{}, []string{"no header", `"1577836800"`}},
		{"only a banner", "https://example.org\n" + row, Options{}, []string{"X.csv:2: ", "the row has 6 fields, the header names 1"}},
		{"unknown names", "aa,bb,cc,dd,ee,ff\nx,2,3,1,2,10\n", Options{}, []string{"X.csv:1: ", "no known column", "Options.Names"}},
		{"missing low", "date,open,high,close,volume\n2020-01-01,2,3,2,9\n", Options{}, []string{"X.csv:1: ", "missing column low"}},
		{"missing several", "date,open,high,volume\n", Options{}, []string{"missing column low, close"}},
		{"two closes", "date,open,high,low,close,C,volume\n", Options{}, []string{`columns "close" and "C" are both close`, "drop one"}},
		{"two times", "unix,date,timestamp,open,high,low,close,volume\n", Options{}, []string{`columns "date" and "timestamp" are both time`}},
		{"two extras", "date,open,high,low,close,volume,Adj Close,adj_close\n", Options{}, []string{`columns "Adj Close" and "adj_close" are both adj_close`}},
		{"two symbols", "date,symbol,Name,open,high,low,close,volume\n", Options{}, []string{`"symbol", "Name" may all be the symbol column`}},
		{"no such symbol", header, Options{Symbol: "code"}, []string{`no column "code"`}},
		{"asset and symbol column", "symbol,date,open,high,low,close,volume\n", Options{Asset: "A"}, []string{`asset "A"`, `column "symbol"`}},
		{"unnamed", ",date,open,high,low,close,volume\n", Options{}, []string{"column 1 has no name"}},
		{"everything at once", "date,open,high,close,c,volume,\n", Options{}, []string{"both close", "missing column low", "column 7 has no name"}},
		{"tabs", "date\topen\thigh\n", Options{}, []string{"X.csv:1: ", "missing column low, close, volume"}},
		{"UTF-16 of other text", "\xff\xfed\x00a\x00", Options{}, []string{"X.csv:1: ", `no known column ("da")`}},
		{"zero bytes", strings.Repeat("\x00", 100), Options{}, []string{"X.csv:1: ", "not UTF-8 text"}},
		{"many zero bytes", strings.Repeat("\x00", 1<<20), Options{}, []string{"X.csv:1: ", "no line break in the first 64 KiB"}},
		{"binary", "\x80\x81\x82\n", Options{}, []string{"not UTF-8"}},
		{"old Mac", "date,open\r2020-01-01,1\r", Options{}, []string{"X.csv:1: ", "missing column high, low, close, volume"}},
		{"quotes of the header", "\"date,open\n", Options{}, []string{"quotes of the header"}},
		{"endless header", "date," + strings.Repeat("x", source.HeadBytes), Options{}, []string{"no line break in the first 64 KiB"}},
		{"fields differ", header + "2020-01-01,2,3,1,2,10,7\n2020-01-01,2,3,1,2\n", Options{}, []string{"X.csv:2: ", "has 7 fields, the header names 6"}},
		{"day or month", header + "\n08/02/2013,2,3,1,2,10\n", Options{}, []string{`X.csv:3: column "date": `, `"08/02/2013"`, "8 February 2013 (Options.DateOrder dmy)", "2 August 2013 (Options.DateOrder mdy)"}},
		{"day and month", header + "13/02/2013,2,3,1,2,10\n02/14/2013,2,3,1,2,10\n", Options{}, []string{`X.csv:3: column "date": `, `"13/02/2013" in line 2`, `"02/14/2013" in line 3`}},
		{"words for dates", header + "yesterday,2,3,1,2,10\n", Options{}, []string{`X.csv:2: column "date": `, `"yesterday"`, "yyyy-mm-dd"}},
		{"dates or hours", header + "2033010209,2,3,1,2,10\n2033010210,2,3,1,2,10\n", Options{}, []string{`column "date": `, "epoch seconds"}},
		{"dates or minutes", header + "201301020930,2,3,1,2,10\n", Options{}, []string{`column "date": `, "epoch milliseconds"}},
		{"prices in words", header + "2020-01-01,two,$3,$1,$2,10\n", Options{}, []string{`X.csv:2: column "open": `, `"two"`}},
		{"point or comma", "date;open;high;low;close;volume\n2020-01-01;1,205;1,305;1,105;1,205;10\n", Options{}, []string{`X.csv:2: `, `"1,205" may be 1205 or 1.205`, "Options.Decimal"}},
		{"text column", "date,open,high,low,close,volume,Sector\n2020-01-01,2,3,1,2,10,Oil\n2020-01-02,2,3,1,2,10,Banks\n", Options{},
			[]string{`X.csv:1: `, `column "Sector" holds text, as "Oil"`, `Options.Drop "Sector"`}},
		{"open quote", header + row + "2020-01-02,2,3,1,2,\"10\n\"\n", Options{}, []string{"X.csv:3: ", "line breaks inside quotes"}},
		{"endless line", header + row + strings.Repeat("x", maxLine+1) + "\n", Options{}, []string{"X.csv:3: ", "more than 1024 KiB"}},
		{"endless last line", header + row + row + strings.Repeat("x", 3*maxLine), Options{}, []string{"X.csv:4: ", "more than 1024 KiB"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(t, c.text, c.options)
			var input *InputError
			if !errors.Is(err, ErrShape) || !errors.As(err, &input) {
				t.Fatalf("got %v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
}

// TestColumns: the same two bars, by hand, under every kind of header.
func TestColumns(t *testing.T) {
	want, _, err := read(t, header+"2020-01-01,2,3,1,2,10\n2020-01-02,2.5,3,1,2,20\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		options    Options
	}{
		{"order and case", "VOLUME,Close,low,Date,HIGH,Open\n10,2,1,2020-01-01,3,2\n20,2,1,2020-01-02,3,2.5\n", Options{}},
		{"synonyms", "Open Time,o,h,l,c,vol\n1577836800000,2,3,1,2,10\n1577923200000,2.5,3,1,2,20\n", Options{}},
		{"mark, CRLF, blank lines, no last end", "\ufeffdate,open,high,low,close,volume\r\n\r\n2020-01-01,2,3,1,2,10\r\n \r\n2020-01-02,2.5,3,1,2,20", Options{}},
		{"quotes", "\"date\",\"open\",\"high\",\"low\",\"close\",\"volume\"\n\"2020-01-01\",\"2\",\"3\",\"1\",\"2\",\"10\"\n2020-01-02,\"2.5\",3,1,2,20\n", Options{}},
		{"mapped", "Tag,Eröffnung,Hight,Low,Last,volume\n2020-01-01,2,3,1,2,10\n2020-01-02,2.5,3,1,2,20\n",
			Options{Columns: map[string]string{"tag": "time", "ERÖFFNUNG": "open", "hight": "high", "Last": "close"}}},
		{"mapped over a known name", "date,open,high,low,close,adj_close,volume\n2020-01-01,2,3,1,7,2,10\n2020-01-02,2.5,3,1,7,2,20\n",
			Options{Columns: map[string]string{"adj_close": "close"}, Drop: []string{"Close"}}},
		{"dropped", ",date,open,high,low,close,volume,Sector,symbol\n0,2020-01-01,2,3,1,2,10,x,A\n1,2020-01-02,2.5,3,1,2,20,\"y,z\",B\n",
			Options{Drop: []string{"", "sector", "Symbol"}}},
		{"symbol named", "date,code,open,high,low,close,volume\n2020-01-01,X,2,3,1,2,10\n2020-01-02,X,2.5,3,1,2,20\n", Options{Symbol: "Code"}},
		{"symbol found", "date,open,high,low,close,volume,Ticker\n2020-01-01,2,3,1,2,10,X\n2020-01-02,2.5,3,1,2,20,\"X\"\n", Options{}},
		{"asset given", header + "2020-01-01,2,3,1,2,10\n2020-01-02,2.5,3,1,2,20\n", Options{Asset: "X"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, rejects, err := read(t, c.text, c.options)
			if err != nil {
				t.Fatal(err)
			}
			if got.Frame.Info().Digest != want.Frame.Info().Digest {
				t.Errorf("another frame: %q %v, rejects %q", got.Frame.Assets(), got.Frame.Columns(), rejects)
			}
		})
	}
}

// TestExtraColumns are kept in the order of their names; blanks are NaN.
func TestExtraColumns(t *testing.T) {
	r, rejects, err := read(t, "zeta,date,open,high,low,close,volume,Adj Close,Change %\n1.5,2020-01-01,2,3,1,2,10,,-3\n,2020-01-02,2,3,1,2,10,7,null\n2,2020-01-03,2,3,1,2,10,x,1\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []columnar.Column{{Name: "open", Scale: 1}, {Name: "high", Scale: 1}, {Name: "low", Scale: 1}, {Name: "close", Scale: 1},
		{Name: "volume", Scale: 1}, {Name: "adj_close", Scale: 1}, {Name: "change", Scale: 1}, {Name: "zeta", Scale: 10}}
	got := r.Frame.Columns()
	if len(got) != len(want) {
		t.Fatalf("columns %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("column %v, want %v", got[i], want[i])
		}
	}
	adj, zeta := r.Frame.Values(0, 5), r.Frame.Values(0, 7)
	if len(adj) != 2 || adj[0] == adj[0] || adj[1] != 7 || zeta[0] != 1.5 || zeta[1] == zeta[1] {
		t.Errorf("adj_close %v, zeta %v", adj, zeta)
	}
	if !strings.Contains(rejects, ",4,schema,") {
		t.Errorf("rejects %q", rejects)
	}
}

// TestSymbolsAreText: ids are what the source says, letter by letter.
func TestSymbolsAreText(t *testing.T) {
	r, rejects, err := read(t, "symbol,date,open,high,low,close,volume\n"+
		"0700,2020-01-01,2,3,1,2,10\nTRUE,2020-01-01,2,3,1,2,10\nNaN,2020-01-01,2,3,1,2,10\nNA,2020-01-01,2,3,1,2,10\n"+
		"null,2020-01-01,2,3,1,2,10\n1e5,2020-01-01,2,3,1,2,10\n\"a,\"\"b\",2020-01-01,2,3,1,2,10\n é,2020-01-01,2,3,1,2,10\n"+
		",2020-01-01,2,3,1,2,10\n \t,2020-01-01,2,3,1,2,10\n\xff,2020-01-01,2,3,1,2,10\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(r.Frame.Assets(), "|"), `0700|1e5|NA|NaN|TRUE|a,"b|null|é`; got != want {
		t.Errorf("assets %q, want %q", got, want)
	}
	for _, want := range []string{",10,schema,", ",11,schema,", ",12,schema,"} {
		if !strings.Contains(rejects, want) {
			t.Errorf("rejects %q lack %q", rejects, want)
		}
	}
}

// TestFirstRowsDecide: one bad value among good ones only rejects its row,
// and a column of blanks is fine.
func TestFirstRowsDecide(t *testing.T) {
	_, rejects, err := read(t, "date,open,high,low,close,volume,x\nsomeday,2,3,1,2,10,\n2020-01-01,two,3,1,2,10,\n2020-01-01,2,3,1,2,10,\n", Options{})
	if err != nil || !strings.Contains(rejects, ",2,time,") || !strings.Contains(rejects, ",3,schema,") {
		t.Errorf("%v, rejects %q", err, rejects)
	}
}
