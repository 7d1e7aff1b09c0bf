package ingest

import (
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
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

// Report accounts for every row, and says what else was found.
type Report struct {
	// Account is what a bundle records. Its Rules have an entry for each of
	// [Rules], in that order, and behind them one for each of [quality.Rules] that
	// rejected rows; Quality has the assets by id. Rejected rows that Unkept counts
	// are those that Options.Rejects did not get, which ends behind [MaxRejects]
	// rows or [MaxRejectText] bytes of text.
	report.Account
	// Ignored lists what stood in a folder and was not read: files without a
	// known extension, hidden files and folders.
	Ignored []string `json:"ignored,omitempty"`
	// LeftOut lists the sources that were found and are not in the bars.
	LeftOut []LeftOut `json:"left_out,omitempty"`
	// Adjustment says what the prices are adjusted for and how that is known;
	// nil where there are no splits and dividends.
	Adjustment *AdjustmentReport `json:"adjustment,omitempty"`
	// Readings are the decisions about how sources are read that change what their
	// numbers or times are, each once.
	Readings []Reading `json:"readings,omitempty"`
	// EventColumns are the types of events that columns of the bars say of every bar.
	EventColumns []columnar.EventType `json:"event_columns,omitempty"`
	// EventProblems names the assets with an event that [columnar.Adjusted]
	// refuses: a dividend that is not below what it is paid from. The bars are
	// whole without it, so it is stored as it came; nothing can be adjusted for
	// dividends with that asset until it is corrected.
	EventProblems []string `json:"event_problems,omitempty"`
}

// check holds the report against the law of the package. lines and blank come
// from counting line breaks, not from parsing.
func (r *Report) check(frameRows int) error {
	var rules int64
	for _, c := range r.Rules {
		rules += c.Rejected
	}
	if r.Accepted+r.Rejected+r.Repeated != r.Read || rules != r.Rejected || int64(frameRows) != r.Accepted {
		return fmt.Errorf("ingest: rows do not add up: %d read, %d accepted, %d in the frame, %d rejected, %d by rule, %d repeated",
			r.Read, r.Accepted, frameRows, r.Rejected, rules, r.Repeated)
	}
	return nil
}
