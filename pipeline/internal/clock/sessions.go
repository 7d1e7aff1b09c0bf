package clock

import (
	"math"
	"time"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// sessions goes through bars with the sessions of their calendar.
type sessions struct {
	bars *Bars
	list []calendar.Session
	next int // the first session that ends after the bar

	at    int       // of the bar, -1 where it belongs to none
	date  time.Time // of the bar before
	first bool      // the bar is the first one of its session, or of its date without
	since int       // how many bars of the date went before
	moved bool

	current int
}

// beyond is how far behind the last bar sessions are asked for: no month and no week
// ends later.
const beyond = 45 * day

func newSessions(b *Bars) *sessions {
	s := &sessions{bars: b, at: -1}
	if len(b.Times) == 0 {
		return s
	}
	from := time.Unix(0, b.Times[0]).UTC().Add(-4 * day)
	to := time.Unix(0, b.Times[len(b.Times)-1]).UTC().Add(beyond)
	for x := range b.Calendar.Sessions(from, to) {
		s.list = append(s.list, x)
	}
	return s
}

// step goes to a bar, the one after the bar before.
func (s *sessions) step(i int) {
	before := s.at
	s.at = s.find(i)
	date := s.bars.date(i)
	same := s.moved && date.Equal(s.date)
	s.since++
	if !same {
		s.since = 0
	}
	s.first = !same
	if len(s.list) > 0 {
		s.first = s.at >= 0 && s.at != before
	}
	s.date, s.moved = date, true
	s.current = i
}

// find returns the session of a bar.
func (s *sessions) find(i int) int {
	if s.bars.daily() {
		d := time.Unix(0, s.bars.Calendar.DateOf(s.bars.Times[i])).UTC()
		for s.next < len(s.list) && s.list[s.next].Day.Before(d) {
			s.next++
		}
		if s.next < len(s.list) && s.list[s.next].Day.Equal(d) {
			return s.next
		}
		return -1
	}
	t := time.Unix(0, s.bars.open(i)).UTC()
	for s.next < len(s.list) && !t.Before(s.list[s.next].Close) {
		s.next++
	}
	if s.next < len(s.list) && !t.Before(s.list[s.next].Open) {
		return s.next
	}
	return -1
}

// bar returns the number of the bar in its session, from 0: by the time since the
// opening, so that a missing bar is counted; without sessions the bars of the date are.
func (s *sessions) bar() float64 {
	switch {
	case len(s.list) == 0:
		return float64(s.since)
	case s.at < 0:
		return unknown
	case s.bars.daily():
		return 0
	}
	return math.Floor(float64(s.bars.open(s.current)-s.list[s.at].Open.UnixNano()) / float64(s.bars.Frequency))
}

// toClose returns how many bars the session has after the bar.
func (s *sessions) toClose() float64 {
	switch {
	case s.at < 0:
		return unknown
	case s.bars.daily():
		return 0
	}
	left := float64(s.list[s.at].Close.UnixNano()-s.bars.open(s.current)) / float64(s.bars.Frequency)
	return math.Ceil(left) - 1
}

// ends returns the truth of the bar's session being the last of a period, of which same
// reports whether two days are of one. Bars longer than a day are of none.
func (s *sessions) ends(same func(a, b time.Time) bool) float64 {
	if s.at < 0 || s.at+1 >= len(s.list) || s.bars.Frequency > day {
		return unknown
	}
	return truth(!same(s.list[s.at].Day, s.list[s.at+1].Day))
}
