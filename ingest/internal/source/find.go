package source

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/report"
)

// File is one file, one member of a zip archive, or what a caller has in place of
// one.
type File struct {
	report.Source
	Asset string // the id where it has no symbol column
	// Part says that its name goes on from that of the asset, with a date or a
	// number; named, that the asset is from the name at all.
	Part, named bool
	// Day is the date of all its rows, since 1970, as partitions give it; nil where
	// they do not.
	Day *int
	// Found says that a folder or an archive holds it beside others, and nobody
	// named it.
	// isBar reports whether a name is that of a column of bars, and stacked how text
	// is read in which assets stand side by side.
	isBar   func(name string) bool
	stacked *stack
	Found   bool
	archive *archive
	member  *zip.File // nil unless archive is a zip
	tar     tarMember // set where archive is a tar file
	Format  Format
}

// Format is what a source is, by its first bytes.
type Format uint8

// The formats. Records are what a caller has, no file.
const (
	FormatText Format = iota // plain or compressed
	formatZip
	formatTar
	FormatParquet
	formatArrow // of either IPC format
	FormatRecords
)

// Name is how messages and the rejects call the source.
func (s *File) Name() string { return s.Path }

// Files are what is behind paths, in the order in which it is read.
type Files struct {
	All      []*File
	archives []*archive
	Ignored  []string
	// Refused are files of folders, and members of archives, that cannot be read.
	Refused []Refused
	Bytes   int64
}

// Close closes the archives, which stay open while members are read.
func (in *Files) Close() {
	for _, a := range in.archives {
		a.close()
	}
}

// Refused is a file that cannot be read.
type Refused struct {
	Path string
	Err  error
}

// Choice is how files are looked for.
type Choice struct {
	// Strict makes what is refused beside other files an error.
	Strict bool
	// Asset is the id of all files; "" takes what AssetFrom finds in their paths, or,
	// where that is nil, what names say.
	Asset     string
	AssetFrom *Pattern
	// Known reports whether there are bars of an asset already; nil for none.
	Known func(asset string) bool
	// IsTime reports whether a folder called key=value may give the date.
	IsTime func(key string) bool
	// IsBar reports whether a name is that of a column of bars.
	IsBar func(name string) bool
	// IsSymbol reports whether a folder called key=value names an asset.
	IsSymbol func(key string) bool
	// Lean takes the names that LEAN gives files within a day, and named takes the
	// files of quotes among them: their columns are named.
	Lean, Named bool
}

// Find finds the files behind paths. Whatever is wrong with any of them is
// reported at once. The caller closes what is found.
func Find(ctx context.Context, paths []string, how Choice) (*Files, error) {
	in := &Files{}
	var errs []error
	if len(paths) == 0 {
		errs = append(errs, fmt.Errorf("%w: no path given", problem.ErrOptions))
	}
	seen := make(map[string]bool)
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			in.Close()
			return nil, err
		}
		if seen[filepath.Clean(path)] {
			errs = append(errs, fmt.Errorf("%w: %s is given twice", problem.ErrOptions, path))
			continue
		}
		seen[filepath.Clean(path)] = true
		if err := in.add(ctx, path, how); err != nil {
			errs = append(errs, err)
		}
	}
	if how.Lean {
		errs = append(errs, in.leanFiles(how.Named))
	}
	errs = append(errs, in.nameAssets(how))
	if err := errors.Join(errs...); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

// nameAssets gives the files the assets that the choice, or their names, say.
func (in *Files) nameAssets(how Choice) error {
	for _, f := range in.All {
		f.isBar = how.IsBar
	}
	switch {
	case how.Asset != "":
		for _, f := range in.All {
			f.Asset = how.Asset
		}
	case how.AssetFrom != nil:
		for _, f := range in.All {
			asset, ok := how.AssetFrom.Asset(f.Path)
			if !ok {
				return fmt.Errorf("%w: asset pattern %q finds no asset in %s", problem.ErrOptions, how.AssetFrom.text, f.Path)
			}
			f.Asset = asset
		}
	default:
		known := how.Known
		if known == nil {
			known = func(string) bool { return false }
		}
		in.joinParts(known)
	}
	return nil
}

// add adds a path given by the user.
func (in *Files) add(ctx context.Context, path string, how Choice) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return in.addFile(ctx, path, info, below{}, false, how)
	}
	root, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	before := len(in.All)
	if err := in.addFolder(ctx, path, root, below{}, 0, how); err != nil {
		return err
	}
	if len(in.All) == before && len(in.Refused) > 0 {
		return in.Refused[0].Err
	}
	if len(in.All) == before {
		return &problem.InputError{File: path, Err: problem.Shape("the folder holds no file ending in %s", strings.Join(extensions(), ", "))}
	}
	return nil
}

// maxDepth is how deep folders of partitions may lie in each other.
const maxDepth = 16

// addFolder adds the files of a folder, and of the folders of partitions in
// it, whose names are key=value. root is the folder that was given, without
// links, and at what the partitions above say.
func (in *Files) addFolder(ctx context.Context, path, root string, at below, depth int, how Choice) error {
	if depth > maxDepth {
		return &problem.InputError{File: path, Err: fmt.Errorf("folders lie more than %d deep in each other", maxDepth)}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	// In the natural order of whole paths, where "a-b/x" stands before "a/x".
	slices.SortFunc(entries, func(a, b fs.DirEntry) int {
		return cmp.Or(compareNatural(pathName(a), pathName(b)), strings.Compare(a.Name(), b.Name()))
	})
	var errs []error
	for _, e := range entries {
		child := filepath.Join(path, e.Name())
		info, err := statInside(child, root, e)
		switch {
		case err != nil:
			errs = append(errs, err)
		case strings.HasPrefix(e.Name(), "."):
			in.Ignored = append(in.Ignored, child)
		case info.IsDir() && e.Name() == macFolder:
			in.Ignored = append(in.Ignored, child)
		case info.IsDir():
			errs = append(errs, in.addFolder(ctx, child, root, at.partition(e.Name(), how), depth+1, how))
		case !known(e.Name()), info.Mode().IsRegular() && info.Size() == 0 && !how.Strict:
			in.Ignored = append(in.Ignored, child)
		default:
			err := in.addFile(ctx, child, info, at, true, how)
			if refusable(err, how) {
				in.Refused = append(in.Refused, Refused{child, err})
				continue
			}
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// pathName is the name of an entry as paths go on with it, a file's without its
// ending: "a.csv" stands before "a (1).csv".
func pathName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return AssetName(e.Name())
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
		return nil, &problem.InputError{File: path, Err: errors.New("a link that leads out of the folder; give the file itself")}
	}
	return os.Stat(path)
}

// addFile adds one file, or the members of one archive. at is what partitions say of
// it; where they name no asset it is that of the file's name.
func (in *Files) addFile(ctx context.Context, path string, info fs.FileInfo, at below, found bool, how Choice) error {
	if !info.Mode().IsRegular() {
		return &problem.InputError{File: path, Err: errors.New("not a regular file")}
	}
	in.Bytes += info.Size()
	format, err := formatOf(path)
	if err != nil {
		return err
	}
	if format == formatTar {
		return in.addTar(ctx, path, info, at, found, how)
	}
	if format != formatZip {
		f := &File{Source: report.Source{Path: path, Bytes: info.Size()}, Asset: at.asset, Format: format, Day: at.date()}
		if f.named = at.asset == ""; f.named {
			f.Asset = AssetName(path)
		}
		f.Found = found
		in.All = append(in.All, f)
		return nil
	}
	a, err := openArchive(path, info.Size(), how.Strict)
	if err != nil {
		return err
	}
	in.archives = append(in.archives, a)
	in.Ignored, in.Refused = append(in.Ignored, a.ignored...), append(in.Refused, a.refused...)
	for _, m := range a.members {
		s := &File{Source: report.Source{Path: path + "!" + m.Name, Bytes: info.Size()}, Asset: AssetName(m.Name), archive: a, member: m, Day: at.date(), Found: found || len(a.members) > 1}
		s.named = at.asset == ""
		switch {
		case at.asset != "":
			s.Asset = at.asset
		case len(a.members) == 1:
			s.Asset = AssetName(path)
		}
		in.All = append(in.All, s)
	}
	return nil
}

// Extensions of compressed files, of text and of tables, as file names end in
// them.
var (
	packedExtensions = []string{".gz", ".zst", ".xz", ".zip", ".tar", ".tgz", ".txz"}
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

// AssetName is the name of a file without folder and known extensions.
func AssetName(path string) string {
	name := filepath.Base(filepath.FromSlash(path))
	for _, extensions := range [][]string{packedExtensions, {".tar"}, slices.Concat(textExtensions, tableExtensions)} {
		if ext := filepath.Ext(name); slices.Contains(extensions, strings.ToLower(ext)) {
			name = strings.TrimSuffix(name, ext)
		}
	}
	return name
}

// macFolder is where macOS puts what its file system knows of a zip's members.
const macFolder = "__MACOSX"

// refusable reports whether an error is about a file alone, beside which others
// can be read.
func refusable(err error, how Choice) bool {
	var input *problem.InputError
	return err != nil && !how.Strict && errors.As(err, &input)
}

// addTar adds the members of a tar file.
func (in *Files) addTar(ctx context.Context, path string, info fs.FileInfo, at below, found bool, how Choice) error {
	a, err := openTar(ctx, path, info.Size(), how.Strict)
	if err != nil {
		return err
	}
	in.archives = append(in.archives, a)
	in.Ignored, in.Refused = append(in.Ignored, a.ignored...), append(in.Refused, a.refused...)
	for _, m := range a.tars {
		s := &File{Source: report.Source{Path: path + "!" + m.name, Bytes: info.Size()}, Asset: AssetName(m.name), archive: a, tar: m, Day: at.date(), Found: found || len(a.tars) > 1}
		if s.named = at.asset == ""; !s.named {
			s.Asset = at.asset
		}
		in.All = append(in.All, s)
	}
	return nil
}
