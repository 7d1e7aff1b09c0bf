package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

const header = "date,open,high,low,close,volume\n"

// read runs an ingest over one file of the given text.
func read(t testing.TB, text string, o Options) (*Result, string, error) {
	t.Helper()
	path := write(t, "X.csv", []byte(text))
	var rejects bytes.Buffer
	o.Rejects = &rejects
	r, err := Files(context.Background(), []string{path}, o)
	if r != nil {
		t.Cleanup(r.Frame.Release)
	}
	return r, strings.ReplaceAll(rejects.String(), path, "X.csv"), err
}

// TestRules: each second line is bad, by hand; lines 2 and the last are good.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name, row string
		rule      Rule // "" is accepted
	}{
		{"good", "2020-01-02,2,3,1,2,10", ""},
		{"flat bar, no volume", "2020-01-02,2,2,2,2,0", ""},
		{"exponent and sign", "2020-01-02,2e0,+3.0,1E0,20e-1,1e3", ""},
		{"quoted", `"2020-01-02","2","3","1","2","10"`, ""},
		{"blanks around", " 2020-01-02 , 2,3 ,\t1,2, 10 ", ""},
		{"too few fields", "2020-01-02,2,3,1,2", RuleSchema},
		{"too many fields", "2020-01-02,2,3,1,2,10,", RuleSchema},
		{"text", "2020-01-02,2,3,one,2,10", RuleSchema},
		{"thousands", `2020-01-02,2.5,3,1,2,"10,000"`, ""},
		{"groups of another length", `2020-01-02,2,3,1,2,"10,0000,000"`, RuleSchema},
		{"infinite", "2020-01-02,2,inf,1,2,10", RuleSchema},
		{"too large", "2020-01-02,2,1e400,1,2,10", RuleSchema},
		{"hexadecimal", "2020-01-02,2,0x3,1,2,10", RuleSchema},
		{"stray quote", `2020-01-02,2,3",1,2,10`, RuleSchema},
		{"text after quote", `"2020-01-02"x,2,3,1,2,10`, RuleSchema},
		{"schema before time", "someday,2,3,one,2,10", RuleSchema},
		{"not a time", "someday,2,3,1,2,10", RuleTime},
		{"no such day", "2020-02-30,2,3,1,2,10", RuleTime},
		{"blank time", ",2,3,1,2,10", RuleTime},
		{"all blank", ",,,,,", RuleTime},
		{"other form", "1577923200,2,3,1,2,10", RuleTime},
		{"time before nan", "someday,2,,1,2,10", RuleTime},
		{"blank price", "2020-01-02,2,,1,2,10", RuleNaN},
		{"null", "2020-01-02,null,null,null,null,null", RuleNaN},
		{"NaN volume", "2020-01-02,2,3,1,2,NaN", RuleNaN},
		{"nan before price", "2020-01-02,-2,,1,2,10", RuleNaN},
		{"zero price", "2020-01-02,2,3,0,2,10", RulePrice},
		{"negative price", "2020-01-02,-2,3,-3,2,10", RulePrice},
		{"negative volume", "2020-01-02,2,3,1,2,-1", RulePrice},
		{"price before ohlc", "2020-01-02,2,0,1,2,10", RulePrice},
		{"high below open", "2020-01-02,4,3,1,2,10", RuleOHLC},
		{"high below close", "2020-01-02,2,3,1,4,10", RuleOHLC},
		{"low above open", "2020-01-02,2,5,3,4,10", RuleOHLC},
		{"low above close", "2020-01-02,4,5,3,2,10", RuleOHLC},
		{"high below low", "2020-01-02,2,1,3,2,10", RuleOHLC},
		{"ohlc before duplicate", "2020-01-01,2,1,3,2,10", RuleOHLC},
		{"out of order", "2019-12-31,2,3,1,2,10", ""},
	} {
		for _, ending := range []string{"\n", "\r\n"} {
			t.Run(fmt.Sprintf("%s/%q", c.name, ending), func(t *testing.T) {
				text := strings.ReplaceAll(header+"2020-01-01,2,3,1,2,10\n"+c.row+"\n2020-01-03,2,3,1,2,10\n", "\n", ending)
				r, rejects, err := read(t, text, Options{})
				if err != nil {
					t.Fatal(err)
				}
				want := "file,line,rule,text\n"
				if c.rule != "" {
					field := c.row
					if strings.ContainsAny(field, `,"`) {
						field = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
					}
					want += "X.csv,3," + string(c.rule) + "," + field + "\n"
				}
				if rejects != want {
					t.Errorf("rejects %q, want %q", rejects, want)
				}
				bad := int64(strings.Count(want, "\n")) - 1
				if r.Report.Read != 3 || r.Report.Accepted != 3-bad || r.Report.Rejected != bad {
					t.Errorf("report %+v", r.Report)
				}
				_, _, err = read(t, text, Options{Policies: map[Rule]Policy{c.rule: Fail}})
				if c.rule == "" {
					return
				}
				var e *InputError
				if !errors.As(err, &e) || !errors.Is(err, ErrRow) || e.Line != 3 || e.Rule != c.rule || e.Text != c.row {
					t.Errorf("policy fail: %v", err)
				}
			})
		}
	}
}

// TestRejectedRowIsNotSeen: the second row of a time is kept when the first
// was rejected, and a rejected row far ahead leaves the order alone.
func TestRejectedRowIsNotSeen(t *testing.T) {
	r, rejects, err := read(t, header+
		"2020-01-01,2,1,3,2,10\n"+ // high < low
		"2020-01-01,2,3,1,2,10\n"+
		"2099-01-01,2,0,1,2,10\n"+ // zero price
		"2020-01-02,2,3,1,2,10\n", Options{})
	if err != nil || r.Report.Accepted != 2 {
		t.Fatalf("%v, %+v", err, r)
	}
	if want := "file,line,rule,text\nX.csv,2,ohlc,\"2020-01-01,2,1,3,2,10\"\nX.csv,4,price,\"2099-01-01,2,0,1,2,10\"\n"; rejects != want {
		t.Errorf("rejects %q, want %q", rejects, want)
	}
}

func TestKeep(t *testing.T) {
	text := header +
		"2020-01-01,2,3,1,2,10\n" +
		"2020-01-02,2,,1,2,10\n" + // nan
		"2020-01-03,2,3,-1,2,10\n" + // price
		"2020-01-04,2,1,1,2,10\n" + // ohlc
		"2020-01-05,,1,2,2,10\n" // nan and ohlc
	all := map[Rule]Policy{RuleNaN: Keep, RulePrice: Keep, RuleOHLC: Keep}
	r, rejects, err := read(t, text, Options{Policies: all})
	if err != nil {
		t.Fatal(err)
	}
	if rejects != "file,line,rule,text\n" || r.Report.Accepted != 5 {
		t.Errorf("accepted %d, rejects %q", r.Report.Accepted, rejects)
	}
	kept := make(map[Rule]int64)
	for _, c := range r.Report.Rules {
		kept[c.Rule] = c.Kept
	}
	if kept[RuleNaN] != 2 || kept[RulePrice] != 1 || kept[RuleOHLC] != 2 {
		t.Errorf("kept %v", kept)
	}
	if high := r.Frame.Values(0, 1); !math.IsNaN(high[1]) || high[3] != 1 {
		t.Errorf("high %v", high)
	}
	if open := r.Frame.Values(0, 0); !math.IsNaN(open[4]) {
		t.Errorf("open %v", open)
	}
	// A kept rule hands the row to the next one.
	r, rejects, err = read(t, text, Options{Policies: map[Rule]Policy{RuleNaN: Keep}})
	if err != nil || r.Report.Accepted != 2 || !strings.Contains(rejects, "X.csv,6,ohlc,") || strings.Contains(rejects, ",nan,") {
		t.Errorf("%v, rejects %q", err, rejects)
	}
}

// TestBackwards: a file that is mostly newest first is read from its end. Rows out
// of order go where they belong, and of two of one time the lower is the bar,
// whichever way the file is read.
func TestBackwards(t *testing.T) {
	const a, b, c, d = "2020-01-01,2,3,1,2,10\n", "2020-01-02,2,3,1,2,10\n", "2020-01-03,2,3,1,2,10\n", "2020-01-04,2,3,1,2,10\n"
	for _, x := range []struct {
		text, rejected         string
		rows, repeated, sorted int64
	}{
		{c + b + a, "", 3, 0, 0},
		{b + a, "", 2, 0, 0},
		{d + c + "\n" + c + a, "", 3, 1, 0},
		{d + strings.ReplaceAll(c, "10", "11") + c + a, "X.csv,3,duplicate", 3, 0, 0},
		{a + strings.ReplaceAll(c, "10", "11") + c + d, "X.csv,3,duplicate", 3, 0, 0},
		{d + c + a + b + a, "", 4, 1, 1},
		{d + c + a + b, "", 4, 0, 1},
		{a + c + b + d, "", 4, 0, 1},
		{c + a + b, "", 3, 0, 2}, // one step back and one forth: read as it stands
	} {
		for _, block := range []int{0, 1, 30} {
			r, rejects, err := read(t, header+x.text, Options{blockBytes: block})
			if err != nil {
				t.Fatal(err)
			}
			if p := r.Report; p.Accepted != x.rows || p.Repeated != x.repeated || p.Sorted != x.sorted || !strings.Contains(rejects, x.rejected) {
				t.Errorf("%q: %+v, rejects %q", x.text, p, rejects)
			}
			if volume := r.Frame.Values(0, 4); slices.ContainsFunc(volume, func(v float64) bool { return v != 10 }) {
				t.Errorf("%q: volume %v", x.text, volume)
			}
		}
	}
}

// TestBackwardsBesideForwards: two assets may run in opposite directions.
func TestBackwardsBesideForwards(t *testing.T) {
	r, rejects, err := read(t, "symbol,date,open,high,low,close,volume\n"+
		"A,2020-01-01,2,3,1,2,10\nA,2020-01-02,2,3,1,2,10\nA,2020-01-03,2,3,1,2,10\nA,2020-01-04,2,3,1,2,10\n"+
		"B,2020-01-03,2,3,1,2,10\nB,2020-01-02,2,3,1,2,10\nB,2020-01-01,2,3,1,2,10\n", Options{})
	if err != nil || r.Report.Accepted != 7 || r.Report.Sorted != 2 || r.Frame.NumBars(1) != 3 {
		t.Errorf("%+v, rejects %q, %v", r, rejects, err)
	}
}

func TestNoRows(t *testing.T) {
	_, rejects, err := read(t, header+"2020-01-01,2,1,3,2,10\n", Options{})
	if !errors.Is(err, ErrNoRows) || !strings.Contains(err.Error(), "X.csv:2: ") || !strings.Contains(rejects, "ohlc") {
		t.Errorf("%v, rejects %q", err, rejects)
	}
	for _, text := range []string{header, strings.TrimSuffix(header, "\n"), header + "\n\r\n  \n"} {
		if _, _, err := read(t, text, Options{}); !errors.Is(err, ErrNoRows) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
