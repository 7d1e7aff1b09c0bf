package source

import (
	"errors"
	"fmt"
	"io"
	"os"
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
	return formatOfBytes(head), nil
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
