package report

import "time"

// Account is what an ingest says of itself: what it read and what became of
// it. Read = Accepted + Rejected + Repeated, here and for each source.
type Account struct {
	Read     int64 `json:"read"`
	Accepted int64 `json:"accepted"`
	Rejected int64 `json:"rejected"`
	// Repeated counts rows that say what an accepted one says: of one asset, one
	// time and the same values. They are that one bar.
	Repeated int64 `json:"repeated,omitempty"`
	// Sorted counts the rows that stood behind a later one of their asset and have
	// been put in their place.
	Sorted int64 `json:"sorted,omitempty"`
	// Rounded counts rows in which a price lies outside of the high or the low by a
	// last bit or two, which rule ohlc lets pass.
	Rounded int64 `json:"rounded,omitempty"`
	// Unkept is how many of the rejected rows, of events too, are not in the
	// rejects, which had enough of them.
	Unkept int64 `json:"unkept,omitempty"`
	// Rules counts rows by the rule that they broke, in the order of the rules.
	Rules RuleCounts `json:"rejected_by_rule,omitzero"`
	// Sources stand in the order in which they were read.
	Sources []Source `json:"sources,omitempty"`
	// Events accounts for the rows of a file of corporate actions, nil where
	// there was none.
	Events *Events `json:"events,omitempty"`
	// Append says what an append did, nil for an ingest.
	Append *Append `json:"append,omitempty"`
	// Quality is what the quality rules found, by asset; assets of which there
	// is nothing to say are left out. Of an append it is about what was added.
	Quality []AssetQuality `json:"quality,omitempty"`
	// Options are the resolved options that the result depends on, as text.
	Options map[string]string `json:"options,omitempty"`
}

// Source accounts for one file, or for one member of a zip archive.
type Source struct {
	// Path is the path as given, joined with the file's name for a folder; the
	// member of an archive follows it after "!".
	Path string `json:"path"`
	// Bytes and SHA256, in hex, are those of the file as it lies on disk, so
	// members of one archive share them.
	Bytes    int64  `json:"bytes"`
	SHA256   string `json:"sha256"`
	Read     int64  `json:"read"`
	Accepted int64  `json:"accepted"`
	Rejected int64  `json:"rejected"`
	Repeated int64  `json:"repeated,omitempty"`
}

// Events is the account of a file of corporate actions.
type Events struct {
	Source
	// Rules has an entry for each rule of events, in their order.
	Rules RuleCounts `json:"rejected_by_rule,omitzero"`
}

// Append says what an append did to the version that it began with. Rows of the
// input are Appended, where the asset had no bar at that time, Corrected, where it
// had another one, or Unchanged.
type Append struct {
	// Base is the digest of the version.
	Base      string `json:"base"`
	Appended  int64  `json:"appended"`
	Corrected int64  `json:"corrected"`
	Unchanged int64  `json:"unchanged"`
	// TakenBack is how many events of the version are gone: those at the times of bars
	// of the input, whose columns of dividends or splits do not have them.
	TakenBack int64 `json:"events_taken_back,omitempty"`
	// Contradictions name the first splits whose steps the append brought in and
	// that are not those of the bundle's adjustment, where the caller said to take
	// them all the same.
	Contradictions string `json:"contradictions,omitempty"`
}

// Ingest is what the report.json of an ingest holds. It exists for every ingest
// that was published, also where the data existed already.
type Ingest struct {
	ID string `json:"ingest"`
	// Started and Finished are the only clock times in a store.
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	// Digest is the version that the data is; Existing says that the bundle
	// had it already.
	Digest   string  `json:"digest"`
	Existing bool    `json:"existing"`
	Account  Account `json:"account"`
}
