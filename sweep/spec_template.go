package sweep

import _ "embed" // for the template

//go:embed spec_template.yaml
var specTemplate string

// SpecTemplate returns an annotated spec file that runs as it is: a beginning
// for one's own.
func SpecTemplate() string { return specTemplate }
