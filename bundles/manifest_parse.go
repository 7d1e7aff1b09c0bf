package bundles

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/bowstring-engine/bowstring/internal/parquet"
)

var errAsset = errors.New(`want ["id",rows,first,last,row_group,offset]`)

// parseAsset parses one line of the assets of a manifest, in which bars may be
// in pieces.
func parseAsset(line []byte, pieces bool) (a AssetInfo, err error) {
	line = bytes.TrimSuffix(line, []byte(","))
	line, open := bytes.CutPrefix(line, []byte("["))
	line, end := bytes.CutSuffix(line, []byte("]"))
	if !open || !end {
		return a, errAsset
	}
	if a.ID, line, err = parseID(line); err != nil {
		return a, err
	}
	var numbers [5]int64
	for i := range numbers {
		if len(line) == 0 || line[0] != ',' {
			return a, errAsset
		}
		if numbers[i], line, err = parseInt(line[1:]); err != nil {
			return a, err
		}
	}
	if a.More, err = parsePieces(line); err != nil {
		return a, err
	}
	if a.More != nil && !pieces {
		return a, errAsset
	}
	rows, group, offset := numbers[0], numbers[3], numbers[4]
	if min(rows, group, offset) < 0 || max(group, offset) > math.MaxInt32 || rows > math.MaxInt64/64 {
		return a, fmt.Errorf("%d rows at %d of row group %d", rows, offset, group)
	}
	a.Rows, a.First, a.Last, a.Group, a.Offset = int(rows), numbers[1], numbers[2], int(group), int(offset)
	return a, nil
}

// parsePieces parses the pieces behind the first: three numbers each.
func parsePieces(line []byte) (more []Piece, err error) {
	for len(line) > 0 {
		var numbers [3]int64
		for i := range numbers {
			if len(line) == 0 || line[0] != ',' {
				return nil, errAsset
			}
			if numbers[i], line, err = parseInt(line[1:]); err != nil {
				return nil, err
			}
		}
		group, offset, rows := numbers[0], numbers[1], numbers[2]
		if min(group, offset) < 0 || max(group, offset) > math.MaxInt32 || rows < 1 || rows > math.MaxInt64/64 {
			return nil, fmt.Errorf("%d rows at %d of row group %d", rows, offset, group)
		}
		more = append(more, Piece{int(group), int(offset), int(rows)})
	}
	return more, nil
}

// parseID cuts a JSON string off.
func parseID(line []byte) (string, []byte, error) {
	if len(line) == 0 || line[0] != '"' {
		return "", nil, errAsset
	}
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '\\':
			i++
		case line[i] == '"' && bytes.IndexByte(line[:i], '\\') < 0:
			return string(line[1:i]), line[i+1:], nil
		case line[i] == '"':
			var id string
			err := json.Unmarshal(line[:i+1], &id)
			return id, line[i+1:], err
		}
	}
	return "", nil, errAsset
}

// parseInt cuts a decimal number off, one that fits an int64 and has no
// superfluous zeros or signs.
func parseInt(line []byte) (int64, []byte, error) {
	negative := len(line) > 0 && line[0] == '-'
	at := 0
	if negative {
		at = 1
	}
	start := at
	var n uint64
	for at < len(line) && line[at]-'0' <= 9 && at-start < 19 {
		n = n*10 + uint64(line[at]-'0')
		at++
	}
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	if at == start || n > limit || line[start] == '0' && (at-start > 1 || negative) {
		return 0, nil, errAsset
	}
	if negative {
		return -int64(n), line[at:], nil
	}
	return int64(n), line[at:], nil
}

// check reports what in a manifest contradicts itself.
func (m *Manifest) check() error {
	if m.Digest != digestOf(versionID(m.Digest)) || !isVersionID(versionID(m.Digest)) {
		return fmt.Errorf("digest %q", m.Digest)
	}
	for _, f := range m.files() {
		if f.Codec != parquet.None.String() && f.Codec != parquet.Zstd.String() {
			return fmt.Errorf("%w: codec %q", ErrVersion, f.Codec)
		}
		if f.Rows < 0 || f.RowGroups < 0 || f.Bytes < 0 {
			return fmt.Errorf("%d rows in %d row groups and %d bytes", f.Rows, f.RowGroups, f.Bytes)
		}
	}
	if want := int64(len(m.Assets)) * int64(len(m.Columns)+1) * hashSize; m.Hashes.Bytes != want {
		return fmt.Errorf("%d bytes of hashes, want %d", m.Hashes.Bytes, want)
	}
	if m.Events != nil && (m.Events.Rows <= 0 || m.Events.Bytes <= 0) {
		return fmt.Errorf("%d events in %d bytes", m.Events.Rows, m.Events.Bytes)
	}
	rows := int64(0)
	for i, a := range m.Assets {
		if i > 0 && strings.Compare(m.Assets[i-1].ID, a.ID) >= 0 {
			return fmt.Errorf("asset %q does not stand after %q", a.ID, m.Assets[i-1].ID)
		}
		rows += int64(a.Rows)
		if p := a.pieces(); len(p) > 0 && p[0].Rows < 1 || len(a.More) > 0 && a.Rows == 0 {
			return fmt.Errorf("asset %q has %d rows, fewer than its pieces", a.ID, a.Rows)
		}
	}
	if rows != m.Rows {
		return fmt.Errorf("%d rows in the assets, %d in all", rows, m.Rows)
	}
	return nil
}
