package ingest

import (
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
)

// Result is what an ingest hands over.
type Result struct {
	// Frame holds the accepted rows; the caller releases it.
	Frame  *columnar.Frame
	Report Report
	// Mapped says that the bars are mapped from a temporary file, since
	// Options.Budget had no room for them; else they are in memory.
	Mapped bool
}

// Report accounts for every row. Accepted + Rejected = Read, for the whole
// and for each source.
type Report struct {
	Read     int64 `json:"read"`
	Accepted int64 `json:"accepted"`
	Rejected int64 `json:"rejected"`
	// Unkept counts rejected rows, of events too, that Options.Rejects did not
	// get, which ends behind [MaxRejects] rows or [MaxRejectText] bytes of text.
	Unkept int64 `json:"unkept,omitempty"`
	// Rules has an entry for each of [Rules], in that order, and behind them one
	// for each of [QualityRules] that rejected rows.
	Rules []RuleCount `json:"rules"`
	// Quality has an entry for each asset that a quality rule found something
	// in, by id.
	Quality []AssetQuality `json:"quality,omitempty"`
	// Sources stand in the order in which they were read.
	Sources []Source `json:"sources"`
	// Ignored lists what stood in a folder and was not read: files without a
	// known extension, hidden files and folders.
	Ignored []string `json:"ignored,omitempty"`
	// Events accounts for the rows of Options.Events, nil without one.
	Events *EventsReport `json:"events,omitempty"`
	// Adjustment says what the prices are adjusted for and how that is known;
	// nil where there are no splits and dividends.
	Adjustment *AdjustmentReport `json:"adjustment,omitempty"`
	// EventProblems names the assets with an event that [columnar.Adjusted]
	// refuses: a dividend that is not below what it is paid from. The bars are
	// whole without it, so it is stored as it came; nothing can be adjusted for
	// dividends with that asset until it is corrected.
	EventProblems []string `json:"event_problems,omitempty"`
	// Options holds the options that the result depends on, as text.
	Options map[string]string `json:"options"`
}

// RuleCount counts the rows of bars, or of events, that broke a rule.
type RuleCount struct {
	Rule     Rule  `json:"rule"`
	Rejected int64 `json:"rejected"`
	// Kept counts accepted rows that break the rule, whose policy is Keep.
	Kept int64 `json:"kept,omitempty"`
}

// Source accounts for one file, or for one member of a zip archive.
type Source struct {
	// Path is the path as given, joined with the file's name for a folder.
	Path string `json:"path"`
	// Member is the name inside a zip archive.
	Member string `json:"member,omitempty"`
	// Bytes and SHA256 are those of the file as it lies there, so members of
	// one archive share them.
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`

	Read     int64 `json:"read"`
	Accepted int64 `json:"accepted"`
	Rejected int64 `json:"rejected"`
}

// check holds the report against the law of the package. lines and blank come
// from counting line breaks, not from parsing.
func (r *Report) check(frameRows int) error {
	var rules int64
	for _, c := range r.Rules {
		rules += c.Rejected
	}
	if r.Accepted+r.Rejected != r.Read || rules != r.Rejected || int64(frameRows) != r.Accepted {
		return fmt.Errorf("ingest: rows do not add up: %d read, %d accepted, %d in the frame, %d rejected, %d by rule",
			r.Read, r.Accepted, frameRows, r.Rejected, rules)
	}
	return nil
}
