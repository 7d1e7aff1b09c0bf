package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// directory returns the entry of a zip archive's directory that names a member.
func directory(t *testing.T, text []byte, name string) []byte {
	t.Helper()
	at := bytes.LastIndex(text, []byte(name)) - 46
	if at < 0 || !bytes.HasPrefix(text[at:], []byte("PK\x01\x02")) {
		t.Fatalf("%s is not in the directory", name)
	}
	return text[at:]
}

// TestLyingMembers: an archive whose directory says what its members are not.
// Positions are those of the format's appendix:
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12.
func TestLyingMembers(t *testing.T) {
	row := "2020-01-01,2,3,1,2,10\n"
	add := func(b []byte, n int32) { binary.LittleEndian.PutUint32(b, binary.LittleEndian.Uint32(b)+uint32(n)) }
	for name, c := range map[string]struct {
		change func(entry []byte)
		want   string
	}{
		"":                 {func([]byte) {}, ""},
		"a shorter text":   {func(e []byte) { add(e[24:], -3) }, "more bytes than the archive says"},
		"a longer text":    {func(e []byte) { add(e[24:], 3) }, "unexpected EOF"},
		"four GB of text":  {func(e []byte) { copy(e[24:], "\xfe\xff\xff\xff") }, "unpacks to more than 200 times its size"},
		"another sum":      {func(e []byte) { e[16]++ }, "checksum"},
		"a shorter member": {func(e []byte) { add(e[20:], -4) }, "unexpected EOF"},
		"four GB packed":   {func(e []byte) { copy(e[20:], "\xfe\xff\xff\xff") }, "overlap, or are larger"},
		"somewhere else":   {func(e []byte) { copy(e[42:], "\xf0\x00\x00\x00") }, "zip"},
		"far away":         {func(e []byte) { copy(e[42:], "\xfe\xff\xff\x7f") }, "X.zip"},
		"before the file":  {func(e []byte) { add(e[len(e)-22+16:], 2) }, "X.zip!a.csv"}, // where the directory begins
		"bzip2":            {func(e []byte) { e[10] = 12 }, "packed by method 12"},
		"LZMA":             {func(e []byte) { e[10] = 14 }, "packed by method 14"},
		"encrypted":        {func(e []byte) { e[8] |= 1 }, "encrypted"},
	} {
		text := zipped(t, member{"a.csv", []byte(header + row + strings.Repeat("2020-01-02,2,3,1,2,10\n", 20))}, member{"b.csv", []byte(header + row)})
		c.change(directory(t, text, "a.csv"))
		path := write(t, "X.zip", text)
		if c.want != "" {
			refused(t, path, c.want)
			var input *InputError
			if _, err := Files(context.Background(), []string{path}, Options{}); !errors.As(err, &input) {
				t.Errorf("%s: %v is not about the input", name, err)
			}
			continue
		}
		r, err := Files(context.Background(), []string{path}, Options{})
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		r.Frame.Release()
	}
}

// TestManyBombs: members that are each below the limit, and together are not,
// are refused before any is unpacked; and so is a text that is not ended by
// what its directory says of it.
func TestManyBombs(t *testing.T) {
	if proptest.Race {
		t.Skip("packs 200 MB, which takes a while under the race detector; make test does it")
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 40 {
		w, err := z.Create(fmt.Sprintf("%02d.csv", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, header+strings.Repeat("2020-01-01,2,1,3,2,10\n", 5<<20/22)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, write(t, "X.zip", b.Bytes()), "unpacks to more than 200 times its size")
}

// TestPackedMember: what is packed inside a member is not looked into.
func TestPackedMember(t *testing.T) {
	row := []byte(header + "2020-01-01,2,3,1,2,10\n")
	for _, inner := range [][]byte{gzipped(t, row), zstandard(t, row), zipped(t, member{"a.csv", row})} {
		_, err := Files(context.Background(), []string{write(t, "X.zip", zipped(t, member{"a.csv", inner}))}, Options{})
		if err == nil {
			t.Errorf("%q is read", inner[:4])
		}
	}
	for _, outer := range [][]byte{gzipped(t, gzipped(t, row)), zstandard(t, gzipped(t, row)), gzipped(t, zipped(t, member{"a.csv", row}))} {
		if _, err := Files(context.Background(), []string{write(t, "X.gz", outer)}, Options{}); err == nil {
			t.Errorf("%q is read", outer[:4])
		}
	}
}
