package output

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The files by which a folder is known to be a bundle, and one to be a store, and
// what both begin with; package bundles writes them.
const (
	bundleMark = "current.json"
	storeMark  = "bowstring-store.json"
	markHead   = `{"bowstring":`
)

// bundleDepth is how far below the folder of a bundle its files are:
// versions/ID/bars.parquet.
const bundleDepth = 3

// ofStore reports whether a file is in the folder of a bundle, or is the mark of
// a store. What is in a bundle is nobody's to replace: its versions are named by
// what is in them, and other data goes in by an ingest.
func ofStore(path string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	if filepath.Base(path) == storeMark {
		return beginsMark(path)
	}
	for range bundleDepth {
		path = filepath.Dir(path)
		if beginsMark(filepath.Join(path, bundleMark)) {
			return true
		}
	}
	return false
}

// beginsMark reports whether a file begins like a mark.
func beginsMark(path string) bool {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, int64(len(markHead))))
	return err == nil && strings.HasPrefix(string(head), markHead)
}
