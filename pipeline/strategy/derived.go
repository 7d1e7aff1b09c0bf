package strategy

import "strings"

// Derived is a column that a program reads beside those of the data, and that is made
// of the times of the bars. Its position is behind theirs.
type Derived struct {
	// Name is what the language calls it: one of [TimeNames], or "time of day", the
	// minutes since midnight.
	Name string
}

// text is how the columns of a program name it.
func (d Derived) text(zone string) string {
	name := strings.ReplaceAll(d.Name, " ", "_")
	if zone != "" {
		name += "@" + zone
	}
	return name
}
