//go:build race

package ingest

// raceEnabled: see norace_test.go.
const raceEnabled = true
