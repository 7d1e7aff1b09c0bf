//go:build race

package parquet

// raceEnabled: see norace_test.go.
const raceEnabled = true
