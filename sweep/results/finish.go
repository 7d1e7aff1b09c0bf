package results

import (
	"bufio"
	"errors"
	"io"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bowstring-engine/bowstring/internal/output"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// finishFile writes a whole file from a partial one, whose records are provisional,
// with each as it is to stand. The partial file is one to go on from until the whole
// one has its name.
func finishFile(out *output.Output, partial string, columns []parquet.Column, options parquet.Options, meta map[string]string, final func(arrow.Record) arrow.Record) error {
	rows, err := parquet.Open(partial, parquet.OpenOptions{Piecewise: true})
	if err != nil {
		return err
	}
	_, err = out.Write(func(w io.Writer) error {
		to := bufio.NewWriterSize(w, 1<<20)
		whole, err := parquet.NewWriter(to, columns, options)
		if err != nil {
			return err
		}
		for key, value := range meta {
			whole.SetMetadata(key, value)
		}
		for group := range rows.NumRowGroups() {
			if err := finishGroup(whole, rows, group, final); err != nil {
				return err
			}
		}
		return errors.Join(whole.Close(), to.Flush())
	})
	if err := errors.Join(err, rows.Close()); err != nil {
		return err
	}
	return output.Commit(out)
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
