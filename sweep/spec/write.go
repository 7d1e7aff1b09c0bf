package spec

// String returns the resolved spec as YAML. It is the same for equal specs and
// [Parse] reads it back as an equal one.
func (s Spec) String() string {
	s = s.Resolved()
	root := &node{kind: mappingNode}
	for _, k := range specKeys() {
		root.add(k.name, k.encode(&s))
	}
	return root.blockText()
}
