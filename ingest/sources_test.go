package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/columnar"
)

// folder writes files into a fresh folder.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestCompression: the same text in every wrapping is the same Frame, and the
// report has the digest of the file as it lies there.
func TestCompression(t *testing.T) {
	text := generate(5000, 1, 7)
	var want string
	for _, c := range []struct {
		name    string
		content []byte
	}{
		{"X.csv", text},
		{"X.txt", text},
		{"X.csv.gz", gzipped(t, text)},
		{"X.gz", append(gzipped(t, text[:1000]), gzipped(t, text[1000:])...)},
		{"X.csv.zst", zstandard(t, text)},
		{"X.zst", append(zstandard(t, text[:1000]), zstandard(t, text[1000:])...)},
		{"X.zip", zipped(t, member{"folder/", nil}, member{"folder/whatever.csv", text})},
		{"X.CSV.ZIP", zipped(t, member{"y.txt", text})},
		{"X", zstandard(t, text)},
	} {
		path := write(t, c.name, c.content)
		r, err := Files(context.Background(), []string{path}, Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		defer r.Frame.Release()
		if want == "" {
			want = r.Frame.Info().Digest
		}
		if r.Frame.Info().Digest != want || r.Frame.NumRows() != 5000 {
			t.Errorf("%s: another frame, assets %q", c.name, r.Frame.Assets())
		}
		sum := sha256.Sum256(c.content)
		if s := r.Report.Sources[0]; s.SHA256 != hex.EncodeToString(sum[:]) || s.Bytes != int64(len(c.content)) || !strings.HasPrefix(s.Path, path) || s.Read != 5000 || s.Accepted != 5000 {
			t.Errorf("%s: source %+v", c.name, s)
		}
	}
}

func TestAssetName(t *testing.T) {
	for path, want := range map[string]string{
		"a/AAPL.csv": "AAPL", "BRK.B.csv.gz": "BRK.B", "BRK.B": "BRK.B", "0700.CSV": "0700", "x.txt.zst": "x", "x.zip": "x", "x.csv.csv": "x.csv", "x.gz": "x", ".csv": "",
	} {
		if got := source.AssetName(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// TestFolder: files are read by name, others are listed as ignored, and the
// order of the paths does not change the Frame.
func TestFolder(t *testing.T) {
	a, b := []byte(header+"2020-01-01,2,3,1,2,10\n"), []byte(header+"2020-01-01,4,5,3,4,10\n2020-01-01,4,5,3,4,10\n")
	dir := folder(t, map[string][]byte{"b.csv": b, "a.csv.gz": gzipped(t, a), "c.zip": zipped(t, member{"d.csv", a}, member{"c.csv", b}),
		"README.md": nil, ".hidden.csv": nil, "sub/e.csv": a})
	r, err := Files(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	if got := strings.Join(r.Frame.Assets(), " "); got != "a b c d e" {
		t.Errorf("assets %s", got)
	}
	var ignored, sources []string
	for _, path := range r.Report.Ignored {
		ignored = append(ignored, filepath.Base(path))
	}
	for _, s := range r.Report.Sources {
		sources = append(sources, fmt.Sprintf("%s %d %d %d", filepath.Base(s.Path), s.Read, s.Accepted, s.Rejected))
	}
	if got := strings.Join(ignored, " "); got != ".hidden.csv README.md" {
		t.Errorf("ignored %s", got)
	}
	if got, want := strings.Join(sources, "|"), "a.csv.gz 1 1 0|b.csv 2 1 0|c.zip!c.csv 2 1 0|c.zip!d.csv 1 1 0|e.csv 1 1 0"; got != want {
		t.Errorf("sources %s, want %s", got, want)
	}
	other, err := Files(context.Background(), []string{filepath.Join(dir, "c.zip"), filepath.Join(dir, "sub"), filepath.Join(dir, "b.csv"), filepath.Join(dir, "a.csv.gz")}, Options{Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Frame.Release()
	if other.Frame.Info().Digest != r.Frame.Info().Digest {
		t.Error("the order of paths changes the frame")
	}
}

// TestLongFilesGoOn: an asset spread over files is put together; of two rows of one
// time that of the later file is the bar, and the other has its text in the rejects.
func TestLongFilesGoOn(t *testing.T) {
	const head = "symbol,date,open,high,low,close,volume\n"
	dir := folder(t, map[string][]byte{
		"1.csv": []byte(head + "A,2020-01-01,2,3,1,2,10\nB,2020-01-01,2,3,1,2,10\nA,2020-01-03,2,3,1,2,10\n"),
		"2.csv": []byte(head + "A,2020-01-02,2,3,1,2,10\n\nA,2020-01-03,2,3,1,2,11\nbad\nB,2020-01-02,2,3,1,2,10\nA,2020-01-04,2,3,1,2,10\n"),
	})
	want := "file,line,rule,text\n1.csv,4,duplicate,\"A,2020-01-03,2,3,1,2,10\"\n2.csv,5,schema,bad\n"
	for _, block := range []int{0, 1, 60} {
		var rejects bytes.Buffer
		r, err := Files(context.Background(), []string{dir}, Options{Rejects: &rejects, blockBytes: block})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Frame.Release()
		if got := strings.ReplaceAll(rejects.String(), dir+string(filepath.Separator), ""); got != want {
			t.Errorf("rejects %q, want %q", got, want)
		}
		if r.Frame.NumBars(0) != 4 || r.Frame.Values(0, 4)[2] != 11 || r.Report.Sorted != 1 || r.Frame.NumBars(1) != 2 {
			t.Errorf("%d and %d bars", r.Frame.NumBars(0), r.Frame.NumBars(1))
		}
		_, err = Files(context.Background(), []string{dir}, Options{Policies: map[Rule]Policy{RuleDuplicate: Fail}, blockBytes: block})
		var e *InputError
		if !errors.As(err, &e) || !errors.Is(err, ErrRow) || filepath.Base(e.File) != "1.csv" || e.Line != 4 || e.Text != "A,2020-01-03,2,3,1,2,10" {
			t.Errorf("policy fail: %v", err)
		}
	}
}

func TestSourceErrors(t *testing.T) {
	row := header + "2020-01-01,2,3,1,2,10\n"
	text := generate(2000, 1, 3)
	flip := func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/2] ^= 4; return b }
	for _, c := range []struct {
		name  string
		files map[string][]byte
		paths []string // inside the folder; none is the folder
		want  string
	}{
		{"missing", nil, []string{"none.csv"}, "none.csv"},
		{"nothing to read", map[string][]byte{"README.md": nil}, nil, "no file ending in .csv"},
		{"twice", map[string][]byte{"a.csv": []byte(row)}, []string{"a.csv", "./a.csv"}, "given twice"},
		{"other columns", map[string][]byte{"a.csv": []byte(row), "b.csv": []byte("date,open,high,low,close,volume,x\n")}, nil, "b.csv:1: "},
		{"truncated gzip", map[string][]byte{"a.csv.gz": gzipped(t, text)[:9000]}, nil, "a.csv.gz: unexpected EOF"},
		{"truncated zstd", map[string][]byte{"a.csv.zst": zstandard(t, text)[:9000]}, nil, "a.csv.zst: unexpected EOF"},
		{"flipped gzip", map[string][]byte{"a.csv.gz": flip(gzipped(t, text))}, nil, "a.csv.gz"},
		{"flipped zip", map[string][]byte{"a.zip": flip(zipped(t, member{"a.csv", text}))}, nil, "a.zip!a.csv"},
		{"truncated zip", map[string][]byte{"a.zip": zipped(t, member{"a.csv", text})[:9000]}, nil, "a.zip: zip: not a valid zip file"},
		{"garbage after gzip", map[string][]byte{"a.csv.gz": append(gzipped(t, []byte(row)), "xxxxxxxxxxxxxxxxxxxx"...)}, nil, "a.csv.gz: gzip"},
		{"empty zip", map[string][]byte{"a.zip": zipped(t)}, nil, "holds no .csv"},
		{"dot dot", map[string][]byte{"a.zip": zipped(t, member{"../a.csv", []byte(row)})}, nil, "leads out of the archive"},
		{"absolute", map[string][]byte{"a.zip": zipped(t, member{"/a.csv", []byte(row)})}, nil, "leads out of the archive"},
		{"backslash", map[string][]byte{"a.zip": zipped(t, member{`..\a.csv`, []byte(row)})}, nil, "leads out of the archive"},
		{"no asset name", map[string][]byte{".csv": []byte(row)}, []string{".csv"}, "no asset id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, c.files)
			paths := []string{dir}
			if c.paths != nil {
				paths = nil
				for _, p := range c.paths {
					paths = append(paths, dir+string(filepath.Separator)+p)
				}
			}
			for _, workers := range []int{1, 3} {
				_, err := Files(context.Background(), paths, Options{Workers: workers})
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
			}
		})
	}
	if _, err := Files(context.Background(), []string{"/none"}, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := Files(context.Background(), nil, Options{}); !errors.Is(err, ErrOptions) {
		t.Errorf("got %v", err)
	}
}

// TestFirstErrorWins: whatever the workers do, the error is that of the
// earliest line of the earliest file.
func TestFirstErrorWins(t *testing.T) {
	good := "2020-01-01,2,3,1,2,10\n"
	files := map[string][]byte{"a.csv": []byte(header + good)}
	for i := range 30 {
		files[fmt.Sprintf("f%02d.csv", i)] = []byte(header + good + strings.Repeat("x\n", i+1) + "2020-01-02,\"2\n")
	}
	dir := folder(t, files)
	for range 20 {
		_, err := Files(context.Background(), []string{dir}, Options{Workers: 4, blockBytes: 8})
		if err == nil || !strings.Contains(err.Error(), "f00.csv:4: ") {
			t.Fatalf("got %v", err)
		}
	}
}

// TestReportJSON is the form that a manifest stores, by hand.
func TestReportJSON(t *testing.T) {
	r, _, err := read(t, header+"2020-01-01,2,3,1,2,10\nx\n", Options{Drop: []string{}, Policies: map[Rule]Policy{RuleNaN: Keep}})
	if err != nil {
		t.Fatal(err)
	}
	r.Report.Sources = nil
	got, err := json.Marshal(r.Report)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"read":2,"accepted":1,"rejected":1,"rejected_by_rule":[{"rule":"schema","count":1}],` +
		`"options":{"asset":"","columns":"","drop":"","policies":"schema=reject-row,time=reject-row,nan=keep,price=reject-row,ohlc=reject-row,duplicate=reject-row,order=reject-row","symbol":""}}`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestValidate: everything wrong is reported at once.
func TestValidate(t *testing.T) {
	if err := (&Options{}).Validate(); err != nil {
		t.Errorf("zero value: %v", err)
	}
	o := Options{
		Asset: "A", Symbol: "S", Label: "middle", Adjusted: "twice", Workers: -1,
		Columns:  map[string]string{"a": "open", "b": "open", "A": "low", "c": "", "s": "high", "d": "Close"},
		Drop:     []string{"a", "S"},
		Policies: map[Rule]Policy{"color": Fail, RuleNaN: "ignore", RuleOrder: KeepFirst, RuleDuplicate: Keep, RuleSchema: Keep, RuleTime: Keep, RulePrice: Keep},
	}
	err := o.Validate()
	if !errors.Is(err, ErrOptions) {
		t.Fatal(err)
	}
	for _, want := range []string{"middle", "twice", "-1", "asset and symbol", `"a" and "b" are both mapped to "open"`, `"A" and "a" name the same`,
		`"c" is mapped to ""`, `"d" is mapped to "Close"`, `"s" is the symbol`, `drop: "a"`, `drop: "S"`, `"color": unknown`, `unknown policy "ignore"`,
		`"order": policy "first" is for rule duplicate`, `"duplicate": cannot be kept`, `"schema": cannot be kept`, `"time": cannot be kept`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
	if strings.Contains(err.Error(), `"price"`) {
		t.Errorf("%v", err)
	}
	if _, err := Files(context.Background(), []string{t.TempDir()}, o); !errors.Is(err, ErrOptions) {
		t.Errorf("CSV: %v", err)
	}
	_, _, err = read(t, header+"2020-01-01,2,3,1,2,10\n", Options{Drop: []string{"sektor"}, Columns: map[string]string{"clos": "x"}})
	if !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), `"clos", "sektor"`) {
		t.Errorf("misspelt: %v", err)
	}
	for name, want := range map[string]Policy{"": "", "KEEP": Keep, "report": ReportOnly, "fail": Fail, "reject-row": RejectRow} {
		if got, err := ParsePolicy(name); err != nil || got != want {
			t.Errorf("%q: %v %v", name, got, err)
		}
	}
	if _, err := ParsePolicy("drop"); err == nil {
		t.Error("policy drop is understood")
	}
}

func TestFrameInfo(t *testing.T) {
	r, _, err := read(t, header+"2020-01-01,2,3,1,2,10\n2020-01-02,2,3,1,2,10\n", Options{Calendar: calendar.NYSE(), Label: columnar.LabelClose, Adjusted: "splits"})
	if err != nil {
		t.Fatal(err)
	}
	info := r.Frame.Info()
	if info.Axis.Calendar != calendar.NYSE() || info.Axis.Label != columnar.LabelClose || info.Adjusted != columnar.AdjustedSplits || info.Axis.BarsPerYear != 252 {
		t.Errorf("info %+v", info)
	}
}
