// Package reference simulates one trial bar by bar. It is the oracle: it runs
// every setting, defines what every number means, and every faster engine is
// held to it; it is itself held to a naive second simulation.
//
// Start with [Simulator.Run], where the order of events inside a bar is written
// down. signals.go says what the signals of a bar ask for, stops.go what prices
// do to a position.
//
// A Simulator has buffers of its own and is used by one goroutine at a time;
// what it returns is borrowed until its next run. It works on plain slices.
package reference
