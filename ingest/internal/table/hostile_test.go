package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bowstring-engine/bowstring/internal/parquet/footer"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// refusal reads bytes that nobody vouches for: it has to end soon, without much
// memory, with an error of this package or with values.
func refusal(t testing.TB, what string, b []byte, read func([]byte) error) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	err := read(b)
	runtime.ReadMemStats(&after)
	if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrUnsupported) {
		t.Fatalf("%s: %v", what, err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 512<<20 {
		t.Fatalf("%s: %d MiB", what, grown>>20)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Fatalf("%s: %v", what, took)
	}
	return err
}

// checkRefusal reports an error that is none of this package.
func checkRefusal(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrUnsupported) {
		t.Fatal(err)
	}
}

func readParquet(b []byte) error {
	_, err := texts(b, 100)
	return err
}

// smallFiles are a file for each way of storing values.
func smallFiles(t testing.TB) map[string][]byte {
	files := make(map[string][]byte)
	codecs := []parquet.WriterOption{
		parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy), parquet.Compression(&parquet.Gzip),
		parquet.Compression(&parquet.Brotli), parquet.Compression(&parquet.Zstd), parquet.Compression(&parquet.Lz4Raw),
	}
	for k, c := range kindCases() {
		for i, enc := range c.encodings {
			name := fmt.Sprintf("%s/%s", c.name, enc)
			files[name] = writtenBy(t, &c, enc, 1+k%2, 40, i%2 == 0, codecs[(k+i)%len(codecs)])
		}
	}
	return files
}

// writtenBy is written, with options of the writer.
func writtenBy(t testing.TB, c *kindCase, enc encoding.Encoding, version, rows int, optional bool, o parquet.WriterOption) []byte {
	t.Helper()
	node := parquet.Encoded(c.node, enc)
	if optional {
		node = parquet.Optional(node)
	}
	var b bytes.Buffer
	w := parquet.NewWriter(&b, parquet.NewSchema("root", parquet.Group{"x": node}), o, parquet.DataPageVersion(version))
	for i := range rows {
		v, level := c.value(i), 0
		if optional {
			level = 1
		}
		if _, err := w.WriteRows([]parquet.Row{{v.Level(0, level, 0)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTruncatedParquet: a file that lost its end is damaged, wherever it was cut.
func TestTruncatedParquet(t *testing.T) {
	for name, b := range smallFiles(t) {
		for n := 0; n < len(b); n += 3 {
			if err := refusal(t, name, b[:n], readParquet); err == nil {
				t.Fatalf("%s: %d of %d bytes are read", name, n, len(b))
			}
		}
	}
}

// TestFlippedParquet: reading ends, whatever bit has changed; and what stands in
// a page that has a checksum is not read with another value.
func TestFlippedParquet(t *testing.T) {
	step := 3
	if proptest.Race {
		step = 31
	}
	for name, b := range smallFiles(t) {
		for bit := 0; bit < len(b)*8; bit += step {
			b[bit/8] ^= 1 << (bit % 8)
			_ = refusal(t, name, b, readParquet) // an error, or other values
			b[bit/8] ^= 1 << (bit % 8)
		}
	}
}

// lying changes the footer of a file.
func lying(t testing.TB, b []byte, change func(m *format.FileMetaData)) []byte {
	t.Helper()
	end := len(b) - footer.TailSize
	start := end - int(binary.LittleEndian.Uint32(b[end:]))
	var m format.FileMetaData
	if _, err := footer.Decode(bytes.Clone(b[start:end]), &m); err != nil {
		t.Fatal(err)
	}
	change(&m)
	return closed(t, bytes.Clone(b[:start]), &m)
}

// closed appends a footer.
func closed(t testing.TB, b []byte, m *format.FileMetaData) []byte {
	t.Helper()
	text, err := thrift.Marshal(new(thrift.CompactProtocol), m)
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, text...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(text))), footer.Magic...)
}

// TestLyingFooters: rows, sizes and offsets that the file does not have are
// refused, before they cost anything.
func TestLyingFooters(t *testing.T) {
	c := &kindCases()[2] // int64
	good := writtenBy(t, c, &parquet.Plain, 1, 1000, false, parquet.Compression(&parquet.Snappy))
	if err := readParquet(lying(t, good, func(*format.FileMetaData) {})); err != nil {
		t.Fatal(err)
	}
	chunk := func(m *format.FileMetaData) *format.ColumnMetaData { return &m.RowGroups[0].Columns[0].MetaData }
	rows := func(m *format.FileMetaData, n int64) {
		m.NumRows, m.RowGroups[0].NumRows, chunk(m).NumValues = n, n, n
	}
	for name, change := range map[string]func(m *format.FileMetaData){
		"one row more in the footer": func(m *format.FileMetaData) { m.NumRows++ },
		"a row more everywhere":      func(m *format.FileMetaData) { rows(m, 1001) },
		"a row less everywhere":      func(m *format.FileMetaData) { rows(m, 999) },
		"no rows":                    func(m *format.FileMetaData) { rows(m, 0); m.NumRows = 1 },
		"negative rows":              func(m *format.FileMetaData) { rows(m, -1) },
		"many rows":                  func(m *format.FileMetaData) { rows(m, 1<<24) },
		"all rows":                   func(m *format.FileMetaData) { rows(m, 1<<62) },
		"rows twice": func(m *format.FileMetaData) {
			m.RowGroups = append(m.RowGroups, format.RowGroup{NumRows: 1 << 61, Columns: m.RowGroups[0].Columns})
		},
		"values":          func(m *format.FileMetaData) { chunk(m).NumValues = 1 << 40 },
		"offset":          func(m *format.FileMetaData) { chunk(m).DataPageOffset = 1 << 50 },
		"offset before":   func(m *format.FileMetaData) { chunk(m).DataPageOffset = -5 },
		"offset between":  func(m *format.FileMetaData) { chunk(m).DataPageOffset++ },
		"size":            func(m *format.FileMetaData) { chunk(m).TotalCompressedSize = 1 << 60 },
		"negative size":   func(m *format.FileMetaData) { chunk(m).TotalCompressedSize = -1 },
		"smaller size":    func(m *format.FileMetaData) { chunk(m).TotalCompressedSize-- },
		"type":            func(m *format.FileMetaData) { chunk(m).Type = format.Double },
		"unknown type":    func(m *format.FileMetaData) { m.Schema[1].Type.V = 99 },
		"codec":           func(m *format.FileMetaData) { chunk(m).Codec = format.LZO },
		"another codec":   func(m *format.FileMetaData) { chunk(m).Codec = format.Zstd },
		"unknown codec":   func(m *format.FileMetaData) { chunk(m).Codec = -7 },
		"no chunks":       func(m *format.FileMetaData) { m.RowGroups[0].Columns = nil },
		"no schema":       func(m *format.FileMetaData) { m.Schema = nil },
		"children":        func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = 1 << 30 },
		"no children":     func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = 0 },
		"in another file": func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].FilePath = "/etc/passwd" },
		"deep": func(m *format.FileMetaData) {
			for range 1000 {
				m.Schema = append(m.Schema[:len(m.Schema):len(m.Schema)], format.SchemaElement{Name: "x", NumChildren: thrift.New(int32(1))})
			}
		},
		"a million columns": func(m *format.FileMetaData) {
			m.Schema = make([]format.SchemaElement, 1_000_001)
			m.Schema[0].NumChildren = thrift.New(int32(1_000_000))
		},
		"ten thousand columns": func(m *format.FileMetaData) {
			m.Schema = make([]format.SchemaElement, 10_001)
			m.Schema[0].NumChildren = thrift.New(int32(10_000))
		},
	} {
		if err := refusal(t, name, lying(t, good, change), readParquet); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
}

// TestLyingPages: page headers that promise more than there is.
func TestLyingPages(t *testing.T) {
	body := make([]byte, 8*100)
	packed, err := parquet.Zstd.Encode(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(h *format.PageHeader, m *format.FileMetaData){
		"":                       func(*format.PageHeader, *format.FileMetaData) {},
		"unpacked size":          func(h *format.PageHeader, _ *format.FileMetaData) { h.UncompressedPageSize = 1<<31 - 1 },
		"small unpacked size":    func(h *format.PageHeader, _ *format.FileMetaData) { h.UncompressedPageSize = 8 },
		"a larger unpacked size": func(h *format.PageHeader, _ *format.FileMetaData) { h.UncompressedPageSize = 60 << 20 },
		"packed size":            func(h *format.PageHeader, _ *format.FileMetaData) { h.CompressedPageSize = 1<<31 - 1 },
		"negative size":          func(h *format.PageHeader, _ *format.FileMetaData) { h.CompressedPageSize = -1 },
		"values":                 func(h *format.PageHeader, _ *format.FileMetaData) { h.DataPageHeader.V.NumValues = 1<<31 - 1 },
		"negative values":        func(h *format.PageHeader, _ *format.FileMetaData) { h.DataPageHeader.V.NumValues = -100 },
		"as many values as the footer": func(h *format.PageHeader, m *format.FileMetaData) {
			const n = 1 << 22
			h.DataPageHeader.V.NumValues = n
			m.NumRows, m.RowGroups[0].NumRows, m.RowGroups[0].Columns[0].MetaData.NumValues = n, n, n
		},
		"a dictionary that is not there": func(h *format.PageHeader, _ *format.FileMetaData) { h.DataPageHeader.V.Encoding = format.RLEDictionary },
		"another encoding": func(h *format.PageHeader, _ *format.FileMetaData) {
			h.DataPageHeader.V.Encoding = format.DeltaBinaryPacked
		},
		"an unknown encoding":  func(h *format.PageHeader, _ *format.FileMetaData) { h.DataPageHeader.V.Encoding = 77 },
		"another kind of page": func(h *format.PageHeader, _ *format.FileMetaData) { h.Type = format.DictionaryPage },
		"the other version":    func(h *format.PageHeader, _ *format.FileMetaData) { h.Type = format.DataPageV2 },
	} {
		h := format.PageHeader{Type: format.DataPage, UncompressedPageSize: int32(len(body)), CompressedPageSize: int32(len(packed))}
		h.DataPageHeader = thrift.New(format.DataPageHeader{NumValues: 100, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE})
		m := &format.FileMetaData{Version: 2, NumRows: 100, Schema: []format.SchemaElement{
			{Name: "root", NumChildren: thrift.New(int32(1))},
			{Name: "x", Type: thrift.New(format.Int64), RepetitionType: thrift.New(format.Required)},
		}}
		m.RowGroups = []format.RowGroup{{NumRows: 100, Columns: []format.ColumnChunk{{MetaData: format.ColumnMetaData{
			Type: format.Int64, PathInSchema: []string{"x"}, Codec: format.Zstd, NumValues: 100, DataPageOffset: 4,
		}}}}}
		change(&h, m)
		head, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
		if err != nil {
			t.Fatal(err)
		}
		b := append(append([]byte(footer.Magic), head...), packed...)
		m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = int64(len(b) - 4)
		if err := refusal(t, name, closed(t, b, m), readParquet); (err == nil) != (name == "") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func FuzzParquet(f *testing.F) {
	for _, b := range smallFiles(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkRefusal(t, readParquet(b)) })
}
