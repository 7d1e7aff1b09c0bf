package spec

import "encoding/json"

// Schema returns the JSON Schema (draft 2020-12) of the spec file, for
// editors. It is made of the table that the parser reads by.
func Schema() []byte {
	root := sectionSchema(specKeys())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Bowstring sweep"
	root["required"] = []string{"rules"}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // strings, numbers and their lists always marshal
	}
	return append(text, '\n')
}

// sectionSchema returns the schema of a mapping with fixed keys.
func sectionSchema(keys []key) schema {
	properties := make(map[string]schema, len(keys))
	for _, k := range keys {
		var s schema
		if k.keys != nil {
			s = sectionSchema(k.keys)
		} else {
			s = k.schema()
		}
		s["description"] = k.doc
		properties[k.name] = s
	}
	return objectSchema(properties)
}
