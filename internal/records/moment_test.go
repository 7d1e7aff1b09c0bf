package records

import "testing"

func TestMoments(t *testing.T) {
	const day, second = 86_400_000_000_000, 1_000_000_000
	for _, c := range []struct {
		name string
		all  []int64
		at   int64
		want string
	}{
		{"dates", []int64{0, 3 * day}, day, "1970-01-02"},
		{"before 1970", []int64{-day}, -day, "1969-12-31"},
		{"a time of day among dates", []int64{0, day + 3600*second}, 0, "1970-01-01T00:00:00Z"},
		{"milliseconds", []int64{second / 10, second}, second, "1970-01-01T00:00:01.000Z"},
		{"microseconds", []int64{1000}, day, "1970-01-02T00:00:00.000000Z"},
		{"nanoseconds", []int64{1, 1_000_000}, 0, "1970-01-01T00:00:00.000000000Z"},
		{"a time that was not expected", []int64{day}, 1_500_000_000, "1970-01-01T00:00:01.500Z"},
		{"none", nil, day, "1970-01-02"},
	} {
		var m Moments
		for _, at := range c.all {
			m.Add(at)
		}
		if got := m.Format(c.at); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
