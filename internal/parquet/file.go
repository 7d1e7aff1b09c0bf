package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bowstring-engine/bowstring/columnar"
)

// OpenOptions are the choices of [Open]. The zero value is valid.
type OpenOptions struct {
	// Heap reads the whole file into memory and maps nothing. Reading a mapped
	// file that someone else has cut short is a fault, which ends the process
	// unless it is caught (see [columnar.CatchFault]); this is none.
	Heap bool
	// Piecewise keeps the file open and reads every chunk when it is asked for:
	// the memory of a reader is that of the columns it holds, whatever the size
	// of the file, and a truncated file is an error. It takes the place of Heap.
	Piecewise bool
	// Allocator is where decoded columns, and files read with Heap, are
	// kept; nil is Go's heap.
	Allocator memory.Allocator
}

// File is an open file. Its methods are safe for concurrent use.
type File struct {
	path    string
	buf     *memory.Buffer // the content, nil where it is read piecewise
	pieces  *pieces        // else nil
	size    int64
	mem     memory.Allocator
	end     []byte // the footer with its tail
	meta    *format.FileMetaData
	columns []Column
	schema  *arrow.Schema
	// values holds for each row group and column where the values of a plain
	// chunk start, 0 for other chunks.
	values []int64

	once    sync.Once
	decoder *parquet.File
	err     error
}

// Open opens a file and reads its footer and the headers of plain chunks. Errors name the file
// and wrap [ErrCorrupt], [ErrUnsupported], or what the system says. The
// caller closes the File.
func Open(path string, options OpenOptions) (*File, error) {
	f := &File{path: path, mem: options.Allocator}
	if f.mem == nil {
		f.mem = memory.DefaultAllocator
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, pathless(err))
	}
	if err := f.open(file, options); err != nil {
		if f.buf != nil {
			f.buf.Release()
		}
		return nil, fmt.Errorf("%s: %w", path, errors.Join(err, file.Close()))
	}
	if f.pieces == nil {
		_ = file.Close() // neither a mapping nor a copy needs it
	}
	return f, nil
}

func (f *File) open(file *os.File, options OpenOptions) (err error) {
	defer columnar.CatchFault(&err)()
	info, err := file.Stat()
	if err != nil {
		return pathless(err)
	}
	size := info.Size()
	if options.Piecewise && info.Mode().IsRegular() {
		return f.openPieces(file, size)
	}
	if !info.Mode().IsRegular() || size < int64(len(magic)+tailSize) || size > math.MaxInt {
		return fmt.Errorf("%w: not a file, or of an impossible size (%d bytes)", ErrCorrupt, size)
	}
	f.size = size
	if f.buf, err = load(file, int(size), options.Heap, f.mem); err != nil {
		return err
	}
	footer, err := footerOf(f.buf.Bytes())
	f.end = f.buf.Bytes()[max(f.buf.Len()-len(footer)-tailSize, 0):]
	if err != nil {
		return err
	}
	if err := f.describe(footer); err != nil {
		return err
	}
	return f.locate(file, options.Heap)
}

// openPieces opens a file that is read piece by piece.
func (f *File) openPieces(file source, size int64) error {
	if size < int64(len(magic)+tailSize) || size > math.MaxInt {
		return fmt.Errorf("%w: not a file, or of an impossible size (%d bytes)", ErrCorrupt, size)
	}
	f.size, f.pieces = size, &pieces{file: file}
	end, footer, err := f.pieces.footer(size)
	if f.end = end; err != nil {
		return err
	}
	return f.describe(footer)
}

// openSource opens what is no file of its own, piece by piece.
func openSource(path string, file source, size int64) (*File, error) {
	f := &File{path: path, mem: memory.DefaultAllocator}
	return f, f.openPieces(file, size)
}

// describe takes over what a footer says.
func (f *File) describe(footer []byte) (err error) {
	f.meta, f.columns, err = decodeFooter(footer, f.size-tailSize-int64(len(footer)))
	if err != nil {
		return err
	}
	f.schema = Schema(f.columns)
	f.values = make([]int64, len(f.meta.RowGroups)*len(f.columns))
	return nil
}

// pathless strips the path of a system error, which Open adds itself.
func pathless(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Close gives the File's reference on its content back. What Record and
// Column have returned stays valid. The File must not be used afterwards.
func (f *File) Close() error {
	if f.pieces != nil {
		return f.pieces.file.Close()
	}
	f.buf.Release()
	return nil
}

// Size returns the length of the file in bytes.
func (f *File) Size() int64 { return f.size }

// Footer returns the encoded footer with the eight bytes behind it, which is
// the end of the file. It is valid until Close.
func (f *File) Footer() []byte { return f.end }

// Bytes returns the content of the file. It is valid until Close and must not
// be modified. A file that is read piecewise has none.
func (f *File) Bytes() []byte { return f.buf.Bytes() }

// NumRows returns the number of rows.
func (f *File) NumRows() int64 { return f.meta.NumRows }

// NumRowGroups returns the number of row groups.
func (f *File) NumRowGroups() int { return len(f.meta.RowGroups) }

// GroupRows returns the number of rows of a row group.
func (f *File) GroupRows(group int) int { return int(f.meta.RowGroups[group].NumRows) }

// Columns returns the columns. Do not modify.
func (f *File) Columns() []Column { return f.columns }

// Schema returns the Arrow schema of the records.
func (f *File) Schema() *arrow.Schema { return f.schema }

// CreatedBy returns the name of the program that wrote the file.
func (f *File) CreatedBy() string { return f.meta.CreatedBy }

// Metadata returns a copy of the file's metadata.
func (f *File) Metadata() map[string]string {
	m := make(map[string]string, len(f.meta.KeyValueMetadata))
	for _, kv := range f.meta.KeyValueMetadata {
		m[kv.Key] = kv.Value
	}
	return m
}

// Record returns a row group as an Arrow record, which the caller releases.
func (f *File) Record(group int) (arrow.Record, error) {
	columns := make([]arrow.Array, 0, len(f.columns))
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i := range f.columns {
		c, err := f.Column(group, i)
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return array.NewRecord(f.schema, columns, int64(f.GroupRows(group))), nil
}

// Column returns one column of a row group, which the caller releases: over
// the file's memory where [File.ZeroCopy] says so, else decoded. Errors wrap
// [ErrCorrupt] and name the file, the row group and the column.
func (f *File) Column(group, column int) (arrow.Array, error) {
	if at := f.values[group*len(f.columns)+column]; at != 0 {
		return f.wrap(group, column, at), nil
	}
	a, err := f.decode(group, column)
	if err != nil {
		return nil, fmt.Errorf("%s: row group %d: column %q: %w", f.path, group, f.columns[column].Name, err)
	}
	return a, nil
}

// ZeroCopy reports whether Column returns this chunk without copying it: it
// is one uncompressed, plain page without nulls, of aligned numbers.
func (f *File) ZeroCopy(group, column int) bool {
	return f.values[group*len(f.columns)+column] != 0
}

func (f *File) wrap(group, column int, at int64) arrow.Array {
	rows := f.GroupRows(group)
	buf := memory.SliceBuffer(f.buf, int(at), rows*8)
	defer buf.Release()
	data := array.NewData(f.columns[column].Type.Arrow(), rows, []*memory.Buffer{nil, buf}, nil, 0, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// reader returns parquet-go's view of the file, which takes far longer to
// make than ours and is made when a chunk first needs it.
func (f *File) reader() (*parquet.File, error) {
	f.once.Do(func() {
		var r io.ReaderAt
		if f.pieces != nil {
			r = f.pieces.file
		} else {
			r = bytes.NewReader(f.buf.Bytes())
		}
		f.decoder, f.err = parquet.OpenFile(r, f.size,
			parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(pieceBuffer))
	})
	return f.decoder, f.err
}
