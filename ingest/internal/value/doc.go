// Package value reads what stands in one field of a file: numbers, dates and times of
// day in the ways that vendors write them, and what a column of fields has in common.
// It is pure: text goes in, values come out, and nothing is kept of the text.
//
// Read number.go and timestamp.go first, which know the usual forms exactly, then
// words.go and stamp.go, which read the same a word at a time. dates.go, months.go
// and clock.go have the other ways to write a moment ([Moments]), locale.go those to
// write a number ([Locale]). [Orders] and [Signs] gather what decides between ways
// that a text leaves open, and [Profile] what a column holds.
//
// Every value is the float64 nearest to its decimal text, every moment nanoseconds
// in UTC, and what is not understood is refused, never guessed. A function called
// Scan… begins at a position of a text whose next byte exists, a block ending in a
// line break; one called Parse… takes a whole field.
package value
