package results

import (
	"bufio"
	"errors"
	"io"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// finish writes the whole file from the partial one, whose records are provisional,
// with each as it is to stand. The partial file is one to go on from until the whole
// one has its name.
func (f *resultFile) finish(meta map[string]string, final func(arrow.Record) arrow.Record) error {
	f.writer.SetMetadata(MetaPartial, "true")
	if err := errors.Join(f.writer.Close(), f.out.to.Flush(), f.journal.finish(f.last), f.file.Sync()); err != nil {
		return err
	}
	if err := f.file.Close(); err != nil {
		return err
	}
	rows, err := parquet.Open(f.partial, parquet.OpenOptions{Piecewise: true})
	if err != nil {
		return err
	}
	_, err = f.held.Write(func(w io.Writer) error {
		to := bufio.NewWriterSize(w, 1<<20)
		out, err := parquet.NewWriter(to, f.columns, f.options)
		if err != nil {
			return err
		}
		for key, value := range meta {
			out.SetMetadata(key, value)
		}
		for group := range rows.NumRowGroups() {
			if err := finishGroup(out, rows, group, final); err != nil {
				return err
			}
		}
		return errors.Join(out.Close(), to.Flush())
	})
	if err = errors.Join(err, rows.Close()); err != nil {
		return err
	}
	if err := output.Commit(f.held); err != nil {
		return err
	}
	// The journal goes last: without it the partial file could not be resumed.
	return errors.Join(f.disk.Remove(f.partial), f.disk.Remove(f.journal.path), f.held.SyncFolder())
}

func finishGroup(out *parquet.Writer, rows *parquet.File, group int, final func(arrow.Record) arrow.Record) error {
	rec, err := rows.Record(group)
	if err != nil {
		return err
	}
	defer rec.Release()
	done := final(rec)
	defer done.Release()
	return out.WriteRecord(done)
}
