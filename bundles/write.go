package bundles

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/internal/disk"
	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// hashSize is the length of one hash in hashes.bin.
const hashSize = sha256.Size

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// content is a Frame that is being published, with its hashes.
type content struct {
	frame   *columnar.Frame
	hashes  [][]columnar.ColumnDigest
	digest  string
	account report.Account
	options PublishOptions
	// shared is what an append takes from the version before; nil where the
	// bars are written as a whole.
	shared *sharing
	// pending are the hashes while they are computed; nil once hashes and digest
	// are known.
	pending *hashing
}

// newContent checks a Frame.
func newContent(frame *columnar.Frame, account report.Account, options PublishOptions) (*content, error) {
	for i := range frame.NumAssets() {
		if err := columnar.CheckTimes(frame.Asset(i), frame.Times(i)); err != nil {
			return nil, err
		}
	}
	return &content{frame: frame, account: account, options: options}, nil
}

// write writes the files of a version into a folder, durably.
func (c *content) write(ctx context.Context, d disk.Disk, dir versionDir) error {
	if err := d.MkdirAll(string(dir)); err != nil {
		return err
	}
	m, err := c.manifest()
	if err != nil {
		return err
	}
	if c.shared != nil {
		err = c.writeAppended(ctx, d, dir, m)
	} else {
		m.Bars, err = c.writeBars(ctx, d, dir.bars(), m.Assets, nil, c.options)
	}
	if err != nil {
		return err
	}
	m.Digest = c.digest // known by now: the bars end with it
	if err := c.writeEvents(d, dir, m); err != nil {
		return err
	}
	hashes := make([]byte, 0, m.Hashes.Bytes)
	for _, asset := range c.hashes {
		for _, h := range asset {
			hashes = append(hashes, h[:]...)
		}
	}
	m.Hashes.Bytes = int64(len(hashes))
	m.Hashes.SHA256 = sha256Hex(hashes)
	if err := d.WriteFile(dir.hashes(), hashes); err != nil {
		return err
	}
	b, err := m.encode()
	if err != nil {
		return err
	}
	if err := d.WriteFile(dir.manifest(), b); err != nil {
		return err
	}
	return d.SyncDir(string(dir))
}

// manifest returns the manifest without what is known after writing.
func (c *content) manifest() (*Manifest, error) {
	info := c.frame.Info()
	m := &Manifest{
		Tool:        c.options.Tool,
		Calendar:    info.Axis.Calendar,
		FrequencyNS: int64(info.Axis.Frequency),
		Label:       info.Axis.Label,
		BarsPerYear: info.Axis.BarsPerYear,
		Adjusted:    info.Adjusted,
		Rows:        int64(c.frame.NumRows()),
		Assets:      make([]AssetInfo, c.frame.NumAssets()),
	}
	for _, col := range c.frame.Columns() {
		m.Columns = append(m.Columns, ColumnInfo{Name: col.Name, Decimals: col.Decimals()})
	}
	for i := range m.Assets {
		times := c.frame.Times(i)
		m.Assets[i] = AssetInfo{ID: c.frame.Asset(i), Rows: len(times)}
		if len(times) > 0 {
			m.Assets[i].First, m.Assets[i].Last = times[0], times[len(times)-1]
		}
	}
	account, err := json.Marshal(c.account)
	m.account = account
	return m, err
}

// writeBars writes a file with bars and returns what a manifest says of it:
// the last Rows bars of each asset, from those of its row first on; nil is
// the first of all. It enters their places into assets.
func (c *content) writeBars(ctx context.Context, d disk.Disk, path string, assets []AssetInfo, first []int, options PublishOptions) (info BarsInfo, err error) {
	file, err := d.Create(path)
	if err != nil {
		return info, err
	}
	done := false
	defer func() {
		if !done {
			_ = file.Close() // the first error says more
		}
	}()
	sum := &checksum{w: file, stop: ctx.Err}
	buf := bufio.NewWriterSize(sum, 1<<18)
	codec := parquet.None
	if options.Compact {
		codec = parquet.Zstd
	}
	w, err := parquet.NewWriter(buf, barsColumns(c.frame.Columns()), parquet.Options{
		Codec: codec, CreatedBy: options.Tool, SortedBy: []string{assetColumn, columnar.Time}, Workers: runtime.GOMAXPROCS(0),
	})
	if err != nil {
		return info, err
	}
	if err := c.writeGroups(ctx, w, assets, first); err != nil {
		return info, err
	}
	if err := c.settle(); err != nil {
		return info, err
	}
	w.SetMetadata("bowstring.digest", c.digest)
	if err := w.Close(); err != nil {
		return info, err
	}
	if err := buf.Flush(); err != nil {
		return info, err
	}
	done = true
	if err := file.Finish(nil); err != nil {
		return info, err
	}
	return BarsInfo{
		Bytes:        w.Offset(),
		CRC32C:       fmt.Sprintf("%08x", sum.crc),
		FooterSHA256: sha256Hex(w.Footer()),
		Codec:        codec.String(),
		RowGroups:    w.NumRowGroups(),
	}, nil
}

// writeGroups writes the row groups and enters the positions of the assets.
func (c *content) writeGroups(ctx context.Context, w *parquet.Writer, assets []AssetInfo, first []int) error {
	rows := make([]int, len(assets))
	for i, a := range assets {
		rows[i] = a.Rows
	}
	limit := maxGroupRows
	if c.options.groupLimit > 0 {
		limit = c.options.groupLimit
	}
	sections := layout(rows, min(groupRows, limit), limit)
	positions(assets, sections)
	g := group{frame: c.frame, first: first}
	for _, s := range sections {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.WriteRowGroup(g.data(s)); err != nil {
			return err
		}
	}
	return nil
}

// group finds the columns of a row group. Its memory is reused.
type group struct {
	frame *columnar.Frame
	// first is the row of each asset that is written first; nil is 0.
	first []int
	codes []int32
}

// rowsFrom returns the part of a column of asset i that is written.
func rowsFrom[T any](g *group, i int, all []T) []T {
	if g.first == nil {
		return all
	}
	return all[g.first[i]:]
}

// data returns the values of a section, valid until the next call: those of
// its assets where they are, without a copy.
func (g *group) data(s section) []parquet.Data {
	f := g.frame
	names := parquet.Data{Codes: slices.Grow(g.codes[:0], s.rows)[:s.rows]}
	out := make([]parquet.Data, 2+len(f.Columns()))
	at := 0
	for i := s.first; i < s.end; i++ {
		names.Dictionary = append(names.Dictionary, f.Asset(i))
		times := rowsFrom(g, i, f.Times(i))
		from, to := 0, len(times)
		if s.end-s.first == 1 {
			from, to = s.from, s.to
		}
		for k := range names.Codes[at : at+to-from] {
			names.Codes[at+k] = int32(i - s.first)
		}
		at += to - from
		out[1].Int64s = append(out[1].Int64s, times[from:to])
		for c := range f.Columns() {
			out[2+c].Float64s = append(out[2+c].Float64s, rowsFrom(g, i, f.Values(i, c))[from:to])
		}
	}
	g.codes, out[0] = names.Codes, names
	return out
}

// checksum passes writes on in pieces, before each of which it asks whether
// to stop, and sums them up as CRC-32C.
type checksum struct {
	w    io.Writer
	stop func() error
	crc  uint32
}

// Write implements io.Writer.
func (s *checksum) Write(b []byte) (int, error) {
	const piece = 1 << 20
	written := 0
	for len(b) > 0 {
		if err := s.stop(); err != nil {
			return written, err
		}
		n, err := s.w.Write(b[:min(piece, len(b))])
		written += n
		if err != nil {
			return written, err
		}
		s.crc = crc32.Update(s.crc, castagnoli, b[:n])
		b = b[n:]
	}
	return written, nil
}

func sha256Hex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
