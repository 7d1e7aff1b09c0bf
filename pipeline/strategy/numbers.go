package strategy

// settings checks the numbers of the simulation.
func (c *checker) settings(settings []Setting, order int) {
	for i, s := range settings {
		src := &source{name: s.Name, origin: s.Origin, text: s.Text, at: s.At, order: order + i}
		v := c.expression(src)
		fail := func(format string, args ...any) { c.errs = append(c.errs, src.errorf(0, format, args...)) }
		switch {
		case v.kind == unresolved:
		case v.kind == KindScalar:
			c.numbers = append(c.numbers, setting{Number{Name: s.Name, Text: s.Text, Scalar: v.id}, v})
		case v.kind == KindSeries && s.PerBar:
			c.numbers = append(c.numbers, setting{Number{Name: s.Name, Text: s.Text, Scalar: -1}, v})
			c.watchNamed(s.Name, s.Text, v)
		case v.kind == KindPosition:
			fail("it is read before there is a position")
		case s.PerBar:
			fail("it is a number or a series, not a %s", v.kind)
		default:
			fail("it is one number for a whole trial, not a %s", v.kind)
		}
	}
}

// lowerNumbers returns the settings with their series as nodes.
func (c *checker) lowerNumbers(x *extras) []Number {
	var numbers []Number
	for _, s := range c.numbers {
		if s.Scalar < 0 {
			s.Extra = x.place(s.value.id)
		}
		numbers = append(numbers, s.Number)
	}
	return numbers
}
