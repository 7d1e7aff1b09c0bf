// Package records writes tables of Arrow records as the files that package
// output knows: CSV (plain, gzip or zstd), JSON, Arrow IPC and Parquet. Columns
// are int64, float64, timestamps of nanoseconds in UTC, and strings.
//
// No value is an empty field in CSV and null elsewhere, and so is NaN in CSV and
// JSON. Numbers have the shortest text that gives back the very number;
// infinities are inf and -inf in CSV, and null in JSON, which has no number for
// them: the row lists the columns under "infinite", a negative one with a minus sign
// before its name. Moments are ISO 8601 in UTC; those of a column have one form in CSV,
// dates where none of its first record has a time of day ([Moments]).
//
// Start with [NewWriter].
package records
