package bundles

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// The bounds of what a version shares with those before it.
const (
	// maxParts is the number of files with bars that a version has at most.
	maxParts = 8
	// A version is written as a whole when, beside what it could share, less
	// than 1/wholeShare of its rows would stay where they are, or more than
	// 1/deadShare as many rows as it has would be in the shared files without
	// being in it.
	wholeShare, deadShare = 2, 4
)

// sharing is what a version takes from the one before it.
type sharing struct {
	dir   versionDir
	files []BarsInfo
	// pieces are, for each asset, the bars that stay where they are, and rows
	// their number.
	pieces [][]Piece
	rows   []int
}

// plan decides what the version shares with the one in dir: all of its files,
// or where they are too many the first, or none.
func (c *content) plan(dir versionDir, m *Manifest, assets []mergedAsset) {
	files := m.files()
	if len(files) == maxParts {
		files = files[:1]
	}
	s := &sharing{dir: dir, files: files, pieces: make([][]Piece, len(assets)), rows: make([]int, len(assets))}
	groups, stored, shared := 0, 0, 0
	for _, f := range files {
		groups += f.RowGroups
		stored += int(f.Rows)
	}
	for i, a := range assets {
		if a.old < 0 {
			continue
		}
		left := a.kept
		for _, p := range m.Assets[a.old].pieces() {
			if p.Rows = min(p.Rows, left); p.Rows == 0 || p.Group >= groups {
				break
			}
			s.pieces[i] = append(s.pieces[i], p)
			s.rows[i] += p.Rows
			left -= p.Rows
		}
		shared += s.rows[i]
	}
	rows := c.frame.NumRows()
	// A version of one file has all of its rows.
	if shared*wholeShare < rows || (stored-shared)*deadShare > rows || shared == rows && len(files) == 1 && stored != rows {
		return
	}
	c.shared = s
}

// link puts the shared files into a folder: under a second name where the file
// system has links, else as copies.
func (s *sharing) link(ctx context.Context, d disk.Disk, dir versionDir) error {
	for i := range s.files {
		err := d.Link(s.dir.part(i), dir.part(i))
		if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) || isLinkError(err) {
			err = copyFile(ctx, d, s.dir.part(i), dir.part(i))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isLinkError reports whether the system could not link, for another reason
// than that the file is not there.
func isLinkError(err error) bool {
	var link *os.LinkError
	return errors.As(err, &link) && !errors.Is(err, fs.ErrNotExist)
}

// writeAppended links the shared files and writes the rest of the bars into a
// further one.
func (c *content) writeAppended(ctx context.Context, d disk.Disk, dir versionDir, m *Manifest) error {
	s := c.shared
	if err := s.link(ctx, d, dir); err != nil {
		return err
	}
	tails := make([]AssetInfo, len(m.Assets)) // what is written of each asset
	for i := range tails {
		tails[i].Rows = m.Assets[i].Rows - s.rows[i]
	}
	files := s.files
	if m.Rows > sum(s.rows) {
		options := c.options
		options.Compact = options.Compact || s.files[0].Codec == parquet.Zstd.String()
		info, err := c.writeBars(ctx, d, dir.part(len(s.files)), tails, s.rows, options)
		if err != nil {
			return err
		}
		info.Rows = m.Rows - sum(s.rows)
		files = append(files[:len(files):len(files)], info)
	}
	groups := 0
	for _, f := range s.files {
		groups += f.RowGroups
	}
	for i := range m.Assets {
		pieces := s.pieces[i]
		if t := tails[i]; t.Rows > 0 {
			pieces = append(pieces[:len(pieces):len(pieces)], Piece{groups + t.Group, t.Offset, t.Rows})
		}
		if len(pieces) > 0 {
			m.Assets[i].Group, m.Assets[i].Offset, m.Assets[i].More = pieces[0].Group, pieces[0].Offset, pieces[1:]
		}
	}
	m.Bars, m.Parts = files[0], files[1:]
	if len(m.Parts) == 0 {
		m.Bars.Rows, m.Parts = 0, nil
	}
	return nil
}

func sum(rows []int) int64 {
	n := 0
	for _, r := range rows {
		n += r
	}
	return int64(n)
}

// copyFile copies a file and makes the copy durable.
func copyFile(ctx context.Context, d disk.Disk, from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	_, err = d.Write(to, os.O_CREATE|os.O_TRUNC, func(w io.Writer) error {
		_, err := io.Copy(&checksum{w: w, stop: ctx.Err}, src)
		return err
	})
	return err
}
