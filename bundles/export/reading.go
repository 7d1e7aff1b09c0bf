package export

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// Reading is what an ingest of exported files has to be told, so that the bars
// come out as they went in.
type Reading struct {
	Calendar calendar.Calendar
	Label    columnar.Label
	Adjusted columnar.Adjustment
	// Events is the file of the corporate actions, "" where there is none.
	Events string
	// Keep are the rules (nan, price, ohlc) that some bars break.
	Keep []string
	// Columns are the columns beside those of every bundle. Their names could
	// stand for something else, so an ingest is told that they mean themselves.
	Columns []string
	// Differs says why the ingest makes another bundle than the one that was
	// exported, in a few words each; nil where it makes the very same.
	Differs []string
	// Refused says why an ingest would refuse the files; nil where it would not.
	Refused []string
}

// tally is what is found out about the bars while they are written.
type tally struct {
	places   []columnar.Decimals // one a column
	infinite []bool              // says which columns have infinities
	bar      [5]int              // open, high, low, close and volume among the columns, -1
	nan      bool
	price    bool
	ohlc     bool

	eventsFile string
}

func (t *tally) begin(s *selection) {
	t.places, t.infinite = make([]columnar.Decimals, len(s.columns)), make([]bool, len(s.columns))
	names := s.columnNames()
	for i, c := range columnar.BarColumns() {
		t.bar[i] = slices.Index(names, c.Name)
	}
}

// add looks at bars.
func (t *tally) add(b *bars) {
	for i, v := range b.values {
		t.places[i].Add(v)
		t.infinite[i] = t.infinite[i] || slices.ContainsFunc(v, func(x float64) bool { return math.IsInf(x, 0) })
	}
	if slices.Contains(t.bar[:], -1) {
		return
	}
	for row := range b.times {
		t.judge(b.values[t.bar[0]][row], b.values[t.bar[1]][row], b.values[t.bar[2]][row], b.values[t.bar[3]][row], b.values[t.bar[4]][row])
	}
}

// judge holds a bar against the rules that an ingest can be told to pass over.
func (t *tally) judge(open, high, low, shut, volume float64) {
	t.nan = t.nan || open != open || high != high || low != low || shut != shut || volume != volume
	t.price = t.price || open <= 0 || high <= 0 || low <= 0 || shut <= 0 || volume < 0
	t.ohlc = t.ohlc || high < open || high < shut || high < low || low > open || low > shut
}

// keep returns the rules that some bars break.
func (t *tally) keep() (rules []string) {
	for _, r := range []struct {
		broken bool
		name   string
	}{{t.nan, "nan"}, {t.price, "price"}, {t.ohlc, "ohlc"}} {
		if r.broken {
			rules = append(rules, r.name)
		}
	}
	return rules
}

// reading returns what an ingest has to be told.
func (j *job) reading() Reading {
	info := j.frame.Info()
	r := Reading{Calendar: info.Axis.Calendar, Label: info.Axis.Label, Adjusted: j.adjust, Events: j.tally.eventsFile, Keep: j.tally.keep()}
	if j.o.Format == JSON {
		r.Refused = append(r.Refused, "it reads no JSON")
	}
	names := j.columnNames()
	bar := columnar.BarColumns()
	for _, c := range bar {
		if !slices.Contains(names, c.Name) {
			r.Refused = append(r.Refused, "there is no column "+c.Name)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(bar, func(c columnar.Column) bool { return c.Name == name }) {
			r.Columns = append(r.Columns, name)
			if !plainName(name) {
				r.Refused = append(r.Refused, fmt.Sprintf("column %q is not called as columns are", name))
			}
		}
	}
	for i, name := range names {
		if j.tally.infinite[i] {
			r.Refused = append(r.Refused, fmt.Sprintf("column %q has infinities", name))
		}
	}
	for _, a := range j.assets {
		if !utf8.ValidString(a.id) || !j.split && (strings.TrimSpace(a.id) == "" || strings.ContainsAny(a.id, "\r\n")) {
			r.Refused = append(r.Refused, fmt.Sprintf("asset %q has an id that no text has", a.id))
			break
		}
	}
	if r.Refused == nil {
		r.Differs = j.differs()
	}
	return r
}

// plainName reports whether package ingest leaves the name of a column as it is,
// and does not take it for events.
func plainName(name string) bool {
	return name != "dividend" && name != "split" && name == strings.Trim(name, "_") && !strings.Contains(name, "__") &&
		!strings.ContainsFunc(name, func(r rune) bool {
			return r != '_' && !unicode.IsDigit(r) && (!unicode.IsLetter(r) || unicode.ToLower(r) != r)
		})
}

// differs says why the files hold another bundle than the exported one.
func (j *job) differs() (reasons []string) {
	info := j.frame.Info()
	add := func(is bool, format string, args ...any) {
		if is {
			reasons = append(reasons, fmt.Sprintf(format, args...))
		}
	}
	add(j.unchosen > 0, "%d of %d assets were asked for", j.frame.NumAssets()-j.unchosen, j.frame.NumAssets())
	add(j.leftOut > 0, "%d assets have no bars there", j.leftOut)
	add(slices.ContainsFunc(j.assets, func(a chosenAsset) bool { return !a.whole }), "not all of the time was asked for")
	add(j.adjust != info.Adjusted || info.Source != "", "the prices are adjusted for %s", j.adjust)
	add(j.lostEvents(), "the events are not in a file, or some of them twice")
	add(!j.usualColumns(), "the columns are chosen, or are others than an ingest makes")
	if reasons != nil {
		return reasons
	}
	add(j.frequency() != int64(info.Axis.Frequency), "the length of a bar is not the most common step")
	return reasons
}

// lostEvents reports whether an ingest would find other events.
func (j *job) lostEvents() bool {
	for i := range j.frame.NumAssets() {
		events := j.frame.WholeEvents(i)
		if len(events) > 0 && j.o.Events == "" {
			return true
		}
		for k := 1; k < len(events); k++ {
			if events[k] == events[k-1] {
				return true
			}
		}
	}
	return false
}

// usualColumns reports whether the exported columns are those of the Frame, in
// the order and with the decimals that an ingest gives them.
func (j *job) usualColumns() bool {
	bar := columnar.BarColumns()
	var last string
	for i, c := range j.frame.Columns() {
		switch {
		case i >= len(j.columns) || j.columns[i] != i:
			return false
		case i < len(bar) && c.Name != bar[i].Name, i >= len(bar) && c.Name < last:
			return false
		case j.tally.places[i].Scale() != c.Scale:
			return false
		}
		if i >= len(bar) {
			last = c.Name
		}
	}
	return len(j.columns) == len(j.frame.Columns())
}

// frequency is the length of a bar as it is found in the times.
func (j *job) frequency() int64 {
	var steps columnar.Commonest
	for i := range j.frame.NumAssets() {
		last, some := int64(0), false
		for times := range j.frame.Runs(i) {
			for _, t := range times {
				if some {
					steps.Add(t - last)
				}
				last, some = t, true
			}
		}
	}
	return steps.Value()
}
