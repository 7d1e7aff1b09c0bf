package bundles

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/bundles/colfile"
	"github.com/bowstring-engine/bowstring/columnar"
)

// Finding is one thing that is wrong with a version.
type Finding struct {
	// File is the damaged file. Asset and Column name what is damaged in it,
	// where that is known.
	File, Asset, Column string
	Err                 error
}

// Error implements error.
func (f Finding) Error() string {
	where := f.File
	if f.Asset != "" {
		where += fmt.Sprintf(": asset %q", f.Asset)
	}
	if f.Column != "" {
		where += fmt.Sprintf(": column %q", f.Column)
	}
	return fmt.Sprintf("%s: %s", where, problemOf(f.File, f.Err))
}

// Unwrap returns the problem.
func (f Finding) Unwrap() error { return f.Err }

// Verification is the outcome of [Store.Verify].
type Verification struct {
	// Name and ID are the bundle and the version that was looked at.
	Name, ID string
	// Bytes is what was read and hashed, Columns the number of columns of
	// assets that were compared.
	Bytes   int64
	Columns int
	// Findings is everything that is wrong, nil where nothing is.
	Findings []Finding
}

// Err returns nil where nothing is wrong, else an error that wraps
// [ErrCorrupt] and all findings.
func (v Verification) Err() error {
	if len(v.Findings) == 0 {
		return nil
	}
	errs := []error{fmt.Errorf("bundle %q: %w: %d findings; ingest the data again to replace the version", v.Name, ErrCorrupt, len(v.Findings))}
	for _, f := range v.Findings {
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}

func (v *Verification) add(file, asset, column, format string, args ...any) {
	v.Findings = append(v.Findings, Finding{File: file, Asset: asset, Column: column, Err: fmt.Errorf(format, args...)})
}

// Verify reads every byte of a version and compares it with its hashes. What
// is wrong is in the Verification; the error says only why verifying was not
// possible: there is no such version, or ctx has ended.
func (s *Store) Verify(ctx context.Context, ref string) (Verification, error) {
	r, err := parseReference(ref)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{Name: r.name}
	v.ID, err = s.resolve(r)
	if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrVersion) {
		v.add(s.bundle(r.name).marker(), "", "", "%w", err)
		return v, nil
	}
	if err != nil {
		return v, err
	}
	dir := s.bundle(r.name).version(v.ID)
	m, err := readManifest(dir)
	if err != nil {
		if r.prefix != "" && errors.Is(err, fs.ErrNotExist) {
			if there, _ := exists(string(dir)); !there {
				return v, fmt.Errorf("bundle %q: %w", ref, ErrNotFound)
			}
		}
		v.add(dir.manifest(), "", "", "%w", err)
		return v, nil
	}
	if versionID(m.Digest) != v.ID {
		v.add(dir.manifest(), "", "", "is of version %s", versionID(m.Digest))
	}
	if _, err := m.Account(); err != nil {
		v.add(dir.manifest(), "", "", "%w", err)
	}
	hashes := v.readHashes(dir, m)
	return v, v.verifyBars(ctx, dir, m, hashes)
}

// readHashes returns the content of hashes.bin, or nil where it is damaged.
func (v *Verification) readHashes(dir versionDir, m *Manifest) []byte {
	hashes, err := os.ReadFile(dir.hashes())
	v.Bytes += int64(len(hashes))
	switch {
	case err != nil:
		v.add(dir.hashes(), "", "", "%w", err)
	case int64(len(hashes)) != m.Hashes.Bytes:
		v.add(dir.hashes(), "", "", "%d bytes, the manifest says %d", len(hashes), m.Hashes.Bytes)
	case sha256Hex(hashes) != m.Hashes.SHA256:
		v.add(dir.hashes(), "", "", "does not match its checksum")
	default:
		return hashes
	}
	return nil
}

func (v *Verification) verifyBars(ctx context.Context, dir versionDir, m *Manifest, hashes []byte) error {
	file := dir.bars()
	f, err := openBars(dir, m, colfile.OpenOptions{})
	if err != nil {
		v.add(file, "", "", "%w", err)
		return nil
	}
	defer f.Close()
	before := len(v.Findings)
	crc, err := sumBytes(ctx, f.Bytes())
	if err != nil {
		return err
	}
	v.Bytes += f.Size()
	if err := v.verifyColumns(ctx, f, dir, m, hashes); err != nil {
		return err
	}
	if fmt.Sprintf("%08x", crc) != m.Bars.CRC32C && len(v.Findings) == before {
		v.add(file, "", "", "does not match its checksum, outside of what values mean: in a page header, in padding, or in the sign of a zero")
	}
	return nil
}

// verifyColumns compares every column of every asset with its hash.
func (v *Verification) verifyColumns(ctx context.Context, f *colfile.File, dir versionDir, m *Manifest, hashes []byte) error {
	events, eventsFine := v.readEvents(dir, m)
	frame, err := loadFrame(ctx, f, m, events, memory.DefaultAllocator)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		v.add(dir.bars(), "", "", "%w", err)
		return nil
	}
	defer frame.Release()
	v.verifyNames(f, dir, m)
	sums, err := columnar.ColumnDigestsContext(ctx, frame)
	if err != nil {
		return err
	}
	if digest := columnar.DigestOf(frame, sums); digest != m.Digest && eventsFine {
		v.add(dir.bars(), "", "", "has digest %s, the manifest says %s", digest, m.Digest)
	}
	for i, asset := range sums {
		v.verifyAsset(frame, i, dir, m)
		for c, sum := range asset {
			v.Columns++
			at := (i*len(asset) + c) * hashSize
			if hashes == nil || bytes.Equal(sum[:], hashes[at:at+hashSize]) {
				continue
			}
			name := columnar.Time
			if c > 0 {
				name = frame.Columns()[c-1].Name
			}
			v.add(dir.bars(), frame.Asset(i), name, "does not match its hash")
		}
	}
	return nil
}

// verifyAsset compares the timestamps of an asset with its line in the
// manifest.
func (v *Verification) verifyAsset(frame *columnar.Frame, i int, dir versionDir, m *Manifest) {
	times := frame.Times(i)
	if err := columnar.CheckTimes(frame.Asset(i), times); err != nil {
		v.add(dir.bars(), frame.Asset(i), columnar.Time, "%w", err)
	}
	a := m.Assets[i]
	if n := len(times); n > 0 && (times[0] != a.First || times[n-1] != a.Last) {
		v.add(dir.bars(), frame.Asset(i), columnar.Time, "runs from %d to %d, the manifest says %d to %d", times[0], times[n-1], a.First, a.Last)
	}
}

// verifyNames compares the asset column, which opening does not read, with
// the manifest.
func (v *Verification) verifyNames(f *colfile.File, dir versionDir, m *Manifest) {
	next, left := 0, 0
	for g := range f.NumRowGroups() {
		column, err := f.Column(g, 0)
		if err != nil {
			v.add(dir.bars(), "", assetColumn, "%w", err)
			return
		}
		names := column.(*array.String)
		for row := range names.Len() {
			for left == 0 {
				left = m.Assets[next].Rows
				next++
			}
			if id := m.Assets[next-1].ID; names.Value(row) != id {
				v.add(dir.bars(), id, assetColumn, "row %d of row group %d says %q", row, g, names.Value(row))
				column.Release()
				return
			}
			left--
		}
		column.Release()
	}
}

// sumBytes returns the CRC-32C of b, or the error of ctx.
func sumBytes(ctx context.Context, b []byte) (crc uint32, err error) {
	const piece = 16 << 20
	for len(b) > 0 {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n := min(piece, len(b))
		crc = crc32.Update(crc, castagnoli, b[:n])
		b = b[n:]
	}
	return crc, nil
}

// healthy reports whether a version is there and its files match their
// checksums. It hashes no values.
func healthy(ctx context.Context, dir versionDir) (bool, error) {
	m, err := readManifest(dir)
	if err != nil {
		return false, nil
	}
	var v Verification
	v.readHashes(dir, m)
	v.readEvents(dir, m)
	if len(v.Findings) > 0 {
		return false, nil
	}
	f, err := openBars(dir, m, colfile.OpenOptions{})
	if err != nil {
		return false, nil
	}
	defer f.Close()
	crc, err := sumBytes(ctx, f.Bytes())
	return fmt.Sprintf("%08x", crc) == m.Bars.CRC32C, err
}
