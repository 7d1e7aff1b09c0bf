package main

import "strings"

// readingFlag is the flag that sets a field of ingest.Options.
var readingFlag = map[string]string{
	"Names": "--columns", "Columns": "--column", "DateOrder": "--date-order", "Drop": "--drop", "PriceScale": "--price-scale",
	"Dialect": "--dialect", "Header": "--header", "Decimal": "--decimal", "Delimiter": "--delimiter", "Zone": "--zone",
	"Policies": "--policy", "RejectLimit": "--max-rejects",
}

// withFlags has a message name flags where the library names its options.
func withFlags(text string) string {
	if !strings.Contains(text, "Options.") {
		return text
	}
	var pairs []string
	for option, flag := range readingFlag {
		pairs = append(pairs, "Options."+option, flag)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
