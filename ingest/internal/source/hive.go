package source

import (
	"net/url"
	"strings"
)

// partition returns what a folder of a partitioned data set says of the files
// below it: "ticker=GC%3DF" is the key ticker with the value GC=F.
func partition(folder string) (key, value string, ok bool) {
	key, value, ok = strings.Cut(folder, "=")
	if !ok || key == "" || value == "" {
		return "", "", false
	}
	// What is not encoded is taken as it stands.
	if decoded, err := url.PathUnescape(value); err == nil {
		value = decoded
	}
	return key, value, true
}

// partitionAsset returns the asset id that a folder names, or "": a key that
// means the symbol does, others (year=2020) repeat what the rows say.
func partitionAsset(folder string, isSymbol func(key string) bool) string {
	key, value, ok := partition(folder)
	if !ok || !isSymbol(key) {
		return ""
	}
	return value
}
