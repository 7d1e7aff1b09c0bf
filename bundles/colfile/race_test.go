//go:build race

package colfile

// raceEnabled: see norace_test.go.
const raceEnabled = true
