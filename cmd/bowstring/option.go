package main

import (
	"maps"
	"slices"
	"strings"
)

// readingFlag is the flag that sets a field of ingest.Options.
var readingFlag = map[string]string{
	"Names": "--columns", "Columns": "--column", "DateOrder": "--date-order", "Drop": "--drop", "PriceScale": "--price-scale",
	"Dialect": "--dialect", "Header": "--header", "Decimal": "--decimal", "Delimiter": "--delimiter", "Zone": "--zone",
	"Label": "--label", "Symbol": "--symbol", "AssetFrom": "--asset-from", "Asset": "--asset",
	"Policies": "--policy", "RejectLimit": "--max-rejects",
}

// withFlags has a message name flags where the library names its options.
func withFlags(text string) string {
	if !strings.Contains(text, "Options.") {
		return text
	}
	var pairs []string
	// Longer names first: one may begin another.
	for _, option := range slices.Backward(slices.Sorted(maps.Keys(readingFlag))) {
		pairs = append(pairs, "Options."+option, readingFlag[option])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
