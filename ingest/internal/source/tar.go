package source

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
)

// A tar file is unpacked once where it is compressed, to a temporary file, and its
// members are read from their places.

// tarMember is where a member of a tar file lies.
type tarMember struct {
	name       string
	from, size int64
}

// isTar reports whether text begins as a tar file does.
func isTar(head []byte) bool { return len(head) >= 262 && string(head[257:262]) == "ustar" }

// tarInside reports whether a file is a tar file, packed or not.
func tarInside(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	plain, _, closer, err := unpack(bufio.NewReaderSize(f, 4<<10))
	defer closer()
	if err != nil {
		return false, nil // reading it says what is wrong
	}
	head := make([]byte, 512)
	n, _ := io.ReadFull(plain, head) // a short one is none
	return isTar(head[:n]), nil
}

// openTar lists the members of a tar file.
func openTar(ctx context.Context, name string, size int64, strict bool) (*archive, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	a := &archive{path: name, file: f, size: size}
	if err := a.listTar(ctx, strict); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// listTar finds the members, in a plain file.
func (a *archive) listTar(ctx context.Context, strict bool) error {
	var read atomic.Int64
	raw := contextReader{ctx, &countingReader{io.NewSectionReader(a.file, 0, a.size), func(n int) { read.Add(int64(n)) }}}
	plain, packed, closer, err := unpack(bufio.NewReaderSize(raw, HeadBytes))
	defer closer()
	if err != nil {
		return &problem.InputError{File: a.path, Err: err}
	}
	a.plain = a.file
	if packed {
		if err := a.spool(&boundedReader{r: plain, packed: &read}); err != nil {
			return err
		}
	}
	size, err := a.plain.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	at := int64(0)
	counted := &countingReader{io.NewSectionReader(a.plain, 0, size), func(n int) { at += int64(n) }}
	r := tar.NewReader(counted)
	var errs []error
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return &problem.InputError{File: a.path, Err: err}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		errs = append(errs, a.tarEntry(h, at, size, strict))
	}
	if strict || len(a.tars) == 0 {
		for _, r := range a.refused {
			errs = append(errs, r.Err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if len(a.tars) == 0 {
		return &problem.InputError{File: a.path, Err: problem.Shape("the archive holds no .csv or .txt member")}
	}
	slices.SortStableFunc(a.tars, func(x, y tarMember) int { return strings.Compare(x.name, y.name) })
	return nil
}

// tarEntry takes an entry of a tar file, whose content begins at a place.
func (a *archive) tarEntry(h *tar.Header, at, size int64, strict bool) error {
	name := a.path + "!" + h.Name
	ext := strings.ToLower(path.Ext(h.Name))
	if slices.Contains(packedExtensions, ext) && ext != ".zip" {
		ext = strings.ToLower(path.Ext(strings.TrimSuffix(h.Name, path.Ext(h.Name))))
	}
	inside := strings.TrimPrefix(h.Name, "./")
	hidden := strings.HasPrefix(path.Base(inside), ".") || strings.HasPrefix(inside, macFolder+"/")
	switch {
	case h.Typeflag == tar.TypeDir:
	case !insideArchive(inside):
		return &problem.InputError{File: name, Err: errors.New("member name leads out of the archive")}
	case h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeRegA: //nolint:staticcheck // old archives have it
		a.ignored = append(a.ignored, name)
	case h.PAXRecords["GNU.sparse.major"] != "" || h.Size > size-at:
		return &problem.InputError{File: name, Err: problem.Shape("the member has holes, or leads out of the archive")}
	case !strict && (hidden || h.Size == 0):
		a.ignored = append(a.ignored, name)
	case !slices.Contains(textExtensions, ext):
		err := problem.Shape("an archive may hold only .csv and .txt members")
		a.refused = append(a.refused, Refused{name, &problem.InputError{File: name, Err: err}})
	default:
		a.tars = append(a.tars, tarMember{h.Name, at, h.Size})
	}
	return nil
}

// spool unpacks a tar file to a temporary one, which goes when the archive is closed.
func (a *archive) spool(plain io.Reader) (err error) {
	f, err := os.CreateTemp("", "bowstring-tar-*")
	if err != nil {
		return err
	}
	a.plain, a.temporary = f, f.Name()
	if _, err := io.Copy(f, plain); err != nil {
		if errors.Is(err, problem.ErrShape) {
			return &problem.InputError{File: a.path, Err: err}
		}
		return fmt.Errorf("unpack %s: %w", a.path, err)
	}
	return nil
}

// close closes the files of an archive, and removes what it was unpacked to.
func (a *archive) close() {
	_ = a.file.Close() // read only: nothing is lost
	if a.temporary != "" {
		_ = a.plain.Close()
		_ = os.Remove(a.temporary) // a folder for temporary files forgets it else
	}
}
