package bundles

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"
)

// markerFile is what makes a folder a bundle.
const markerFile = "current.json"

// The files of a version; eventsFile holds the corporate actions of one that has
// some.
const (
	manifestFile = "manifest.json"
	barsFile     = "bars.parquet"
	hashesFile   = "hashes.bin"
	eventsFile   = "events.parquet"
)

// The files of an ingest, and what is in its temporary folder.
const (
	reportFile  = "report.json"
	rejectsFile = "rejects.csv"
	lockName    = "lock"
	ingestName  = "ingest"
	versionName = "version"
	damagedName = "damaged"
)

// newEnding is that of a file that is to replace another, as package disk
// calls it.
const newEnding = ".new"

// idTime is the form of the time in an id.
const idTime = "20060102T150405.000000000Z"

// newID returns an id that sorts by time and occurs once.
func newID(now time.Time) string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	return now.Format(idTime) + "-" + hex.EncodeToString(random[:])
}

// isID reports whether name is one that newID returns.
func isID(name string) bool {
	at, random, ok := strings.Cut(name, "-")
	if _, err := hex.DecodeString(random); !ok || err != nil || len(random) != 8 {
		return false
	}
	_, err := time.Parse(idTime, at)
	return err == nil
}
