package strategy

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestErrors reads testdata/errors.txt: definitions, each followed by ---- and
// by everything that is wrong with it. Lines count from the definition's
// first, so that a position is where the file shows the mistake.
func TestErrors(t *testing.T) {
	const path = "testdata/errors.txt"
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, block := range strings.Split(strings.TrimRight(string(content), "\n"), "\n\n") {
		input, want, _ := strings.Cut(block, "\n----")
		want = strings.TrimPrefix(want, "\n")
		got := strings.Join(diagnose(t, input), "\n")
		out = append(out, strings.TrimRight(input+"\n----\n"+got, "\n"))
		if !*update && got != want {
			t.Errorf("%s\n got:\n%s\nwant:\n%s", input, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(strings.Join(out, "\n\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// diagnose compiles one definition of the golden file and returns its errors.
func diagnose(t *testing.T, input string) []string {
	d, where := Definition{Columns: ohlc}, Expr{}
	for i, line := range strings.Split(input, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		name, text, named := strings.Cut(rest, " = ")
		if !named || word != "let" && word != "param" {
			text = rest
		}
		e := Expr{Text: text, At: Position{i + 1, utf8.RuneCountInString(line) - utf8.RuneCountInString(text) + 1}}
		switch word {
		case "#":
		case "let":
			e.Name = name
			d.Let = append(d.Let, e)
		case "param":
			d.Params = append(d.Params, param(name, text, e.At))
		case "entry":
			d.Rules.Entry = e
		case "exit":
			d.Rules.Exit = e
		case "short_exit":
			d.Rules.ShortExit = e
		case "stop_loss":
			d.Rules.StopLoss = e
		case "take_profit":
			d.Rules.TakeProfit = e
		case "trailing_stop":
			d.Rules.TrailingStop = e
		case "short_entry":
			d.Rules.ShortEntry = e
		case "exit_below":
			d.Rules.ExitBelow = e
		case "exit_above":
			d.Rules.ExitAbove = e
		case "max_bars":
			d.Rules.MaxBars = e
		case "level":
			e.Unit = Level
			d.Rules.StopLoss = e
		case "level_trailing":
			e.Unit = Level
			d.Rules.TrailingStop = e
		case "setting":
			d.Settings = append(d.Settings, Setting{Expr: e})
		case "size":
			d.Settings = append(d.Settings, Setting{Expr: e, PerBar: true})
		case "calendar":
			d.Calendar = rest
		case "column":
			d.Columns = append(d.Columns, Column{Name: rest})
		case "where":
			where = e
		default:
			t.Fatalf("line %q", line)
		}
	}
	var err error
	if where.Text != "" {
		_, err = CompileCondition(d.Params, where)
	} else {
		_, err = Compile(d)
	}
	if err == nil {
		return nil
	}
	var list Errors
	if !errors.As(err, &list) {
		t.Fatalf("%T: %v", err, err)
	}
	return strings.Split(list.Error(), "\n")
}

func param(name, text string, at Position) Param {
	p := Param{Name: name, At: at}
	for _, word := range strings.Fields(text) {
		if word == "none" {
			break
		}
		if v, err := strconv.ParseFloat(word, 64); err == nil {
			p.Values = append(p.Values, v)
		} else {
			p.Names = append(p.Names, word)
		}
	}
	return p
}

func TestErrorFields(t *testing.T) {
	_, err := Compile(Definition{
		Columns: ohlc,
		Let:     []Expr{{Name: "m", Text: "sma(clos,\n  voume)", At: Position{7, 12}}},
		Rules:   Rules{Entry: Expr{Name: "require", Text: "m > clse"}},
	})
	var list Errors
	if !errors.As(err, &list) || len(list) != 3 {
		t.Fatalf("%v", err)
	}
	first := list[0]
	if first.At != (Position{7, 16}) || first.Expr != "let.m" || first.Msg != `unknown column "clos"` || first.Suggestion != "close" {
		t.Errorf("%+v", first)
	}
	if list[1].At != (Position{8, 3}) {
		t.Errorf("second line: %+v", list[1])
	}
	if got := list[2].Error(); got != `require:1:5: unknown column "clse"; did you mean "close"?` {
		t.Error(got)
	}
	var one *Error
	if !errors.As(err, &one) || one != first {
		t.Errorf("As found %v", one)
	}
}

func TestTooLong(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"close > " + strings.Repeat(" ", maxText) + "1", "expression of 16393 bytes, more than 16384"},
		{strings.Repeat("(", 2000) + "close", "brackets nest deeper than 1000"},
		{"close > " + strings.Repeat("-", 2000) + "1", "expression nests deeper than 1000"},
		{"close > 0" + strings.Repeat(" or close > 1", 1000), "expression nests deeper than 1000"},
		{"close > 0" + strings.Repeat("+1", 8000), "expression nests deeper than 1000"},
		{strings.Repeat("abs(", 900) + "clos" + strings.Repeat(")", 900) + " > 1", "unknown column"},
		{"close > \xff", "text is not UTF-8"},
	} {
		_, err := Compile(Definition{Columns: ohlc, Rules: Rules{Entry: Expr{Text: tc.text}}})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%.20q…: %.200v, want %s", tc.text, err, tc.want)
		}
	}
}

// TestLargest compiles expressions near the limits; time that grows with the
// square of their size would show.
func TestLargest(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("abs(", 900) + "close" + strings.Repeat(")", 900) + " > 1",
		"close > 1" + strings.Repeat(" or close > 1", 900),
		"close > 1" + strings.Repeat(" + close", 900),
		strings.Repeat("not ", 900) + "close > 1",
		"close" + strings.Repeat("[1]", 900) + " > 1",
	} {
		mustCompile(t, Definition{Columns: ohlc, Rules: Rules{Entry: Expr{Text: text}}})
	}
}

func TestTooManyTrials(t *testing.T) {
	d := Definition{Columns: ohlc, Rules: Rules{Entry: Expr{Text: "close > 0"}}}
	for i := range 7 {
		name := fmt.Sprintf("p%d", i)
		d.Params = append(d.Params, Param{Name: name, Values: make([]float64, 1000)})
		d.Rules.Entry.Text += " + $" + name
	}
	_, err := Compile(d)
	if err == nil || err.Error() != "params.p6: more than 2^63 combinations" {
		t.Error(err)
	}
}

// TestColumnsThatAreMissing: an indicator that reads columns of the bars says which
// one is missing, and a condition on parameters has none.
func TestColumnsThatAreMissing(t *testing.T) {
	_, err := Compile(Definition{Columns: ohlc[2:], Rules: Rules{Entry: Expr{Text: "close > 1 or atr(14) > 1"}}})
	if err == nil || err.Error() != "rules.entry:1:14: atr reads the column high, which the data does not have" {
		t.Error(err)
	}
	_, err = CompileCondition(nil, Expr{Text: "atr(14) > 1"})
	if err == nil || err.Error() != "where:1:1: atr reads the bars: a condition is on parameters alone" {
		t.Error(err)
	}
}

// TestOrigins: errors carry the origin of the expression or parameter that they are
// about.
func TestOrigins(t *testing.T) {
	_, err := Compile(Definition{
		Columns: ohlc, Params: []Param{{Name: "n", Values: []float64{1}, Origin: "file: 3"}},
		Let:   []Expr{{Name: "m", Text: "clos", Origin: "file: 5"}},
		Rules: Rules{Entry: Expr{Text: "m > 1"}, StopLoss: Expr{Text: "7", Origin: "file: 9"}},
	})
	var list Errors
	if !errors.As(err, &list) || len(list) != 3 {
		t.Fatalf("%v", err)
	}
	for i, want := range []string{"file: 3", "file: 5", "file: 9"} {
		if list[i].Origin != want {
			t.Errorf("%v: origin %q, want %q", list[i], list[i].Origin, want)
		}
	}
	if _, err = CompileCondition(nil, Expr{Text: "$x", Origin: "where"}); !errors.As(err, &list) || list[0].Origin != "where" {
		t.Errorf("%v", err)
	}
}
