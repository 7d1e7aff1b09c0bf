//go:build !race

package main

// raceEnabled tells tests of many inputs, one after the other, to take fewer: the
// race detector makes them ten times as long and has nothing to find in them.
const raceEnabled = false
