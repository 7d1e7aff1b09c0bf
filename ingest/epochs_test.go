package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// epochs writes bars a step apart, from a time on, in a unit.
func epochs(n int, from time.Time, step, unit time.Duration, backwards bool) string {
	all := bars(n, step)
	for i := range all {
		all[i].at = from.Add(time.Duration(i) * step)
	}
	return fileOf("timestamp,open,high,low,close,volume\n", all, backwards, func(b bar) string {
		return join(",", b, strconv.FormatInt(b.at.Unix()*int64(time.Second/unit)+int64(b.at.Nanosecond())/int64(unit), 10))
	})
}

// TestEpochUnits: the unit is that in which the bars have a usual length and are of
// this age, whatever the digits: around 1970, before it and across it.
func TestEpochUnits(t *testing.T) {
	for _, from := range []time.Time{
		time.Date(1950, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 6, 1, 0, 0, 0, 0, time.UTC), time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC),
		time.Date(1972, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2001, 8, 1, 0, 0, 0, 0, time.UTC), time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC),
	} {
		for _, step := range []time.Duration{time.Minute, time.Hour, day, 7 * day} {
			for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond} {
				for _, backwards := range []bool{false, true} {
					name := fmt.Sprintf("%v every %v in %v, backwards %v", from, step, unit, backwards)
					r, rejects, err := read(t, epochs(400, from, step, unit, backwards), Options{})
					if err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					times := r.Frame.Times(0)
					if len(times) != 400 || times[0] != from.UnixNano() || times[399] != from.Add(399*step).UnixNano() {
						t.Errorf("%s: %d bars from %v, rejected %.200s", name, len(times), time.Unix(0, times[0]).UTC(), rejects)
					}
				}
			}
		}
	}
	// Days that are counted are none.
	if r, _, err := read(t, fileOf("date,open,high,low,close,volume\n", bars(40, day), false, func(b bar) string { return join(",", b, b.at.Format("20060102")) }), Options{}); err != nil || r.Frame.Times(0)[0] != time.Date(2023, 2, 4, 0, 0, 0, 0, time.UTC).UnixNano() {
		t.Errorf("yyyymmdd: %v", err)
	}
}

// TestMixedEpochUnits: seconds and milliseconds in one file are refused.
func TestMixedEpochUnits(t *testing.T) {
	from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, texts := range map[string][2]string{
		"seconds first": {epochs(5, from, time.Hour, time.Second, false), epochs(5, from.Add(5*time.Hour), time.Hour, time.Millisecond, false)},
		"millis first":  {epochs(5, from, day, time.Millisecond, false), epochs(5, from.Add(5*day), day, time.Second, false)},
	} {
		_, rows, _ := strings.Cut(texts[1], "\n")
		_, _, err := read(t, texts[0]+rows, Options{})
		refusal(t, err, "seconds", "milliseconds")
	}
	_, err := caseOf(t, Options{}, "epoch-units/MIXED.csv")
	refusal(t, err, "seconds", "milliseconds")
	_, err = caseOf(t, Options{}, "epoch-units/SCI.csv")
	refusal(t, err, "1.577837e+09")
	r, err := caseOf(t, Options{}, "epoch-units/SEC1970.csv")
	if err != nil || r.Frame.NumRows() != 2869 || r.Frame.Times(0)[0] != int64(86400*time.Second) || r.Frame.Times(0)[2868] != int64(347068800*time.Second) {
		t.Errorf("SEC1970: %v", err)
	}
	r, err = caseOf(t, Options{}, "epoch-units/FLOATSEC.csv")
	if err != nil || r.Frame.NumRows() != 10 || r.Frame.Times(0)[0] != int64(1577836800*time.Second) {
		t.Errorf("FLOATSEC: %v", err)
	}
}
