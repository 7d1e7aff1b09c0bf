//go:build !linux

package ingest

// adviseHugePages does nothing: the system has no such advice.
func adviseHugePages([]byte) {}
