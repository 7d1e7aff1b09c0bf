package export

import (
	"context"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/bowstring-engine/bowstring/columnar"
)

// encoder writes bars in one format. Assets come one after the other.
type encoder interface {
	write(*bars) error
	// close completes the file. The writer below stays open.
	close() error
	// release gives memory back, whether or not close was called.
	release()
}

// newEncoder returns the encoder of the format; asset is "" for bars in long
// form.
func newEncoder(w io.Writer, s *selection, asset string) (encoder, error) {
	long := asset == ""
	switch s.o.Format {
	case Parquet:
		return newParquet(w, s, long, asset)
	case Arrow:
		return newArrow(w, s, long, asset)
	case JSON:
		return newJSON(w, s, long)
	}
	return newCSV(w, s, long), nil
}

// metadata is what Parquet and Arrow files say of themselves.
func (s *selection) metadata(asset string) map[string]string {
	info := s.frame.Info()
	m := map[string]string{
		"bowstring.digest":   info.Stored(), // of the bundle that the bars are from
		"bowstring.calendar": info.Axis.Calendar.String(),
		"bowstring.label":    string(info.Axis.Label),
		"bowstring.adjusted": string(s.adjust),
	}
	if s.o.Tool != "" {
		m["bowstring.tool"] = s.o.Tool
	}
	if asset != "" {
		m["bowstring.asset"] = asset
	}
	return m
}

// job is an export under way.
type job struct {
	*selection
	split bool // into a file an asset
	// mu guards the tally and done, and keeps calls of Progress apart.
	mu    sync.Mutex
	tally tally
	done  int64
	// eventsText is the file of events that is to be written; nil for none.
	eventsText []byte
}

// encode writes the bars of some assets to w.
func (j *job) encode(ctx context.Context, w io.Writer, assets []chosenAsset, asset string) (err error) {
	defer columnar.CatchFault(&err)()
	packed, err := j.pack(w)
	if err != nil {
		return err
	}
	closed := false
	defer func() {
		if !closed {
			_ = packed.Close() // what it would write is lost already
		}
	}()
	e, err := newEncoder(packed, j.selection, asset)
	if err != nil {
		return err
	}
	defer e.release()
	for _, a := range assets {
		err := j.each(ctx, a, func(b *bars) error {
			err := e.write(b)
			if err == nil {
				j.count(b)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := e.close(); err != nil {
		return err
	}
	if err := j.frame.Intact(); err != nil {
		return err
	}
	closed = true
	return packed.Close()
}

// count takes note of bars that were written.
func (j *job) count(b *bars) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tally.add(b)
	j.done += int64(len(b.times))
	if j.o.Progress != nil {
		j.o.Progress(j.done, j.rows)
	}
}

// pack returns a writer that compresses text; pages of the other formats are
// compressed one by one. It does not close w.
func (j *job) pack(w io.Writer) (io.WriteCloser, error) {
	if j.o.Format == CSV {
		switch j.o.Compress {
		case Gzip:
			return gzip.NewWriter(w), nil
		case Zstd:
			// The next level takes half as long again, for bars to no less text.
			return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
		}
	}
	return unpacked{w}, nil
}

// unpacked is a writer whose Close does nothing.
type unpacked struct{ io.Writer }

// Close implements io.Closer.
func (unpacked) Close() error { return nil }

// columnNames returns the names of the exported columns.
func (s *selection) columnNames() []string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = s.frame.Columns()[c].Name
	}
	return names
}
