package results

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/internal/disk"
)

var errDied = errors.New("the process died")

// mortal lets so many steps and bytes happen, and then nothing.
type mortal struct {
	left int
	ends []int // the total after each step
}

func (m *mortal) disk() disk.Disk {
	total := 0
	return disk.Disk{Fault: func(_, _ string, n int) (int, error) {
		allowed := min(n, max(m.left-1, 0))
		if m.left -= 1 + n; m.left < 0 {
			return allowed, errDied
		}
		total += 1 + n
		m.ends = append(m.ends, total)
		return n, nil
	}}
}

// TestKilledAnywhere ends the writing at every step and around every step's
// first and last byte, and resumes; also where the resumed run dies, too.
func TestKilledAnywhere(t *testing.T) {
	rec := newRecording(t)
	want := rec.want(t)
	immortal := &mortal{left: 1 << 40}
	if err := rec.write(t, filepath.Join(t.TempDir(), "out.parquet"), false, immortal.disk()); err != nil {
		t.Fatal(err)
	}
	moments := map[int]bool{0: true, 1: true}
	for i, end := range immortal.ends[:len(immortal.ends)-1] {
		for _, d := range []int{-2, -1, 0, 1, 2, (immortal.ends[i+1] - end) / 2} {
			moments[end+d] = true
		}
	}
	random := rand.New(rand.NewPCG(4, 0)) // #nosec G404: moments, not secrets
	last := immortal.ends[len(immortal.ends)-1]
	resumed := 0
	for at := range moments {
		if at >= last {
			continue
		}
		path := filepath.Join(t.TempDir(), "out.parquet")
		if err := rec.write(t, path, false, (&mortal{left: at}).disk()); !errors.Is(err, errDied) {
			t.Fatalf("killed at %d of %d: %v", at, last, err)
		}
		what := fmt.Sprintf("killed at %d", at)
		if again := random.IntN(last); again < last/2 {
			_ = rec.write(t, path, true, (&mortal{left: again}).disk())
			what += fmt.Sprintf(" and %d", again)
		}
		if c, err := findCheckpoint(t.Context(), path, rec.header); err != nil {
			t.Fatalf("%s: %v", what, err)
		} else if c.rows > 0 {
			resumed++
		}
		rec.resumes(t, path, want, what)
	}
	t.Logf("%d moments, %d with something to go on from", len(moments), resumed)
	if resumed < len(moments)/4 {
		t.Error("nearly nothing was ever left")
	}
}

// interrupted leaves what an interrupted run leaves, after a number of rows.
func (rec *recording) interrupted(t *testing.T, path string, rows int64) {
	t.Helper()
	r := rec.reader(t, path, false, rows, context.Canceled)
	defer r.Release()
	var partial *PartialError
	if _, err := writeFile(path, r, disk.Disk{}, time.Hour); !errors.As(err, &partial) || !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if partial.Rows != rows {
		t.Fatalf("%d rows are left, want %d", partial.Rows, rows)
	}
}

// TestTornJournal cuts the journal and the data at every length, as a loss of
// power may: what is whole is used, and no more.
func TestTornJournal(t *testing.T) {
	rec := newRecording(t)
	want := rec.want(t)
	path := filepath.Join(t.TempDir(), "out.parquet")
	rec.interrupted(t, path, 31)
	journal, data := read(t, journalPath(path)), read(t, PartialPath(path))
	_, groups, ends, err := readJournal(journalPath(path))
	if err != nil || len(groups) != 4 || groups[3].Rows != 4 {
		t.Fatalf("%d groups, %v", len(groups), err)
	}
	groups, ends = groups[:3], ends[:4] // the last has no whole row group
	restore := func(journal, data []byte) {
		for name, b := range map[string][]byte{journalPath(path): journal, PartialPath(path): data} {
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	check := func(what string, groups int) {
		t.Helper()
		c, err := findCheckpoint(t.Context(), path, rec.header)
		if err != nil || c.rows != int64(groups)*recordingRows {
			t.Fatalf("%s: %d rows, want %d groups: %v", what, c.rows, groups, err)
		}
		rec.resumes(t, path, want, what)
	}
	for cut := int(ends[0]); cut <= len(journal); cut += 41 {
		restore(journal[:cut], data)
		whole := 0
		for _, end := range ends[1:] {
			if int(end) <= cut {
				whole++
			}
		}
		check(fmt.Sprintf("journal of %d bytes", cut), whole)
	}
	for cut := 0; cut <= len(data); cut += 97 {
		restore(journal, data[:cut])
		whole := 0
		for _, g := range groups {
			if int(g.Offset+g.Bytes) <= cut {
				whole++
			}
		}
		check(fmt.Sprintf("data of %d bytes", cut), whole)
	}
	for i, g := range groups { // a page that never reached the disk
		damaged := bytes.Clone(data)
		clear(damaged[g.Offset+g.Bytes/2 : g.Offset+g.Bytes/2+16])
		restore(journal, damaged)
		check(fmt.Sprintf("zeros in group %d", i), i)
	}
	for i, end := range ends[1:] { // a flipped bit in a record
		damaged := bytes.Clone(journal)
		damaged[end-3] ^= 4
		restore(damaged, data)
		check(fmt.Sprintf("bit flipped in record %d", i), i)
	}
	// Behind its row groups the file and the journal may hold anything.
	restore(append(bytes.Clone(journal), 1, 2, 3), append(bytes.Clone(data), "PAR1 and more"...))
	check("garbage", 3)
	// Without the data or without the journal there is nothing to go on from.
	restore(journal, data)
	if err := os.Remove(PartialPath(path)); err != nil {
		t.Fatal(err)
	}
	check("no data", 0)
	restore(journal, data)
	if err := os.Remove(journalPath(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := findCheckpoint(t.Context(), path, rec.header); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), "without a journal") {
		t.Errorf("no journal: %v", err)
	}
	if err := os.WriteFile(PartialPath(path), data[:len(data)-9], 0o600); err != nil { // as a kill leaves it
		t.Fatal(err)
	}
	check("no journal and no footer", 0)
}

// TestRefusedJournals: what an unfinished file belongs to must be known, and
// be the sweep that is asked for.
func TestRefusedJournals(t *testing.T) {
	rec := newRecording(t)
	path := filepath.Join(t.TempDir(), "out.parquet")
	rec.interrupted(t, path, 20)
	for key, value := range map[string]string{
		MetaSpec: "name: a\nrules: c\n", MetaDigest: "sha256:2", MetaTool: "v2", MetaFormat: "2",
	} {
		other := *rec
		other.header.Metadata = map[string]string{key: value}
		for k, v := range rec.header.Metadata {
			if k != key {
				other.header.Metadata[k] = v
			}
		}
		_, err := findCheckpoint(t.Context(), path, other.header)
		var refused *ResumeError
		if !errors.As(err, &refused) || len(refused.Differences) != 1 || refused.Differences[0] != (Difference{key, rec.header.Metadata[key], value}) {
			t.Errorf("%s: %v", key, err)
		} else if !strings.Contains(err.Error(), key) || !strings.Contains(err.Error(), "out.partial.journal") {
			t.Errorf("%s: the message is %q", key, err)
		}
	}
	var left *UnfinishedError
	if err := unfinished(path); !errors.As(err, &left) || left.Rows != 20 || left.Path != PartialPath(path) {
		t.Errorf("left of a run of 20 rows: %v", err)
	}
	for key, change := range map[string]func(*journalHeader){
		"journal version":     func(h *journalHeader) { h.Version = 2 },
		"rows of a row group": func(h *journalHeader) { h.GroupRows = 10 },
	} {
		header := rec.header
		change(&header)
		if _, err := findCheckpoint(t.Context(), path, header); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
	journal := read(t, journalPath(path))
	n := recordHead + int(binary.LittleEndian.Uint32(journal))
	for name, damaged := range map[string][]byte{
		"empty": {}, "cut off": journal[:n-1], "checksum": append([]byte{journal[0], journal[1], journal[2], journal[3], journal[4] ^ 1}, journal[5:]...),
		"length": append([]byte{255, 255, 255, 255}, journal[4:]...),
	} {
		if err := os.WriteFile(journalPath(path), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := findCheckpoint(t.Context(), path, rec.header); !errors.Is(err, ErrJournal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestResumeOfCompleteFile: a finished file of the same sweep is left as it
// is; that of another sweep is no start.
func TestResumeOfCompleteFile(t *testing.T) {
	rec := newRecording(t)
	path := filepath.Join(t.TempDir(), "out.parquet")
	if err := rec.write(t, path, false, disk.Disk{}); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	// A journal is left where the process died between its last two steps.
	if err := os.WriteFile(journalPath(path), appendRecord(nil, rec.header), 0o600); err != nil {
		t.Fatal(err)
	}
	r := rec.reader(t, path, true, rec.table.NumRows(), nil)
	if got := r.checkpoint.Found(); got != (Resumed{Rows: 39, Trials: 13, Complete: true}) {
		t.Errorf("resumed %+v", got)
	}
	if rows, err := WriteFile(path, r); err != nil || rows != 39 {
		t.Errorf("%d rows, %v", rows, err)
	}
	r.Release()
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) || after.ModTime() != before.ModTime() {
		t.Errorf("the file was written again: %v", err)
	}
	if _, err := os.Stat(journalPath(path)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal is there: %v", err)
	}
	other := rec.header
	other.Metadata = map[string]string{MetaSpec: "name: b\n"}
	if c, err := findCheckpoint(t.Context(), path, other); err != nil || c.complete || c.rows != 0 {
		t.Errorf("another sweep finds %+v, %v", c, err)
	}
}

// TestResumeOfRewrittenFile: a file that another program has written from the
// results, whose metadata it has kept, may have any rows, and is not taken for
// complete.
func TestResumeOfRewrittenFile(t *testing.T) {
	rec := newRecording(t)
	path := filepath.Join(t.TempDir(), "out.parquet")
	if err := rec.write(t, path, false, disk.Disk{}); err != nil {
		t.Fatal(err)
	}
	file := read(t, path)
	at := bytes.LastIndex(file, []byte(createdBy(rec.header.Metadata)))
	copy(file[at:], "anotherXX")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := findCheckpoint(t.Context(), path, rec.header)
	if err != nil || c.complete || len(c.others) != 1 || !strings.HasPrefix(c.others[0].Have, "anotherXX") {
		t.Errorf("%+v, %v", c, err)
	}
	r := rec.reader(t, path, true, rec.table.NumRows(), nil)
	defer r.Release()
	if _, err := WriteFile(path, r); !errors.Is(err, ErrExists) {
		t.Errorf("WriteFile: %v", err)
	}
	if !bytes.Equal(read(t, path), file) {
		t.Error("the file has changed")
	}
}

// TestForcedBesideLink: what a link under the name of unfinished results leads to
// is not written, and stays.
func TestForcedBesideLink(t *testing.T) {
	rec := newRecording(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "out.parquet")
	if err := os.WriteFile(filepath.Join(dir, "mine"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("mine", PartialPath(path)); err != nil {
		t.Skip(err) // a system without links
	}
	w, err := Create(path, WriterOptions{Force: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r := rec.reader(t, path, false, rec.table.NumRows(), nil)
	defer r.Release()
	if _, err := w.Write(r); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(dir, "mine")); string(got) != "mine" {
		t.Errorf("%d bytes are written through the link", len(got))
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the results are no file: %v", err)
	}
	if !bytes.Equal(read(t, path), rec.want(t)) {
		t.Error("the results are others")
	}
}

// TestResumeToAnotherName is refused: the rows that are there would be
// missing.
func TestResumeToAnotherName(t *testing.T) {
	rec := newRecording(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "out.parquet")
	rec.interrupted(t, path, 20)
	r := rec.reader(t, path, true, rec.table.NumRows(), nil)
	defer r.Release()
	if _, err := WriteFile(filepath.Join(dir, "other.parquet"), r); err == nil || !strings.Contains(err.Error(), "other.parquet") {
		t.Errorf("error %v", err)
	}
}

// TestDiskFull: when a write fails for good, what is left can be resumed or
// there is nothing.
func TestDiskFull(t *testing.T) {
	rec := newRecording(t)
	want := rec.want(t)
	full := errors.New("no space left on device")
	left := 0
	for room := 0; ; room += 211 {
		path := filepath.Join(t.TempDir(), "out.parquet")
		used := 0
		err := rec.write(t, path, false, disk.Disk{Fault: func(step, _ string, n int) (int, error) {
			if step == "write" && used+n > room {
				allowed := room - used
				used = room
				return allowed, full
			}
			used += n
			return n, nil
		}})
		if err == nil {
			break
		}
		if !errors.Is(err, full) {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(entries) != 0 && len(entries) != 2 {
			t.Fatalf("%d bytes: the folder holds %v, %v", room, entries, err)
		}
		if len(entries) == 2 {
			left++
			if c, err := findCheckpoint(t.Context(), path, rec.header); err != nil || c.rows == 0 {
				t.Errorf("%d bytes: what is left cannot be resumed: %v", room, err)
			}
			if _, err := Open(PartialPath(path)); err == nil {
				t.Errorf("%d bytes: what is left passes for results", room)
			}
		}
		rec.resumes(t, path, want, fmt.Sprintf("room for %d bytes", room))
	}
	if left == 0 {
		t.Error("nothing was ever left")
	}
}

// TestCommitsAreBounded: groups that come fast share a commit, and what is
// pending in the end is committed, with the shorter group that is the last.
func TestCommitsAreBounded(t *testing.T) {
	rec := newRecording(t)
	for every, most := range map[time.Duration]int{time.Hour: 0, 0: 4} {
		path := filepath.Join(t.TempDir(), "out.parquet")
		syncs := 0
		r := rec.reader(t, path, false, rec.table.NumRows(), context.Canceled)
		_, err := writeFile(path, r, disk.Disk{Fault: func(step, name string, n int) (int, error) {
			if step == "sync" && name == PartialPath(path) {
				syncs++
			}
			return n, nil
		}}, every)
		r.Release()
		if !errors.Is(err, context.Canceled) || syncs != most {
			t.Errorf("a commit every %v: %d syncs of the data, want %d; %v", every, syncs, most, err)
		}
		if _, groups, _, err := readJournal(journalPath(path)); err != nil || len(groups) != 5 {
			t.Errorf("a commit every %v: %d groups, %v", every, len(groups), err)
		}
	}
}
