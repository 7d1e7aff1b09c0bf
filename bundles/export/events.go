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

// prepareEvents makes the text of the file of events, before any bar is written:
// a file that is in the way is found in time.
func (j *job) prepareEvents(r *Result) error {
	if j.o.Events == "" {
		return nil
	}
	var form moment
	for _, a := range j.assets {
		for _, e := range j.events(a) {
			form.add([]int64{e.Time})
			r.Events++
		}
	}
	if r.Events == 0 {
		return nil
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
	if there, err := os.ReadFile(j.o.Events); err == nil && bytes.Equal(there, text) {
		return nil // of an export in another format, say
	}
	j.eventsText = text
	if err := checkFree(j.o.Events, j.o.Force); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	return nil
}

// writeEvents writes the file of events, under the name of an unfinished one.
func (j *job) writeEvents() (pending, error) {
	if j.eventsText == nil {
		return pending{}, nil
	}
	p := pending{disk: disk.Disk{Fault: j.o.fault}, path: j.o.Events, partial: beside(j.o.Events, partialEnding)}
	_, err := p.disk.Write(p.partial, newFile, func(w io.Writer) error {
		_, err := w.Write(j.eventsText)
		return err
	})
	return p, err
}
