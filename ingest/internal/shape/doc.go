// Package shape finds out how a source is written: what separates its fields, which
// line names the columns and what they are called, how dates, times and numbers are
// written, or what [Choices] and the dialect of a vendor say of it. It sees the first
// lines of a text, or the first rows of a table as fields, and no others unless those
// leave something open. Nothing is guessed: what could be read in two ways is an
// error that names the option that decides.
//
// Read layout.go first: a [Layout] is the outcome, by which rows are parsed. Then
// sniff.go: [Sniff] cuts the lines (fields.go), finds the header, by names (names.go)
// or by what the values are where no line has names (positions.go, evidence.go, counts.go), and header.go
// claims a column for every role (roles.go, timecolumns.go, volume.go, align.go). resolve.go decides on the forms
// of times and numbers, typed.go is the same for columns with types. dialect.go and
// presets.go have what is known of vendors, scale.go weighs what it says of prices, lean.go of LEAN's files, events.go of
// columns of corporate actions.
package shape
