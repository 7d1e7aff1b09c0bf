package export

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"sort"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/output"
)

// eventsHeader names the columns of a file of events.
const eventsHeader = "symbol,date,type,value\n"

// events returns the events of an asset that take effect on the exported bars,
// as a Slice has them: those without a bar to take effect on belong to its last
// bar.
func (s *selection) events(a chosenAsset) []columnar.Event {
	all := s.frame.Events(a.at)
	if len(all) == 0 || a.whole {
		return all
	}
	// The last bar before the exported ones, and the last of them.
	before, last, more := int64(math.MinInt64), int64(math.MinInt64), false
	for times := range s.frame.Runs(a.at) {
		lo, hi := s.window(times)
		if lo > 0 {
			before = times[lo-1]
		}
		if hi > lo {
			last = times[hi-1]
		}
		more = more || hi < len(times)
	}
	first := 0
	if before != math.MinInt64 {
		first = sort.Search(len(all), func(k int) bool { return all[k].Time > before })
	}
	end := len(all)
	if more {
		end = sort.Search(len(all), func(k int) bool { return all[k].Time > last })
	}
	return all[first:end]
}

// prepareEvents makes the text of the file of events and takes hold of the file,
// before any bar is written: one that is in the way is found in time. It returns
// nil where there is nothing to write.
func (j *job) prepareEvents(r *Result) (*output.Output, error) {
	if j.o.Events == "" {
		return nil, nil //nolint:nilnil // no events, no file
	}
	var form moment
	for _, a := range j.assets {
		for _, e := range j.events(a) {
			form.add([]int64{e.Time})
			r.Events++
		}
	}
	if r.Events == 0 {
		return nil, nil //nolint:nilnil // no events, no file
	}
	if kind, err := output.KindOf(j.o.Events); err == nil && kind != (output.Kind{Format: output.CSV}) {
		return nil, fmt.Errorf("%w: events go into a CSV file, and %s is named as another", ErrOptions, j.o.Events)
	}
	r.EventsFile, j.tally.eventsFile = j.o.Events, j.o.Events
	text := []byte(eventsHeader)
	for _, a := range j.assets {
		for _, e := range j.events(a) {
			text = append(appendField(text, a.id), ',')
			text = append(form.append(text, e.Time), ',')
			text = append(append(text, e.Type...), ',')
			text = append(number{}.append(text, e.Value), '\n')
		}
	}
	if there, err := sameFile(j.o.Events, text); err != nil || there {
		return nil, err // of an export in another format, say
	}
	j.eventsText = text
	held, err := output.Hold(j.o.Events, output.Options{Force: j.o.Force, Table: true, Disk: disk.Disk{Fault: j.o.fault}})
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	return held, nil
}

// sameFile reports whether a regular file has just this text.
func sameFile(path string, text []byte) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(text)) {
		return false, nil //nolint:nilerr // whoever writes it finds out what is there
	}
	there, err := os.ReadFile(path)
	return bytes.Equal(there, text), err
}

// writeEvents writes the file of events.
func (j *job) writeEvents(w io.Writer) error {
	_, err := w.Write(j.eventsText)
	return err
}
