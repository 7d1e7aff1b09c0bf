package spec

import _ "embed" // for the template

//go:embed template.yaml
var specTemplate string

// Template returns an annotated spec file that runs as it is: a beginning
// for one's own.
func Template() string { return specTemplate }
