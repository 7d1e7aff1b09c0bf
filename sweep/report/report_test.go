package report

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// lines returns what a function writes, without trailing blanks.
func lines(t *testing.T, f func(w *bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	out := strings.Split(b.String(), "\n")
	for i := range out {
		out[i] = strings.TrimRight(out[i], " ")
	}
	return strings.Join(out, "\n")
}

// TestTable: numbers to the right, shares as per cent, no value as a dash.
func TestTable(t *testing.T) {
	columns := []Column{{"asset", ""}, {"fast", ""}, {"total_return", "total_return"}, {"sharpe", "sharpe"}, {"trades", "trades"}, {"fees", "fees"}, {"day", ""}}
	day := time.Date(2011, 3, 14, 0, 0, 0, 0, time.UTC)
	rows := [][]any{
		{"*", int64(21), 0.12345, 1.0, int64(7), 12.5, day},
		{"AAPL", int64(5), -1.5, math.Inf(1), int64(1200), 3e12, day.Add(90 * time.Minute)},
		{"B", int64(100), nil, math.NaN(), nil, 0.0, nil},
	}
	got := lines(t, func(w *bytes.Buffer) error { return Table(w, columns, rows, Options{}) })
	// Widths 5, 4, 12, 6, 6, 9 and 20, and two blanks behind each.
	want := `asset  fast  total_return  sharpe  trades       fees  day
` + strings.Repeat("─", 5+4+12+6+6+9+20+7*2) + `
*        21        12.35%   1.000       7      12.50  2011-03-14
AAPL      5      -150.00%    +Inf    1200  3.000e+12  2011-03-14T01:30:00Z
B       100             –       –       –       0.00  –
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTableIsCutToTheWidth(t *testing.T) {
	rows := [][]any{{strings.Repeat("x", 100), "y"}}
	got := lines(t, func(w *bytes.Buffer) error {
		return Table(w, []Column{{"a", ""}, {"b", ""}}, rows, Options{Width: 20})
	})
	for _, line := range strings.Split(got, "\n") {
		if n := len([]rune(line)); n > 20 {
			t.Errorf("a line of %d characters: %q", n, line)
		}
	}
}

var small = HeatMapData{
	Title: "sharpe", Metric: "sharpe", XName: "slow", YName: "fast",
	X: []string{"50", "100", "200"}, Y: []string{"5", "10"},
	Values: [][]float64{{0, 0.25, 0.5}, {math.NaN(), 0.75, 1}},
}

// TestHeatMap: five shades of equal steps from 0 to 1; the highest is marked.
func TestHeatMap(t *testing.T) {
	got := lines(t, func(w *bytes.Buffer) error { return HeatMap(w, small, Options{Width: 40}) })
	want := `
sharpe: fast (down) by slow (across)
 5 ··░░▒▒
10   ▓▓◆█
   50 … 200
·· 0.000   ◆█ 1.000 at fast 10, slow 200
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHeatMapFitsAndHasColors(t *testing.T) {
	wide := HeatMapData{Title: "t", XName: "x", YName: "y", Y: []string{"1"}, Values: [][]float64{nil}}
	for i := range 100 {
		wide.X = append(wide.X, "v")
		wide.Values[0] = append(wide.Values[0], float64(i))
	}
	got := lines(t, func(w *bytes.Buffer) error { return HeatMap(w, wide, Options{Width: 43}) })
	if !strings.Contains(got, "every 5 columns is shown") {
		t.Errorf("20 cells fit, so every 5th of 100 is shown:\n%s", got)
	}
	got = lines(t, func(w *bytes.Buffer) error { return HeatMap(w, small, Options{Color: true}) })
	if !strings.Contains(got, "\x1b[48;5;53m") || !strings.Contains(got, "\x1b[48;5;226m") {
		t.Errorf("lowest and highest colour are not there: %q", got)
	}
}

func TestHeatMapWithoutValues(t *testing.T) {
	empty := small
	empty.Values = [][]float64{{math.NaN(), math.NaN(), math.NaN()}, {math.NaN(), math.NaN(), math.NaN()}}
	got := lines(t, func(w *bytes.Buffer) error { return HeatMap(w, empty, Options{}) })
	if !strings.Contains(got, "no values") {
		t.Errorf("%s", got)
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken pipe")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrorsAreReturned(t *testing.T) {
	if err := Table(brokenWriter{}, nil, nil, Options{}); !errors.Is(err, errBroken) {
		t.Errorf("table: %v", err)
	}
	if err := HeatMap(brokenWriter{}, small, Options{}); !errors.Is(err, errBroken) {
		t.Errorf("heat map: %v", err)
	}
}
