package ingest

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/report"
)

// source is one file or one member of a zip archive, on its way through the
// ingest. Only the goroutine that reads it writes to it.
type source struct {
	report.Source
	index   int
	asset   string // the id where the source has no symbol column
	archive *archive
	member  *zip.File // nil unless archive is set
	format  format
	table   typedTable // the table of formatRecords
	layout  *layout
	chunks  []*chunk
}

// format is what a source is, by its first bytes.
type format uint8

const (
	formatText format = iota // plain or compressed
	formatZip
	formatParquet
	formatArrow // of either IPC format
	formatRecords
)

// name is how messages and the rejects call the source.
func (s *source) name() string { return s.Path }

// inputs are the sources of an ingest, in the order in which they are read.
type inputs struct {
	sources  []*source
	archives []*archive
	ignored  []string
	bytes    int64
}

// close closes the archives, which stay open while members are read.
func (in *inputs) close() {
	for _, a := range in.archives {
		_ = a.file.Close() // read only: nothing is lost
	}
}

// text reports whether any source is text.
func (in *inputs) text() bool {
	return slices.ContainsFunc(in.sources, func(s *source) bool { return s.format == formatText })
}

// gather finds the sources behind paths. Whatever is wrong with any of them
// is reported at once.
func gather(ctx context.Context, paths []string, o *Options) (*inputs, error) {
	in := &inputs{}
	var errs []error
	if len(paths) == 0 {
		errs = append(errs, fmt.Errorf("%w: no path given", ErrOptions))
	}
	seen := make(map[string]bool)
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			in.close()
			return nil, err
		}
		if seen[filepath.Clean(path)] {
			errs = append(errs, fmt.Errorf("%w: %s is given twice", ErrOptions, path))
			continue
		}
		seen[filepath.Clean(path)] = true
		if err := in.add(path); err != nil {
			errs = append(errs, err)
		}
	}
	if strings.EqualFold(o.Dialect, leanDialect) {
		errs = append(errs, in.leanSources(o.Names != nil))
	}
	if o.Asset != "" && len(in.sources) > 1 {
		errs = append(errs, fmt.Errorf("%w: asset %q is given for %d sources", ErrOptions, o.Asset, len(in.sources)))
	}
	if err := errors.Join(errs...); err != nil {
		in.close()
		return nil, err
	}
	for i, s := range in.sources {
		s.index = i
		if o.Asset != "" {
			s.asset = o.Asset
		}
	}
	return in, nil
}

// add adds a path given by the user.
func (in *inputs) add(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return in.addFile(path, info, "")
	}
	root, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	before := len(in.sources)
	if err := in.addFolder(path, root, "", 0); err != nil {
		return err
	}
	if len(in.sources) == before {
		return &InputError{File: path, Err: shape("the folder holds no file ending in %s", strings.Join(extensions(), ", "))}
	}
	return nil
}

// maxDepth is how deep folders of partitions may lie in each other.
const maxDepth = 16

// addFolder adds the files of a folder, and of the folders of partitions in
// it, whose names are key=value. root is the folder that was given, without
// links, and asset what a partition above calls the files.
func (in *inputs) addFolder(path, root, asset string, depth int) error {
	if depth > maxDepth {
		return &InputError{File: path, Err: fmt.Errorf("folders of partitions lie more than %d deep in each other", maxDepth)}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	// In the order of whole paths, where "a-b/x" stands before "a/x".
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(pathName(a), pathName(b)) })
	var errs []error
	for _, e := range entries {
		child := filepath.Join(path, e.Name())
		info, err := statInside(child, root, e)
		_, _, isPartition := partition(e.Name())
		switch {
		case err != nil:
			errs = append(errs, err)
		case strings.HasPrefix(e.Name(), "."):
			in.ignored = append(in.ignored, child)
		case info.IsDir() && isPartition:
			id := asset
			if named := partitionAsset(e.Name()); named != "" {
				id = named
			}
			errs = append(errs, in.addFolder(child, root, id, depth+1))
		case info.IsDir() || !known(e.Name()):
			in.ignored = append(in.ignored, child)
		default:
			errs = append(errs, in.addFile(child, info, asset))
		}
	}
	return errors.Join(errs...)
}

// pathName is the name of an entry as paths go on with it.
func pathName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

// statInside describes an entry of a folder. Links may lead to other places of
// the folder that was given, and not out of it.
func statInside(path, root string, e fs.DirEntry) (fs.FileInfo, error) {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.Info()
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	inside, err := filepath.Rel(root, target)
	if err != nil || !filepath.IsLocal(inside) {
		return nil, &InputError{File: path, Err: errors.New("a link that leads out of the folder; give the file itself")}
	}
	return os.Stat(path)
}

// addFile adds one file, or the members of one archive. asset is its id where
// it has no symbol column; "" takes the name of the file.
func (in *inputs) addFile(path string, info fs.FileInfo, asset string) error {
	if !info.Mode().IsRegular() {
		return &InputError{File: path, Err: errors.New("not a regular file")}
	}
	in.bytes += info.Size()
	format, err := formatOf(path)
	if err != nil {
		return err
	}
	if format != formatZip {
		if asset == "" {
			asset = assetName(path)
		}
		in.sources = append(in.sources, &source{Source: report.Source{Path: path, Bytes: info.Size()}, asset: asset, format: format})
		return nil
	}
	a, err := openArchive(path, info.Size())
	if err != nil {
		return err
	}
	in.archives = append(in.archives, a)
	for _, m := range a.members {
		s := &source{Source: report.Source{Path: path + "!" + m.Name, Bytes: info.Size()}, asset: assetName(m.Name), archive: a, member: m}
		switch {
		case asset != "":
			s.asset = asset
		case len(a.members) == 1:
			s.asset = assetName(path)
		}
		in.sources = append(in.sources, s)
	}
	return nil
}

// Extensions of compressed files, of text and of tables, as file names end in
// them.
var (
	packedExtensions = []string{".gz", ".zst", ".zip"}
	textExtensions   = []string{".csv", ".txt"}
	tableExtensions  = []string{".parquet", ".parq", ".pq", ".arrow", ".arrows", ".feather", ".ipc"}
)

// extensions returns all of them.
func extensions() []string {
	return slices.Concat(textExtensions, packedExtensions, tableExtensions)
}

// known reports whether a file in a folder is taken for a source.
func known(name string) bool {
	return slices.Contains(extensions(), strings.ToLower(filepath.Ext(name)))
}

// assetName is the name of a file without folder and known extensions.
func assetName(path string) string {
	name := filepath.Base(filepath.FromSlash(path))
	for _, extensions := range [][]string{packedExtensions, slices.Concat(textExtensions, tableExtensions)} {
		if ext := filepath.Ext(name); slices.Contains(extensions, strings.ToLower(ext)) {
			name = strings.TrimSuffix(name, ext)
		}
	}
	return name
}
