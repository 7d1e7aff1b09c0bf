//go:build !unix

package main

import "time"

var began = time.Now()

// processorTime stands in for what the process has used of its processors: the
// wall clock.
func processorTime() time.Duration { return time.Since(began) }
