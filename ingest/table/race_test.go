//go:build race

package table

// raceEnabled: see norace_test.go.
const raceEnabled = true
