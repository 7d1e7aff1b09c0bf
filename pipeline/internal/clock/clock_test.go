package clock

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

func at(t *testing.T, text string) int64 {
	t.Helper()
	moment, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return moment.UnixNano()
}

// expect compares columns of bars with values that were worked out by hand.
func expect(t *testing.T, b Bars, want map[string][]float64) {
	t.Helper()
	for name, values := range want {
		got := Column(name, b)
		for i, v := range values {
			if got[i] != v && !(math.IsNaN(got[i]) && math.IsNaN(v)) {
				t.Errorf("%s of bar %d, %v: %v, want %v", name, i, time.Unix(0, b.Times[i]).UTC(), got[i], v)
			}
		}
	}
}

// The third of July 2024 ended at 13:00 in New York, 17:00 UTC, the fourth was a
// holiday, and June ended on a Friday.
func TestMinutesOfNYSE(t *testing.T) {
	nan := math.NaN()
	b := Bars{Frequency: 30 * time.Minute, Calendar: calendar.NYSE(), Times: []int64{
		at(t, "2024-06-28 13:30"), at(t, "2024-06-28 19:30"), at(t, "2024-07-03 13:30"), at(t, "2024-07-03 16:30"),
		at(t, "2024-07-04 14:00"), at(t, "2024-07-05 14:00"), at(t, "2024-07-05 20:00"),
	}}
	expect(t, b, map[string][]float64{
		"hour": {9, 15, 9, 12, 10, 10, 16}, "minute": {30, 30, 30, 30, 0, 0, 0}, "time of day": {570, 930, 570, 750, 600, 600, 960},
		"weekday": {5, 5, 3, 3, 4, 5, 5}, "day": {28, 28, 3, 3, 4, 5, 5}, "month": {6, 6, 7, 7, 7, 7, 7}, "quarter": {2, 2, 3, 3, 3, 3, 3}, "year": {2024, 2024, 2024, 2024, 2024, 2024, 2024},
		"session_bar": {0, 12, 0, 6, nan, 1, nan}, "bars_to_close": {12, 0, 6, 0, nan, 11, nan},
		"session_first": {1, 0, 1, 0, 0, 1, 0}, "session_last": {0, 1, 0, 1, nan, 0, nan},
		"month_end": {1, 1, 0, 0, nan, 0, nan}, "week_end": {1, 1, 0, 0, nan, 1, nan},
	})
	b.Zone = time.UTC
	expect(t, b, map[string][]float64{"hour": {13, 19, 13, 16}, "bars_to_close": {12, 0, 6, 0}})
	b.Zone, b.AtClose = nil, true
	for i := range b.Times {
		b.Times[i] += int64(b.Frequency)
	}
	expect(t, b, map[string][]float64{"hour": {9, 15, 9, 12}, "bars_to_close": {12, 0, 6, 0}, "day": {28, 28, 3, 3}})
}

// Good Friday of 2024 was on the 29th of March, so the month and the week ended on
// Thursday. The last bar of the data ends neither because it is the last.
func TestDaysOfNYSE(t *testing.T) {
	b := Bars{Frequency: day, Calendar: calendar.NYSE(), Times: []int64{
		at(t, "2024-03-27 00:00"), at(t, "2024-03-28 00:00"), at(t, "2024-04-01 00:00"), at(t, "2024-04-04 00:00"),
	}}
	expect(t, b, map[string][]float64{
		"month_end": {0, 1, 0, 0}, "week_end": {0, 1, 0, 0}, "session_bar": {0, 0, 0, 0}, "bars_to_close": {0, 0, 0, 0},
		"session_first": {1, 1, 1, 1}, "hour": {0, 0, 0, 0}, "day": {27, 28, 1, 4}, "weekday": {3, 4, 1, 4},
	})
}

// Without sessions a date is one, whose bars are counted as they are found.
func TestAsFound(t *testing.T) {
	b := Bars{Frequency: time.Hour, Calendar: calendar.AsFound(), Times: []int64{
		at(t, "2024-03-27 22:00"), at(t, "2024-03-27 23:00"), at(t, "2024-03-28 03:00"), at(t, "2024-03-28 07:00"),
	}}
	expect(t, b, map[string][]float64{
		"session_first": {1, 0, 1, 0}, "session_bar": {0, 1, 0, 1}, "hour": {22, 23, 3, 7}, "weekday": {3, 3, 4, 4},
	})
	zone, err := time.LoadLocation("Asia/Tokyo") // nine hours ahead
	if err != nil {
		t.Fatal(err)
	}
	b.Zone = zone
	expect(t, b, map[string][]float64{"hour": {7, 8, 12, 16}, "day": {28, 28, 28, 28}, "session_bar": {0, 1, 2, 3}})
}

// The week of currencies opens on Sunday at 17:00 in New York, 22:00 UTC in winter, with
// Monday's session.
func TestCurrencies(t *testing.T) {
	b := Bars{Frequency: time.Hour, Calendar: calendar.FX(), Times: []int64{
		at(t, "2024-01-07 22:00"), at(t, "2024-01-08 21:00"), at(t, "2024-01-08 22:00"), at(t, "2024-01-12 21:00"),
	}}
	expect(t, b, map[string][]float64{
		"weekday": {1, 1, 2, 5}, "hour": {17, 16, 17, 16}, "session_bar": {0, 23, 0, 23}, "bars_to_close": {23, 0, 23, 0},
		"session_first": {1, 0, 1, 1}, "week_end": {0, 0, 0, 1},
	})
}

// A shorter history has the values of a longer one: no later bar is looked at.
func TestNoLaterBars(t *testing.T) {
	for _, c := range calendar.Known() {
		for _, frequency := range []time.Duration{7 * time.Hour, day} {
			b := Bars{Frequency: frequency, Calendar: c}
			for i := range int64(900) {
				if i%11 != 3 {
					b.Times = append(b.Times, at(t, "2019-11-04 00:00")+i*int64(frequency))
				}
			}
			for _, names := range [][]string{keys(ofDate), keys(ofClock), keys(ofSession)} {
				for _, name := range names {
					whole := Column(name, b)
					for _, n := range []int{0, 1, 40, 333} {
						cut := b
						cut.Times = b.Times[:n]
						for i, x := range Column(name, cut) {
							if x != whole[i] && (x == x || whole[i] == whole[i]) {
								t.Fatalf("%s of %v, bar %d of %d: %v, in a longer history %v", name, c, i, n, x, whole[i])
							}
						}
					}
				}
			}
		}
	}
}

func keys[T any](m map[string]T) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	return names
}

// The week of Good Friday 2024 ended on Thursday the 28th, and with it the month; of the
// week after, Friday the 5th is missing, so that it closes on Monday. The last week
// is not over.
func TestWeeks(t *testing.T) {
	b := Bars{Frequency: day, Calendar: calendar.NYSE(), Times: []int64{
		at(t, "2024-03-27 00:00"), at(t, "2024-03-28 00:00"), at(t, "2024-04-01 00:00"), at(t, "2024-04-04 00:00"), at(t, "2024-04-08 00:00"), at(t, "2024-04-09 00:00"),
	}}
	for _, c := range []struct {
		frame string
		first []int
		known []int32
	}{
		{"1w", []int{0, 2, 4, 6}, []int32{-1, 0, 0, 0, 1, 1}},
		{"1M", []int{0, 2, 6}, []int32{-1, 0, 0, 0, 0, 0}},
		{"1d", []int{0, 1, 2, 3, 4, 5, 6}, []int32{0, 1, 2, 3, 4, 5}},
	} {
		f := NewTimeframe(c.frame, b)
		if !slices.Equal(f.First, c.first) || !slices.Equal(f.Known, c.known) {
			t.Errorf("%s: %v %v, want %v %v", c.frame, f.First, f.Known, c.first, c.known)
		}
	}
	b.Calendar = calendar.AsFound()
	if f := NewTimeframe("1w", b); !slices.Equal(f.Known, []int32{-1, -1, 0, 0, 1, 1}) {
		t.Errorf("as found: %v", f.Known)
	}
	nan := math.NaN()
	f := NewTimeframe("1w", b)
	for name, want := range map[string][]float64{"open": {1, 3, 5}, "high": {2, 4, 6}, "low": {1, 3, 5}, "close": {2, 4, 6}, "volume": {3, 7, 11}} {
		if got := f.Column(name, []float64{1, 2, 3, 4, 5, 6}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := f.Column("open", []float64{nan, 2, nan, nan, 5, 6}); got[0] != 2 || got[1] == got[1] || got[2] != 5 {
		t.Errorf("open with unknown ones: %v", got)
	}
}

// Half hours of one-minute bars are counted from the opening at 09:30 in New York, 13:30
// UTC in summer; the third of July 2024 ended at 17:00.
func TestHalfHours(t *testing.T) {
	b := Bars{Frequency: time.Minute, Calendar: calendar.NYSE(), Times: []int64{
		at(t, "2024-07-02 19:59"), at(t, "2024-07-03 13:30"), at(t, "2024-07-03 13:58"), at(t, "2024-07-03 13:59"), at(t, "2024-07-03 14:00"), at(t, "2024-07-03 14:31"), at(t, "2024-07-03 16:59"),
	}}
	f := NewTimeframe("30m", b)
	if !slices.Equal(f.First, []int{0, 1, 4, 5, 6, 7}) || !slices.Equal(f.Known, []int32{0, 0, 0, 1, 1, 2, 4}) {
		t.Errorf("%v %v", f.First, f.Known)
	}
	if f := NewTimeframe("1d", b); !slices.Equal(f.First, []int{0, 1, 7}) || !slices.Equal(f.Known, []int32{0, 0, 0, 0, 0, 0, 1}) {
		t.Errorf("days: %v %v", f.First, f.Known)
	}
}

func TestAsOf(t *testing.T) {
	if got := AsOf([]int64{1, 3, 4, 9}, []int64{2, 3, 7, 12}); !slices.Equal(got, []int32{-1, 1, 1, 2}) {
		t.Errorf("got %v", got)
	}
}
