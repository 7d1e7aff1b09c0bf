package ingest

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
)

// refRow is a row as the naive reader has it.
type refRow struct {
	line   int
	rule   Rule // "" where accepted
	asset  string
	time   int64
	values [5]float64
	bad    map[Rule]bool
}

// refRepeated marks rows that say what a bar says.
const refRepeated Rule = "repeated"

// refTime parses a time with the standard library. form tells ISO (0) and
// the epoch units apart.
func refTime(s string) (ns int64, form int, ok bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch digits := len(strings.TrimPrefix(s, "-")); digits {
		case 9, 10:
			return time.Unix(n, 0).UnixNano(), 1, true
		case 12, 13:
			return time.UnixMilli(n).UnixNano(), 2, true
		case 15, 16:
			return time.UnixMicro(n).UnixNano(), 3, true
		case 18, 19:
			return n, 4, true
		}
		return 0, 0, false
	}
	for _, layout := range []string{
		"2006-01-02", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05",
		"2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixNano(), 0, t.Year() >= 1678 && t.Year() <= 2261
		}
	}
	return 0, 0, false
}

// refNumber parses a number with strconv; the nulls are NaN.
func refNumber(s string) (float64, bool) {
	switch strings.ToLower(s) {
	case "", "nan", "null", "na", "n/a", "none":
		return math.NaN(), true
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0) && !strings.ContainsAny(s, "_xX") // decimal numbers only
}

// reference reads a CSV file with the header
// date,open,high,low,close,volume[,symbol] line by line with encoding/csv.
// It shares no code with the package: the rules are written out again. Of the rows
// of one asset and time the last is the bar; rows are not looked at for strays.
func reference(t rapid.TB, text []byte, asset string, keep ...Rule) []refRow {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	long := strings.Contains(lines[0], "symbol")
	fields := 6
	if long {
		fields = 7
	}
	var rows []refRow
	first := -1 // the form of the first time that is understood
	for i, line := range lines[1:] {
		line = strings.TrimSuffix(line, "\r")
		if strings.Trim(line, " \t\r") == "" {
			continue
		}
		row := refRow{line: i + 2, asset: asset}
		r := csv.NewReader(strings.NewReader(line))
		r.FieldsPerRecord = fields
		rec, err := r.Read()
		if err != nil {
			row.rule = RuleSchema
			rows = append(rows, row)
			continue
		}
		bad := make(map[Rule]bool)
		row.bad = bad
		if long {
			row.asset = rec[6]
			bad[RuleSchema] = strings.TrimSpace(rec[6]) == ""
		}
		var ok bool
		var form int
		if row.time, form, ok = refTime(strings.Trim(rec[0], " \t")); ok && first < 0 {
			first = form
		}
		bad[RuleTime] = !ok || form != first
		for k := range row.values {
			if row.values[k], ok = refNumber(strings.Trim(rec[k+1], " \t")); !ok {
				bad[RuleSchema] = true
			}
		}
		o, h, l, c, v := row.values[0], row.values[1], row.values[2], row.values[3], row.values[4]
		bad[RuleNaN] = math.IsNaN(o + h + l + c + v)
		for _, price := range []float64{o, h, l, c} {
			bad[RulePrice] = bad[RulePrice] || price <= 0
			bad[RuleOHLC] = bad[RuleOHLC] || h < price || l > price
		}
		bad[RulePrice] = bad[RulePrice] || v < 0
		rows = append(rows, row)
	}
	for i := range rows {
		row := &rows[i]
		if row.bad == nil {
			continue // no fields: schema
		}
		for _, rule := range keep {
			row.bad[rule] = false
		}
		for _, rule := range Rules() {
			if row.bad[rule] {
				row.rule = rule
				break
			}
		}
	}
	for i := range rows {
		for _, bar := range slices.Backward(rows[i+1:]) {
			if rows[i].rule != "" || bar.rule != "" || bar.asset != rows[i].asset || bar.time != rows[i].time {
				continue
			}
			rows[i].rule = refRepeated
			for k, v := range bar.values {
				if w := rows[i].values[k]; v != w && !(math.IsNaN(v) && math.IsNaN(w)) {
					rows[i].rule = RuleDuplicate
				}
			}
			break
		}
	}
	return rows
}

// compare holds a result and its rejects against the naive reader's rows.
func compare(t rapid.TB, file string, text []byte, want []refRow, got *Result, rejects []byte) {
	t.Helper()
	type bar struct {
		time   int64
		values [5]float64
	}
	bars := make(map[string][]bar)
	var rejected [][]string
	lines := strings.Split(string(text), "\n")
	counts := make(map[Rule]int64)
	for _, row := range want {
		if row.rule == "" {
			bars[row.asset] = append(bars[row.asset], bar{row.time, row.values})
		}
	}
	for _, b := range bars {
		slices.SortFunc(b, func(x, y bar) int { return cmp.Compare(x.time, y.time) })
	}
	repeated := int64(0)
	for _, row := range want {
		if row.rule == refRepeated {
			repeated++
		}
		if row.rule == "" || row.rule == refRepeated {
			continue
		}
		counts[row.rule]++
		rejected = append(rejected, []string{file, strconv.Itoa(row.line), string(row.rule), strings.TrimSuffix(lines[row.line-1], "\r")})
	}
	r := got.Report
	if r.Read != int64(len(want)) || r.Rejected != int64(len(rejected)) || r.Repeated != repeated || r.Accepted+r.Rejected+r.Repeated != r.Read {
		t.Fatalf("report: read %d, accepted %d, rejected %d, repeated %d; want read %d, rejected %d, repeated %d",
			r.Read, r.Accepted, r.Rejected, r.Repeated, len(want), len(rejected), repeated)
	}
	for _, c := range r.Rules {
		if c.Rejected != counts[c.Rule] {
			t.Errorf("rule %s: %d rejected, want %d", c.Rule, c.Rejected, counts[c.Rule])
		}
	}
	// encoding/csv reads \r\n inside quotes as \n, so compare what it writes.
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(append([][]string{{"file", "line", "rule", "text"}}, rejected...))
	if !bytes.Equal(b.Bytes(), rejects) {
		t.Errorf("rejects:\n%swant:\n%s", rejects, b.Bytes())
	}
	f := got.Frame
	if f.NumAssets() != len(bars) {
		t.Fatalf("assets %q, want %d", f.Assets(), len(bars))
	}
	for i := range f.NumAssets() {
		want := bars[f.Asset(i)]
		if len(want) != f.NumBars(i) {
			t.Fatalf("asset %q has %d bars, want %d", f.Asset(i), f.NumBars(i), len(want))
		}
		for row, b := range want {
			if f.Times(i)[row] != b.time {
				t.Fatalf("asset %q bar %d: time %d, want %d", f.Asset(i), row, f.Times(i)[row], b.time)
			}
			for k, c := range columnar.BarColumns() {
				at, _ := f.ColumnIndex(c.Name)
				if v := f.Values(i, at)[row]; math.Float64bits(v) != math.Float64bits(b.values[k]) && !(math.IsNaN(v) && math.IsNaN(b.values[k])) {
					t.Fatalf("asset %q bar %d: %s %v, want %v", f.Asset(i), row, c.Name, v, b.values[k])
				}
			}
		}
	}
}
