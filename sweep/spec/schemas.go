package spec

// schema is a JSON Schema.
type schema map[string]any

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
