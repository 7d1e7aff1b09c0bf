package bundles

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// typed reports whether an error is one that callers can tell apart.
func typed(err error) bool { return errors.Is(err, ErrCorrupt) || errors.Is(err, ErrVersion) }

// openAndClose opens the current version of bundle b.
func openAndClose(s *Store) error {
	b, err := s.Open(context.Background(), "b", OpenOptions{})
	if err == nil {
		err = b.Close()
	}
	return err
}

// damageStride returns how far apart the damaged bytes of a file are.
func damageStride() int {
	if proptest.Race {
		return 11
	}
	return 1
}

// overwrite changes a file in place, as a failing disk does.
func overwrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// files returns the files of the current version and the marker.
func files(s *Store, p Published) []string {
	v := s.bundle("b").version(versionID(p.Digest))
	return []string{v.manifest(), v.bars(), v.hashes(), s.bundle("b").marker()}
}

func TestTruncatedAtEveryByte(t *testing.T) {
	stride := damageStride()
	for _, options := range []PublishOptions{{}, {Compact: true}} {
		s := newStore(t)
		p := mustIngest(t, s, "b", small(t), options)
		for _, path := range files(s, p) {
			whole := read(t, path)
			for n := 0; n < len(whole); n += stride {
				overwrite(t, path, whole[:n])
				err := openAndClose(s)
				// hashes.bin is not read at opening.
				if filepath.Base(path) != hashesFile && (!typed(err) || strings.Count(err.Error(), path) != 1) {
					t.Fatalf("%s at %d of %d bytes: %v", filepath.Base(path), n, len(whole), err)
				}
				v, err := s.Verify(context.Background(), "b")
				if err != nil || !errors.Is(v.Err(), ErrCorrupt) || strings.Count(v.Err().Error(), path) != 1 {
					t.Fatalf("verify %s at %d of %d bytes: %v, %v", filepath.Base(path), n, len(whole), v.Err(), err)
				}
			}
			overwrite(t, path, whole)
		}
		if err := openAndClose(s); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFlippedBits flips a bit of every byte of a version. Verify finds each;
// opening finds those in the manifest, the marker and the footer.
func TestFlippedBits(t *testing.T) {
	stride := damageStride()
	for _, options := range []PublishOptions{{}, {Compact: true}} {
		s := newStore(t)
		p := mustIngest(t, s, "b", small(t), options)
		for _, path := range files(s, p) {
			b := read(t, path)
			for at := 0; at < len(b); at += stride {
				b[at] ^= 1 << (at % 8)
				overwrite(t, path, b)
				b[at] ^= 1 << (at % 8)
				if err := openAndClose(s); err != nil && !typed(err) {
					t.Fatalf("open with byte %d of %s flipped: %v", at, path, err)
				} else if err == nil && filepath.Ext(path) == ".json" {
					t.Fatalf("byte %d of %s is not missed at opening", at, path)
				}
				v, err := s.Verify(context.Background(), "b")
				if err != nil || len(v.Findings) == 0 {
					t.Fatalf("verify with byte %d of %d of %s flipped finds nothing (%v)", at, len(b), path, err)
				}
				if !strings.Contains(v.Err().Error(), path) {
					t.Fatalf("byte %d of %s: %v", at, path, v.Err())
				}
			}
			overwrite(t, path, b)
		}
	}
}

// TestVerifyNamesTheColumn changes one value.
func TestVerifyNamesTheColumn(t *testing.T) {
	s := newStore(t)
	p := mustIngest(t, s, "b", small(t), PublishOptions{})
	path := s.bundle("b").version(versionID(p.Digest)).bars()
	bars := read(t, path)
	// The close of bar 4 of BBB, which follows three bars of AAA.
	b := mustOpen(t, s, "b", OpenOptions{})
	first, base := address(b.Frame().Values(0, 3)), address(b.Frame().Values(0, 0))
	b.Close()
	open := strings.Index(string(bars), string(float64Bytes(asset("AAA", 1, 1).Values[0][0])))
	at := open + int(first-base) + 7*8
	bars[at+6] ^= 0x10
	overwrite(t, path, bars)
	v, err := s.Verify(context.Background(), "b")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, f := range v.Findings {
		found = found || f.Asset == "BBB" && f.Column == columnar.Close
		if f.Asset == "AAA" {
			t.Errorf("AAA is fine: %v", f)
		}
	}
	if !found {
		t.Errorf("%v", v.Findings)
	}
}

func TestMissingFiles(t *testing.T) {
	ctx := context.Background()
	for _, name := range []string{manifestFile, barsFile, hashesFile} {
		s := newStore(t)
		p := mustIngest(t, s, "b", small(t), PublishOptions{})
		path := filepath.Join(string(s.bundle("b").version(versionID(p.Digest))), name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := openAndClose(s); name != hashesFile && (!errors.Is(err, ErrCorrupt) || strings.Count(err.Error(), path) != 1) {
			t.Errorf("%s: %v", name, err)
		}
		if v, err := s.Verify(ctx, "b"); err != nil || len(v.Findings) == 0 {
			t.Errorf("%s: verify: %+v %v", name, v, err)
		}
		if l, err := s.List(ctx); err != nil || len(l) != 1 || name != hashesFile && !errors.Is(l[0].Err, ErrCorrupt) {
			t.Errorf("%s: list: %+v %v", name, l, err)
		}
	}
	s := newStore(t)
	p := mustIngest(t, s, "b", small(t), PublishOptions{})
	if err := os.RemoveAll(string(s.bundle("b").version(versionID(p.Digest)))); err != nil {
		t.Fatal(err)
	}
	if err := openAndClose(s); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a marker without its version: %v", err)
	}
}

// TestIngestRepairs damages each file and ingests the same data again.
func TestIngestRepairs(t *testing.T) {
	for i := range 4 {
		s := newStore(t)
		p := mustIngest(t, s, "b", small(t), PublishOptions{})
		path := files(s, p)[i]
		b := read(t, path)
		b[len(b)/2] ^= 1
		overwrite(t, path, b)
		again := mustIngest(t, s, "b", small(t), PublishOptions{})
		if again.Digest != p.Digest {
			t.Fatal(again)
		}
		if v, err := s.Verify(context.Background(), "b"); err != nil || v.Err() != nil {
			t.Errorf("%s: %v %v", filepath.Base(path), v.Err(), err)
		}
	}
}

func TestUnknownFormatVersion(t *testing.T) {
	s := newStore(t)
	p := mustIngest(t, s, "b", small(t), PublishOptions{})
	for _, path := range []string{files(s, p)[0], files(s, p)[3]} {
		whole := read(t, path)
		overwrite(t, path, []byte(strings.Replace(string(whole), `{"bowstring":1,`, `{"bowstring":3,`, 1)))
		err := openAndClose(s)
		if !errors.Is(err, ErrVersion) || errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v", err)
		}
		if l, err := s.List(context.Background()); err != nil || !errors.Is(l[0].Err, ErrVersion) {
			t.Errorf("%v %v", l, err)
		}
		overwrite(t, path, whole)
	}
}

func FuzzManifest(f *testing.F) {
	whole := &Manifest{
		Digest: digestOf(strings.Repeat("0a", 32)), Columns: []ColumnInfo{{"x", 2}}, Rows: 3,
		Bars: BarsInfo{Codec: "none"}, Hashes: HashesInfo{Bytes: 2 * 2 * hashSize},
		Assets:  []AssetInfo{{ID: "A", Rows: 1, First: -5, Last: 7}, {ID: "b\n\"", Rows: 2, Offset: 1}},
		account: []byte("{}"),
	}
	parts := *whole
	parts.Bars.Rows, parts.Bars.RowGroups = 2, 1
	parts.Parts = []BarsInfo{{Codec: "zstd", Rows: 1, RowGroups: 1}}
	parts.Assets = []AssetInfo{{ID: "A", Rows: 1, First: -5, Last: 7}, {ID: "b", Rows: 2, Offset: 1, More: []Piece{{Group: 1, Rows: 1}}}}
	for _, m := range []*Manifest{whole, &parts} {
		b, err := m.encode()
		if err != nil {
			f.Fatal(err)
		}
		body, version, err := unseal(b, partsVersion)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := decodeManifest(body, version); err != nil {
			f.Fatal(err)
		}
		f.Add(body, version == partsVersion)
	}
	f.Fuzz(func(t *testing.T, body []byte, parts bool) {
		version := formatVersion
		if parts {
			version = partsVersion
		}
		m, err := decodeManifest(body, version)
		if err != nil {
			return
		}
		// What is accepted is written back the same, but for the freedom of
		// JSON in its head.
		again, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		body, version, err = unseal(again, partsVersion)
		if err != nil {
			t.Fatal(err)
		}
		other, err := decodeManifest(body, version)
		if err != nil || fmt.Sprint(*other) != fmt.Sprint(*m) {
			t.Fatalf("%v\n%v\n%v", err, *m, *other)
		}
	})
}

func FuzzSealed(f *testing.F) {
	f.Add(seal(formatVersion, []byte("\"marker\":{}\n}\n")))
	f.Add([]byte(`{"bowstring":99999999999999999999,`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if body, version, err := unseal(b, partsVersion); err == nil {
			_, _ = decodeMarker(body)
			_, _ = decodeManifest(body, version)
		}
	})
}
