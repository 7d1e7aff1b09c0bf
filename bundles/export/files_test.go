package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bowstring-engine/bowstring/columnar"
)

// writers are the ways to export to the disk, with the name of the outcome.
var writers = map[string]struct {
	out   string
	write func(context.Context, string, *columnar.Frame, Options) (*Result, error)
}{"file": {"bars.", File}, "folder": {"bars", Folder}}

// TestFaultAtEveryStep fails every step on the disk in turn, alone or with all
// after it, as if the process had died: what is not complete has a name that
// says so, and what was there is there, or whole and new.
func TestFaultAtEveryStep(t *testing.T) {
	f, err := market(t).Select("AAPL", "CON")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	for name, w := range writers {
		for _, format := range []Format{CSV, Parquet, Arrow, JSON} {
			w := w
			if name == "file" {
				w.out += string(format)
			}
			whole := t.TempDir()
			if _, err := w.write(context.Background(), filepath.Join(whole, w.out), f, Options{Format: format, Events: filepath.Join(whole, "events.csv")}); err != nil {
				t.Fatal(err)
			}
			all := content(t, whole)
			for _, before := range []bool{false, true} {
				for _, crash := range []bool{false, true} {
					if format != CSV && before == crash {
						continue // the steps are the same; two ways will do
					}
					t.Run(fmt.Sprintf("%s/%s/before=%v/crash=%v", name, format, before, crash), func(t *testing.T) {
						for k := 1; ; k++ {
							dir := t.TempDir()
							out := filepath.Join(dir, w.out)
							o := Options{Format: format, Events: filepath.Join(dir, "events.csv"), Force: before}
							var old []string
							if before {
								if _, err := w.write(context.Background(), out, f, Options{Format: format, Events: o.Events, Symbols: []string{"AAPL"}, To: time.Unix(0, 19_008*day)}); err != nil {
									t.Fatal(err)
								}
								old = content(t, dir)
							}
							var steps atomic.Int64
							o.fault = func(_, _ string, bytes int) (int, error) {
								if n := steps.Add(1); n == int64(k) || crash && n > int64(k) {
									return bytes / 2, syscall.ENOSPC
								}
								return bytes, nil
							}
							mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
							o.Allocator = mem
							_, err := w.write(context.Background(), out, f, o)
							mem.AssertSize(t, 0)
							if err == nil {
								if k < 8 {
									t.Fatalf("%d steps only", k)
								}
								return
							}
							if !errors.Is(err, syscall.ENOSPC) {
								t.Fatalf("step %d: %v", k, err)
							}
							checkAfterFault(t, content(t, dir), old, all, crash, k)
						}
					})
				}
			}
		}
	}
}

// checkAfterFault looks at what is called bars and events.csv: it is what was
// there or all of what was to be, and nothing else is left, unless the process
// has died.
func checkAfterFault(t *testing.T, is, old, all []string, crash bool, k int) {
	t.Helper()
	var left []string
	for _, text := range is {
		name, _, _ := strings.Cut(text, "\n")
		top, _, _ := strings.Cut(name, "/")
		switch {
		case strings.HasSuffix(top, ".bowstring-lock") && crash:
			// it holds nobody up
		case (strings.HasPrefix(top, "bars") || top == "events.csv") && !strings.HasSuffix(top, "."+partialEnding) && !strings.HasSuffix(top, "."+replacedEnding):
			if !slices.Contains(old, text) && !slices.Contains(all, text) {
				t.Fatalf("step %d: half of %s", k, name)
			}
			left = append(left, text)
		case !strings.HasSuffix(top, "."+partialEnding) && !strings.HasSuffix(top, "."+replacedEnding):
			t.Fatalf("step %d: left %s", k, name)
		case !crash && !strings.HasSuffix(top, "."+replacedEnding):
			t.Fatalf("step %d: left %s", k, name)
		}
	}
	bars := func(texts []string) (n []string) {
		for _, text := range texts {
			if strings.HasPrefix(text, "bars") {
				n = append(n, text)
			}
		}
		return n
	}
	if got := bars(left); got != nil && !slices.Equal(got, bars(old)) && !slices.Equal(got, bars(all)) {
		t.Fatalf("step %d: a part of the bars:\n%s", k, got)
	}
	if !crash && old != nil && bars(left) == nil {
		t.Fatalf("step %d: the old bars are gone", k)
	}
	// New events never stay beside old bars.
	if !crash && len(old) > 0 && slices.Equal(bars(left), bars(old)) && !slices.Equal(left, old) {
		t.Fatalf("step %d: new events beside old bars", k)
	}
}

// content returns every file below a folder: its path, and what is in it.
func content(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	for _, path := range listed(t, dir) {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, path+"\n"+string(text))
	}
	return all
}

// TestCancel ends an export in the middle: nothing is left of it.
func TestCancel(t *testing.T) {
	long := frameOf(t, columnar.Info{}, nil, barsOf("A", 3*stretch, 5, 0, 60*second), barsOf("B", 10, 5, 0, 60*second))
	for name, w := range writers {
		for _, format := range []Format{CSV, Parquet, Arrow} {
			w := w
			if name == "file" {
				w.out += string(format)
			}
			t.Run(fmt.Sprintf("%s/%s", name, format), func(t *testing.T) {
				dir := t.TempDir()
				mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
				defer mem.AssertSize(t, 0)
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				var last int64
				packed := Zstd
				if name == "file" && format == CSV {
					packed = None // its name would say it
				}
				o := Options{Format: format, Compress: packed, Allocator: mem, batchRows: 1000, Progress: func(done, total int64) {
					last = done
					if total != int64(long.NumRows()) {
						t.Errorf("%d rows in all", total)
					}
					if done >= stretch {
						cancel()
					}
				}}
				if _, err := w.write(ctx, filepath.Join(dir, w.out), long, o); !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
				if last < stretch || last >= 2*stretch { // other files may add some
					t.Errorf("cancelled after %d rows, ended after %d", stretch, last)
				}
				if left := listed(t, dir); left != nil {
					t.Errorf("left %v", left)
				}
				if entries, _ := os.ReadDir(dir); len(entries) > 0 {
					t.Errorf("left %v", entries)
				}
				cancelled, stop := context.WithCancel(context.Background())
				stop()
				if _, err := w.write(cancelled, filepath.Join(dir, w.out), long, Options{}); !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
			})
		}
	}
}

// TestForce replaces what an export wrote, and nothing else.
func TestForce(t *testing.T) {
	f := market(t)
	ctx := context.Background()
	dir := t.TempDir()
	file, folder := filepath.Join(dir, "bars.csv"), filepath.Join(dir, "bars")
	for _, w := range []struct {
		path  string
		write func(context.Context, string, *columnar.Frame, Options) (*Result, error)
	}{{file, File}, {folder, Folder}} {
		if w.path == folder {
			if err := os.Mkdir(folder, 0o700); err != nil { // an empty one is taken
				t.Fatal(err)
			}
		}
		if _, err := w.write(ctx, w.path, f, Options{}); err != nil {
			t.Fatal(err)
		}
		before := content(t, dir)
		if _, err := w.write(ctx, w.path, f, Options{Symbols: []string{"CON"}}); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), w.path) {
			t.Errorf("%s: %v", w.path, err)
		}
		if !slices.Equal(content(t, dir), before) {
			t.Errorf("%s is changed", w.path)
		}
		if _, err := w.write(ctx, w.path, f, Options{Symbols: []string{"CON"}, Force: true}); err != nil {
			t.Fatal(err)
		}
		if slices.Equal(content(t, dir), before) {
			t.Errorf("%s is not replaced", w.path)
		}
	}
	if got := listed(t, folder); !slices.Equal(got, []string{"asset=CON/bars.csv"}) {
		t.Errorf("the folder has %v", got)
	}
	// What no export wrote stays.
	for _, foreign := range []string{"notes.txt", "asset=CON/notes.csv", "asset=CON/deep/bars.csv", "year=2020/bars.csv"} {
		path := filepath.Join(folder, filepath.FromSlash(foreign))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Folder(ctx, folder, f, Options{Force: true}); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), "no export wrote") {
			t.Errorf("%s: %v", foreign, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(filepath.Dir(path)) // where it is empty
	}
	if _, err := File(ctx, folder, f, Options{Force: true}); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a file over a folder: %v", err)
	}
	if _, err := Folder(ctx, file, f, Options{Force: true, Format: CSV}); !errors.Is(err, ErrExists) {
		t.Errorf("a folder over a file: %v", err)
	}
	if _, err := File(ctx, filepath.Join(dir, "new.csv"), f, Options{Events: file}); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), "events") {
		t.Errorf("events over a file: %v", err)
	}
	// Events that are there already are those of the export, too.
	events := filepath.Join(dir, "events.csv")
	for _, name := range []string{"one.csv", "two.parquet"} {
		if r, err := File(ctx, filepath.Join(dir, name), f, Options{Events: events}); err != nil || r.EventsFile != events || r.Events != 4 || r.Reading.Events != events {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
	if _, err := File(ctx, filepath.Join(dir, "three.csv"), f, Options{Events: events, To: time.Unix(0, 19_008*day)}); !errors.Is(err, ErrExists) {
		t.Errorf("other events over a file: %v", err)
	}
}

// TestErrors has everything that is asked for and cannot be.
func TestErrors(t *testing.T) {
	f := market(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		path string
		o    Options
		is   error
		want string
	}{
		{"a.csv", Options{Symbols: []string{"AAPPL", "CON", "XYZZY"}}, columnar.ErrNoAsset, `asset "AAPPL" (did you mean "AAPL"?), "XYZZY": no such asset`},
		{"a.csv", Options{Columns: []string{"clsoe", "trade"}}, columnar.ErrNoColumn, `column "clsoe" (did you mean "close"?), "trade" (did you mean "trades"?): no such column`},
		{"a.csv", Options{Columns: []string{"close", "close"}}, ErrOptions, `"close" is named twice`},
		{"a.csv", Options{From: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(1991, 1, 1, 0, 0, 0, 0, time.UTC)}, ErrNoBars, "from 2022-01-08 to 2022-02-16"},
		{"a.csv", Options{From: time.Unix(2, 0), To: time.Unix(1, 0)}, ErrOptions, "ends before it begins"},
		{"a.csv", Options{Format: Parquet}, ErrOptions, "is named as csv is, and the format is parquet"},
		{"a.txt", Options{Format: CSV}, ErrEnding, ".csv.zst, .parquet, .arrow or .json"},
		{"a.csv.gz", Options{Compress: Zstd}, ErrOptions, "is named as a file in gzip is"},
		{"a.csv", Options{Compress: Zstd}, ErrOptions, "is named as plain csv is, and is compressed with zstd; give a name that ends with .csv.zst"},
		{"a.CSV", Options{Compress: Gzip}, ErrOptions, "give a name that ends with .csv.gz"},
		{"a.parquet.zst", Options{}, ErrEnding, "unknown ending"},
		{"a.parquet", Options{Compress: Gzip}, ErrOptions, "compression gzip is for csv"},
		{"a.json", Options{Compress: Zstd}, ErrOptions, "json is not compressed"},
		{"b.csv", Options{Events: at("e.csv.gz")}, ErrOptions, "events go into a CSV file"},
		{"a.csv", Options{Compress: "lzma"}, ErrOptions, `compression "lzma": want none, zstd or gzip`},
		{"a.csv", Options{Format: "xlsx"}, ErrOptions, `format "xlsx": want csv, parquet, arrow or json`},
		{"a.csv", Options{Adjust: "most"}, ErrOptions, `adjustment "most"`},
		{"a.csv", Options{Events: at("a.csv")}, ErrOptions, "events and bars are both"},
		{"none/a.csv", Options{}, os.ErrNotExist, "none"},
	} {
		_, err := File(context.Background(), at(c.path), f, c.o)
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "export: ") != 1 {
			t.Errorf("%s %+v: %v", c.path, c.o, err)
		}
	}
	if _, err := Folder(context.Background(), at("a.csv"), f, Options{}); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), "needs a folder") {
		t.Errorf("a folder called a.csv: %v", err)
	}
	long := frameOf(t, columnar.Info{}, nil, barsOf(strings.Repeat("Ä", 60), 1, 5, 0, day))
	if _, err := Folder(context.Background(), at("f"), long, Options{}); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), "366 bytes") {
		t.Errorf("a long id: %v", err)
	}
	split := intraday(t) // came adjusted for everything
	if _, err := File(context.Background(), at("a.csv"), split, Options{Adjust: columnar.AdjustedNone}); !errors.Is(err, columnar.ErrAdjustment) {
		t.Errorf("unadjusting: %v", err)
	}
	empty := frameOf(t, columnar.Info{}, nil, columnar.Bars{ID: "A", Values: make([][]float64, 5)})
	if _, err := Write(context.Background(), new(bytes.Buffer), empty, Options{}); !errors.Is(err, ErrNoBars) {
		t.Errorf("no bars at all: %v", err)
	}
	if left := listed(t, dir); left != nil {
		t.Errorf("left %v", left)
	}
}
