// Package clock makes the columns that a strategy may read of the time of bars, such as
// their hour, and of the sessions that they belong to, such as whether one is the last
// of its month. Nothing of it looks at later bars: where a period ends is known from the
// calendar alone.
//
// Read clock.go first, what there is, then sessions.go, how a bar finds its session.
package clock
