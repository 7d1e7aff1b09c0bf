package results

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/internal/disk"
)

// ErrJournal is returned when the journal of an unfinished result file is
// damaged where it says what the file belongs to.
var ErrJournal = errors.New("damaged journal")

// A journal lists the complete row groups of a result file that is being
// written, since a Parquet file says what it holds at its end only. It is a
// sequence of records,
//
//	length (4 bytes) | CRC-32C of the text (4 bytes) | text (JSON)
//
// of which the first is a journalHeader and the others are journalGroups.
// The header is renamed into place and so is there whole or not at all. What
// a group's record claims is in the file's storage before the record is in
// the journal's, but where a sweep is interrupted: then nothing is synced, to
// end at once. Its checksum tells in either case whether the bytes are there.

// journalVersion is the version of this format.
const journalVersion = 1

// journalHeader says what a result file belongs to.
type journalHeader struct {
	Version int `json:"version"`
	// GroupRows is the number of rows of every row group but the last.
	GroupRows int64 `json:"group_rows"`
	// TrialRows is the number of rows of every trial.
	TrialRows int64             `json:"trial_rows"`
	Metadata  map[string]string `json:"metadata"`
}

// journalGroup is a complete row group, or the shorter one that ends the file of
// an interrupted sweep.
type journalGroup struct {
	// Bytes of the file from Offset on are the row group; CRC is their
	// CRC-32C.
	Offset int64  `json:"offset"`
	Bytes  int64  `json:"bytes"`
	CRC    uint32 `json:"crc"`
	Rows   int64  `json:"rows"`
	// Next is the trial to go on from.
	Next int64 `json:"next"`
	// Footer is what the file's footer says of the row group.
	Footer []byte `json:"footer"`
}

// journalPath returns where the journal of a result file stands while the
// file is partial: "out.parquet" has "out.partial.journal".
func journalPath(path string) string {
	return strings.TrimSuffix(PartialPath(path), filepath.Ext(path)) + ".journal"
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// recordHead is the length of what stands in front of a record's text.
const recordHead = 8

// maxRecord bounds the text of a record: the longest spec, and the footer
// entry of a row group of the most columns, with room.
const maxRecord = 64 << 20

func appendRecord(dst []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers, strings and bytes always marshal
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(text)))
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(text, castagnoli))
	return append(dst, text...)
}

// readRecord decodes the record at the beginning of b into v and returns its
// length, 0 where no whole record stands there.
func readRecord(b []byte, v any) int {
	if len(b) < recordHead {
		return 0
	}
	n := binary.LittleEndian.Uint32(b)
	if n > maxRecord || int(n) > len(b)-recordHead {
		return 0
	}
	text := b[recordHead : recordHead+int(n)]
	if crc32.Checksum(text, castagnoli) != binary.LittleEndian.Uint32(b[4:]) || json.Unmarshal(text, v) != nil {
		return 0
	}
	return recordHead + int(n)
}

// readJournal reads the header of a journal and its groups up to the first
// that is not whole. ends holds where each record ends, the header's first.
// Errors wrap [ErrJournal] or come from the system.
func readJournal(path string) (head journalHeader, groups []journalGroup, ends []int64, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return head, nil, nil, err
	}
	at := readRecord(b, &head)
	if at == 0 {
		return head, nil, nil, fmt.Errorf("%s: %w: its first record is not whole", path, ErrJournal)
	}
	ends = []int64{int64(at)}
	for {
		var g journalGroup
		n := readRecord(b[at:], &g)
		if n == 0 {
			return head, groups, ends, nil
		}
		at += n
		groups, ends = append(groups, g), append(ends, int64(at))
	}
}

// commitEvery is the time between two commits of a journal. A kill loses that
// much work, and the row group that was under way.
const commitEvery = time.Second

// journal writes the journal of a result file. Groups are committed together,
// at most one commit every so often, and beside the sweep: it takes an fsync
// of the data and one of the journal.
type journal struct {
	disk  disk.Disk
	path  string
	every time.Duration // 0 makes every group wait for its commit
	data  *disk.File
	head  journalHeader

	file    *disk.File // nil until the first commit
	pending []byte     // records that are not committed
	last    time.Time  // start of the last commit
	done    chan error
}

// add takes note of a group, and commits what is pending if it is time. The
// group's bytes have been written to the data file.
func (j *journal) add(g journalGroup) error {
	j.pending = appendRecord(j.pending, g)
	if time.Since(j.last) < j.every {
		return nil
	}
	if j.done != nil {
		select {
		case err := <-j.done:
			j.done = nil
			if err != nil {
				return err
			}
		default:
			return nil // the disk is slow: the next group asks again
		}
	}
	batch := j.pending
	j.pending, j.last = nil, time.Now()
	j.done = make(chan error, 1)
	go func() { j.done <- j.commit(batch, true) }()
	if j.every == 0 {
		return j.wait()
	}
	return nil
}

// wait waits for the commit that is under way.
func (j *journal) wait() error {
	if j.done == nil {
		return nil
	}
	err := <-j.done
	j.done = nil
	return err
}

// finish commits what is pending, and the last group of an interrupted sweep if
// it has one, without syncing anything, and closes the journal. Groups must be in
// the data file.
func (j *journal) finish(last *journalGroup) error {
	err := j.wait()
	if last != nil {
		j.pending = appendRecord(j.pending, last)
	}
	if err == nil && len(j.pending) > 0 {
		err = j.commit(j.pending, false)
	}
	return errors.Join(err, j.close())
}

// close ends the journal as it is.
func (j *journal) close() error {
	err := j.wait()
	if j.file != nil {
		err = errors.Join(err, j.file.Close())
		j.file = nil
	}
	return err
}

// commit writes records to the journal; with sync, when the data is durable,
// and durably.
func (j *journal) commit(records []byte, sync bool) error {
	if sync {
		if err := j.data.Sync(); err != nil {
			return err
		}
	}
	if j.file == nil {
		if err := j.create(sync); err != nil {
			return err
		}
	}
	if _, err := j.file.Write(records); err != nil {
		return err
	}
	if !sync {
		return nil
	}
	return j.file.Sync()
}

// create makes a journal without groups. It is closed before it gets its
// name, since not every system renames open files.
func (j *journal) create(sync bool) error {
	tmp := j.path + ".new"
	f, err := j.disk.Open(tmp, os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.Write(appendRecord(nil, j.head))
	if err == nil && sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = j.disk.Rename(tmp, j.path)
	}
	if err != nil {
		return errors.Join(err, j.disk.Remove(tmp))
	}
	j.file, err = j.disk.Open(j.path, os.O_APPEND)
	return err
}
