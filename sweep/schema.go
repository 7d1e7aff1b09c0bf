package sweep

import "encoding/json"

// schema is a JSON Schema.
type schema map[string]any

// SpecSchema returns the JSON Schema (draft 2020-12) of the spec file, for
// editors. It is made of the table that the parser reads by.
func SpecSchema() []byte {
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

// objectSchema returns the schema of a mapping with these keys only.
func objectSchema(properties map[string]schema, required ...string) schema {
	s := schema{"type": "object", "additionalProperties": false, "properties": properties}
	if required != nil {
		s["required"] = required
	}
	return s
}

// scalarSchema is any single value: its text counts, whatever YAML takes it
// for.
func scalarSchema() schema { return schema{"type": []string{"string", "number", "boolean", "null"}} }

// exprSchema is an expression; 1 and true are numbers and booleans to YAML.
func exprSchema() schema { return schema{"type": []string{"string", "number", "boolean"}} }

func dateSchema() schema {
	return schema{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$`}
}

func nameSchema() schema { return schema{"pattern": identifier.String(), "maxLength": maxName} }

// paramsSchema is the mapping from parameter to any form of axis.
func paramsSchema() schema {
	number := schema{"type": "number"}
	list := func(items schema, n int) schema {
		return schema{"type": "array", "minItems": n, "uniqueItems": true, "items": items}
	}
	names := nameSchema()
	names["not"] = schema{"enum": columnNames()}
	ends := schema{"type": "array", "minItems": 2, "maxItems": 2, "items": number}
	count := schema{"type": "integer", "minimum": 2, "maximum": MaxAxis}
	return schema{
		"type": "object", "propertyNames": names, "maxProperties": maxParams,
		"additionalProperties": schema{"oneOf": []schema{
			number,
			list(number, 1),
			objectSchema(map[string]schema{"from": number, "to": number, "step": number}, "from", "to", "step"),
			objectSchema(map[string]schema{"linspace": ends, "n": count}, "linspace", "n"),
			objectSchema(map[string]schema{"choice": list(scalarSchema(), 1)}, "choice"),
		}},
	}
}
