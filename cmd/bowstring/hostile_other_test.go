//go:build !unix

package main

// TestChangedFiles limits the memory of its processes as only Unix does.
const hostileJob = "BOWSTRING_TEST_HOSTILE"

func hostileMain(string) int { return 0 }
