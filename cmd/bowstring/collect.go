package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// firstHeap is the size of the heap, in percent of the 4 MiB that Go begins
// with, at which its first garbage collection is due.
const firstHeap = 800

// delayCollection puts the first garbage collection off until the heap has
// 32 MiB: most commands end before, and a third of their time would be spent
// on collections of heaps that only grow. After the first, collections come as
// ever. A GOGC of the environment is left alone.
func delayCollection() {
	if os.Getenv("GOGC") != "" {
		return
	}
	usual := debug.SetGCPercent(firstHeap)
	runtime.AddCleanup(new([64]byte), func(percent int) { debug.SetGCPercent(percent) }, usual)
}
