package results

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// Description is what a table of results says of itself, beside its records.
type Description struct {
	// GroupRows is the number of rows of every record but the last. 0 says that
	// records may have any number, or that nothing is final before the last: what
	// has been written then cannot be gone on from.
	GroupRows int64
	// TrialRows is the number of rows of every trial, where they have the same.
	TrialRows int64
	// Metadata is stored with the results, under the keys of this package.
	Metadata map[string]string
	// Workers is how many goroutines may encode what is written; 0 means one.
	Workers int
	// Finish returns a record as it is to stand in the end, once the last one was read:
	// where it is set, those that are handed out are provisional, and [Writer] keeps
	// them until then. The caller releases what it returns.
	Finish func(rec arrow.Record) arrow.Record
	// Checkpoint is what the table goes on from: it lacks the rows that stand
	// there. nil where it is whole.
	Checkpoint *Checkpoint
}

// Described is a table that describes itself. A [Writer] asks before the first
// record, and again behind the last, when the metadata is final.
type Described interface {
	Describe() Description
}

// describe returns what a table says of itself: one that is not [Described] has
// the metadata of its schema.
func describe(r array.RecordReader) Description {
	if d, ok := r.(Described); ok {
		return d.Describe()
	}
	meta := r.Schema().Metadata()
	return Description{Metadata: meta.ToMap()}
}

// header is what a journal says of the table.
func (d *Description) header() journalHeader {
	return journalHeader{Version: journalVersion, GroupRows: d.GroupRows, TrialRows: d.TrialRows, Metadata: d.Metadata}
}
