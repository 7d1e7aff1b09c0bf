package spec

// key is a key of the spec file: either a section with keys of its own or a
// value. The one table of keys is what the parser, the checks, the printed
// spec and the JSON Schema are made of.
type key struct {
	name, doc string
	keys      []key // of a section
	value
}

// value is how one value of a spec is read, checked, written and described.
type value struct {
	// decode reads n, which is not empty, into d.spec.
	decode func(d *decoder, path string, n *node)
	// check returns what is wrong in a resolved spec; nil checks nothing.
	check func(s *Spec) error
	// write returns the value of a resolved spec, nil to leave the key out.
	write func(s *Spec) *node
	// schema describes what decode takes.
	schema func() schema
}

// encode returns what the file has under k for a resolved spec, or nil.
func (k key) encode(s *Spec) *node {
	if k.keys == nil {
		return k.write(s)
	}
	section := &node{kind: mappingNode}
	for _, sub := range k.keys {
		section.add(sub.name, sub.encode(s))
	}
	if section.entries == nil {
		return nil
	}
	return section
}
