package report

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden holds text against a file. Blanks at the ends of lines are dropped
// and escapes written so that a diff shows them.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.ReplaceAll(regexp.MustCompile(`(?m) +$`).ReplaceAllString(got, ""), "\x1b", `\e`)
	path := "testdata/" + name + ".txt"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// sampleTable returns the columns and rows of all golden tables.
func sampleTable() ([]Column, [][]any) {
	columns := []Column{
		{Name: "trial"}, {Name: "asset"}, {Name: "fast"}, {Name: "total_return", Stat: "total_return"}, {Name: "sharpe", Stat: "sharpe"},
		{Name: "trades", Stat: "trades"}, {Name: "fees", Stat: "fees"}, {Name: "day"}, {Name: "error"},
	}
	day := time.Date(2011, 3, 14, 0, 0, 0, 0, time.UTC)
	return columns, [][]any{
		{int64(7), "*", 0.1, 0.12345, 1.0, int64(7), 12.5, day, nil},
		{int64(12), "AAPL", 21.0, -1.5, math.Inf(1), int64(1200), 1234567.891, day.Add(90 * time.Minute), nil},
		{int64(399), "B\x1b[31m", 1e-9, nil, math.NaN(), nil, 0.0, nil, nil},
	}
}

func TestTable(t *testing.T) {
	columns, rows := sampleTable()
	for name, opts := range map[string]Options{"table": {}, "table_color": {Color: true}, "table_narrow": {Width: 50}} {
		var b bytes.Buffer
		if err := Table(&b, columns, rows, opts); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.String())
	}
	rows[1][8] = "division by zero"
	columns[8].Keep = true
	var b bytes.Buffer
	if err := Table(&b, columns, rows, Options{Width: 60}); err != nil {
		t.Fatal(err)
	}
	golden(t, "table_failed", b.String())
}

func TestTableIsNeverWiderThanTheWidth(t *testing.T) {
	columns := []Column{{Name: "a"}, {Name: "b", Keep: true}, {Name: strings.Repeat("name", 10)}}
	for _, width := range []int{10, 20, 61, 80, 130} {
		var b bytes.Buffer
		if err := Table(&b, columns, [][]any{{strings.Repeat("x", 100), strings.Repeat("y", 30), 1}}, Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if n := utf8.RuneCountInString(strings.TrimRight(line, " ")); n > width {
				t.Errorf("%d characters for a width of %d: %q", n, width, line)
			}
		}
	}
}

// TestValuesOfStatistics: a column may hold several statistics.
func TestValuesOfStatistics(t *testing.T) {
	var b bytes.Buffer
	err := Table(&b, []Column{{Name: "statistic"}, {Name: "AAPL"}}, [][]any{
		{"cagr", Value{"cagr", 0.12345}}, {"fees", Value{"fees", 1234.5}}, {"fast", Value{"fast", int64(5)}}, {"sharpe", Value{"sharpe", nil}},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`(?m) +$`).ReplaceAllString(b.String(), "")
	for _, want := range []string{"cagr         12.35%\n", "fees       1,234.50\n", "fast              5\n", "sharpe            –\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestTableOfUnevenRows(t *testing.T) {
	if err := Table(&bytes.Buffer{}, []Column{{Name: "a"}}, [][]any{{1, 2}}, Options{}); err == nil {
		t.Error("a row of two values under one column was accepted")
	}
}

// By hand.
func TestFormat(t *testing.T) {
	for _, c := range []struct {
		stat string
		v    any
		want string
	}{
		{"total_return", 0.12345, "12.35%"},
		{"total_return", 1e15, "1e+15"},
		{"max_drawdown", -0.5, "-50.00%"},
		{"sharpe", 1.23456, "1.235"},
		{"sharpe", -0.0001, "0.000"},
		{"sharpe", math.Inf(-1), "-Inf"},
		{"sharpe", math.NaN(), "–"},
		{"fees", 1234567.891, "1,234,567.89"},
		{"fees", -123456.0, "-123,456.00"},
		{"fees", 999.994, "999.99"},
		{"trades", 30.0, "30"},
		{"trades", int64(30), "30"},
		{"fast", 0.1, "0.1"},
		{"fast", 21.0, "21"},
		{"fast", 1e-9, "1e-09"},
		{"fast", 1e6, "1000000"},
		{"", nil, "–"},
		{"", "a\x1b]0;b\u202ec\xff", `a\u001b]0;b\u202ec\xff`},
		{"", time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC), "2000-01-02"},
		{"", time.Date(2000, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), "2000-01-02 02:04:05"},
	} {
		if got := format(c.stat, c.v); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.stat, c.v, got, c.want)
		}
	}
}

func small() HeatMapData {
	return HeatMapData{
		Title: "sharpe, pooled", Metric: "sharpe", XName: "slow", YName: "fast",
		X: []string{"50", "100", "200"}, Y: []string{"5", "10"},
		Values: [][]float64{{0, 0.25, 0.5}, {math.NaN(), 1, 0.75}},
	}
}

// grid is a map of n × m with its highest value at x = n−2, y = 1.
func grid(n, m int) HeatMapData {
	d := HeatMapData{Title: "t", Metric: "total_return", XName: "x", YName: "y"}
	for x := range n {
		d.X = append(d.X, fmt.Sprint(5+2*x))
	}
	for y := range m {
		d.Y = append(d.Y, fmt.Sprint(50+10*y))
		row := make([]float64, n)
		for x := range row {
			row[x] = -math.Hypot(float64(x-(n-2)), float64(y-1)) / 10
		}
		d.Values = append(d.Values, row)
	}
	return d
}

func TestHeatMap(t *testing.T) {
	minimize := small()
	minimize.Minimize = true
	for _, c := range []struct {
		name string
		d    HeatMapData
		opts Options
	}{
		{"heatmap_small", small(), Options{Width: 40}},
		{"heatmap_minimize", minimize, Options{Width: 40}},
		{"heatmap_color", small(), Options{Width: 40, Color: true}},
		{"heatmap_20x20", grid(20, 20), Options{}},
		{"heatmap_binned", grid(100, 90), Options{Width: 43}},
	} {
		var b bytes.Buffer
		if err := HeatMap(&b, c.d, c.opts); err != nil {
			t.Fatal(err)
		}
		golden(t, c.name, b.String())
	}
}

func TestHeatMapWithoutValues(t *testing.T) {
	d := small()
	for _, row := range d.Values {
		for i := range row {
			row[i] = math.NaN()
		}
	}
	var b bytes.Buffer
	if err := HeatMap(&b, d, Options{}); err != nil || !strings.Contains(b.String(), "no values") {
		t.Errorf("%v\n%s", err, b.String())
	}
	d.Values = d.Values[:1]
	if err := HeatMap(&b, d, Options{}); err == nil {
		t.Error("a row too few was accepted")
	}
}

// Any values at any width: no line of the map is too long, and the best value
// of the data is marked once and named.
func TestHeatMapFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := grid(rapid.IntRange(1, 150).Draw(t, "x"), rapid.IntRange(1, 100).Draw(t, "y"))
		d.Metric, d.Minimize = "sharpe", rapid.Bool().Draw(t, "minimize")
		value := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64}))
		best := math.NaN()
		for y := range d.Values {
			for x := range d.Values[y] {
				if rapid.IntRange(0, 20).Draw(t, "change") == 0 {
					d.Values[y][x] = value.Draw(t, "value")
				}
				v := d.Values[y][x]
				if math.IsNaN(best) || d.Minimize && v < best || !d.Minimize && v > best {
					best = v
				}
			}
		}
		width := rapid.IntRange(20, 200).Draw(t, "width")
		var b bytes.Buffer
		if err := HeatMap(&b, d, Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(b.String(), "\n")
		shared := (len(d.Y) + 39) / 40 // values of Y a line
		rows := (len(d.Y) + shared - 1) / shared
		marks := 0
		for _, line := range lines[2 : 2+rows+1] { // with the axis
			if n := utf8.RuneCountInString(line); n > width {
				t.Fatalf("%d characters for a width of %d: %q", n, width, line)
			}
			marks += strings.Count(line, "X")
		}
		if math.IsNaN(best) {
			return
		}
		if marks != 1 || !strings.Contains(b.String(), "best: "+format("sharpe", best)+" at") {
			t.Fatalf("%d marks, best is %v\n%s", marks, best, b.String())
		}
	})
}

type brokenWriter struct{}

var errBroken = errors.New("broken pipe")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrorsAreReturned(t *testing.T) {
	if err := Table(brokenWriter{}, nil, nil, Options{}); !errors.Is(err, errBroken) {
		t.Errorf("table: %v", err)
	}
	if err := HeatMap(brokenWriter{}, small(), Options{}); !errors.Is(err, errBroken) {
		t.Errorf("heat map: %v", err)
	}
}
