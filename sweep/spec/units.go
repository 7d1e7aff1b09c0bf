package spec

import "strings"

// stopUnits are what the number of a stop may be said to be.
var stopUnits = []string{"fraction", "distance", "level"}

// unitOf takes what a stop is said to be from its text.
func unitOf(text string) (unit, expr string) {
	for _, u := range stopUnits {
		if rest, ok := strings.CutPrefix(text, u+": "); ok {
			return u, rest
		}
	}
	return "", text
}
