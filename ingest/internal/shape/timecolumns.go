package shape

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/internal/table"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// Where several columns hold times, the bar's open is decided by their names, and by
// their values where those leave it open: the end of a bar is a bar's length behind.

// timeRole is which moment of a bar a column of times names.
type timeRole uint8

const (
	anyTime timeRole = iota
	opensBar
	closesBar
	besideBar // that of the high, or of a download
)

// timeRoles are the names of columns, normalized, by what they name.
var timeRoles = map[timeRole]string{
	opensBar: `open_time opentime time_open timeopen kline_open_time open_timestamp opentimestamp ts_open start start_time starttime
		start_timestamp begin begin_time window_start windowstart bar_start bar_open bar_open_time period_start candle_begin_time bucket from_time`,
	closesBar: `close_time closetime time_close timeclose kline_close_time close_timestamp closetimestamp ts_close end end_time endtime
		end_timestamp window_end windowend bar_end bar_close bar_close_time period_end candle_end_time to_time`,
	besideBar: `time_high timehigh high_time time_low timelow low_time last_updated lastupdated updated updated_at created created_at
		inserted_at ingested_at ts_recv download_time fetched_at expiry expiration expiry_date`,
}

// timeRoleOf returns what a column of times names.
func timeRoleOf(header string) timeRole {
	name := Normalize(header)
	for _, role := range []timeRole{opensBar, closesBar, besideBar} {
		if slices.Contains(strings.Fields(timeRoles[role]), name) {
			return role
		}
	}
	return anyTime
}

// findTime settles which column holds the times, or the dates and the times
// of day.
func (r *Resolver) findTime() {
	if r.findPair() {
		return
	}
	found := r.claimants(columnar.Time)
	if len(found) != 1 || r.claims[found[0]].rank != rankOption {
		found = r.opening(found)
	}
	if len(found) == 0 {
		found = r.timesByValue()
	}
	switch len(found) {
	case 0:
		if r.options.Day != nil {
			r.taken[columnar.Time] = "the folder"
		}
	case 1:
		r.takeTime(found[0])
	default:
		r.problem("columns %q and %q are both time; drop one", r.names[found[0]], r.names[found[1]])
		r.yield(columnar.Time, found[0])
		r.time = found[0]
	}
}

// takeTime has a column be the time.
func (r *Resolver) takeTime(i int) {
	r.time = i
	r.claims[i].Column = columnar.Time
	r.yield(columnar.Time, i)
	if p := &r.columns[i]; r.dayGiven(i) {
		return
	} else if p.All(p.Strict) && p.Days == 0 && p.Moments == 0 {
		r.problem("column %q holds times of day and no column holds dates; add one", r.names[i])
	}
	if timeRoleOf(r.names[i]) == closesBar && r.options.Label == "" {
		r.problem("column %q is the end of the bars by its name; give Options.Label close, or open where it is their begin", r.names[i])
	}
}

// dayGiven reports whether the folder of the source gives the date of all rows, and
// column i, or no column where it is -1, the time of day.
func (s *Sniffer) dayGiven(i int) bool {
	if s.options.Day == nil || i < 0 {
		return s.options.Day != nil
	}
	p := &s.columns[i]
	return p.All(p.Clocks) && p.Days == 0 || s.Typed != nil && s.Typed[i].Kind == table.Clock
}

// opening returns the columns, of those that hold times, that can be the bar's open.
// claimed are those whose names say so best.
func (r *Resolver) opening(claimed []int) []int {
	times := r.timeColumns()
	if len(times) < 2 {
		return claimed
	}
	found := slices.DeleteFunc(slices.Clone(times), func(i int) bool { return timeRoleOf(r.names[i]) != opensBar })
	why := "the open of the bars by its name"
	if len(found) == 0 {
		found = slices.DeleteFunc(slices.Clone(claimed), func(i int) bool { r := timeRoleOf(r.names[i]); return r == closesBar || r == besideBar })
		if len(found) == 0 {
			found = slices.DeleteFunc(slices.Clone(times), func(i int) bool { return timeRoleOf(r.names[i]) == besideBar })
		}
		why = "the time by its name"
	}
	if len(found) > 1 || len(found) == 1 && timeRoleOf(r.names[found[0]]) == anyTime {
		if at, ok := r.openByValue(found, times); ok {
			if len(found) > 1 || at != found[0] {
				why = "the open of the bars by its values"
			}
			found = []int{at}
		}
	}
	if len(found) == 1 {
		others := slices.DeleteFunc(slices.Clone(times), func(i int) bool { return i == found[0] })
		r.Say("time", fmt.Sprintf("column %q, %s; %s hold times as well", r.names[found[0]], why, r.quoted(others)), value.Sample{}, "Columns")
	}
	return found
}

// timeColumns returns the columns that hold times: by their names, or by their values
// where those are no numbers.
func (r *Resolver) timeColumns() (found []int) {
	for i, m := range r.claims {
		p := &r.columns[i]
		switch {
		case m.Column == columnar.Time, m.Column == "" && timeRoleOf(r.names[i]) != anyTime && (p.All(p.Moments) || r.isTime(i)):
			found = append(found, i)
		case m.Column == "" && (p.All(p.Moments) && p.Numbers == p.Nothing || r.isTime(i)):
			found = append(found, i)
		}
	}
	return found
}

// openByValue returns which column is the open by what the times are. A column whose
// times are those of several rows is a day, beside one that tells rows apart; a column
// that is a bar's length behind another is the end; where two are the same, the first
// is as good.
func (r *Resolver) openByValue(found, times []int) (at int, ok bool) {
	if len(r.Rows) < 3 {
		return 0, false
	}
	moments := make(map[int][]int64)
	for _, i := range times {
		moments[i] = r.momentsOf(i)
	}
	telling := slices.DeleteFunc(slices.Clone(found), func(i int) bool { return !r.tellsApart(moments[i]) })
	if len(telling) == 0 {
		telling = slices.DeleteFunc(slices.Clone(times), func(i int) bool {
			return timeRoleOf(r.names[i]) != anyTime || !r.tellsApart(moments[i])
		})
	}
	if len(telling) == 0 {
		telling = found
	}
	at = telling[0]
	for _, i := range telling[1:] {
		if !slices.Equal(moments[i], moments[at]) {
			first, okFirst := r.bar(moments, at, times)
			second, okSecond := r.bar(moments, i, times)
			if okFirst && okSecond && first == second {
				return first, true
			}
			return 0, false
		}
	}
	if open, isEnd := r.bar(moments, at, times); isEnd {
		return open, true
	}
	return at, true
}

// bar returns the column that is a bar's length before another, or the other itself
// where some column is that far behind it.
func (r *Resolver) bar(moments map[int][]int64, at int, times []int) (open int, ok bool) {
	step := r.stepOf(moments[at])
	apart := func(from, to []int64) bool {
		for k := range from {
			d := to[k] - from[k]
			if d <= 0 || d > step || step-d > 2*value.Second {
				return false
			}
		}
		return step > 0 && len(from) > 0
	}
	for _, i := range times {
		if i != at && r.claims[i].Column == columnar.Time && timeRoleOf(r.names[i]) != closesBar && apart(moments[i], moments[at]) {
			return i, true
		}
	}
	for _, i := range times {
		if i != at && apart(moments[at], moments[i]) {
			return at, true
		}
	}
	return 0, false
}

// momentsOf returns the times of a column in the first rows; 0 for none.
func (r *Resolver) momentsOf(i int) []int64 {
	var orders value.Orders
	for _, row := range r.Rows {
		orders.Add(row.Line, row.Fields[i])
	}
	m := value.Moments{Order: orders.Likely(), ClockDigits: 6}
	moments := make([]int64, len(r.Rows))
	for k, row := range r.Rows {
		moments[k], _ = m.Any(row.Fields[i])
	}
	return moments
}

// tellsApart reports whether no two rows of an asset have one time.
func (r *Resolver) tellsApart(moments []int64) bool {
	type key struct {
		asset string
		ns    int64
	}
	seen := make(map[key]bool)
	for k, ns := range moments {
		at := key{ns: ns}
		if r.symbol >= 0 {
			at.asset = string(r.Rows[k].Fields[r.symbol])
		}
		if seen[at] {
			return false
		}
		seen[at] = true
	}
	return true
}

// stepOf returns the most common distance of times of one asset.
func (r *Resolver) stepOf(moments []int64) int64 {
	last := make(map[string]int64)
	var steps columnar.Commonest
	for k, ns := range moments {
		asset := ""
		if r.symbol >= 0 {
			asset = string(r.Rows[k].Fields[r.symbol])
		}
		if before, ok := last[asset]; ok && before != ns {
			steps.Add(max(ns-before, before-ns))
		}
		last[asset] = ns
	}
	return steps.Value()
}

// findPair finds a column of dates and one of times of day among those that
// claim to be the time.
func (r *Resolver) findPair() bool {
	var days, clocks []int
	for i, m := range r.claims {
		if m.Column != columnar.Time {
			continue
		}
		p := &r.columns[i]
		name := Normalize(r.names[i])
		switch {
		case p.All(p.Days), p.Rows == 0 && name == "date":
			days = append(days, i)
		case p.All(p.Clocks), p.Rows == 0 && name == "time":
			clocks = append(clocks, i)
		}
	}
	if len(days) != 1 || len(clocks) != 1 {
		return false
	}
	r.time, r.clock = days[0], clocks[0]
	r.yield(columnar.Time, days[0], clocks[0])
	r.Found("time", fmt.Sprintf("the date in %q and the time of day in %q", r.names[r.time], r.names[r.clock]), value.Sample{}, "Names")
	return true
}

// timesByValue returns the column that no name explains and that holds times,
// where there is one only.
func (r *Resolver) timesByValue() (found []int) {
	for i := range r.columns {
		p := &r.columns[i]
		if m := r.claims[i]; m.Column != "" && m.rank < rankStandIn {
			continue
		}
		if p.Moments > 0 && p.Numbers == p.Nothing {
			found = append(found, i)
		}
	}
	if len(found) != 1 {
		return nil
	}
	r.Found("time", fmt.Sprintf("column %d, %q, the only one with times", found[0]+1, r.names[found[0]]), value.Sample{}, "Columns")
	return found
}
