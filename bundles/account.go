package bundles

import "time"

// Account is what an ingest says of itself: what it read and what became of
// it. Read = Accepted + Rejected, here and for each source.
type Account struct {
	Read     int64 `json:"read"`
	Accepted int64 `json:"accepted"`
	Rejected int64 `json:"rejected"`
	// Unkept is how many of the rejected rows, of events too, are not in
	// rejects.csv, since it had enough of them.
	Unkept int64 `json:"unkept,omitempty"`
	// RejectedByRule counts the rejected rows by the rule that they broke, in
	// the order of the rules.
	RejectedByRule []RuleCount `json:"rejected_by_rule,omitempty"`
	Sources        []Source    `json:"sources,omitempty"`
	// Events accounts for the rows of a file of corporate actions, nil where
	// there was none.
	Events *EventsAccount `json:"events,omitempty"`
	// Append says what an append did, nil for an ingest.
	Append *AppendAccount `json:"append,omitempty"`
	// Quality is what the quality rules found, by asset; assets of which there
	// is nothing to say are left out. Of an append it is about what was added.
	Quality []AssetQuality `json:"quality,omitempty"`
	// Options are the resolved options of the ingest.
	Options map[string]string `json:"options,omitempty"`
}

// AssetQuality is what the quality rules found in an asset.
type AssetQuality struct {
	Asset    string           `json:"asset"`
	Findings []QualityFinding `json:"findings"`
}

// QualityFinding is the account of one rule on one asset.
type QualityFinding struct {
	Rule string `json:"rule"`
	// Severity is info, warning or error.
	Severity string `json:"severity"`
	// Count is the number of bars that are meant, First and Last are their
	// first and last time, zero where the rule is about a file.
	Count int64     `json:"count"`
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	// Examples are the worst places, by time.
	Examples []QualityExample `json:"examples,omitempty"`
}

// QualityExample is a place that breaks a quality rule.
type QualityExample struct {
	Time   time.Time `json:"time,omitzero"`
	Detail string    `json:"detail,omitempty"`
}

// RuleCount is the number of rows that broke a rule.
type RuleCount struct {
	Rule  string `json:"rule"`
	Count int64  `json:"count"`
}

// Source is a file that was read.
type Source struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	// SHA256 is the checksum of the file as it lay on disk, in hex.
	SHA256   string `json:"sha256"`
	Read     int64  `json:"read"`
	Accepted int64  `json:"accepted"`
	Rejected int64  `json:"rejected"`
}

// EventsAccount is the account of a file of corporate actions.
type EventsAccount struct {
	Source
	RejectedByRule []RuleCount `json:"rejected_by_rule,omitempty"`
}

// Report is what report.json of an ingest holds. It exists for every ingest
// that was published, also where the data existed already.
type Report struct {
	Ingest string `json:"ingest"`
	// Started and Finished are the only clock times in a store.
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	// Digest is the version that the data is; Existing says that the bundle
	// had it already.
	Digest   string  `json:"digest"`
	Existing bool    `json:"existing"`
	Account  Account `json:"account"`
}

// AppendAccount says what an append did to the version that it began with.
// Rows of the input are Appended, where the asset had no bar at that time,
// Corrected, where it had another one, or Unchanged.
type AppendAccount struct {
	// Base is the digest of the version.
	Base      string `json:"base"`
	Appended  int64  `json:"appended"`
	Corrected int64  `json:"corrected"`
	Unchanged int64  `json:"unchanged"`
	// Contradictions name the first splits whose steps the append brought in and
	// that are not those of the bundle's adjustment; see
	// [PublishOptions].AdjustedSaid.
	Contradictions string `json:"contradictions,omitempty"`
}
