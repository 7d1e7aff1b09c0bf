package spec

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCuts: where segments begin, by hand.
func TestCuts(t *testing.T) {
	var times []int64
	for at := date(2019, 11, 15); at.Before(date(2021, 2, 3)); at = at.AddDate(0, 0, 1) {
		times = append(times, at.UnixNano())
	}
	for name, c := range map[string]struct {
		by   Segments
		want []time.Time
	}{
		"years":    {Segments{By: SegmentsYear}, []time.Time{date(2020, 1, 1), date(2021, 1, 1)}},
		"quarters": {Segments{By: SegmentsQuarter}, []time.Time{date(2020, 1, 1), date(2020, 4, 1), date(2020, 7, 1), date(2020, 10, 1), date(2021, 1, 1)}},
		"dates":    {Segments{By: SegmentsDates, Dates: []time.Time{date(2019, 11, 16), date(2021, 2, 2)}}, []time.Time{date(2019, 11, 16), date(2021, 2, 2)}},
		// 446 days: 47 of 2019, 366 of 2020, 33 of 2021. Three blocks of 148, 149 and 149.
		"blocks":   {Segments{By: SegmentsBlocks, Blocks: 3}, []time.Time{date(2020, 4, 11), date(2020, 9, 7)}},
		"one":      {Segments{By: SegmentsBlocks, Blocks: 1}, nil},
		"no cuts":  {Segments{}, nil},
		"too many": {Segments{By: SegmentsMonth}, nil},
	} {
		got, err := c.by.Cuts(times)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name == "too many" {
			if len(got) != 15 { // 12 months of 2020 and of the two years beside it Dec, Jan, Feb
				t.Errorf("%d months", len(got))
			}
			continue
		}
		var want []int64
		for _, at := range c.want {
			want = append(want, at.UnixNano())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for want, by := range map[string]Segments{
		"447 blocks of 446 bars": {By: SegmentsBlocks, Blocks: 447},
		"nothing is cut at 2019-11-15: the bars are from 2019-11-15 to 2021-02-02": {By: SegmentsDates, Dates: []time.Time{date(2019, 11, 15)}},
		"nothing is cut at 2021-02-03":                                             {By: SegmentsDates, Dates: []time.Time{date(2021, 2, 3)}},
	} {
		if _, err := by.Cuts(times); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", by, err, want)
		}
	}
}

// TestWalkKeys: what segments and walk_forward may say, as written and read back, and
// what is wrong with them.
func TestWalkKeys(t *testing.T) {
	const rules = "rules: {entry: close > 1}\n"
	for _, text := range []string{
		"segments: {by: year}", "segments: {by: month}", "segments: {by: {blocks: 16}}", "segments: {by: [2010-01-01, \"2012-06-30T12:00:00Z\"]}",
		"walk_forward: {train: 3y, test: 1y}", "walk_forward: {train: 500b, test: 90d, step: 6mo, anchored: true, purge: 5, embargo: 2}",
		"walk_forward: {train: 3y, dates: [2010-01-01, 2011-01-01]}", "walk_forward: {anchored: true, dates: [2010-01-01, 2011-01-01]}",
		"walk_forward: {matrix: [{train: 3y, test: 1y}, {train: 6mo, test: 30d}], select: runs, stitch: chain}",
	} {
		s := parse(t, rules+text)
		again := parse(t, s.String())
		if again.String() != s.String() || !strings.Contains(s.String(), strings.Fields(text)[0]) {
			t.Errorf("%s: written as\n%s", text, s)
		}
		if err := conformsText(t, readSchema(t), rules+text); err != nil {
			t.Errorf("%s: the schema says %v", text, err)
		}
	}
	if s := parse(t, rules+"walk_forward: {train: 500b, test: 6mo}"); s.WalkForward.Train != (Span{Bars: 500}) || s.WalkForward.Test != (Span{Months: 6}) {
		t.Errorf("read as %+v", s.WalkForward)
	}
	for text, want := range map[string]string{
		"segments: {by: decade}":                                     `segments.by: "decade": want year, quarter, month, {blocks: 16} or a list of dates`,
		"segments: {by: {blocks: 0}}":                                `segments.by.blocks: "0": want a whole number from 1 to 10000`,
		"segments: {by: {block: 3}}":                                 `segments.by.block: unknown key; the keys of segments.by are blocks; did you mean "blocks"?`,
		"segments: {by: [2010, 2011]}":                               `segments.by: "2010": want a date`,
		"segments: {by: [2011-01-01, 2010-01-01]}":                   "segments.by: 2010-01-01 is not after 2011-01-01; want dates in order",
		"walk_forward: {train: 3 years, test: 1y}":                   `walk_forward.train: "3 years": want a length such as 3y, 6mo, 90d or 500b (bars)`,
		"walk_forward: {train: 0y, test: 1y}":                        "want a length such as",
		"walk_forward: {train: 3y}":                                  "walk_forward: test is needed",
		"walk_forward: {test: 1y}":                                   "walk_forward: train is needed",
		"walk_forward: {train: 3y, test: 1y, dates: [2010-01-01]}":   "dates say where tests begin and end; leave out test, step and matrix",
		"walk_forward: {train: 3y, dates: [2010-01-01]}":             "dates: want at least two",
		"walk_forward: {train: 3y, test: 1y, purge: -1}":             `walk_forward.purge: "-1": want a whole number`,
		"walk_forward: {train: 3y, matrix: [{train: 3y, test: 1y}]}": "matrix has the lengths of every walk; leave out train and test",
		"walk_forward: {matrix: [{train: 3y}]}":                      "walk_forward.matrix: want both, train and test",
		"walk_forward: {train: 3y, test: 1y, select: best}":          `walk_forward.select: "best": want one of segments, runs`,
	} {
		if _, err := Parse("f.yaml", []byte(rules+text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
}
