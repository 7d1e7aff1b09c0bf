package source

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

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// archive is an open zip file whose members are sources.
type archive struct {
	path    string
	file    *os.File
	size    int64
	members []*zip.File
	// ignored are members that hold nothing, and refused those that cannot be read.
	ignored []string
	refused []Refused
	// tars are the members of a tar file, which lie in plain: the file, or a
	// temporary one.
	tars      []tarMember
	plain     *os.File
	temporary string

	hash sync.Once
	sum  string
	err  error
}

// openArchive opens a zip file and refuses members that are not plain CSV
// files inside the archive. Folders are passed over.
func openArchive(name string, size int64, strict bool) (*archive, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	a := &archive{path: name, file: f, size: size}
	if err := a.list(strict); err != nil {
		_ = f.Close() // read only: nothing is lost
		return nil, err
	}
	return a, nil
}

func (a *archive) list(strict bool) error {
	r, err := zip.NewReader(io.NewSectionReader(a.file, 0, a.size), a.size) // of which no offset is an error of the system
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return &problem.InputError{File: a.path, Err: err}
	}
	var errs []error
	packed, plain := uint64(0), uint64(0)
	for _, m := range r.File {
		if plain += m.UncompressedSize64; m.UncompressedSize64 > 1<<62 || plain > freeBytes && plain/maxRatio > uint64(a.size) {
			return &problem.InputError{File: a.path, Err: errBomb}
		}
		// Members that share their bytes can unpack to more than all ratios allow.
		if packed += m.CompressedSize64; packed > uint64(a.size) || m.CompressedSize64 > uint64(a.size) {
			return &problem.InputError{File: a.path, Err: errors.New("the members overlap, or are larger than the archive")}
		}
		name := a.path + "!" + m.Name
		ext := strings.ToLower(path.Ext(m.Name))
		switch {
		case !insideArchive(m.Name):
			errs = append(errs, &problem.InputError{File: name, Err: errors.New("member name leads out of the archive")})
		case strings.HasSuffix(m.Name, "/"):
		case !strict && foreign(m):
			a.ignored = append(a.ignored, name)
		case m.Flags&1 != 0:
			errs = append(errs, &problem.InputError{File: name, Err: problem.Shape("the member is encrypted")})
		case m.Method != zip.Store && m.Method != zip.Deflate:
			errs = append(errs, &problem.InputError{File: name, Err: problem.Shape("the member is packed by method %d; want deflate (8) or none (0)", m.Method)})
		case !slices.Contains(textExtensions, ext):
			what := ""
			if slices.Contains(tableExtensions, ext) {
				what = "; unpack tables first"
			}
			err := problem.Shape("an archive may hold only .csv and .txt members%s", what)
			a.refused = append(a.refused, Refused{name, &problem.InputError{File: name, Err: err}})
		default:
			a.members = append(a.members, m)
		}
	}
	if strict || len(a.members) == 0 {
		for _, r := range a.refused {
			errs = append(errs, r.Err)
		}
	}
	if len(a.members) == 0 && errs == nil {
		errs = append(errs, &problem.InputError{File: a.path, Err: problem.Shape("the archive holds no .csv or .txt member")})
	}
	slices.SortStableFunc(a.members, func(x, y *zip.File) int { return strings.Compare(x.Name, y.Name) })
	return errors.Join(errs...)
}

// Untrusted reports whether an error says that a file is not what it says of itself:
// then nothing beside it is taken either.
func (s *File) Untrusted(err error) bool {
	return errors.Is(err, errBomb) || errors.Is(err, errMember) || s.archive != nil && !errors.Is(err, problem.ErrShape)
}

// foreign reports whether a member holds no data: what macOS and other systems add
// to an archive, or nothing.
func foreign(m *zip.File) bool {
	return strings.HasPrefix(m.Name, macFolder+"/") || strings.HasPrefix(path.Base(m.Name), ".") || m.UncompressedSize64 == 0
}

// insideArchive refuses absolute names, drive letters, backslashes and "..".
func insideArchive(name string) bool {
	if name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\\:\x00") {
		return false
	}
	return !slices.Contains(strings.Split(name, "/"), "..")
}

// packed returns the bytes of a member as they stand in the archive.
func (a *archive) packed(m *zip.File) (io.Reader, error) {
	at, err := m.DataOffset()
	if err != nil {
		return nil, err
	}
	if n := int64(m.CompressedSize64); at < 0 || at > a.size || n > a.size-at {
		return nil, problem.Shape("the member leads out of the archive")
	}
	return m.OpenRaw()
}

// digest returns the SHA-256 of the archive. The first caller computes it; all
// callers of one ingest share a context.
func (a *archive) digest(ctx context.Context) (string, error) {
	a.hash.Do(func() {
		a.sum, a.err = SHA256Of(ctx, io.NewSectionReader(a.file, 0, a.size))
	})
	return a.sum, a.err
}

// SHA256Of returns the SHA-256 of what is left of a reader.
func SHA256Of(ctx context.Context, r io.Reader) (string, error) {
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
