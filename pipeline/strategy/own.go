package strategy

import "github.com/bowstring-engine/bowstring/pipeline/indicator"

// declareFunctions checks the functions of a definition: rows that the catalogue does
// not have.
func (c *checker) declareFunctions(rows []*indicator.Row) {
	for i, row := range rows {
		src := &source{name: "functions"}
		switch {
		case row == nil:
			c.errs = append(c.errs, src.errorf(0, "function %d is nil", i+1))
			continue
		case crossingNamed(row.Name) != nil || reserved(row.Name) || row.Name == "between" || row.Name == "tf" || row.Name == "asset" || sectionNamed(row.Name) != nil:
			c.errs = append(c.errs, src.errorf(0, "function %q: the language has that word; choose another name", row.Name))
			continue
		case c.own[row.Name] != nil:
			c.errs = append(c.errs, src.errorf(0, "function %q is there twice", row.Name))
			continue
		}
		if err := row.Check(); err != nil {
			c.errs = append(c.errs, src.errorf(0, "%s", err))
			continue
		}
		if c.own == nil {
			c.own = map[string]*indicator.Row{}
		}
		c.own[row.Name] = row
		c.ownNames = append(c.ownNames, row.Name)
	}
}

const tfSignature = `tf("1w", x)`

// find returns the row of a name, of the catalogue or of the definition, or nil.
func (c *checker) find(name string) *indicator.Row {
	if row := c.own[name]; row != nil {
		return row
	}
	return indicator.Find(name)
}

// signature returns how a function is called, or "" where there is none.
func (c *checker) signature(name string) string {
	if row := c.find(name); row != nil {
		return row.Signature()
	}
	if c := crossingNamed(name); c != nil {
		return c.signature()
	}
	if name == "between" {
		return `between("09:30", "15:55")`
	}
	if s := sectionNamed(name); s != nil {
		return s.signature()
	}
	if name == "tf" {
		return tfSignature
	}
	if name == "asset" {
		return `asset("SPY").close`
	}
	return ""
}

// functionNames returns the names of the language's functions: the indicators, those
// that make masks, and those of the definition.
func (c *checker) functionNames() []string {
	var names []string
	for _, row := range indicator.All() {
		names = append(names, row.Name)
	}
	for _, c := range crossings {
		names = append(names, c.name)
	}
	across, _ := SectionNames()
	names = append(append(names, "between", "tf", "asset"), across...)
	return append(names, c.ownNames...)
}
