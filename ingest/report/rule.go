package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Rule names a check that every row passes or breaks, or a quality rule.
type Rule string

// RuleCount counts the rows of bars, or of events, that broke a rule.
type RuleCount struct {
	Rule     Rule  `json:"rule"`
	Rejected int64 `json:"count"`
	// Kept counts accepted rows that break the rule and whose policy is to keep
	// them. It is not stored.
	Kept int64 `json:"-"`
}

// RuleCounts are counts in the order of the rules. What is stored, and printed, is
// those that rejected rows.
type RuleCounts []RuleCount

// Rejecting returns the counts that are not of 0 rejected rows.
func (c RuleCounts) Rejecting() RuleCounts {
	return slices.DeleteFunc(slices.Clone(c), func(r RuleCount) bool { return r.Rejected == 0 })
}

// IsZero reports whether no rule rejected a row: then nothing is stored.
func (c RuleCounts) IsZero() bool { return len(c.Rejecting()) == 0 }

// MarshalJSON implements [json.Marshaler].
func (c RuleCounts) MarshalJSON() ([]byte, error) { return json.Marshal([]RuleCount(c.Rejecting())) }

// String says how many rows each rule rejected: "nan 11, ohlc 12".
func (c RuleCounts) String() string {
	var texts []string
	for _, r := range c.Rejecting() {
		texts = append(texts, fmt.Sprintf("%s %d", r.Rule, r.Rejected))
	}
	return strings.Join(texts, ", ")
}
