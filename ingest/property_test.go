package ingest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawFile draws a file with good rows, bad rows of every kind, blank lines
// and several endings. Its first row is good, so that its shape is known.
func drawFile(t *rapid.T) []byte {
	long := rapid.Bool().Draw(t, "long")
	epoch := rapid.Bool().Draw(t, "epoch")
	ending := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "ending")
	head := "date,open,high,low,close,volume"
	if long {
		head += ",symbol"
	}
	lines := []string{head}
	at := time.Date(2001, 9, 9, 0, 0, 0, 0, time.UTC).Add(48 * time.Hour)
	others := 0 // rows of another unit, of which few are rejected
	for i := range rapid.IntRange(1, 40).Draw(t, "rows") {
		good := i == 0
		if !good && rapid.IntRange(0, 9).Draw(t, "blank") == 0 {
			lines = append(lines, rapid.SampledFrom([]string{"", " ", "\t"}).Draw(t, "nothing"))
		}
		step := 1
		if !good {
			step = rapid.SampledFrom([]int{1, 1, 1, 1, 0, -1, 3}).Draw(t, "step")
		}
		at = at.Add(time.Duration(step) * time.Hour)
		fields := append([]string{drawTime(t, at, epoch, good || others == 3)}, drawBar(t, good)...)
		if epoch && len(fields[0]) > len("1000000000") {
			others++
		}
		if long {
			fields = append(fields, rapid.SampledFrom([]string{"A", "B", "0700", "NA", "TRUE", "é"}).Draw(t, "symbol"))
		}
		if !good && rapid.IntRange(0, 5).Draw(t, "odd") == 0 {
			fields = mutate(t, fields)
		}
		lines = append(lines, strings.Join(fields, ","))
	}
	text := strings.Join(lines, ending)
	if rapid.Bool().Draw(t, "last line ends") {
		text += ending
	}
	return []byte(text)
}

func drawTime(t *rapid.T, at time.Time, epoch, good bool) string {
	switch {
	case epoch && (good || rapid.IntRange(0, 19).Draw(t, "other unit") > 0):
		return strconv.FormatInt(at.Unix(), 10)
	case epoch:
		return strconv.FormatInt(at.UnixMilli(), 10)
	}
	layout := rapid.SampledFrom([]string{
		"2006-01-02T15:04:05Z", "2006-01-02 15:04", "2006-01-02 15:04:05.000", "2006-01-02T15:04:05.999999999Z07:00",
	}).Draw(t, "layout")
	if rapid.Bool().Draw(t, "zone") && strings.HasSuffix(layout, "Z07:00") {
		at = at.In(time.FixedZone("", -5*3600-1800))
	}
	return at.Format(layout)
}

func drawBar(t *rapid.T, good bool) []string {
	low := rapid.IntRange(1, 5000).Draw(t, "low")
	p := [4]int{low + 3, low + 5, low, low + 1}
	if !good && rapid.IntRange(0, 5).Draw(t, "broken") == 0 {
		p[rapid.IntRange(0, 3).Draw(t, "which")] += rapid.IntRange(-6, 6).Draw(t, "by")
	}
	var fields []string
	for _, v := range p {
		decimals := rapid.IntRange(0, 8).Draw(t, "decimals")
		text := strconv.FormatFloat(float64(v)/100, 'f', max(decimals, 2), 64)
		if rapid.IntRange(0, 9).Draw(t, "exponent") == 0 {
			text = strconv.Itoa(v) + "e-2"
		}
		fields = append(fields, text)
	}
	return append(fields, strconv.Itoa(rapid.IntRange(0, 1e9).Draw(t, "volume")))
}

// mutate puts one odd thing into a row.
func mutate(t *rapid.T, fields []string) []string {
	k := rapid.IntRange(0, len(fields)-1).Draw(t, "field")
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		fields[k] = rapid.SampledFrom([]string{"", "nan", "NULL", "x", "-1", "0", "1e999", "inf", "0x1", "2020-02-30", "1_0", "+2", "5.", ".5"}).Draw(t, "value")
	case 1:
		fields[k] = `"` + fields[k] + `"`
	case 2:
		fields[k] += `"`
	case 3:
		return fields[:k]
	case 4:
		return append(fields, "7")
	}
	return fields
}

// TestAgainstReference compares with the naive reader, in blocks of any size.
func TestAgainstReference(t *testing.T) {
	path := filepath.Join(t.TempDir(), "X.csv")
	rapid.Check(t, func(t *rapid.T) {
		text := drawFile(t)
		keep := rapid.SliceOfDistinct(rapid.SampledFrom([]Rule{RuleNaN, RulePrice, RuleOHLC}), rapid.ID[Rule]).Draw(t, "keep")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		var rejects bytes.Buffer
		o := Options{Rejects: &rejects, Policies: make(map[Rule]Policy), RejectLimit: RejectAll()}
		for _, rule := range keep {
			o.Policies[rule] = Keep
		}
		o.Workers = rapid.IntRange(1, 4).Draw(t, "workers")
		o.blockBytes = rapid.SampledFrom([]int{1, 7, 50, 200, 1000, 0}).Draw(t, "block")
		want := reference(t, text, "X", keep...)
		got, err := Files(context.Background(), []string{path}, o)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Frame.Release()
		compare(t, path, text, want, got, rejects.Bytes())
	})
}

// outcome is everything that must not depend on workers or blocks.
func outcome(t rapid.TB, paths []string, o Options) string {
	t.Helper()
	var rejects bytes.Buffer
	o.Rejects = &rejects
	if o.RejectLimit == (RejectLimit{}) {
		o.RejectLimit = RejectAll()
	}
	r, err := Files(context.Background(), paths, o)
	if err != nil {
		return fmt.Sprintf("%v\n%s", err, rejects.String())
	}
	defer r.Frame.Release()
	if p := r.Report; p.Accepted+p.Rejected+p.Repeated != p.Read || int64(r.Frame.NumRows()) != p.Accepted {
		t.Fatalf("rows do not add up: %+v, %d in the frame", p, r.Frame.NumRows())
	}
	return fmt.Sprintf("%s %+v\n%s", r.Frame.Info().Digest, r.Report, rejects.String())
}

// TestSeveralFiles cuts one file into several at random lines: rows of an
// asset go on from file to file as they do from block to block.
func TestSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		text := drawFile(t)
		lines := bytes.SplitAfter(text, []byte{'\n'})
		whole := filepath.Join(dir, "X.csv")
		if err := os.WriteFile(whole, text, 0o600); err != nil {
			t.Fatal(err)
		}
		// Every part starts with the header and the first, good row, which is
		// repeated in all parts but the first.
		if err := os.MkdirAll(filepath.Join(dir, "parts"), 0o700); err != nil {
			t.Fatal(err)
		}
		cut := rapid.IntRange(2, len(lines)).Draw(t, "cut")
		var paths []string
		for i, part := range [][][]byte{lines[2:cut], lines[cut:]} {
			content := append([]byte{}, lines[0]...)
			content = append(content, lines[1]...)
			content = append(content, bytes.Join(part, nil)...)
			path := filepath.Join(dir, "parts", fmt.Sprint(i), "X.csv")
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
		first := map[Rule]Policy{RuleDuplicate: KeepFirst} // the one that is repeated
		want, err := Files(context.Background(), []string{whole}, Options{Policies: first, RejectLimit: RejectAll()})
		got, err2 := Files(context.Background(), paths, Options{Workers: 3, blockBytes: 64, Policies: first, RejectLimit: RejectAll()})
		if err == nil {
			defer want.Frame.Release()
		}
		if err2 == nil {
			defer got.Frame.Release()
		}
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if got.Frame.Info().Digest != want.Frame.Info().Digest {
			t.Fatal("frames differ")
		}
		if g, w := got.Report, want.Report; g.Rejected+g.Repeated != w.Rejected+w.Repeated+1 || g.Accepted != w.Accepted {
			t.Fatalf("%+v, want one more than %+v", g, w)
		}
	})
}

// FuzzCSV: nothing panics, rows add up, and neither workers nor block sizes
// change a byte of the frame, the report, the rejects or the error.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		header + "2020-01-01,2,3,1,2,10\n",
		header + "2020-01-01,2,3,1,2,10\r\n2020-01-01,2,3,1,2,10\r\n\r\n2019-01-01,,,,,\r\n",
		"\ufeffsymbol,open_time,o,h,l,c,v,adj\nA,1577836800000,2,3,1,2,10,\nB,1577836800000,2,3,1,2,10,7\nA,1577836860000,1e0,\"3\",1,2,10,NaN\n",
		header + "2020-01-01,2,\"3\n\",1,2,10\n",
		header + "2020-01-03,2,3,1,2,10\n2020-01-02,2,3,1,2,10\n2020-01-01,2,3,1,2,10",
		header + "2020-01-02,2,3,1,2,10\n\n2020-01-01,2,3,1,2,10\n2020-01-02 ,0.1234567890123456789,3,.1,2.,1e5",
	} {
		f.Add([]byte(seed), uint8(1))
		f.Add(gzipped(f, []byte(seed)), uint8(30))
		f.Add(zstandard(f, []byte(seed)), uint8(90))
		f.Add(zipped(f, member{"a.csv", []byte(seed)}, member{"b.csv", []byte(seed)}), uint8(9))
	}
	f.Fuzz(func(t *testing.T, content []byte, block uint8) {
		path := write(t, "X.csv", content)
		want := outcome(t, []string{path}, Options{Workers: 1})
		got := outcome(t, []string{path}, Options{Workers: 3, blockBytes: int(block) + 1})
		if got != want {
			t.Fatalf("one worker:\n%s\nthree workers, blocks of %d bytes:\n%s", want, int(block)+1, got)
		}
	})
}
