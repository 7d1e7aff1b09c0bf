package export

import (
	"math"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
)

// TestNumber has texts by hand.
func TestNumber(t *testing.T) {
	for _, c := range []struct {
		v        float64
		decimals int // -1: not known
		want     string
	}{
		{10.5, 2, "10.50"}, {10.5, -1, "10.5"}, {10.5, 0, "10.5"}, // the last contradicts its column
		{0.1, 1, "0.1"}, {-0.05, 2, "-0.05"}, {0, 2, "0.00"}, {math.Copysign(0, -1), 2, "-0.00"}, {math.Copysign(0, -1), -1, "-0"},
		{1234567, 0, "1234567"}, {1234567, -1, "1234567"}, {1e20, -1, "100000000000000000000"}, {1e21, -1, "1e+21"},
		{1e-6, -1, "0.000001"}, {1e-7, -1, "1e-07"}, {0.30000000000000004, 2, "0.30000000000000004"}, {0.30000000000000004, -1, "0.30000000000000004"},
		{math.NaN(), 2, ""}, {math.Inf(1), 2, "inf"}, {math.Inf(-1), -1, "-inf"},
		{5e-324, 6, "5e-324"}, {math.MaxFloat64, -1, "1.7976931348623157e+308"}, {0.000001, 6, "0.000001"}, {-123.456789, 6, "-123.456789"},
	} {
		n := number{scale: float64(columnar.ScaleOf(c.decimals)), decimals: c.decimals}
		if got := string(n.append(nil, c.v)); got != c.want {
			t.Errorf("%v with %d decimals: %s, want %s", c.v, c.decimals, got, c.want)
		}
	}
}

// Every text gives back the very float64, whatever its column says; that of a
// decimal value is what strconv rounds it to.
func TestNumberExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		decimals := rapid.IntRange(-1, columnar.MaxDecimals).Draw(t, "decimals")
		n := number{scale: float64(columnar.ScaleOf(decimals)), decimals: decimals}
		v := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		if decimals >= 0 && rapid.Bool().Draw(t, "decimal") {
			v = float64(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "whole")) / n.scale
			if got, want := string(n.append(nil, v)), strconv.FormatFloat(v, 'f', decimals, 64); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
		}
		if v-v != 0 {
			return
		}
		text := string(n.append(nil, v))
		if back, err := strconv.ParseFloat(text, 64); err != nil || math.Float64bits(back) != math.Float64bits(v) {
			t.Fatalf("%v is %s, which is %v: %v", v, text, back, err)
		}
	})
}

// Times are those of package time, in one form for all of them.
func TestMoment(t *testing.T) {
	for _, c := range []struct {
		times []string
		want  string // the form of package time
	}{
		{[]string{"2024-01-02T00:00:00Z", "1969-12-31T00:00:00Z", "1677-09-22T00:00:00Z"}, time.DateOnly},
		{[]string{"2024-01-02T00:00:00Z", "2024-01-02T09:30:00Z", "1901-02-03T23:59:59Z"}, "2006-01-02T15:04:05Z"},
		{[]string{"2024-01-02T00:00:00Z", "1960-01-02T09:30:00.5Z"}, "2006-01-02T15:04:05.000Z"},
		{[]string{"2024-01-02T00:00:00Z", "2024-01-02T09:30:00.00025Z"}, "2006-01-02T15:04:05.000000Z"},
		{[]string{"2262-04-11T23:47:16.854775807Z", "1677-09-21T00:12:43.145224193Z"}, "2006-01-02T15:04:05.000000000Z"},
	} {
		var m moment
		var times []int64
		for _, text := range c.times {
			at, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				t.Fatal(err)
			}
			times = append(times, at.UnixNano())
		}
		m.add(times)
		for _, ns := range times {
			if got, want := string(m.append(nil, ns)), time.Unix(0, ns).UTC().Format(c.want); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	}
}
