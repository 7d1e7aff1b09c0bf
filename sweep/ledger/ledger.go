package ledger

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"

	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Begin is how the first line of every ledger begins.
const Begin = `{"bowstring_ledger":1,`

// Entry is a sweep that was run.
type Entry struct {
	// Format is 1.
	Format int `json:"bowstring_ledger"`
	// Spec is the digest, in hex, of all that says which trials there are: the spec
	// without its name, its bundle, and what ranks, writes or looks at results.
	Spec string `json:"spec"`
	// Data is the digest of the version of the bundle.
	Data string `json:"data"`
	// Name and Objective are the spec's.
	Name      string `json:"name,omitempty"`
	Objective string `json:"objective"`
	// Space says what the trials are numbered in where it is not the grid.
	Space string `json:"space,omitempty"`
	// Trials is how many were run.
	Trials int64 `json:"trials"`
	// Sharpes of them have an annual Sharpe ratio (of the pool, or without pooled rows of
	// the last asset), with this mean and variance.
	Sharpes  int64   `json:"sharpes"`
	Mean     float64 `json:"sharpe_mean"`
	Variance float64 `json:"sharpe_variance"`
}

// Of returns the entry of a sweep of a spec, but for its trials and their Sharpe
// ratios.
func Of(s *spec.Spec, data, space string) Entry {
	resolved := s.Resolved()
	e := Entry{Format: 1, Data: data, Name: s.Name, Objective: resolved.Objective.Metric, Space: space}
	resolved.Name, resolved.Bundle = "", ""
	resolved.Objective, resolved.Output, resolved.Robust = spec.Objective{}, spec.Output{}, spec.Robust{}
	resolved.Segments, resolved.WalkForward = spec.Segments{}, spec.WalkForward{}
	sum := sha256.Sum256([]byte(resolved.String() + "\n" + space))
	e.Spec = hex.EncodeToString(sum[:])
	return e
}

// Append adds an entry to a file, which it makes where there is none. The same entry
// is not added twice in a row.
func Append(path string, e Entry) (err error) {
	for _, v := range []*float64{&e.Mean, &e.Variance} {
		if math.IsNaN(*v) || math.IsInf(*v, 0) {
			*v = 0 // JSON has none; Sharpes says that there is none
		}
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	last, whole, err := tail(f)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if bytes.Equal(last, line) {
		return nil
	}
	line = append(line, '\n')
	if !whole {
		line = append([]byte{'\n'}, line...) // behind what a killed process has left
	}
	// One write: of two processes that append at once, each line stays whole.
	if _, err := f.Write(line); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// tail returns the last line of a file, and whether it has its end.
func tail(f *os.File) (line []byte, whole bool, err error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return nil, true, err
	}
	from := max(0, info.Size()-1<<14)
	text := make([]byte, info.Size()-from)
	if _, err := f.ReadAt(text, from); err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	text, whole = bytes.CutSuffix(text, []byte("\n"))
	return text[bytes.LastIndexByte(text, '\n')+1:], whole, nil
}

// Read returns the entries of a file, in order, and the number of lines that are none. A
// file that is not there has none. One that is no ledger is an error.
func Read(path string) (entries []Entry, damaged int, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("ledger: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e Entry
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Format != 1 || e.Spec == "" || e.Trials < 0 || e.Sharpes < 0 || e.Variance < 0 {
			damaged++
			continue
		}
		entries = append(entries, e)
	}
	if err := lines.Err(); err != nil {
		return nil, 0, fmt.Errorf("ledger: %w", err)
	}
	if entries == nil && damaged > 0 {
		return nil, 0, fmt.Errorf("ledger: %s is none", path)
	}
	return entries, damaged, nil
}

// Tally is what the sweeps on one lineage of data come to.
type Tally struct {
	// Sweeps are counted once each, and so are their Trials.
	Sweeps, Trials int64
	// Sharpes is how many of the trials have a Sharpe ratio, Mean theirs, a year's; NaN
	// where there is none.
	Sharpes int64
	Mean    float64
	// Variance is that of annual Sharpe ratios within sweeps (ddof 1 each, weighted by
	// it), sweeps of a single trial taken together as one; NaN where there are too few.
	// How far strategies lie apart from each other is no luck of a selection, and would
	// be most of the variance of all of them together.
	Variance float64
	// Counted has an entry for each sweep that counts: of several of the same trials, the
	// one with the most.
	Counted []Entry
}

// Count adds up the sweeps on data of a lineage: the digests of a version and of those
// that it was appended to.
func Count(entries []Entry, lineage []string) Tally {
	var t Tally
	place := make(map[[2]string]int)
	for _, e := range entries {
		if !slices.Contains(lineage, e.Data) {
			continue
		}
		key := [2]string{e.Spec, e.Data}
		at, again := place[key]
		switch {
		case !again:
			place[key] = len(t.Counted)
			t.Counted = append(t.Counted, e)
		case e.Trials > t.Counted[at].Trials:
			t.Counted[at] = e
		}
	}
	var squares, single, freedom float64
	var singles int64
	mean := 0.0 // of sweeps of one trial
	for _, e := range t.Counted {
		t.Sweeps, t.Trials = t.Sweeps+1, t.Trials+e.Trials
		if e.Sharpes == 0 {
			continue
		}
		t.Sharpes += e.Sharpes
		t.Mean += (e.Mean - t.Mean) * float64(e.Sharpes) / float64(t.Sharpes)
		if e.Sharpes > 1 {
			squares, freedom = squares+e.Variance*float64(e.Sharpes-1), freedom+float64(e.Sharpes-1)
			continue
		}
		singles++
		d := e.Mean - mean
		mean += d / float64(singles)
		single += d * (e.Mean - mean)
	}
	if singles > 1 {
		squares, freedom = squares+single, freedom+float64(singles-1)
	}
	t.Variance = math.NaN()
	if freedom > 0 {
		t.Variance = squares / freedom
	}
	if t.Sharpes == 0 {
		t.Mean = math.NaN()
	}
	return t
}
