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

	"github.com/bowstring-engine/bowstring/bundles/colfile"
	"github.com/bowstring-engine/bowstring/columnar"
)

// hashSize is the length of one hash in hashes.bin.
const hashSize = sha256.Size

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// content is a Frame that is being published, with its hashes.
type content struct {
	frame   *columnar.Frame
	hashes  [][]columnar.ColumnDigest
	digest  string
	account Account
	options PublishOptions
}

// newContent checks a Frame and hashes it.
func newContent(ctx context.Context, frame *columnar.Frame, account Account, options PublishOptions) (*content, error) {
	for i := range frame.NumAssets() {
		if err := columnar.CheckTimes(frame.Asset(i), frame.Times(i)); err != nil {
			return nil, err
		}
	}
	hashes, err := columnar.ColumnDigestsContext(ctx, frame)
	if err != nil {
		return nil, err
	}
	return &content{frame: frame, hashes: hashes, digest: columnar.DigestOf(frame, hashes), account: account, options: options}, nil
}

// write writes the files of a version into a folder, durably.
func (c *content) write(ctx context.Context, d disk, dir versionDir) error {
	if err := d.mkdirAll(string(dir)); err != nil {
		return err
	}
	m, err := c.manifest()
	if err != nil {
		return err
	}
	if err := c.writeBars(ctx, d, dir, m); err != nil {
		return err
	}
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
	if err := d.writeFile(dir.hashes(), hashes); err != nil {
		return err
	}
	b, err := m.encode()
	if err != nil {
		return err
	}
	if err := d.writeFile(dir.manifest(), b); err != nil {
		return err
	}
	return d.syncDir(string(dir))
}

// manifest returns the manifest without what is known after writing.
func (c *content) manifest() (*Manifest, error) {
	info := c.frame.Info()
	m := &Manifest{
		Digest:      c.digest,
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

// writeBars writes bars.parquet and enters it into the manifest.
func (c *content) writeBars(ctx context.Context, d disk, dir versionDir, m *Manifest) error {
	file, err := d.create(dir.bars())
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			_ = file.file.Close() // the first error says more
		}
	}()
	sum := &checksum{w: file, stop: ctx.Err}
	buf := bufio.NewWriterSize(sum, 1<<18)
	codec := colfile.None
	if c.options.Compact {
		codec = colfile.Zstd
	}
	w, err := colfile.NewWriter(buf, barsColumns(c.frame.Columns()), colfile.Options{
		Codec: codec, CreatedBy: c.options.Tool, SortedBy: []string{assetColumn, columnar.Time}, Workers: runtime.GOMAXPROCS(0),
	})
	if err != nil {
		return err
	}
	if err := c.writeGroups(ctx, w, m); err != nil {
		return err
	}
	w.SetMetadata("bowstring.digest", c.digest)
	if err := w.Close(); err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return err
	}
	done = true
	if err := file.finish(); err != nil {
		return err
	}
	m.Bars = BarsInfo{
		Bytes:        w.Offset(),
		CRC32C:       fmt.Sprintf("%08x", sum.crc),
		FooterSHA256: sha256Hex(w.Footer()),
		Codec:        codec.String(),
		RowGroups:    w.NumRowGroups(),
	}
	return nil
}

// writeGroups writes the row groups and enters the positions of the assets.
func (c *content) writeGroups(ctx context.Context, w *colfile.Writer, m *Manifest) error {
	rows := make([]int, len(m.Assets))
	for i, a := range m.Assets {
		rows[i] = a.Rows
	}
	limit := maxGroupRows
	if c.options.groupLimit > 0 {
		limit = c.options.groupLimit
	}
	sections := layout(rows, min(groupRows, limit), limit)
	positions(m.Assets, sections)
	g := group{frame: c.frame}
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

// group gathers the columns of a row group. Its memory is reused.
type group struct {
	frame  *columnar.Frame
	codes  []int32
	times  []int64
	values [][]float64
}

// data returns the values of a section, valid until the next call. Those of
// a single asset are not copied.
func (g *group) data(s section) []colfile.Data {
	f := g.frame
	names := colfile.Data{Codes: slices.Grow(g.codes[:0], s.rows)}
	for i := s.first; i < s.end; i++ {
		names.Dictionary = append(names.Dictionary, f.Asset(i))
		n := f.NumBars(i)
		if s.end-s.first == 1 {
			n = s.rows
		}
		for range n {
			names.Codes = append(names.Codes, int32(i-s.first))
		}
	}
	g.codes = names.Codes
	out := []colfile.Data{names, {Int64: g.gatherTimes(s)}}
	if g.values == nil {
		g.values = make([][]float64, len(f.Columns()))
	}
	for c := range f.Columns() {
		if s.end-s.first == 1 {
			out = append(out, colfile.Data{Float64: f.Values(s.first, c)[s.from:s.to]})
			continue
		}
		g.values[c] = slices.Grow(g.values[c][:0], s.rows)
		for i := s.first; i < s.end; i++ {
			g.values[c] = append(g.values[c], f.Values(i, c)...)
		}
		out = append(out, colfile.Data{Float64: g.values[c]})
	}
	return out
}

func (g *group) gatherTimes(s section) []int64 {
	if s.end-s.first == 1 {
		return g.frame.Times(s.first)[s.from:s.to]
	}
	g.times = slices.Grow(g.times[:0], s.rows)
	for i := s.first; i < s.end; i++ {
		g.times = append(g.times, g.frame.Times(i)...)
	}
	return g.times
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
