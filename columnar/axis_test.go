package columnar_test

import (
	"math"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

const hours24 = 24 * time.Hour

// every returns n timestamps with one distance.
func every(step time.Duration, n int) []int64 {
	times := make([]int64, n)
	for i := range times {
		times[i] = int64(i) * int64(step)
	}
	return times
}

// 252 sessions of 390 minutes; 365 days of 24 hours. An hour of a session of
// six and a half is counted as a bar of its own: ceil(390 / 60) = 7.
func TestBarsPerYearOfCalendars(t *testing.T) {
	for _, c := range []struct {
		name     string
		calendar calendar.Calendar
		step     time.Duration
		want     float64
	}{
		{"sessions", calendar.NYSE(), hours24, 252},
		{"session minutes", calendar.NYSE(), time.Minute, 252 * 390},
		{"session five minutes", calendar.NYSE(), 5 * time.Minute, 252 * 78},
		{"session hours", calendar.NYSE(), time.Hour, 252 * 7},
		{"whole session", calendar.NYSE(), 390 * time.Minute, 252},
		{"days", calendar.AlwaysOpen(), hours24, 365},
		{"hours", calendar.AlwaysOpen(), time.Hour, 365 * 24},
		{"minutes", calendar.AlwaysOpen(), time.Minute, 365 * 24 * 60},
		{"currency days", calendar.FX(), hours24, 260},
		{"currency hours", calendar.FX(), time.Hour, 260 * 24},
		// As found: ten bars of a week last 70 days.
		{"weeks", calendar.AlwaysOpen(), 7 * hours24, 10 / (70 / 365.25)},
		{"session weeks", calendar.NYSE(), 7 * hours24, 10 / (70 / 365.25)},
		{"days as found", calendar.AsFound(), hours24, 365.25},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := columnar.NewAxis(c.calendar, "", every(c.step, 10))
			if a.Frequency != c.step || math.Abs(a.BarsPerYear-c.want) > 1e-9*c.want {
				t.Errorf("got %v bars a year of %v, want %v of %v", a.BarsPerYear, a.Frequency, c.want, c.step)
			}
		})
	}
}

func TestFrequencyIsTheMostCommonStep(t *testing.T) {
	for _, c := range []struct {
		name  string
		times [][]int64
		want  time.Duration
	}{
		{"no assets", nil, 0},
		{"no bars", [][]int64{{}, {}}, 0},
		{"one bar each", [][]int64{{1}, {5}}, 0},
		{"weekends", [][]int64{{1 * day, 2 * day, 3 * day, 6 * day, 7 * day, 10 * day}}, hours24},
		{"over all assets", [][]int64{{0, 5, 10}, {0, 3, 6, 9}}, 3},
		{"the shorter of two", [][]int64{{0, 7, 14}, {0, 2, 4}}, 2},
		{"the shorter of two, the other way", [][]int64{{0, 2, 4}, {0, 7, 14}}, 2},
		{"runs of one step count together", [][]int64{{0, 1, 6, 7, 12, 13}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := columnar.NewAxis(calendar.Calendar{}, "", c.times...).Frequency; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// As found takes the asset with the longest span: four bars over 30 days
// (the last bar lasts its most common step of 10 days), which is
// 4 / (40 / 365.25) = 36.525 a year.
func TestAsFoundTakesTheLongestAsset(t *testing.T) {
	a := columnar.NewAxis(calendar.Calendar{}, "", []int64{0, 10 * day}, []int64{0, 10 * day, 20 * day, 30 * day}, []int64{5 * day})
	if math.Abs(a.BarsPerYear-36.525) > 1e-9 {
		t.Errorf("got %v, want 36.525", a.BarsPerYear)
	}
	if a.Calendar != calendar.AsFound() || a.Label != columnar.LabelOpen {
		t.Errorf("axis %+v", a)
	}
	if none := columnar.NewAxis(calendar.Calendar{}, "", []int64{7}); none.BarsPerYear != 0 {
		t.Errorf("one bar: %v bars a year, want 0", none.BarsPerYear)
	}
}

// From the start of the first bar to the end of the last: 365 steps of a day
// and the last day make 366 days, 366 / 365.25 years.
func TestYears(t *testing.T) {
	a := columnar.Axis{Frequency: hours24}
	if got, want := a.Years(0, 365*day), 366/365.25; math.Abs(got-want) > 1e-15 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// spread returns n timestamps at equal distances, as near as nanoseconds allow, from day
// 0 to a day.
func spread(n int, last int64) []int64 {
	times := make([]int64, n)
	for i := range times {
		times[i] = int64(float64(last*day) * float64(i) / float64(max(n-1, 1)))
	}
	return times
}

func TestAnnualBelievesLongHistories(t *testing.T) {
	nyse := columnar.Axis{Frequency: hours24, Calendar: calendar.NYSE(), BarsPerYear: 252}
	for _, c := range []struct {
		name string
		axis columnar.Axis
		last int64 // days after the first
		bars int
		want float64
	}{
		// 1461 days are four years; 252 × 4 = 1008 bars.
		{"as the calendar", nyse, 1460, 1008, 252},
		{"within 2 %", nyse, 1460, 1020, 252},                             // 255 a year, + 1.2 %
		{"more than 2 % above", nyse, 1460, 1032, 258},                    // 258 a year, + 2.4 %
		{"more than 2 % below", nyse, 1460, 500, 125},                     // 125 a year
		{"shorter than 90 days", nyse, 89, 10, 252},                       // 40 a year, not believed
		{"90 days", nyse, 90, 91, 365.25},                                 // 91 bars in 91 days
		{"no calendar", columnar.Axis{Frequency: hours24}, 9, 10, 365.25}, // 10 bars in 10 days
		{"nothing known", columnar.Axis{}, 0, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.axis.Annual(spread(c.bars, c.last)); math.Abs(got-c.want) > 1e-9 {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// A bar a day for 200 days, none for six years, and a bar a day for 165 days: 365 bars
// in 365 days, as the hole is left out but for the bar before it. With it there were 365
// bars in 2,556 days, 52 a year.
func TestAnnualLeavesHolesOut(t *testing.T) {
	daily := columnar.Axis{Frequency: hours24, Calendar: calendar.AlwaysOpen(), BarsPerYear: 365}
	var times []int64
	for d := range int64(200 + 2191 + 165) {
		if d < 200 || d >= 200+2191 {
			times = append(times, d*day)
		}
	}
	if got := daily.Annual(times); got != 365 {
		t.Errorf("got %v, want 365", got)
	}
	// Of bars of two days, a hole is longer than 20 days: one of 18 days counts. 90 bars
	// take 89 × 2 + 18 = 196 days with their last day of two, 90 × 365.25 / 196 a year.
	two := columnar.Axis{Frequency: 2 * hours24, BarsPerYear: 182.5}
	times = times[:0]
	for i := range int64(90) {
		at := 2 * i
		if i >= 40 {
			at += 16
		}
		times = append(times, at*day)
	}
	if got, want := two.Annual(times), 90*365.25/196; math.Abs(got-want) > 1e-9 {
		t.Errorf("two days: got %v, want %v", got, want)
	}
	// Of daily bars one of 16 days is a hole, and one of 15 is not: 100 bars in 100 days
	// leave 365.25, and in 100 + 14 days 100 × 365.25 / 114.
	for gap, want := range map[int64]float64{16: 365, 15: 100 * 365.25 / 114} {
		times = times[:0]
		for i := range int64(100) {
			at := i
			if i >= 50 {
				at += gap - 1
			}
			times = append(times, at*day)
		}
		if got := daily.Annual(times); math.Abs(got-want) > 1e-9 {
			t.Errorf("%d days: got %v, want %v", gap, got, want)
		}
	}
}

// An asset of hours among daily ones has hours, and one of two bars the length of all.
func TestAxisOfOneAsset(t *testing.T) {
	daily := columnar.Axis{Frequency: hours24, Calendar: calendar.AlwaysOpen(), BarsPerYear: 365}
	for _, c := range []struct {
		name  string
		axis  columnar.Axis
		times []int64
		want  time.Duration
		bars  float64
	}{
		{"hours", daily, every(time.Hour, 20), time.Hour, 24 * 365},
		{"a weekend", daily, []int64{0, 3 * day}, hours24, 365},
		{"weeks without a number in the calendar", daily, every(7*hours24, 10), 7 * hours24, 365.25 / 7},
		{"one bar alone", columnar.Axis{Calendar: calendar.NYSE()}, []int64{0}, hours24, 252},
	} {
		if got := c.axis.Of(c.times); got.Frequency != c.want || math.Abs(got.BarsPerYear-c.bars) > 1e-9 {
			t.Errorf("%s: %v bars a year of %v, want %v of %v", c.name, got.BarsPerYear, got.Frequency, c.bars, c.want)
		}
	}
	if years := (columnar.Axis{Calendar: calendar.NYSE()}).Of([]int64{0}).Years(0, 0); years != 1/365.25 {
		t.Errorf("one bar is %v years, want a day", years)
	}
}
