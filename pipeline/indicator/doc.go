// Package indicator is the catalogue of indicators: one [Row] an indicator, one
// family a file. A row says how a strategy calls it, what it makes and how it
// follows its inputs; the checker of the language, the evaluators, the
// documentation and the tests that every indicator has to pass read it there and
// nowhere else. To add one, write its function (pipeline/internal/kernel), its row,
// and its naive twin for the test, which fails without.
//
// Read row.go first, then a family, such as averages.go.
package indicator
