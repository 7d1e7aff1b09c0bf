package strategy

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
