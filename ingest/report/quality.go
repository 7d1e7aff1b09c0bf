package report

import "time"

// AssetQuality is what the quality rules found in an asset.
type AssetQuality struct {
	Asset string `json:"asset"`
	// Findings has at most one entry a rule, in the order of the rules.
	Findings []Finding `json:"findings"`
}

// Severity says what a finding means for a backtest.
type Severity string

// The severities.
const (
	// SeverityInfo: true of many a sound asset; good to know.
	SeverityInfo Severity = "info"
	// SeverityWarning: sound data may look so; worth a look.
	SeverityWarning Severity = "warning"
	// SeverityError: the data is wrong there.
	SeverityError Severity = "error"
)

// Finding is the account of one quality rule on one asset.
type Finding struct {
	Rule     Rule     `json:"rule"`
	Severity Severity `json:"severity"`
	// Count is how many bars are meant: those that break the rule, or that are
	// missing (gap), or in the runs (stale, flat). For swapped it is rows, the
	// rejected ones among them.
	Count int64 `json:"count"`
	// First and Last are the timestamps of the first and the last such bar, or
	// run; after a gap that of the bar behind it. Zero for swapped.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	// Examples are the worst places, by time.
	Examples []Example `json:"examples,omitempty"`
}

// Example is one place that breaks a quality rule.
type Example struct {
	Time   time.Time `json:"time,omitzero"`
	Detail string    `json:"detail,omitempty"`
}
