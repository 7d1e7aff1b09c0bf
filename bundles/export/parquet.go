package export

import (
	"bufio"
	"io"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// parquetEncoder writes bars as Parquet.
type parquetEncoder struct {
	buf   *bufio.Writer // page headers are small
	w     *parquet.Writer
	long  bool
	batch *batch
	data  []parquet.Data
}

func newParquet(w io.Writer, s *selection, long bool, asset string) (*parquetEncoder, error) {
	var columns []parquet.Column
	sorted := []string{columnar.Time}
	if long {
		columns = append(columns, parquet.Column{Name: assetColumn, Type: parquet.String})
		sorted = []string{assetColumn, columnar.Time}
	}
	columns = append(columns, parquet.Column{Name: columnar.Time, Type: parquet.Timestamp})
	for _, c := range s.columns {
		columns = append(columns, parquet.Column{Name: s.frame.Columns()[c].Name, Type: parquet.Float64, Nullable: true})
	}
	codec := parquet.None
	if s.o.Compress == Zstd {
		codec = parquet.Zstd
	}
	e := &parquetEncoder{buf: bufio.NewWriter(w), long: long, batch: newBatch(len(s.columns), s.o.batchRows)}
	var err error
	e.w, err = parquet.NewWriter(e.buf, columns, parquet.Options{Codec: codec, CreatedBy: s.o.Tool, SortedBy: sorted})
	if err != nil {
		return nil, err
	}
	for key, value := range s.metadata(asset) {
		e.w.SetMetadata(key, value)
	}
	return e, nil
}

// write implements encoder.
func (e *parquetEncoder) write(b *bars) error { return e.batch.fill(b, e.flush) }

func (e *parquetEncoder) flush() error {
	e.data = e.data[:0]
	if e.long {
		e.data = append(e.data, parquet.Data{Codes: e.batch.codes, Dictionary: e.batch.assets})
	}
	e.data = append(e.data, parquet.Data{Int64: e.batch.times})
	for i, v := range e.batch.values {
		e.data = append(e.data, parquet.Data{Float64: v, Valid: e.batch.validity(i)})
	}
	err := e.w.WriteRowGroup(e.data)
	e.batch.reset()
	return err
}

// close implements encoder.
func (e *parquetEncoder) close() error {
	if err := e.flush(); err != nil {
		return err
	}
	if err := e.w.Close(); err != nil {
		return err
	}
	return e.buf.Flush()
}

// release implements encoder. Where close was not called, the writer's encoder
// of zstd belongs to the garbage collector: it runs no goroutine.
func (e *parquetEncoder) release() {}
