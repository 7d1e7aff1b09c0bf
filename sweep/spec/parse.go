package spec

import (
	"slices"
	"strings"
)

// Parse reads a spec file. name is what errors call it. The error is
// [Errors], everything that is wrong at once; checks that need the data,
// such as whether a column exists, are made by [Spec.Compile].
//
// The text is one YAML document without anchors, tags and merge keys, of at
// most [MaxSpecBytes]. Scalars are taken as they are written: the ticker 0700
// stays 0700, and 0.1 is a decimal.
func Parse(name string, text []byte) (*Spec, error) {
	spec, errs := decodeSpec(name, text)
	if err := errs.orNil(); err != nil {
		return nil, err
	}
	return spec, nil
}

// decodeSpec reads as much of a spec as can be understood; nil where the text
// is no YAML.
func decodeSpec(name string, text []byte) (*Spec, Errors) {
	d := &decoder{spec: &Spec{}, src: &source{file: name}, paths: make(map[string]string)}
	collectKeys("", specKeys(), d.paths)
	root, fatal := d.read(text)
	if fatal != nil {
		return nil, Errors{{File: name, Line: fatal.at.line, Column: fatal.at.column, Msg: fatal.msg}}
	}
	if root.kind != emptyNode && d.want("", root, mappingNode, "keys such as rules and params") {
		d.section("", specKeys(), root)
	}
	d.spec.source = d.src
	d.spec.validate(&d.errs)
	return d.spec, d.errs
}

// section reads the known keys of a mapping.
func (d *decoder) section(path string, keys []key, n *node) {
	for _, e := range d.unique(path, n) {
		at := join(path, e.key.text)
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == e.key.text })
		if i < 0 {
			d.unknown(at, e.key, keyNames(keys))
			continue
		}
		d.src.note(at, e)
		switch k := keys[i]; {
		case e.value.kind == emptyNode:
			d.fail(at, e.key.at, "no value; give one or leave the key out")
		case k.keys == nil:
			k.decode(d, at, e.value)
		case d.want(at, e.value, mappingNode, "keys such as "+strings.Join(keyNames(k.keys)[:min(3, len(k.keys))], ", ")):
			d.section(at, k.keys, e.value)
		}
	}
}

// collectKeys adds the path of every key by its name, the first of a name.
func collectKeys(path string, keys []key, paths map[string]string) {
	for _, k := range keys {
		at := join(path, k.name)
		if paths[k.name] == "" {
			paths[k.name] = at
		}
		collectKeys(at, k.keys, paths)
	}
}

func keyNames(keys []key) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return names
}
