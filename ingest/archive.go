package ingest

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
)

// archive is an open zip file whose members are sources.
type archive struct {
	path    string
	file    *os.File
	size    int64
	members []*zip.File

	hash sync.Once
	sum  string
	err  error
}

// openArchive opens a zip file and refuses members that are not plain CSV
// files inside the archive. Folders are passed over.
func openArchive(name string, size int64) (*archive, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	a := &archive{path: name, file: f, size: size}
	if err := a.list(); err != nil {
		_ = f.Close() // read only: nothing is lost
		return nil, err
	}
	return a, nil
}

func (a *archive) list() error {
	r, err := zip.NewReader(a.file, a.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return &InputError{File: a.path, Err: err}
	}
	r.RegisterDecompressor(zip.Deflate, flate.NewReader)
	var errs []error
	packed := uint64(0)
	for _, m := range r.File {
		// Members that share their bytes can unpack to more than all ratios allow.
		if packed += m.CompressedSize64; packed > uint64(a.size) || m.CompressedSize64 > uint64(a.size) {
			return &InputError{File: a.path, Err: errors.New("the members overlap, or are larger than the archive")}
		}
		name := a.path + "!" + m.Name
		ext := strings.ToLower(path.Ext(m.Name))
		switch {
		case !insideArchive(m.Name):
			errs = append(errs, &InputError{File: name, Err: errors.New("member name leads out of the archive")})
		case strings.HasSuffix(m.Name, "/"):
		case m.Flags&1 != 0:
			errs = append(errs, &InputError{File: name, Err: shape("the member is encrypted")})
		case !slices.Contains(textExtensions, ext):
			what := ""
			if slices.Contains(tableExtensions, ext) {
				what = "; unpack tables first"
			}
			errs = append(errs, &InputError{File: name, Err: shape("an archive may hold only .csv and .txt members%s", what)})
		default:
			a.members = append(a.members, m)
		}
	}
	if len(a.members) == 0 && errs == nil {
		errs = append(errs, &InputError{File: a.path, Err: shape("the archive holds no .csv or .txt member")})
	}
	slices.SortStableFunc(a.members, func(x, y *zip.File) int { return strings.Compare(x.Name, y.Name) })
	return errors.Join(errs...)
}

// insideArchive refuses absolute names, drive letters, backslashes and "..".
func insideArchive(name string) bool {
	if name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\\:\x00") {
		return false
	}
	return !slices.Contains(strings.Split(name, "/"), "..")
}

// digest returns the SHA-256 of the archive. The first caller computes it; all
// callers of one ingest share a context.
func (a *archive) digest(ctx context.Context) (string, error) {
	a.hash.Do(func() {
		a.sum, a.err = sha256Of(ctx, io.NewSectionReader(a.file, 0, a.size))
	})
	return a.sum, a.err
}

// sha256Of returns the SHA-256 of what is left of a reader.
func sha256Of(ctx context.Context, r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, contextReader{ctx, r}); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// contextReader ends a long read when the context is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
