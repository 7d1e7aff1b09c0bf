package bundles

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// planter puts things into folders that no store writes, but that are called
// as if, or lie where a store looks.
type planter struct {
	t       *testing.T
	random  *rand.Rand
	store   string
	outside string
	planted []string
}

func (p *planter) file(parts ...string) {
	path := filepath.Join(parts...)
	if _, err := os.Lstat(path); err == nil {
		return // of the store, or planted before
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, fmt.Appendf(nil, "foreign %d\n", p.random.Int()), 0o666); err != nil {
		p.t.Fatal(err)
	}
	p.planted = append(p.planted, path)
}

func (p *planter) link(parts ...string) {
	path := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Symlink(p.outside, path); err != nil {
		p.t.Skip(err) // a system without links
	}
	p.planted = append(p.planted, path)
}

func (p *planter) digest() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d", p.random.Int()))
	return fmt.Sprintf("%x", sum)
}

func (p *planter) id() string {
	return newID(time.Unix(1_700_000_000+int64(p.random.IntN(1e8)), 0).UTC())
}

// inBundle plants into a folder that is or could be a bundle.
func (p *planter) inBundle(dir string) {
	for _, plant := range []func(){
		func() { p.file(dir, "tmp", "important", "data.csv") },
		func() { p.file(dir, "tmp", "a.csv") },
		func() { p.file(dir, "tmp", p.id(), "data.csv") },
		func() { id := p.id(); p.file(dir, "tmp", id, "lock"); p.file(dir, "tmp", id, "data.csv") },
		func() { p.link(dir, "tmp", p.id()) },
		func() { p.file(dir, "versions", p.digest(), "file") },
		func() { p.file(dir, "versions", p.digest(), manifestFile) },
		func() { p.file(dir, "versions", p.digest(), barsFile) },
		func() { p.file(dir, "versions", "notes.txt") },
		func() { p.link(dir, "versions", p.digest()) },
		func() { p.file(dir, "ingests", "a.csv") },
		func() { p.file(dir, "ingests", p.id(), "a.csv") },
		func() { p.file(dir, "ingests", p.id(), reportFile) },
		func() { p.link(dir, "ingests", p.id()) },
		func() { p.file(dir, "notes.txt") },
		func() { p.file(dir, "src", "main.go") },
	} {
		if p.random.IntN(2) == 0 {
			plant()
		}
	}
}

// tree is what is below some folders: the hash of each file, the target of each
// link.
func tree(t *testing.T, roots ...string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			switch {
			case e.IsDir():
				all[path] = "folder"
			case e.Type()&fs.ModeSymlink != 0:
				all[path], err = os.Readlink(path)
			default:
				var b []byte
				b, err = os.ReadFile(path)
				all[path] = fmt.Sprintf("%x", sha256.Sum256(b))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestForeignContentStays plants foreign things into 20 store folders, of each
// of which a part is a real store, and collects and removes all that there is.
// What was planted must be there afterwards, byte by byte; where the folder is
// no store nothing at all may have changed.
func TestForeignContentStays(t *testing.T) {
	ctx := context.Background()
	planted := 0
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 10)) // #nosec G404: variations, not secrets
		s := newStore(t)
		p := &planter{t: t, random: random, store: s.Dir(), outside: t.TempDir()}
		p.file(p.outside, "precious.csv")
		kind := seed % 4 // 0 a marked store, 1 one of an earlier release, 2 and 3 none
		if kind < 2 {
			for _, name := range []string{"a", "b"} {
				mustIngest(t, s, name, small(t), PublishOptions{})
				mustIngest(t, s, name, another(t), PublishOptions{})
			}
		}
		if kind == 1 {
			if err := os.Remove(filepath.Join(s.Dir(), storeFile)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.MkdirAll(s.Dir(), 0o777); err != nil {
			t.Fatal(err)
		}
		before := tree(t, s.Dir())
		p.file(s.Dir(), "myproject", "tmp", "important", "data.csv")
		p.inBundle(filepath.Join(s.Dir(), "myproject"))
		p.inBundle(filepath.Join(s.Dir(), "a"))
		if kind < 2 {
			// Also inside of what the store has written.
			v, err := s.Versions(ctx, "b")
			if err != nil {
				t.Fatal(err)
			}
			p.file(string(s.bundle("b").version(v[1].ID)), "notes.txt")
			p.file(s.bundle("b").ingests(), v[0].Ingest, "notes.txt")
		}
		if random.IntN(2) == 0 {
			p.file(s.Dir(), "notes.txt")
			p.file(s.Dir(), "current.json")
			p.link(s.Dir(), "elsewhere")
			p.file(s.Dir(), "lock")
		}
		all := tree(t, s.Dir(), p.outside)
		commands := func(s *Store) (foreign int) {
			for _, err := range []error{
				second(s.GC(ctx, "", 1)), second(s.GC(ctx, "myproject", 1)), second(s.GC(ctx, "a", 1)), second(s.GC(ctx, "elsewhere", 1)),
				s.Remove(ctx, "myproject"), s.Remove(ctx, "elsewhere"), s.Remove(ctx, "myproject@"+strings.Repeat("0", 6)),
				s.Remove(ctx, "a"), s.Remove(ctx, "b"),
			} {
				if errors.Is(err, ErrForeign) {
					foreign++
				}
			}
			return foreign
		}
		if kind != 0 {
			if n := commands(s); n != 9 {
				t.Errorf("seed %d: %d of 9 commands refused a folder that is no store", seed, n)
			}
			if _, err := s.Begin(ctx, "new"); !errors.Is(err, ErrForeign) {
				t.Errorf("seed %d: an ingest into it: %v", seed, err)
			}
			if now := tree(t, s.Dir(), p.outside); !maps.Equal(all, now) {
				t.Errorf("seed %d: a folder that is no store has changed", seed)
			}
		}
		for _, name := range []string{"myproject", "elsewhere"} {
			if err := s.Forced().Remove(ctx, name); !errors.Is(err, ErrNotFound) {
				t.Errorf("seed %d: %s: %v", seed, name, err)
			}
		}
		commands(s.Forced())
		now := tree(t, s.Dir(), p.outside)
		for _, path := range p.planted {
			if now[path] == "" || now[path] != all[path] {
				t.Errorf("seed %d: %s is gone or changed", seed, path)
			}
		}
		for path := range before {
			if kind < 2 && now[path] != "" && now[path] != "folder" && filepath.Base(path) != storeFile {
				t.Errorf("seed %d: %s of the store is left", seed, path)
			}
		}
		planted += len(p.planted)
	}
	t.Logf("%d foreign files and links in 20 folders, none touched", planted)
}

func second[T any](_ T, err error) error { return err }

// TestIngestBesideForeign: a store takes bundles only where nothing else is, or
// with leave, and then touches nothing else.
func TestIngestBesideForeign(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, "a", small(t), PublishOptions{})
	p := &planter{t: t, random: rand.New(rand.NewPCG(1, 1)), store: s.Dir(), outside: t.TempDir()} // #nosec G404: as above
	p.file(s.Dir(), "myproject", "tmp", "important", "data.csv")
	p.link(s.Dir(), "elsewhere")
	all := tree(t, s.Dir(), p.outside)
	for _, name := range []string{"myproject", "elsewhere"} {
		if _, err := ingest(s, name, small(t), PublishOptions{}); err == nil {
			t.Errorf("an ingest into %s is accepted", name)
		}
	}
	if now := tree(t, s.Dir(), p.outside); !maps.Equal(all, now) {
		t.Error("a refused ingest has changed something")
	}
	mustIngest(t, s.Forced(), "myproject", small(t), PublishOptions{})
	mustIngest(t, s, "myproject", another(t), PublishOptions{}) // it is a bundle now
	if err := s.Remove(context.Background(), "myproject"); err != nil {
		t.Fatal(err)
	}
	now := tree(t, filepath.Join(s.Dir(), "myproject"))
	names := slices.Sorted(maps.Keys(now))
	if len(names) != 4 || now[p.planted[0]] != all[p.planted[0]] {
		t.Errorf("left: %v", names)
	}
	// A marker that is not ours is never replaced.
	p.file(s.Dir(), "other", markerFile)
	if _, err := ingest(s.Forced(), "other", small(t), PublishOptions{}); !errors.Is(err, ErrForeign) {
		t.Error(err)
	}
}

// TestStoreOfEarlierRelease: a folder without a mark, whose content is bundles,
// is read without a change, and marked by the next ingest; with something else
// in it it takes leave.
func TestStoreOfEarlierRelease(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, "a", small(t), PublishOptions{})
	mustIngest(t, s, "b", another(t), PublishOptions{})
	mark := filepath.Join(s.Dir(), storeFile)
	if err := os.Remove(mark); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(s.bundle("b").lock(), 0); err != nil { // as earlier releases have them
		t.Fatal(err)
	}
	// What a killed ingest of an earlier release leaves, and a damaged marker.
	i, err := s.Begin(context.Background(), "c")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(mark), os.Truncate(filepath.Join(i.TempDir(), lockName), 0), os.Truncate(s.bundle("a").marker(), 80)); err != nil {
		t.Fatal(err)
	}
	i.lock.unlock()
	before := tree(t, s.Dir())
	if _, err := s.List(context.Background()); err != nil {
		t.Error(err)
	}
	b := mustOpen(t, s, "b", OpenOptions{})
	b.Close()
	if v, err := s.Verify(context.Background(), "b"); err != nil || v.Err() != nil {
		t.Error(v.Err(), err)
	}
	if now := tree(t, s.Dir()); !maps.Equal(before, now) {
		t.Error("readers have changed the store")
	}
	c, err := s.GC(context.Background(), "", 1)
	if err == nil || c.Temporaries != 1 { // the damaged marker is an error
		t.Errorf("%+v, %v", c, err)
	}
	if isFile(mark) {
		t.Error("gc has marked the store")
	}
	mustIngest(t, s, "b", small(t), PublishOptions{})
	if marked, err := s.marked(); err != nil || !marked {
		t.Errorf("marked: %v, %v", marked, err)
	}
	// A format that this release does not know.
	newer := strings.Replace(string(seal(formatVersion, []byte(storeBody))), `{"bowstring":1,`, `{"bowstring":9,`, 1)
	if err := os.WriteFile(mark, []byte(newer), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(context.Background(), "b"); !errors.Is(err, ErrVersion) {
		t.Error(err)
	}
	if _, err := s.GC(context.Background(), "", 1); !errors.Is(err, ErrVersion) {
		t.Error(err)
	}
	// A damaged mark beside bundles is written again; beside other things it is no mark.
	if err := os.WriteFile(mark, []byte(`{"bowstring":1,"check`), 0o666); err != nil {
		t.Fatal(err)
	}
	mustIngest(t, s, "b", another(t), PublishOptions{})
	if err := os.WriteFile(mark, []byte("notes"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(context.Background(), "b"); !errors.Is(err, ErrForeign) {
		t.Error(err)
	}
}

// TestFirstIngestsAtOnce has eight ingests begin in a folder that is not there.
func TestFirstIngestsAtOnce(t *testing.T) {
	s := newStore(t)
	done := make(chan error)
	for k := range 8 {
		go func() {
			other, err := OpenStore(s.Dir())
			if err == nil {
				_, err = ingest(other, fmt.Sprintf("b%d", k%4), small(t), PublishOptions{})
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if list, err := s.List(context.Background()); err != nil || len(list) != 4 {
		t.Errorf("%v %v", list, err)
	}
	if n := entries(t, s.Dir()); n != 5 {
		t.Errorf("%d entries beside 4 bundles", n-4)
	}
}

// TestHugeForeignFiles: a store looks at how a file of others begins, and reads no
// more of it: one with a hole of a terabyte fits into no memory.
func TestHugeForeignFiles(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{filepath.Join("other", markerFile), filepath.Join("more", "versions", strings.Repeat("a", 64), manifestFile), storeFile} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, 1<<40); err != nil {
			t.Skip(err) // a file system without holes
		}
	}
	store, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.GC(t.Context(), "", 1); !errors.Is(err, ErrForeign) {
		t.Errorf("GC: %v", err)
	}
	if _, err := store.Forced().GC(t.Context(), "", 1); err != nil {
		t.Errorf("GC that is forced: %v", err)
	}
	if _, err := store.Open(t.Context(), "other", OpenOptions{}); err == nil {
		t.Error("a bundle was opened that is none")
	}
}

// TestDamagedVersionBesideForeign: an ingest of the same data repairs a version in
// whose folder something of others is, and that stays as it is.
func TestDamagedVersionBesideForeign(t *testing.T) {
	ctx := t.Context()
	for _, damaged := range []string{manifestFile, barsFile, hashesFile} {
		s := newStore(t)
		mustIngest(t, s, "a", small(t), PublishOptions{})
		versions, err := s.Versions(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		dir := string(s.bundle("a").version(versions[0].ID))
		notes := filepath.Join(dir, "notes", "mine.txt")
		if err := os.MkdirAll(filepath.Dir(notes), 0o777); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{notes, filepath.Join(dir, damaged)} {
			if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // the second finds it whole
			mustIngest(t, s, "a", small(t), PublishOptions{})
		}
		if v, err := s.Verify(ctx, "a"); err != nil || len(v.Findings) > 0 {
			t.Errorf("%s: %v, %v", damaged, v.Findings, err)
		}
		if text, err := os.ReadFile(notes); err != nil || string(text) != "something else" {
			t.Errorf("%s: the notes are %q, %v", damaged, text, err)
		}
		if err := s.Remove(ctx, "a"); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(notes); err != nil {
			t.Error(err)
		}
	}
}
