package strategy

import "github.com/bowstring-engine/bowstring/pipeline/indicator"

// crossing is one of the functions of the language that make a mask of two series
// or numbers. All others are indicators, which have their rows in that package.
type crossing struct {
	name         string
	above, below bool
}

var crossings = []crossing{{"crosses_above", true, false}, {"crosses_below", false, true}, {"crosses", true, true}}

func (c *crossing) signature() string { return c.name + "(a, b)" }

func crossingNamed(name string) *crossing {
	for i := range crossings {
		if crossings[i].name == name {
			return &crossings[i]
		}
	}
	return nil
}

// signature returns how a function is called, or "" where there is none.
func signature(name string) string {
	if row := indicator.Find(name); row != nil {
		return row.Signature()
	}
	if c := crossingNamed(name); c != nil {
		return c.signature()
	}
	return ""
}

// functionNames returns the names of the language's functions: the indicators, then
// those that make masks.
func functionNames() []string {
	var names []string
	for _, row := range indicator.All() {
		names = append(names, row.Name)
	}
	for _, c := range crossings {
		names = append(names, c.name)
	}
	return names
}
