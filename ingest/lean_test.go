package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"
)

// leanMinutes writes minutes of a day as LEAN does: milliseconds since
// midnight, prices times 10,000.
func leanMinutes(all []bar) []byte {
	return []byte(fileOf("", all, false, func(b bar) string {
		return fmt.Sprintf("%d,%d,%d,%d,%d,%d", b.at.Sub(b.at.Truncate(day)).Milliseconds(), b.open*100, b.high*100, b.low*100, b.shut*100, b.volume)
	}))
}

// TestLEANWithinDays: archives of a day each, as LEAN lays them out, are the
// bars they were made of, one asset, whatever their archives are called.
// Quotes and open interest beside them are passed over and named.
func TestLEANWithinDays(t *testing.T) {
	all := bars(3*1440, time.Minute)
	files := make(map[string][]byte)
	for d := range 3 {
		of := all[d*1440+570 : d*1440+960] // 9:30 to 16:00
		date := of[0].at.Format("20060102")
		files[date+"_trade.zip"] = zipped(t, member{date + "_spy_minute_trade.csv", leanMinutes(of)})
		files[date+"_quote.zip"] = zipped(t, member{date + "_spy_minute_quote.csv", []byte("34200000,1,1,1,1,1,2,2,2,2,1\n")})
	}
	for name, c := range map[string]struct {
		zone  string
		shift time.Duration // February in New York
	}{"as written": {"", 0}, "New York": {"America/New_York", 5 * time.Hour}} {
		t.Run(name, func(t *testing.T) {
			r, err := Files(context.Background(), []string{folder(t, files)}, Options{Dialect: "lean", Zone: c.zone})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Frame.Release()
			f := r.Frame
			if f.NumAssets() != 1 || f.Asset(0) != "spy" || f.NumBars(0) != 3*390 || len(r.Report.Ignored) != 3 {
				t.Fatalf("assets %q, %d bars, passed over %q", f.Assets(), f.NumBars(0), r.Report.Ignored)
			}
			for i, ns := range f.Times(0) {
				b := all[i/390*1440+570+i%390]
				if want := b.at.Add(c.shift).UnixNano(); ns != want || f.Values(0, 3)[i] != float64(b.shut)/100 {
					t.Fatalf("bar %d: %v, close %v; want %v, %v", i, time.Unix(0, ns).UTC(), f.Values(0, 3)[i], time.Unix(0, want).UTC(), float64(b.shut)/100)
				}
			}
		})
	}
}

// TestLEANNames: what a name does not say in LEAN's way says nothing, and what
// is left open is refused with what to do.
func TestLEANNames(t *testing.T) {
	for name, want := range map[string]source.LeanName{
		"20131007_spy_minute_trade.csv":                        {Days: 15985, Asset: "spy", Kind: "trade"},
		"a/b/20131007_trade.zip!20131007_SPY_second_quote.CSV": {Days: 15985, Asset: "spy", Kind: "quote"},
	} {
		if got, ok := source.ParseLeanName(name); !ok || got != want {
			t.Errorf("%s: %v %v, want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"spy.csv", "20131007_spy_daily_trade.csv", "20131332_spy_minute_trade.csv", "2013100_spy_minute_trade.csv",
		"20131007__minute_trade.csv", "20131007_spy_minute_trade.txt", "20131007_spy_minute_trade_american_call.csv"} {
		if got, ok := source.ParseLeanName(name); ok {
			t.Errorf("%s is %v", name, got)
		}
	}
	minutes := leanMinutes(bars(30, time.Minute))
	late := append([]byte("86400000,12000000,12000000,12000000,12000000,1\n"), minutes...)
	for _, c := range []struct {
		name, want string
		content    []byte
		options    Options
	}{
		{"20131007_spy_minute_quote.csv", "give the _trade files", minutes, Options{Dialect: "lean"}},
		{"20131007_spy_minute_trade.csv", "no header", minutes, Options{}},
		{"20131007_spy_minute_trade.csv", "no time in the first rows", late[:47], Options{Dialect: "lean"}},
	} {
		r, err := Files(context.Background(), []string{write(t, c.name, c.content)}, c.options)
		if err == nil {
			r.Frame.Release()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	// Quotes whose columns are named are bars of bids.
	quotes := []byte("34200000,11000000,11010000,10990000,11000000,3,11010000,11020000,11000000,11010000,5\n")
	r, err := Files(context.Background(), []string{write(t, "20131007_spy_minute_quote.csv", quotes)},
		Options{Dialect: "lean", Names: []string{"time", "open", "high", "low", "close", "volume", "", "", "", "", ""}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	if got := r.Frame.Values(0, 1)[0]; got != 1101 {
		t.Errorf("the highest bid is %v, want 1101", got)
	}
	// A day has 86,400,000 milliseconds, so the first row breaks a rule.
	r, err = Files(context.Background(), []string{write(t, "20131007_spy_minute_trade.csv", late)}, Options{Dialect: "LEAN"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	if r.Report.Read != 31 || r.Report.Accepted != 30 {
		t.Errorf("%d of %d rows accepted, want 30 of 31", r.Report.Accepted, r.Report.Read)
	}
}
