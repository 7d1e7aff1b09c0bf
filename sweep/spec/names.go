package spec

import (
	"fmt"
	"regexp"

	"github.com/bowstring-engine/bowstring/pipeline/metrics"
)

// reservedColumns are the names of result columns that are no statistic.
var reservedColumns = []string{"trial", "asset", "error"}

// columnNames returns the names that a parameter may not have.
func columnNames() []string { return append(metrics.Names(), reservedColumns...) }

// identifier is the syntax of names of parameters and expressions.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// maxName bounds names of parameters and expressions, in bytes.
const maxName = 64

// maxParams bounds the number of parameters: with two values each, more
// than MaxGrid allows.
const maxParams = 64

// checkName says what is wrong with the name of a parameter or expression.
func checkName(name string) error {
	if len(name) > maxName || !identifier.MatchString(name) {
		return fmt.Errorf("a name is at most %d letters, digits and _, and does not begin with a digit", maxName)
	}
	return nil
}
