// Package records writes tables of Arrow records as the files that package
// output knows: CSV (plain, gzip or zstd), JSON, Arrow IPC and Parquet. Columns
// are int64, float64, timestamps of nanoseconds in UTC, and strings.
//
// No value is an empty field in CSV and null elsewhere, and so is NaN in CSV and
// JSON. Numbers have the shortest text that gives back the very number;
// infinities are +Inf and -Inf in CSV, and the strings "Infinity" and
// "-Infinity" in JSON, which has no number for them. A moment is ISO 8601 in UTC,
// in CSV a date where it has no time of day.
//
// Start with [NewWriter].
package records
