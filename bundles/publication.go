package bundles

import (
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// PublishOptions are the choices of [Draft.Publish]. The zero value is
// valid.
type PublishOptions struct {
	// Compact compresses the bars with zstd: for archives. Compact versions
	// have the same digest and take longer to open.
	Compact bool
	// Budget bounds the memory that Append takes for bars, beside the Frame that
	// it is given: those that it puts together, and those of the version that
	// are decoded or joined for it. It is released when Append returns; nil has
	// no limit.
	Budget *columnar.Budget
	// AdjustedSaid says that the adjustment of the Frame is to be taken as it is:
	// Append counts splits that the joined prices contradict, instead of refusing
	// them.
	AdjustedSaid bool
	// SessionsSaid says that second bars of one session, week or month are to be taken as
	// they are, which Append refuses else.
	SessionsSaid bool
	// EventColumns are the types of events that the bars of an Append say of every
	// time they have: what the version has there and they have not is taken back.
	EventColumns []columnar.EventType
	// Tool names the calling program and its version in the manifest.
	Tool string

	// groupLimit stands in for maxGroupRows in tests; 0 is maxGroupRows.
	groupLimit int
}

// Published is the outcome of an ingest.
type Published struct {
	// Digest is that of the data, "sha256:…", and Sequence the number of this
	// publication into the bundle.
	Digest   string
	Sequence uint64
	// Existing says that the bundle had the data already; it is current now.
	Existing bool
	// Ingest is the id of the ingest and Folder where its report.json and
	// rejects.csv are.
	Ingest string
	Folder string
	// Append is what an append did; nil for an ingest.
	Append *report.Append
}
