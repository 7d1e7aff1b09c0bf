package parquet

import (
	"bytes"
	"fmt"
	"os"
)

// OpenGroups opens what a file that has no footer holds of row groups that were
// written down elsewhere: the columns and options are those that its Writer had,
// groups what [Writer.RowGroup] returned. It is read piece by piece, and the caller
// closes it. Row groups that are not of such a file are an [ErrCorrupt]; what the
// file has behind them does not count.
func OpenGroups(path string, columns []Column, options Options, groups [][]byte) (*File, error) {
	var footer bytes.Buffer
	w, err := ContinueWriter(&footer, columns, options, groups)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	end := w.Offset()
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, pathless(err))
	}
	f, err := openSource(path, &completed{file, end, footer.Bytes()}, end+int64(footer.Len()))
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// completed is the beginning of a file with another end.
type completed struct {
	*os.File
	at  int64
	end []byte
}

// ReadAt implements io.ReaderAt.
func (c *completed) ReadAt(b []byte, at int64) (n int, err error) {
	if at < c.at {
		if n, err = c.File.ReadAt(b[:min(int64(len(b)), c.at-at)], at); err != nil || n == len(b) {
			return n, err
		}
	}
	more, err := bytes.NewReader(c.end).ReadAt(b[n:], at+int64(n)-c.at)
	return n + more, err
}
