package load_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"go.uber.org/goleak"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/load"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const header = "date,open,high,low,close,volume\n"

// Two good rows and one whose high is below its open.
const prices = header + "2024-01-02,10,11,9,10.5,100\n2024-01-03,10.5,12,10,11.5,100\n2024-01-04,11.5,11,10,10.8,100\n"

// write makes a file of an asset in a folder of its own.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func newStore(t *testing.T) *bundles.Store {
	t.Helper()
	store, err := bundles.OpenStore(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// tree lists what a store holds of bundles, without the names that a clock gives.
func tree(t *testing.T, store *bundles.Store) (files []string) {
	t.Helper()
	err := filepath.WalkDir(store.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		parts := strings.Split(filepath.ToSlash(path), "/")
		for i, p := range parts[:len(parts)-1] {
			if p == "ingests" || p == "tmp" {
				parts[i+1] = "ID"
			}
		}
		files = append(files, strings.Join(parts[len(strings.Split(filepath.ToSlash(store.Dir()), "/")):], "/"))
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

// shows fails where the current version is not of so many rows.
func shows(t *testing.T, store *bundles.Store, rows int64) {
	t.Helper()
	b, err := store.Open(t.Context(), "one", bundles.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if b.Manifest().Rows != rows || b.Manifest().Tool != "test" {
		t.Errorf("%d rows by %s, want %d", b.Manifest().Rows, b.Manifest().Tool, rows)
	}
}

// TestFiles goes through what an ingest can come to: a new bundle, an append, the
// same again, what is refused, what is cancelled. Counts are those of the rows
// written above; files are those that docs/format.md names.
func TestFiles(t *testing.T) {
	store := newStore(t)
	path := write(t, "AAA.csv", prices)
	opts := load.Options{Ingest: ingest.Options{Calendar: calendar.NYSE()}, Tool: "test"}
	first, err := load.Files(t.Context(), store, "one", []string{path}, opts)
	if err != nil {
		t.Fatal(err)
	}
	if r := first.Report; r.Read != 3 || r.Accepted != 2 || r.Rejected != 1 || first.Assets != 1 || first.Existing || first.Append != nil || len(first.Events) != 0 {
		t.Errorf("%+v", first)
	}
	rejects, err := os.ReadFile(filepath.Join(first.Folder, "rejects.csv"))
	if want := "file,line,rule,text\n" + path + ",4,ohlc,\"2024-01-04,11.5,11,10,10.8,100\"\n"; err != nil || string(rejects) != want {
		t.Errorf("rejects %q, want %q (%v)", rejects, want, err)
	}
	shows(t, store, 2)
	once := tree(t, store)
	if n := len(slices.DeleteFunc(slices.Clone(once), func(f string) bool { return !strings.HasPrefix(f, "one/ingests/ID/") })); n != 2 {
		t.Errorf("%d files of the ingest, want report.json and rejects.csv: %v", n, once)
	}

	again, err := load.Files(t.Context(), store, "one", []string{path}, opts)
	if err != nil || !again.Existing || again.Digest != first.Digest || again.Sequence != first.Sequence+1 {
		t.Errorf("the same again: %+v, %v", again, err)
	}

	more := write(t, "AAA.csv", header+"2024-01-03,10.5,12,10,11.5,100\n2024-01-04,11,12,10,11,100\n")
	added := opts
	added.Append, added.Ingest.Calendar = true, calendar.Calendar{} // that of the bundle
	appended, err := load.Files(t.Context(), store, "one", []string{more}, added)
	if err != nil {
		t.Fatal(err)
	}
	if a := appended.Append; a == nil || a.Appended != 1 || a.Corrected != 0 || a.Unchanged != 1 || a.Base != first.Digest {
		t.Errorf("appended %+v", a)
	}
	shows(t, store, 3)

	before := tree(t, store)
	for name, c := range map[string]struct {
		change func(*load.Options)
		bundle string
		text   string
		is     error
	}{
		"a rule":          {func(o *load.Options) { o.Ingest.Policies = map[ingest.Rule]ingest.Policy{"ohlc": ingest.Fail} }, "one", prices, ingest.ErrRow},
		"a shape":         {func(*load.Options) {}, "one", "a,b\n1,2\n", ingest.ErrShape},
		"options":         {func(o *load.Options) { o.Ingest.Workers = -1 }, "one", prices, ingest.ErrOptions},
		"rejects":         {func(o *load.Options) { o.Ingest.Rejects = io.Discard }, "one", prices, ingest.ErrOptions},
		"spills":          {func(o *load.Options) { o.Ingest.SpillDir = "here" }, "one", prices, ingest.ErrOptions},
		"a name":          {func(*load.Options) {}, "../one", prices, bundles.ErrName},
		"another kind":    {func(o *load.Options) { o.Append, o.Ingest.Calendar = true, calendar.AlwaysOpen() }, "one", prices, bundles.ErrMismatch},
		"nothing to join": {func(o *load.Options) { o.Append = true }, "none", prices, bundles.ErrNotFound},
		"too little": {func(o *load.Options) { o.Append, o.Ingest.Budget = true, columnar.NewBudget(64) }, "one",
			prices, columnar.ErrMemory},
	} {
		o := opts
		c.change(&o)
		if r, err := load.Files(t.Context(), store, c.bundle, []string{write(t, "AAA.csv", c.text)}, o); r != nil || !errors.Is(err, c.is) {
			t.Errorf("%s: %v, want %v", name, err, c.is)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := opts
	cancelled.Ingest.Progress = func(ingest.Progress) { cancel() }
	if r, err := load.Files(ctx, store, "one", []string{path}, cancelled); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if after := tree(t, store); !slices.Equal(after, before) {
		t.Errorf("what was refused has left files:\n%v\nbefore:\n%v", after, before)
	}
	shows(t, store, 3)
}

// TestRecords: the same bars as records are the same version.
func TestRecords(t *testing.T) {
	store := newStore(t)
	opts := load.Options{Ingest: ingest.Options{Calendar: calendar.NYSE()}}
	first, err := load.Files(t.Context(), store, "one", []string{write(t, "AAA.csv", prices)}, opts)
	if err != nil {
		t.Fatal(err)
	}
	mem := memory.DefaultAllocator
	fields := []arrow.Field{{Name: "date", Type: arrow.FixedWidthTypes.Date32}}
	for _, name := range []string{"open", "high", "low", "close", "volume"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64})
	}
	schema := arrow.NewSchema(fields, nil)
	record, _, err := array.RecordFromJSON(mem, schema, strings.NewReader(`[
		{"date": "2024-01-02", "open": 10, "high": 11, "low": 9, "close": 10.5, "volume": 100},
		{"date": "2024-01-03", "open": 10.5, "high": 12, "low": 10, "close": 11.5, "volume": 100}]`))
	if err != nil {
		t.Fatal(err)
	}
	defer record.Release()
	reader, err := array.NewRecordReader(schema, []arrow.Record{record})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	r, err := load.Records(t.Context(), store, "one", ingest.RecordSource{Name: "AAA", Reader: reader}, opts)
	if err != nil || !r.Existing || r.Digest != first.Digest || r.Report.Accepted != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestOwnCalendar: a bundle keeps the calendar that a user has made, and an append of
// bars without one takes it over. In the table 3 January is no session, so its bar is
// off the grid.
func TestOwnCalendar(t *testing.T) {
	store := newStore(t)
	table := calendar.Table{Name: "own", DaysPerYear: 250}
	for _, d := range []int{2, 4, 5} {
		midnight := time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC)
		table.Sessions = append(table.Sessions, calendar.Session{Day: midnight, Open: midnight.Add(9 * time.Hour), Close: midnight.Add(17 * time.Hour)})
	}
	own, err := calendar.New(table)
	if err != nil {
		t.Fatal(err)
	}
	opts := load.Options{Ingest: ingest.Options{Calendar: own}}
	first, err := load.Files(t.Context(), store, "one", []string{write(t, "AAA.csv", header+"2024-01-02,10,11,9,10,100\n2024-01-03,10,11,9,10,100\n")}, opts)
	if err != nil {
		t.Fatal(err)
	}
	if a := first.Report.Quality; len(a) != 1 || len(a[0].Findings) != 1 || a[0].Findings[0].Rule != "off-grid" {
		t.Errorf("findings %+v", a)
	}
	opts.Append, opts.Ingest.Calendar = true, calendar.Calendar{}
	if _, err := load.Files(t.Context(), store, "one", []string{write(t, "AAA.csv", header+"2024-01-04,10,11,9,10,100\n")}, opts); err != nil {
		t.Fatal(err)
	}
	b, err := store.Open(t.Context(), "one", bundles.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if axis := b.Manifest().Axis(); !axis.Calendar.Equal(own) || axis.BarsPerYear != 250 {
		t.Errorf("%v with %v bars a year", axis.Calendar, axis.BarsPerYear)
	}
	table.Sessions = table.Sessions[:2]
	if opts.Ingest.Calendar, err = calendar.New(table); err != nil {
		t.Fatal(err)
	}
	if _, err := load.Files(t.Context(), store, "one", []string{write(t, "AAA.csv", header+"2024-01-05,10,11,9,10,100\n")}, opts); !errors.Is(err, bundles.ErrMismatch) {
		t.Errorf("sessions of another calendar: %v", err)
	}
}
