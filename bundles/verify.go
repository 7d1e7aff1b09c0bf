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

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/parquet"
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
	err = v.verifyBars(ctx, dir, m, hashes)
	var fault *columnar.FaultError
	if errors.As(err, &fault) {
		v.add(fault.File, "", "", "%w", err)
		err = nil
	}
	return v, err
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
	all, err := openBars(dir, m, parquet.OpenOptions{})
	if err != nil {
		file := dir.bars()
		var known *CorruptError
		var system *fs.PathError
		switch {
		case errors.As(err, &known):
			file, err = known.File, known.Problem
		case errors.As(err, &system):
			file = system.Path
		}
		v.add(file, "", "", "%w", err)
		return nil
	}
	defer all.close()
	return v.verifyOpen(ctx, all, dir, m, hashes)
}

// verifyOpen looks at files that are open. Where one of them is cut short
// meanwhile the error is a *[columnar.FaultError].
func (v *Verification) verifyOpen(ctx context.Context, all parts, dir versionDir, m *Manifest, hashes []byte) (err error) {
	defer columnar.CatchFault(&err)()
	before := len(v.Findings)
	sums := make([]uint32, len(all))
	for i, f := range all {
		if sums[i], err = sumBytes(ctx, f.Bytes()); err != nil {
			return err
		}
		v.Bytes += f.Size()
	}
	if err := v.verifyColumns(ctx, all, dir, m, hashes); err != nil {
		return err
	}
	fine := len(v.Findings) == before
	for i, info := range m.files() {
		if fmt.Sprintf("%08x", sums[i]) != info.CRC32C && fine {
			v.add(dir.part(i), "", "", "does not match its checksum, outside of what values mean: in a page header, in padding, in the sign of a zero, or in bars that were replaced")
		}
	}
	return nil
}

// verifyColumns compares every column of every asset with its hash.
func (v *Verification) verifyColumns(ctx context.Context, all parts, dir versionDir, m *Manifest, hashes []byte) error {
	events, eventsFine := v.readEvents(dir, m)
	frame, err := loadFrame(ctx, all, m, events, memory.DefaultAllocator, columnar.JoinOptions{})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		v.add(dir.bars(), "", "", "%w", err)
		return nil
	}
	defer frame.Release()
	v.verifyNames(all, dir, m)
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
			v.add(v.fileOf(all, dir, m.Assets[i]), frame.Asset(i), name, "does not match its hash")
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

// fileOf returns the file that an asset's bars are in, the first of several.
func (v *Verification) fileOf(all parts, dir versionDir, a AssetInfo) string {
	file, _ := all.locate(a.Group)
	return dir.part(max(file, 0))
}

// verifyNames compares the asset columns, which opening does not read, with
// the manifest. What no asset has any more may say anything.
func (v *Verification) verifyNames(all parts, dir versionDir, m *Manifest) {
	named := make(map[int][]namedPiece) // by row group
	for _, a := range m.Assets {
		for _, p := range a.pieces() {
			named[p.Group] = append(named[p.Group], namedPiece{a.ID, p})
		}
	}
	group := 0
	for i, f := range all {
		for local := range f.NumRowGroups() {
			column, err := f.Column(local, 0)
			if err != nil {
				v.add(dir.part(i), "", assetColumn, "%w", err)
				return
			}
			rest, ok := v.verifyGroup(dir.part(i), group, column.(*array.String), named[group])
			column.Release()
			if !ok {
				return
			}
			group++
			if len(rest) > 0 {
				named[group] = append(rest, named[group]...)
			}
		}
	}
}

// namedPiece is a piece and the asset that it belongs to.
type namedPiece struct {
	id string
	Piece
}

// verifyGroup compares the asset column of one row group. It returns what goes
// on in the next.
func (v *Verification) verifyGroup(file string, group int, names *array.String, pieces []namedPiece) (rest []namedPiece, ok bool) {
	for _, p := range pieces {
		end := min(p.Offset+p.Rows, names.Len())
		for row := p.Offset; row < end; row++ {
			if names.Value(row) != p.id {
				v.add(file, p.id, assetColumn, "row %d of row group %d says %q", row, group, names.Value(row))
				return nil, false
			}
		}
		if left := p.Rows - max(end-p.Offset, 0); left > 0 {
			rest = append(rest, namedPiece{p.id, Piece{group + 1, 0, left}})
		}
	}
	return rest, true
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
func healthy(ctx context.Context, dir versionDir) (ok bool, err error) {
	ok, err = matches(ctx, dir)
	if errors.Is(err, columnar.ErrFault) {
		return false, nil
	}
	return ok, err
}

func matches(ctx context.Context, dir versionDir) (ok bool, err error) {
	defer columnar.CatchFault(&err)()
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
	all, err := openBars(dir, m, parquet.OpenOptions{})
	if err != nil {
		return false, nil
	}
	defer all.close()
	for i, info := range m.files() {
		crc, err := sumBytes(ctx, all[i].Bytes())
		if err != nil || fmt.Sprintf("%08x", crc) != info.CRC32C {
			return false, err
		}
	}
	return true, nil
}
