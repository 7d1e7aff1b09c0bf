package spec

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

var update = flag.Bool("update", false, "rewrite golden files")

// forget drops the positions, which two equal specs need not share.
func forget(s Spec) Spec {
	s.source = nil
	return s
}

func parse(t *testing.T, text string) *Spec {
	t.Helper()
	s, err := Parse("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// A file with every key, against the spec written in code.
func TestParseSpecWithEveryKey(t *testing.T) {
	got := parse(t, `
version: 1
name: every key
bundle: us8
universe: [AAPL, TRUE, NO, 0700, 1e5, NaN, null, ~, 0x1F, 1_000, 'it''s', "BRK.B", 2020-01-01]
period: {from: 2000-01-01, to: 2024-12-31}
zone: Europe/Berlin
params:
  fast: {from: 5, to: 9, step: 2}
  slow: [50, 100.5]
  band: {linspace: [0.01, 0.1], n: 10}
  average: {choice: [sma, ema]}
  n: 14
where: $fast < $slow
let:
  b: $average(a, $n)
  a: close * (1 + $band)
rules:
  entry: crosses_above(a, b)
  exit: close < b
  short_entry: crosses_below(a, b)
  short_exit: close > b
  stop_loss: 0.05
  take_profit: {distance: $band * 2}
  trailing_stop: 1e-1
  exit_below: lowest(low, $n)
  ratchet: true
  max_bars: $n
direction: both
simulation:
  fill: next_close
  cash: 5e4
  sizing: {percent: 12.5}
  commission: {bps: 10, per_unit: 0.005, fixed: 1}
  slippage: {bps: $band * 10}
  conflict: exit
  cash_short: reject
  require_volume: true
  start: flat
  rearm: crossing
ann: 252
risk_free: 0.02
objective: {metric: calmar, goal: minimize, require: trades >= 30}
output: {rows: assets, statistics: [calmar, trades]}
`)
	want := Spec{
		Version: 1, Name: "every key", Bundle: "us8", Zone: "Europe/Berlin",
		Universe: []string{"AAPL", "TRUE", "NO", "0700", "1e5", "NaN", "null", "~", "0x1F", "1_000", "it's", "BRK.B", "2020-01-01"},
		Period:   Period{date(2000, 1, 1), date(2025, 1, 1)},
		Params: []Param{
			{"fast", Range(5, 9, 2)}, {"slow", List(50, 100.5)}, {"band", Linspace(0.01, 0.1, 10)},
			{"average", Choice("sma", "ema")}, {"n", List(14)},
		},
		Where: "$fast < $slow",
		Let:   []Expr{{"b", "$average(a, $n)"}, {"a", "close * (1 + $band)"}},
		Rules: Rules{
			Entry: "crosses_above(a, b)", Exit: "close < b", ShortEntry: "crosses_below(a, b)", ShortExit: "close > b",
			StopLoss: "0.05", TakeProfit: "distance: $band * 2", TrailingStop: "1e-1",
			ExitBelow: "lowest(low, $n)", Ratchet: true, MaxBars: "$n",
		},
		Settings: []Expr{{"simulation.slippage.bps", "$band * 10"}},
		Simulation: backtest.Config{
			Fill: backtest.FillNextClose, Direction: backtest.Both, Conflict: backtest.ConflictExit,
			CashShort: backtest.CashReject, Start: backtest.StartFlat, Rearm: backtest.RearmCrossing, RequireVolume: true, Cash: 50_000,
			Sizing:        backtest.Sizing{Mode: backtest.SizePercent, Amount: 12.5},
			CommissionBps: 10, CommissionPerUnit: 0.005, CommissionFixed: 1,
		},
		Ann: 252, RiskFree: 0.02,
		Objective: Objective{"calmar", Minimize, "trades >= 30"},
		Output:    Output{Rows: RowsAssets, Statistics: []metrics.Stat{metrics.Calmar, metrics.Trades}},
	}
	if !reflect.DeepEqual(forget(*got), want) {
		t.Errorf("got\n%+v\nwant\n%+v", forget(*got), want)
	}
	if err := want.Validate(); err != nil {
		t.Errorf("the spec in code: %v", err)
	}
}

// Bytes that are no text of one document: each is refused with a reason.
func TestParseSpecRefusesBytes(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("#", MaxSpecBytes+1):         "at most 1048576",
		"name: \xff":                                "not UTF-8",
		"name: a\x00b":                              "control character U+0000",
		strings.Repeat("a: 1\n", 5000):              "more than 2000 keys",
		strings.Repeat("- ", 500) + "x":             "lists nest too deep",
		strings.Repeat("[", 1<<19):                  "brackets nest deeper",
		"name: |\n" + strings.Repeat("  x\n", 1000): "want a text on one line",
	} {
		_, err := Parse("x", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 2000 {
			t.Errorf("error of %d bytes: %v, want %q", len(text), err, want)
		}
	}
	got := parse(t, "\ufeffname: x\r\nrules:\r\n  entry: a\r\n")
	if got.Name != "x" || got.Rules.Entry != "a" {
		t.Errorf("with a byte order mark and CRLF: %+v", got)
	}
}

// Only rules are needed; the defaults are those of the issue.
func TestSpecDefaults(t *testing.T) {
	got := parse(t, "rules: {entry: close > open}").Resolved()
	want := Spec{
		Version: 1, Rules: Rules{Entry: "close > open"},
		Simulation: backtest.Config{
			Fill: backtest.FillNextOpen, Direction: backtest.Long, Conflict: backtest.ConflictIgnore,
			CashShort: backtest.CashPartial, Start: backtest.StartInherit, Rearm: backtest.RearmNextBar, Cash: 100_000,
			Sizing: backtest.Sizing{Mode: backtest.SizeAllIn},
		},
		Objective: Objective{Metric: "sharpe", Goal: Maximize},
		Output:    Output{Rows: RowsBoth, Statistics: metrics.Core()},
	}
	if !reflect.DeepEqual(forget(got), want) {
		t.Errorf("got\n%+v\nwant\n%+v", forget(got), want)
	}
}

// Each testdata/spec_*.yaml and what is wrong with it.
func TestSpecErrorsGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/spec_*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := "ok\n"
		if _, err := Parse(filepath.Base(file), text); err != nil {
			got = err.Error() + "\n"
		}
		golden := strings.TrimSuffix(file, ".yaml") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n%s\nwant:\n%s", file, got, want)
		}
	}
}

func TestSpecSet(t *testing.T) {
	s := parse(t, "params: {fast: {from: 5, to: 9, step: 2}, ma: {choice: [sma, ema]}}\nrules: {entry: '$ma(close, $fast) > 1'}")
	before := s.String()
	set := *s
	if err := set.Set("fast", "21"); err != nil {
		t.Fatal(err)
	}
	if err := set.Set("ma", "wma"); err != nil {
		t.Fatal(err)
	}
	if got := set.Params[0].Axis.Numbers(); !reflect.DeepEqual(got, []float64{21}) {
		t.Errorf("fast is %v, want 21", got)
	}
	if got := set.Params[1].Axis.Names(); !reflect.DeepEqual(got, []string{"wma"}) {
		t.Errorf("ma is %v, want wma", got)
	}
	if s.String() != before {
		t.Error("Set on a copy changed the spec it was copied from")
	}
	if err := set.Set("fsat", "1"); err == nil || !strings.Contains(err.Error(), `did you mean "fast"?`) {
		t.Errorf("unknown parameter: %v", err)
	}
	if err := set.Set("fast", "x"); err == nil {
		t.Error("fast=x was accepted")
	}
}

func TestPeriod(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     Period
	}{
		{"", "", Period{}},
		{"2000-01-31", "", Period{From: date(2000, 1, 31)}},
		{"", "2024-12-31", Period{To: date(2025, 1, 1)}}, // the whole day
		{"2000-01-01T09:30", "2000-01-01 16:00:00", Period{date(2000, 1, 1).Add(570 * time.Minute), date(2000, 1, 1).Add(960*time.Minute + 1)}},
		{"2000-01-01T09:30:00-05:00", "", Period{From: date(2000, 1, 1).Add(870 * time.Minute)}},
		{"2000-01-01", "2000-01-01T00:00:00Z", Period{date(2000, 1, 1), date(2000, 1, 1).Add(1)}},
	} {
		got, err := ParsePeriod(c.from, c.to)
		if err != nil || !got.From.Equal(c.want.From) || !got.To.Equal(c.want.To) {
			t.Errorf("%q to %q: %v, %v, want %v", c.from, c.to, got, err, c.want)
		}
	}
	for _, bad := range [][2]string{{"2000-02-30", ""}, {"", "01/02/2000"}, {"2000-01-02", "2000-01-01"}, {"1500-01-01", ""}, {"", "2300-01-01"}} {
		if p, err := ParsePeriod(bad[0], bad[1]); err == nil {
			t.Errorf("%v: %v, want an error", bad, p)
		}
	}
}

// genText draws expressions and names with everything YAML could trip over.
func genText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"sma(close, $fast)", "a < b and not c", "true", "NO", "1", "0700", "- a", "a: b", "a # b", "'", `"`, `a\b`,
			"[1", "{x}", "*a", "&a", "!a", "%a", "@a", "`a", "a\nb", "  a", "a  ", "a\t b", "é😀", "a\u2028b", "null", "~", "$a>\n  3\n", "|", "> x", "? a", "\u0085x", "\ufeffx", "-", "---", "a,b", "=", "<<"}),
		rapid.StringOfN(rapid.RuneFrom([]rune("ab $<>(),:#'\"\\\n\t-[]{}&*!|%@`?é1.0")), 1, 20, -1),
		rapid.StringN(1, 20, -1),
	).Filter(func(s string) bool {
		return strings.TrimSpace(s) != "" && !strings.ContainsRune(s, 0) && checkExpr(s) == nil
	})
}

func genSpec() *rapid.Generator[Spec] {
	return rapid.Custom(func(t *rapid.T) Spec {
		name := func(s string) bool { return printable(s) && strings.TrimSpace(s) != "" }
		titles := genText().Filter(name)
		assets := titles.Filter(func(s string) bool { return s != "*" })
		s := Spec{
			Version: Version, Name: rapid.OneOf(rapid.Just(""), titles).Draw(t, "name"), Bundle: titles.Draw(t, "bundle"),
			Universe: rapid.SliceOfNDistinct(assets, 1, 4, rapid.ID).Draw(t, "universe"),
			Where:    genText().Draw(t, "where"),
			Ann:      rapid.Float64Range(0, 1e6).Draw(t, "ann"),
			RiskFree: rapid.Float64Range(-0.99, 0.99).Draw(t, "risk free"),
			Rules:    Rules{Entry: genText().Draw(t, "entry"), Exit: genText().Draw(t, "exit")},
		}
		s.Rules.StopLoss = rapid.OneOf(rapid.SampledFrom([]string{"", "0", "0.05", "00.5", "1.", "10.25", "-1", "$x", "1_0"}), genText()).Draw(t, "stop loss")
		s.Rules.TrailingStop = rapid.StringMatching(`[0-9]{0,3}\.?[0-9]{0,2}(e-?[0-9])?`).Draw(t, "trailing stop")
		for i, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"fast", "slow", "y", "n", "on", "x_1", "TrueX"}), 0, 4, rapid.ID).Draw(t, "params") {
			axis := rapid.SampledFrom([]Axis{
				Range(0.1, 0.5, 0.1), Range(9, 3, -2), List(1, 2.5, 1e-9), List(1e300), Linspace(0, 1, 7), Choice("sma", "0700", "a, b"), List(-5),
			}).Draw(t, "axis")
			s.Params = append(s.Params, Param{name, axis})
			s.Let = append(s.Let, Expr{"e" + string(rune('a'+i)), genText().Draw(t, "let")})
		}
		if rapid.Bool().Draw(t, "period") {
			from := rapid.Int64Range(-1<<61, 1<<61).Draw(t, "from")
			s.Period.From = time.Unix(0, from).UTC()
			s.Period.To = time.Unix(0, from+rapid.Int64Range(1, 1<<61).Draw(t, "length")).UTC()
			if rapid.Bool().Draw(t, "days") {
				s.Period.From = s.Period.From.Truncate(24 * time.Hour)
				s.Period.To = s.Period.To.Truncate(24*time.Hour).AddDate(0, 0, 2)
			}
		}
		c := &s.Simulation
		c.Fill = rapid.SampledFrom([]backtest.Fill{"", backtest.FillNextOpen, backtest.FillClose, backtest.FillNextClose}).Draw(t, "fill")
		c.Direction = rapid.SampledFrom([]backtest.Direction{"", backtest.Long, backtest.Short}).Draw(t, "direction")
		c.Cash = rapid.Float64Range(1e-9, 1e18).Draw(t, "cash")
		c.CommissionBps = rapid.Float64Range(0, 100).Draw(t, "bps")
		c.Sizing = rapid.SampledFrom([]backtest.Sizing{{}, {Mode: backtest.SizeUnits, Amount: 0.1}, {Mode: backtest.SizePercent, Amount: 100. / 3}}).Draw(t, "sizing")
		c.RequireVolume = rapid.Bool().Draw(t, "volume")
		if n := len(s.Params); n > 0 && rapid.Bool().Draw(t, "search") {
			s.Search = Search{Algorithm: rapid.SampledFrom(Algorithms()).Draw(t, "algorithm").Algorithm, Trials: rapid.IntRange(1, MaxSearch).Draw(t, "trials")}
			s.Search.Seed, s.Search.Generation = rapid.Int64Range(0, MaxSeed).Draw(t, "seed"), rapid.IntRange(0, 9).Draw(t, "generation")
			s.Params[n-1].Axis = rapid.SampledFrom([]Axis{Uniform(-0.5, 1e3), Uniform(1e-9, 0.1).Log(), Range(1, 1000, 1).Log()}).Draw(t, "searched")
			if rapid.Bool().Draw(t, "several") {
				s.Search.Objectives = []Objective{{Metric: "trades - 1"}, {Metric: "trades, - \"2\"", Goal: Minimize}}
			}
		}
		s.Output.Statistics = rapid.SampledFrom([][]metrics.Stat{nil, metrics.All(), {metrics.Sharpe}, {metrics.Trades, metrics.Sharpe}}).Draw(t, "statistics")
		return s
	})
}

// What String writes reads back as the same spec, and is written the same.
func TestSpecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genSpec().Draw(t, "spec")
		if err := s.Validate(); err != nil {
			t.Fatalf("generated: %v", err)
		}
		text := s.String()
		back, err := Parse("x.yaml", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if got, want := forget(*back), s.Resolved(); !reflect.DeepEqual(got, want) {
			t.Fatalf("got\n%+v\nwant\n%+v\nfrom\n%s", got, want, text)
		}
		if again := back.String(); again != text {
			t.Fatalf("written as\n%s\nthen as\n%s", text, again)
		}
	})
}

func FuzzParseSpec(f *testing.F) {
	files, _ := filepath.Glob("testdata/spec_*.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(Template()))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("x", text)
		if err != nil {
			return
		}
		back, err := Parse("x", []byte(s.String()))
		if err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
		if back.String() != s.String() {
			t.Fatalf("written as\n%s\nthen as\n%s", s, back)
		}
	})
}

func BenchmarkParseSpec(b *testing.B) {
	text := []byte(Template())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("x", text); err != nil {
			b.Fatal(err)
		}
	}
}
