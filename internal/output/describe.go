package output

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/internal/parquet"
)

// The keys of the metadata by which a file of this program is known; package
// sweep says what they mean.
const (
	metaSpec    = "bowstring.spec"
	metaDigest  = "bowstring.digest"
	metaPartial = "bowstring.partial"
	metaTop     = "bowstring.top"
)

// shownBytes is how much of a file is shown that is none of ours.
const shownBytes = 24

// Describe says in a few words what a file is, whoever wrote it: results, of
// which spec, data and how many trials, or none. Text of the file is quoted.
func Describe(path string) string {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Sprintf("it cannot be looked at (%v)", err)
	case info.IsDir():
		return "it is a folder, and not a regular file"
	case !info.Mode().IsRegular():
		return "it is not a regular file"
	case info.Size() == 0:
		return "it is empty, and no result of Bowstring"
	}
	if text := describeParquet(path); text != "" {
		return text
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return "it is no file that can be read"
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, shownBytes))
	if err != nil {
		return "it is no file that can be read"
	}
	if strings.HasPrefix(string(head), "PAR1") {
		return "it is a Parquet file that is unfinished or damaged, and no result of Bowstring"
	}
	for !utf8.Valid(head) && len(head) > shownBytes-utf8.UTFMax { // a character that is cut in two
		head = head[:len(head)-1]
	}
	if !utf8.Valid(head) || bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n", r) }) {
		return fmt.Sprintf("it is no result of Bowstring, but a file of %d bytes that are no text", info.Size())
	}
	return fmt.Sprintf("it is no result of Bowstring, but a file of %d bytes that begins with %+q", info.Size(), head)
}

// describeParquet describes a readable Parquet file, and "" for others.
func describeParquet(path string) string {
	f, err := parquet.Open(path, parquet.OpenOptions{Piecewise: true})
	if err != nil {
		return ""
	}
	defer f.Close()
	meta := f.Metadata()
	switch {
	case meta[metaSpec] == "" && meta[metaDigest] != "":
		return "it is no result of Bowstring, but bars of the data " + shortDigest(meta[metaDigest])
	case meta[metaSpec] == "":
		return "it is a Parquet file, and no result of Bowstring"
	}
	state := "finished"
	if meta[metaPartial] == "true" {
		state = "partial"
	}
	what := "it has the " + state + " results of " + SpecAndData(meta)
	if meta[metaTop] != "" {
		what += ", the best trials only"
	}
	if each := rowsOfTrial(f); each > 0 {
		return fmt.Sprintf("%s: %s", what, Counted(f.NumRows(), each))
	}
	return fmt.Sprintf("%s: %d rows", what, f.NumRows())
}

// SpecAndData names the spec and the data that the metadata of results is about.
func SpecAndData(meta map[string]string) string {
	spec := "a spec without a name"
	for line := range strings.Lines(meta[metaSpec]) {
		if name, ok := strings.CutPrefix(line, "name:"); ok {
			spec = fmt.Sprintf("the spec %+q", strings.Trim(strings.TrimSpace(name), `"'`))
			break
		}
	}
	return spec + " on the data " + shortDigest(meta[metaDigest])
}

// Counted says how many trials so many rows are, each of which has as many.
func Counted(rows, each int64) string {
	if each <= 0 {
		return fmt.Sprintf("%d rows", rows)
	}
	trials := rows / each
	if trials == 1 {
		return fmt.Sprintf("1 trial in %d rows", rows)
	}
	return fmt.Sprintf("%d trials in %d rows", trials, rows)
}

// shortDigest is a digest as references take it.
func shortDigest(digest string) string {
	hex := strings.TrimPrefix(digest, "sha256:")
	return fmt.Sprintf("%+q", hex[:min(12, len(hex))])
}

// rowsOfTrial returns how many rows each trial of a result file has: as many as
// the first. 0 where the file does not say.
func rowsOfTrial(f *parquet.File) int64 {
	if f.NumRowGroups() == 0 || f.Schema().NumFields() == 0 || f.Schema().Field(0).Name != "trial" {
		return 0
	}
	column, err := f.Column(0, 0)
	if err != nil {
		return 0
	}
	defer column.Release()
	trials, ok := column.(*array.Int64)
	if !ok || trials.Len() == 0 {
		return 0
	}
	n := 1
	for n < trials.Len() && trials.Value(n) == trials.Value(0) {
		n++
	}
	return int64(n)
}
