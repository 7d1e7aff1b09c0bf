package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// maxLinks is how many links are followed: as many as Linux follows.
const maxLinks = 40

// place is where a name leads.
type place struct {
	path string // of the file that is there, or will be
	// direct says that it is a device, a pipe or an open file of the process,
	// which is written to and never replaced.
	direct bool
	info   fs.FileInfo // of what is there; nil for nothing
}

// descriptors are the folders of a process's open files, of which /dev/stdout
// is one.
var descriptors = regexp.MustCompile(`^(/dev/fd|/proc/[^/]+(/task/[^/]+)?/fd)$`)

// Resolve returns the path that a name leads to, whether or not a file is there.
func Resolve(name string) (string, error) {
	p, err := follow(name)
	return p.path, err
}

// follow follows links until there are no more: to a file, to where one can be
// made, or to what is written to directly.
func follow(name string) (place, error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return place{}, &ExistsError{Path: name, What: "it is a folder, and not a regular file", Stays: true}
	case err == nil && !info.Mode().IsRegular():
		return place{path: name, direct: true, info: info}, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return place{}, err
	}
	p := place{path: name, info: info}
	for range maxLinks {
		dir, base := filepath.Split(p.path)
		if dir == "" {
			dir = "."
		}
		// The kernel follows the links of the folder first, and then the "..".
		if dir, err = filepath.EvalSymlinks(dir); err != nil {
			return place{}, fmt.Errorf("%s: %w", name, err)
		}
		absolute, err := filepath.Abs(dir)
		if err != nil {
			return place{}, err
		}
		if descriptors.MatchString(filepath.ToSlash(absolute)) {
			return place{path: name, direct: true, info: info}, nil
		}
		p.path = filepath.Join(dir, base)
		link, err := os.Lstat(p.path)
		if errors.Is(err, fs.ErrNotExist) {
			return p, nil
		}
		if err != nil {
			return place{}, err
		}
		if link.Mode()&fs.ModeSymlink == 0 {
			return p, nil
		}
		to, err := os.Readlink(p.path)
		if err != nil {
			return place{}, err
		}
		if p.path = to; !filepath.IsAbs(to) {
			p.path = dir + string(filepath.Separator) + to // not cleaned: a folder in it may be a link
		}
	}
	return place{}, fmt.Errorf("%s: a chain of more than %d links", name, maxLinks)
}
