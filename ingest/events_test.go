package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
)

// ingestText ingests a file A.csv beside an events file; "" is none.
func ingestText(t testing.TB, bars, events string, o Options) (*Result, string, error) {
	t.Helper()
	path := write(t, "A.csv", []byte(bars))
	if events != "" {
		o.Events = write(t, "events.csv", []byte(events))
	}
	var rejects bytes.Buffer
	o.Rejects = &rejects
	r, err := Files(context.Background(), []string{path}, o)
	if err != nil {
		return nil, "", err
	}
	t.Cleanup(r.Frame.Release)
	return r, rejects.String(), nil
}

// days are bars of A from 1 January 2024 on, at 100.
func days(n int, extra string, values ...string) string {
	var b strings.Builder
	b.WriteString("date,open,high,low,close,volume" + extra + "\n")
	for i := range n {
		fmt.Fprintf(&b, "2024-01-%02d,100,100,100,100,9", i+1)
		if extra != "" {
			b.WriteString("," + values[i])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestEventColumns: vendors' names of columns, and what stands for no event.
func TestEventColumns(t *testing.T) {
	for _, c := range []struct {
		name, header string
		rows         []string
		want         string
		columns      []string
	}{
		{"yahoo", ",Dividends,Stock Splits,Capital Gains", []string{"0.0,0.0,0.0", "0.25,0.0,0.0", "0.0,4.0,1.5"},
			"[dividend of 0.25 on 2024-01-02 split of 4 on 2024-01-03]", []string{"capital_gains"}},
		{"tiingo", ",divCash,splitFactor", []string{"0,1", "0,0.1", "0.5,1"}, "[split of 0.1 on 2024-01-02 dividend of 0.5 on 2024-01-03]", nil},
		{"alpha vantage", ",dividend amount,split coefficient", []string{"0.0000,1.0", "0.8200,1.0", "0.0000,1.0"}, "[dividend of 0.82 on 2024-01-02]", nil},
		{"blanks", ",dividend,split", []string{",", "NaN,null", "0.1,"}, "[dividend of 0.1 on 2024-01-03]", nil},
		{"ratios", ",split", []string{"1:1", "4:1", `"1/10"`}, "[split of 4 on 2024-01-02 split of 0.1 on 2024-01-03]", nil},
		{"words", ",split_ratio", []string{"", "3-for-2", "1 for 4"}, "[split of 1.5 on 2024-01-02 split of 0.25 on 2024-01-03]", nil},
		{"both on a day", ",dividend,split", []string{"0,1", "0.5,2", "0,1"}, "[split of 2 on 2024-01-02 dividend of 0.5 on 2024-01-02]", nil},
		{"none at all", ",dividend,split", []string{"0,1", "0,0", ",1.0"}, "[]", nil},
	} {
		r, rejects, err := ingestText(t, days(3, c.header, c.rows...), "", Options{Adjusted: columnar.AdjustedNone})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := fmt.Sprint(r.Frame.Events(0)); got != c.want || r.Report.Accepted != 3 || r.Report.Events != nil {
			t.Errorf("%s: events %s, want %s; %s", c.name, got, c.want, rejects)
		}
		var extra []string
		for _, col := range r.Frame.Columns()[5:] {
			extra = append(extra, col.Name)
		}
		if !slices.Equal(extra, c.columns) {
			t.Errorf("%s: columns %v, want %v", c.name, extra, c.columns)
		}
	}
}

// A column can be kept as a column, or read as events under any name.
func TestEventColumnsByName(t *testing.T) {
	bars := days(2, ",dividend,payout", "0,0", "0.5,0.25")
	r, _, err := ingestText(t, bars, "", Options{Columns: map[string]string{"dividend": "cash", "payout": "dividend"}})
	if err != nil {
		t.Fatal(err)
	}
	c, ok := r.Frame.ColumnIndex("cash")
	if got := fmt.Sprint(r.Frame.Events(0)); got != "[dividend of 0.25 on 2024-01-02]" || !ok || r.Frame.Values(0, c)[1] != 0.5 {
		t.Errorf("events %s", got)
	}
}

// A bar whose event cannot be is rejected, with its text.
func TestBadEventsInColumns(t *testing.T) {
	bars := days(5, ",dividend,split", "-0.5,1", "0,-2", "0,1:0", "0,1e9", "0,1")
	r, rejects, err := ingestText(t, bars, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Report.Rejected != 4 || r.Frame.NumRows() != 1 || strings.Count(rejects, ",schema,") != 4 {
		t.Errorf("%+v\n%s", r.Report, rejects)
	}
	_, _, err = ingestText(t, bars, "", Options{Policies: map[Rule]Policy{RuleSchema: Fail}})
	var input *InputError
	if !errors.As(err, &input) || input.Line != 2 || input.Column != "dividend" {
		t.Error(err)
	}
}

// Events of rows that are rejected are, too: duplicates, and rows that are repeated,
// in one block or another, of one asset among others.
func TestEventsOfRejectedRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("date,symbol,open,high,low,close,volume,dividend\n")
	want := map[string]string{"A": "[dividend of 0.9 on 2019-12-31 ", "B": "["}
	for i := range 400 {
		for _, symbol := range []string{"A", "B"} {
			day := time.Date(2020, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			if i%7 == 3 {
				fmt.Fprintf(&b, "%s,%s,100,100,100,100,1,0.5\n", day, symbol)
				want[symbol] += fmt.Sprintf("dividend of 0.75 on %s ", day)
				fmt.Fprintf(&b, "%s,%s,100,100,100,100,1,0.75\n", day, symbol)
				continue
			}
			fmt.Fprintf(&b, "%s,%s,100,100,100,100,1,0\n", day, symbol)
		}
		if i%50 == 49 {
			b.WriteString("2019-12-31,A,100,100,100,100,1,0.9\n")
		}
	}
	var digest string
	for _, o := range []Options{{Workers: 1}, {Workers: 3, blockBytes: 200}, {Workers: 2, blockBytes: 1000}} {
		o.RejectLimit = RejectAll()
		r, _, err := ingestText(t, b.String(), "", o)
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range r.Frame.Assets() {
			if got := fmt.Sprint(r.Frame.Events(i)); got != strings.TrimSpace(want[id])+"]" {
				t.Errorf("%+v: %s has %s", o, id, got)
			}
		}
		if digest == "" {
			digest = r.Frame.Info().Digest
		}
		if r.Frame.Info().Digest != digest {
			t.Errorf("%+v: another digest", o)
		}
	}
}

// TestEventFile accounts for a row of every kind.
func TestEventFile(t *testing.T) {
	events := "\xef\xbb\xbfTicker,ex_date,Type,Amount\r\n" +
		"A,2024-01-02,Dividend,0.5\r\n" + // line 2
		"A,2024-01-03,Stock Split,4:1\r\n" +
		"A,2024-01-03,spin-off,0.9\r\n" +
		"\r\n" +
		"A,2024-01-02,dividend,0.5\r\n" + // 6: twice
		"A,2024-01-02,dividend,0.25\r\n" + // another one of that day
		"ZZZ,2024-01-02,dividend,0.5\r\n" + // 8: no such asset
		"A,02/01/2024,dividend,0.5\r\n" + // 9: time
		"A,2024-01-02,merger,0.5\r\n" + // 10: type
		"A,2024-01-02,dividend,-0.5\r\n" + // 11: value
		"A,2024-01-02,split,0\r\n" + // 12: value
		"A,2024-01-02,dividend,much\r\n" + // 13: number
		"A,2024-01-02,dividend\r\n" + // 14: fields
		",2024-01-02,dividend,0.5\r\n" + // 15: symbol
		"A,1704153600,dividend,0.5\r\n" + // 16: another form of time
		"\"A\",2024-02-09,dividend,0.5" // behind the bars, and without an end
	r, rejects, err := ingestText(t, days(4, ""), events, Options{Adjusted: columnar.AdjustedNone})
	if err != nil {
		t.Fatal(err)
	}
	want := "[dividend of 0.25 on 2024-01-02 dividend of 0.5 on 2024-01-02 split of 4 on 2024-01-03 spinoff of 0.9 on 2024-01-03 dividend of 0.5 on 2024-02-09]"
	if got := fmt.Sprint(r.Frame.Events(0)); got != want {
		t.Errorf("events %s", got)
	}
	e := r.Report.Events
	if e == nil || e.Read != 15 || e.Accepted != 5 || e.Rejected != 10 || e.Bytes != int64(len(events)) || len(e.SHA256) != 64 {
		t.Fatalf("%+v", e)
	}
	counts := map[Rule]int64{}
	for _, c := range e.Rules {
		counts[c.Rule] = c.Rejected
	}
	if fmt.Sprint(counts) != "map[asset:1 duplicate:1 schema:4 time:2 value:2]" {
		t.Error(counts)
	}
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(rejects), "\n")[1:] {
		fields := strings.SplitN(line, ",", 4)
		got = append(got, fields[1]+" "+fields[2])
	}
	lines := "[6 duplicate 8 asset 9 time 10 schema 11 value 12 value 13 schema 14 schema 15 schema 16 time]"
	if fmt.Sprint(got) != lines || !strings.Contains(rejects, `"A,02/01/2024,dividend,0.5"`) {
		t.Errorf("rejects %v\n%s", got, rejects)
	}
	if r.Report.Read != 4 || r.Report.Rejected != 0 {
		t.Errorf("the account of the bars is %+v", r.Report)
	}
}

// An event that a column has already is not taken twice, also where it is dated
// before the bar.
func TestEventsOfFileAndColumns(t *testing.T) {
	bars := "date,open,high,low,close,volume,dividend\n2024-01-02 05:00:00,100,100,100,100,1,0\n2024-01-03 05:00:00,100,100,100,100,1,0.5\n"
	events := "symbol,date,type,value\nA,2024-01-03,dividend,0.51\nA,2024-01-03,split,2\n"
	r, rejects, err := ingestText(t, bars, events, Options{Adjusted: columnar.AdjustedNone})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Frame.Events(0)); got != "[split of 2 on 2024-01-03 dividend of 0.5 on 2024-01-03T05:00:00Z]" {
		t.Errorf("%s\n%s", got, rejects)
	}
}

// Dividends beside split-adjusted prices are in the terms of those prices, as
// Yahoo has them; events keep them as paid. Those of a file are as paid.
func TestDividendsBesideAdjustedPrices(t *testing.T) {
	bars := days(5, ",dividend,split", "0,1", "0.25,1", "0,4", "0.5,2", "0.125,1")
	events := "symbol,date,type,value\nA,2024-01-01,dividend,8\nA,2024-02-01,split,100\n"
	r, _, err := ingestText(t, bars, events, Options{Adjusted: columnar.AdjustedSplits})
	if err != nil {
		t.Fatal(err)
	}
	// 0.25 × 4 × 2; of the 4th on new shares; the split of February has not
	// been adjusted for.
	want := "[dividend of 8 on 2024-01-01 dividend of 2 on 2024-01-02 split of 4 on 2024-01-03 split of 2 on 2024-01-04 dividend of 0.5 on 2024-01-04 dividend of 0.125 on 2024-01-05 split of 100 on 2024-02-01]"
	if got := fmt.Sprint(r.Frame.Events(0)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	// 0.25 of 100 before the second bar, 0.5 before the fourth, 0.125 before the
	// last.
	all, err := columnar.Adjusted(context.Background(), r.Frame, "all", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer all.Release()
	if got := all.Values(0, 3)[0]; abs(got-100*0.9975*0.995*0.99875) > 1e-12 {
		t.Errorf("first close %v", got)
	}
	if got := all.Values(0, 4); !slices.Equal(got, []float64{9, 9, 9, 9, 9}) {
		t.Errorf("volumes %v", got)
	}
}

func abs(x float64) float64 { return max(x, -x) }

func TestEventFileErrors(t *testing.T) {
	bars := days(3, "")
	for _, c := range []struct{ events, want string }{
		{" ", `:1: column " ": shape`},
		{"symbol,date,type\n", ":1: shape not understood: no column value"},
		{"symbol,date,type,value,currency\n", `:1: column "currency"`},
		{"symbol,date,type,value,ratio\n", `:1: column "ratio": shape not understood: the header names "value" as well`},
		{"A,2024-01-02,dividend,0.5\n", `:1: column "A": shape not understood: the column is not known; want a header`},
		{"symbol;date;kind;value\n", `:1: column "kind"`},
		{"symbol,date,type,value\n\"A,2024-01-02,dividend,0.5\n", ":2: shape not understood: a quoted field"},
		{"\x00\x01,date\n", ":1: shape not understood: line 1 is not UTF-8"},
		{"symbol,date,type,value\nA,01/02/2024,dividend,1\nA,02/02/2024,dividend,1\n", ":2: no row accepted: all 2 events are rejected, this one by rule time"},
		{"symbol,date,type,value\nB,2024-01-02,dividend,1\n", "by rule asset"},
		{"symbol,date,type,value\n" + strings.Repeat("x", maxLine+5) + "\n", ":2: shape not understood: the line has more"},
	} {
		_, _, err := ingestText(t, bars, c.events, Options{})
		var input *InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), "events.csv"+c.want) && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: %v", c.events, err)
		}
	}
	// Events that the columns have, all of them, are no error.
	if r, _, err := ingestText(t, days(2, ",dividend", "0", "1"), "symbol,date,type,value\nA,2024-01-02,dividend,1\n", Options{}); err != nil || r.Report.Events.Rejected != 1 {
		t.Error(err)
	}
	// A dividend at or above the close before it says which.
	r, _, err := ingestText(t, bars, "symbol,date,type,value\nA,2024-01-02,dividend,100\n", Options{})
	if err != nil || len(r.Report.EventProblems) != 1 || !strings.Contains(r.Report.EventProblems[0], `"A": the dividend of 100 on 2024-01-02 is not below 100`) {
		t.Error(err, r)
	}
	// Prices that are adjusted for all are not held against it.
	r, _, err = ingestText(t, days(3, ",dividend", "0", "300", "0"), "", Options{Adjusted: columnar.AdjustedAll})
	if err != nil || r.Report.EventProblems != nil {
		t.Error(err)
	}
	ctx := context.Background()
	path := write(t, "A.csv", []byte(bars))
	if _, err := Files(ctx, []string{path}, Options{Events: t.TempDir()}); err == nil {
		t.Error("a folder was taken for an events file")
	}
	if _, err := Files(ctx, []string{path}, Options{Events: path + ".none"}); err == nil || !strings.Contains(err.Error(), "events: ") {
		t.Error(err)
	}
	empty := write(t, "events.csv", nil)
	if _, err := Files(ctx, []string{path}, Options{Events: empty}); err == nil || !strings.Contains(err.Error(), "the file is empty") {
		t.Error(err)
	}
}

// A header alone, and compressed files.
func TestEventFileForms(t *testing.T) {
	text := []byte("symbol,date,type,value\nA,2024-01-02,dividend,0.5\n")
	path := write(t, "A.csv", []byte(days(3, "")))
	for name, content := range map[string][]byte{"e.csv": text, "e.txt": bytes.ReplaceAll(text, []byte(","), []byte(";")), "e.tsv": bytes.ReplaceAll(text, []byte(","), []byte("\t")), "e.csv.gz": gzipped(t, text), "e.zst": zstandard(t, text)} {
		r, err := Files(context.Background(), []string{path}, Options{Events: write(t, name, content)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.Frame.NumEvents() != 1 {
			t.Errorf("%s: %d events", name, r.Frame.NumEvents())
		}
		r.Frame.Release()
	}
	if r, _, err := ingestText(t, days(3, ""), "symbol,date,type,value\n", Options{}); err != nil || r.Frame.HasEvents() || r.Report.Events.Read != 0 {
		t.Error(err)
	}
	if _, _, err := ingestText(t, days(3, ""), string(text)+strings.Repeat("A,2024-01-02,dividend,0.5\n", 100_000), Options{Budget: columnar.NewBudget(14 << 20), Workers: 1}); !errors.Is(err, columnar.ErrMemory) {
		t.Errorf("a large file within a small budget: %v", err)
	}
}

// FuzzEvents: a file of events is refused, or each of its rows is accounted for
// and what is accepted is an event.
func FuzzEvents(f *testing.F) {
	for _, seed := range []string{
		"symbol,date,type,value\nA,2024-01-02,dividend,0.5\nA,2024-01-03,split,4:1\n",
		"value,type,date,ticker\n0.9,spinoff,1704153600,A\r\n\n0.1,SPLIT,1704153600000,A",
		"\xef\xbb\xbfsymbol,date,type,value\n\"A\"\"\",2024-01-02 10:00:00+01:00,div,\"1/10\"\n",
		"symbol,date,type,value\n\"A,2024\n", "symbol,date,type,value\nA,2024-01-02,split,3-for-0\n,,,\n", "", "\n", "date\n",
		"symbol,date,type,value\nA,2024-01-02,split,1e-7\nA,2024-01-02,dividend,1e999\nA,2024-01-02,dividend,-0\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := &eventFile{texts: true}
		if err := file.read(bytes.NewReader(text), func(int64) error { return nil }); err != nil {
			if !errors.Is(err, ErrShape) {
				t.Fatalf("%v", err)
			}
			return
		}
		// Counted without the reader: lines that are not blank, but the first.
		want := -1
		for i, line := range strings.Split(string(text), "\n") {
			if i == 0 || strings.Trim(line, " \t\r") != "" {
				want++
			}
		}
		if len(file.rows) != want {
			t.Fatalf("%d rows, want %d", len(file.rows), want)
		}
		for _, r := range file.rows {
			if r.rule == "" && (r.asset == "" || r.event.Check() != nil) || r.rule != "" && r.text == "" {
				t.Fatalf("%+v", r)
			}
		}
	})
}
