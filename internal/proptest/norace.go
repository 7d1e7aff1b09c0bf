//go:build !race

package proptest

// Race says whether the test binary is built with the race detector.
const Race = false
