package strategy

import (
	"fmt"
	"strings"
)

// Derived is a column that a program reads beside those of the data, and that is made
// of the times of the bars. Its position is behind theirs.
type Derived struct {
	// Name is what the language calls it: one of [TimeNames], or "time of day", the
	// minutes since midnight.
	Name string
	// Asset is whose column Name is, of another asset than the one that is traded.
	Asset string
}

// text is how the columns of a program name it.
func (d Derived) text(zone string) string {
	if d.Asset != "" {
		return fmt.Sprintf("asset(%q).%s", d.Asset, d.Name)
	}
	name := strings.ReplaceAll(d.Name, " ", "_")
	if zone != "" {
		name += "@" + zone
	}
	return name
}
