package source

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/table"
)

// formatOf tells what a file is by its first bytes.
func formatOf(path string) (Format, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var magic [8]byte
	n, err := io.ReadFull(f, magic[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	head := string(magic[:n])
	if strings.HasPrefix(head, table.FeatherMagic) && !isPlainText(head) {
		return 0, &problem.InputError{File: path, Err: problem.Shape("it is a Feather file of version 1; write it as version 2, as pyarrow.feather.write_feather does")}
	}
	if err := foreignFormat(path, head); err != nil {
		return 0, &problem.InputError{File: path, Err: err}
	}
	format := formatOfBytes(head)
	if format == FormatText {
		if is, err := tarInside(path); err != nil || is {
			return formatTar, err
		}
	}
	return format, nil
}

// foreignFormat names what a file is that cannot be read, and the way out.
func foreignFormat(path, head string) error {
	for _, f := range []struct{ magic, what, way string }{
		{"BZh", "packed by bzip2", "unpack it first, or pack it with xz, zstd or gzip"},
		{"7z\xbc\xaf", "a 7-Zip archive", "unpack it first"},
		{"Rar!", "a RAR archive", "unpack it first"},
		{"\xd0\xcf\x11\xe0", "an Excel workbook (xls)", "save the sheet as CSV"},
		{"SQLite f", "an SQLite database", "export the table as CSV or Parquet"},
		{"\x89HDF", "an HDF5 file", "write it as Parquet, as pandas does by to_parquet"},
		{"%PDF-", "a PDF", "take the table out of it first"},
		{"ORC", "an ORC file", "write it as Parquet"},
		{"Obj\x01", "an Avro file", "write it as Parquet"},
		{"\x80\x04\x95", "a Python pickle", "write it as Parquet, as pandas does by to_parquet"},
	} {
		exact := f.magic == "SQLite f" || f.magic == "%PDF-" || f.magic == "BZh" && strings.HasSuffix(head, "1AY&")
		if strings.HasPrefix(head, f.magic) && (exact || !isPlainText(head)) {
			return problem.Shape("it is %s; %s", f.what, f.way)
		}
	}
	if strings.HasPrefix(head, "PK\x03\x04") {
		if is, err := isWorkbook(path); err != nil || is {
			return problem.Shape("it is an Excel workbook (xlsx); save the sheet as CSV")
		}
	}
	text := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(head, "\ufeff"), " \t\r\n"))
	switch {
	case strings.HasPrefix(text, "<!doc"), strings.HasPrefix(text, "<html"):
		return problem.Shape("it is a web page (HTML), maybe a download that failed")
	case strings.HasPrefix(text, "<?xml"):
		return problem.Shape("it is XML; write the rows as CSV")
	case strings.HasPrefix(text, "["):
		return problem.Shape("it is a JSON document; write one object a line (JSON lines), as pandas does by to_json(orient='records', lines=True)")
	}
	return nil
}

// isWorkbook reports whether a zip file is one that Excel makes.
func isWorkbook(path string) (bool, error) {
	r, err := zip.OpenReader(path)
	if err != nil {
		return false, nil // reading it says what is wrong
	}
	defer func() { _ = r.Close() }() // read only: nothing is lost
	return slices.ContainsFunc(r.File, func(f *zip.File) bool { return f.Name == "xl/workbook.xml" || f.Name == "[Content_Types].xml" }), nil
}

// formatOfBytes tells what begins with these bytes.
func formatOfBytes(head string) Format {
	switch {
	case strings.HasPrefix(head, "PK\x03\x04"), strings.HasPrefix(head, "PK\x05\x06"):
		return formatZip
	case isPlainText(head):
		return FormatText
	case strings.HasPrefix(head, table.ParquetMagic), strings.HasPrefix(head, "PARE"):
		return FormatParquet
	case strings.HasPrefix(head, table.ArrowMagic), strings.HasPrefix(head, table.StreamMagic):
		return formatArrow
	}
	return FormatText
}

// isPlainText reports whether the first bytes of a file can be those of a line:
// behind their magic, tables go on with numbers.
func isPlainText(head string) bool {
	if len(head) < 8 {
		return false
	}
	return strings.IndexFunc(head, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' || r >= 0x7f }) < 0
}
