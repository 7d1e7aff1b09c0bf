package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// maxLinks is how many links are followed: as many as Linux follows.
const maxLinks = 40

// place is where a name leads.
type place struct {
	path string // of the file that is there, or will be
	// direct says that it is a device, a pipe or an open file of the process,
	// which is written to and never replaced.
	direct bool
	// descriptor is the open file of this process that it is, if own is set.
	descriptor int
	own        bool
}

// descriptors are the names of a process's open files, of which /dev/stdout is a
// link to one.
var descriptors = regexp.MustCompile(`^(?:/dev/fd|/proc/([^/]+)(?:/task/[^/]+)?/fd)/(\d+)$`)

// descriptor returns the number of the open file of this process that a path
// names, and says whether it names one of any process.
func descriptor(path string) (number int, own, ok bool) {
	parts := descriptors.FindStringSubmatch(filepath.ToSlash(path))
	if parts == nil {
		return 0, false, false
	}
	number, err := strconv.Atoi(parts[2])
	own = err == nil && (parts[1] == "" || parts[1] == "self" || parts[1] == "thread-self" || parts[1] == strconv.Itoa(os.Getpid()))
	return number, own, true
}

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
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return place{}, err
	}
	device := place{path: name, direct: true}
	p := place{path: name}
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
		if number, own, ok := descriptor(filepath.Join(absolute, base)); ok {
			device.descriptor, device.own = number, own
			return device, nil
		}
		p.path = filepath.Join(dir, base)
		link, err := os.Lstat(p.path)
		if errors.Is(err, fs.ErrNotExist) {
			return p, nil
		}
		if err != nil {
			return place{}, err
		}
		switch {
		case link.Mode()&fs.ModeSymlink != 0:
		case link.Mode().IsRegular():
			return p, nil
		default:
			return device, nil
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
