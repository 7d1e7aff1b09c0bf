package ingest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bowstring-engine/bowstring/columnar"
)

// drawnRow is a row of the sources that TestUnsortedSources makes.
type drawnRow struct {
	asset  string
	day    int
	volume int
}

func (r drawnRow) text() string {
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.day)
	return fmt.Sprintf("%s,%s,2,3,1,2,%d\n", day.Format(time.DateOnly), r.asset, r.volume)
}

// TestUnsortedSources: rows in any order, split over files, repeated and corrected,
// come to the same bars as a map from asset and day to the last row of each: what
// pandas does by drop_duplicates(keep="last") and sort_index.
func TestUnsortedSources(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(1, 60).Draw(t, "days")
		var rows []drawnRow
		for i := range days {
			for _, asset := range []string{"A", "B", "C"}[:rapid.IntRange(1, 3).Draw(t, "assets")] {
				rows = append(rows, drawnRow{asset, i, 10 + i})
			}
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7))
		switch rapid.IntRange(0, 3).Draw(t, "order") {
		case 0:
			rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		case 1: // downloads joined the wrong way round
			cut := rng.IntN(len(rows))
			rows = slices.Concat(rows[cut:], rows[:cut])
		case 2:
			slices.Reverse(rows)
		}
		for range rapid.IntRange(0, 5).Draw(t, "again") {
			row := rows[rng.IntN(len(rows))]
			row.volume += rng.IntN(2)
			rows = slices.Insert(rows, rng.IntN(len(rows)+1), row)
		}
		first := rapid.Bool().Draw(t, "first")
		type key struct {
			asset string
			day   int
		}
		want := make(map[key]int)
		for _, r := range rows {
			if _, ok := want[key{r.asset, r.day}]; !ok || !first {
				want[key{r.asset, r.day}] = r.volume
			}
		}
		rejected := 0
		for _, r := range rows {
			if want[key{r.asset, r.day}] != r.volume {
				rejected++
			}
		}
		files := rapid.IntRange(1, 3).Draw(t, "files")
		var paths []string
		for i := range files {
			path := filepath.Join(dir, fmt.Sprintf("%d.csv", i))
			text := "date,symbol,open,high,low,close,volume\n"
			for _, r := range rows[len(rows)*i/files : len(rows)*(i+1)/files] {
				text += r.text()
			}
			if strings.Count(text, "\n") == 1 {
				continue
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
		var rejects bytes.Buffer
		o := Options{Rejects: &rejects, RejectLimit: RejectAll(), Workers: 2, blockBytes: rapid.SampledFrom([]int{0, 100, 700}).Draw(t, "block")}
		if first {
			o.Policies = map[Rule]Policy{RuleDuplicate: KeepFirst}
		}
		got, err := Files(context.Background(), paths, o)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Frame.Release()
		p := got.Report
		if p.Read != int64(len(rows)) || p.Accepted != int64(len(want)) || p.Rejected != int64(rejected) || p.Accepted+p.Rejected+p.Repeated != p.Read {
			t.Fatalf("%+v; want %d read, %d accepted, %d rejected", p, len(rows), len(want), rejected)
		}
		if n := strings.Count(rejects.String(), ",duplicate,"); n != rejected {
			t.Errorf("%d rejects, want %d", n, rejected)
		}
		for i := range got.Frame.NumAssets() {
			times, volume := got.Frame.Times(i), got.Frame.Values(i, 4)
			if !slices.IsSortedFunc(times, cmp.Compare) {
				t.Fatal("times are not sorted")
			}
			for row, ns := range times {
				day := int((ns - time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()) / int64(24*time.Hour))
				if v, ok := want[key{got.Frame.Asset(i), day}]; !ok || float64(v) != volume[row] {
					t.Fatalf("asset %s day %d: %v, want %v", got.Frame.Asset(i), day, volume[row], v)
				}
			}
		}
	})
}

// TestUnsortedSpills: sorting in a file comes to the same as in memory, with the
// same rejects and with rows that a quality rule takes out.
func TestUnsortedSpills(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, long := range []bool{false, true} {
		var rows []string
		for i := range 20_000 {
			at := time.Date(2020, 1, 1, 0, i, 0, 0, time.UTC).Format("2006-01-02 15:04")
			symbol := ""
			if long {
				symbol = "," + []string{"A", "B"}[i%2]
			}
			volume := 10 + i%7
			if i == 700 {
				volume = 1 << 62 // absurd
			}
			rows = append(rows, fmt.Sprintf("%s,2,3,1,2,%d%s\n", at, volume, symbol))
			if i%100 == 0 {
				rows = append(rows, fmt.Sprintf("%s,2,3,1,2,%d%s\n", at, volume+i%2, symbol), rows[len(rows)-1])
			}
		}
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		head := header
		if long {
			head = strings.TrimSuffix(header, "\n") + ",symbol\n"
		}
		path := write(t, "X.csv", []byte(head+strings.Join(rows, "")))
		o := Options{blockBytes: 4000, Workers: 2, Policies: map[Rule]Policy{"absurd": RejectRow}}
		want := outcome(t, []string{path}, o)
		if !strings.Contains(want, "absurd,") {
			t.Fatalf("nothing is absurd: %.300s", want)
		}
		o.Budget, o.SpillDir = columnar.NewBudget(420<<10), t.TempDir()
		if got := outcome(t, []string{path}, o); got != want {
			t.Errorf("long %v: spilled %.600s, in memory %.600s", long, got, want)
		}
		left, err := os.ReadDir(o.SpillDir)
		if err != nil || len(left) > 0 {
			t.Errorf("left %v, %v", left, err)
		}
	}
}

// TestStrays: a row whose date is of another time costs itself only, wherever in
// the file it stands, and stays where nothing says that it is wrong.
func TestStrays(t *testing.T) {
	day := func(i int) string {
		return time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i).Format(time.DateOnly)
	}
	const values = ",2,3,1,2,10\n"
	for _, c := range []struct {
		name     string
		rows     int
		at       int
		dates    []string
		rejected int64
	}{
		{"a year ahead", 300, 11, []string{"2025-12-31"}, 1},
		{"a century ahead", 300, 150, []string{"2123-06-01"}, 1},
		{"the epoch", 300, 150, []string{"1970-01-01"}, 1},
		{"at the top", 300, 0, []string{"2123-06-01"}, 1},
		{"at the end", 300, 300, []string{"1970-01-01"}, 1},
		{"two of them", 300, 40, []string{"2033-02-11", "2033-02-12"}, 2},
		{"a day before the first, at the end", 300, 300, []string{"2023-01-01"}, 0},
		{"a month before the first, at the end", 40, 40, []string{"2022-12-25"}, 0},
		{"a later one in its order", 300, 300, []string{"2033-02-11"}, 0},
		{"an earlier one in its order", 300, 0, []string{"1993-02-11"}, 0},
		{"too few rows", 10, 5, []string{"2033-02-11"}, 0},
	} {
		var rows []string
		for i := range c.rows {
			rows = append(rows, day(i)+values)
		}
		var stray []string
		for _, date := range c.dates {
			stray = append(stray, date+values)
		}
		text := header + strings.Join(slices.Insert(slices.Clone(rows), c.at, stray...), "")
		for _, block := range []int{0, 300} {
			r, rejects, err := read(t, text, Options{blockBytes: block})
			if err != nil {
				t.Fatal(err)
			}
			if p := r.Report; p.Rejected != c.rejected || p.Accepted != int64(c.rows+len(c.dates))-c.rejected || strings.Count(rejects, ",order,") != int(c.rejected) {
				t.Errorf("%s: %+v\n%s", c.name, p, rejects)
			}
		}
		_, _, err := read(t, text, Options{Policies: map[Rule]Policy{RuleOrder: Fail}})
		var e *InputError
		if c.rejected > 0 && (!errors.As(err, &e) || e.Rule != RuleOrder || e.Line != c.at+2) {
			t.Errorf("%s: %v", c.name, err)
		}
		r, _, err := read(t, text, Options{Policies: map[Rule]Policy{RuleOrder: Keep}})
		if err != nil || r.Report.Rejected != 0 {
			t.Errorf("%s, kept: %+v, %v", c.name, r, err)
		}
	}
}

// TestRepeatedHour: the hour that clocks showed twice is told by the order of its
// rows, where that decides it. By hand, from the tz database: clocks of New York
// were set back on 2024-11-03 at 06:00Z, of Berlin on 2024-10-27 at 01:00Z, of Lord
// Howe by half an hour on 2024-04-06 at 15:00Z.
func TestRepeatedHour(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		local      []string
		want       string
		repeated   int64
	}{
		{"half hours", "America/New_York", []string{"11-03 00:30", "11-03 01:00", "11-03 01:30", "11-03 01:00", "11-03 01:30", "11-03 02:00"}, "04:30 05:00 05:30 06:00 06:30 07:00", 0},
		{"hours", "America/New_York", []string{"11-03 00:00", "11-03 01:00", "11-03 01:00", "11-03 02:00"}, "04:00 05:00 06:00 07:00", 0},
		{"newest first", "America/New_York", []string{"11-03 02:00", "11-03 01:30", "11-03 01:00", "11-03 01:30", "11-03 01:00", "11-03 00:30"}, "04:30 05:00 05:30 06:00 06:30 07:00", 0},
		{"Berlin", "Europe/Berlin", []string{"10-27 01:45", "10-27 02:15", "10-27 02:45", "10-27 02:15", "10-27 02:45", "10-27 03:15"}, "23:45 00:15 00:45 01:15 01:45 02:15", 0},
		{"half an hour", "Australia/Lord_Howe", []string{"04-07 01:15", "04-07 01:30", "04-07 01:45", "04-07 01:30", "04-07 01:45", "04-07 02:00"}, "14:15 14:30 14:45 15:00 15:15 15:30", 0},
		{"one pass", "America/New_York", []string{"11-03 00:30", "11-03 01:00", "11-03 01:30", "11-03 02:00"}, "04:30 05:00 05:30 07:00", 0},
		{"not decided", "America/New_York", []string{"11-03 00:30", "11-03 01:00", "11-03 01:00", "11-03 01:30", "11-03 01:30", "11-03 02:00"}, "04:30 05:00 05:30 07:00", 2},
		{"another night", "America/New_York", []string{"11-04 01:00", "11-04 01:30", "11-04 01:00", "11-04 02:00"}, "06:00 06:30 07:00", 1},
	} {
		text := header
		for _, local := range c.local {
			text += "2024-" + local + ",2,3,1,2,10\n"
		}
		for _, block := range []int{0, 1, 60} {
			r, _, err := read(t, text, Options{Zone: c.zone, blockBytes: block})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, ns := range r.Frame.Times(0) {
				got = append(got, time.Unix(0, ns).UTC().Format("15:04"))
			}
			if strings.Join(got, " ") != c.want || r.Report.Repeated != c.repeated {
				t.Errorf("%s: %s, %d repeated; want %s, %d", c.name, got, r.Report.Repeated, c.want, c.repeated)
			}
		}
	}
	// With offsets there is nothing to tell.
	r, _, err := read(t, header+"2024-11-03T01:00-04:00,2,3,1,2,10\n2024-11-03T01:30-04:00,2,3,1,2,10\n2024-11-03T01:00-04:00,2,3,1,2,10\n2024-11-03T02:00-05:00,2,3,1,2,10\n",
		Options{Zone: "America/New_York"})
	if err != nil || r.Report.Repeated != 1 {
		t.Errorf("with offsets: %+v, %v", r, err)
	}
}

// TestOHLCTolerance: a price may be outside of the high and low by a last bit.
func TestOHLCTolerance(t *testing.T) {
	for _, c := range []struct {
		row               string
		accepted, rounded int64
	}{
		{"1.8399180173873901,1.9024301613017407,1.8399180173873904,1.902129612502471,10", 2, 1},
		{"2,3.0000000000000000,1,3.0000000000000004,10", 2, 1},
		{"2000,2000,2000,2000.000001,10", 2, 1},
		{"2000,2000,2000,2000.00001,10", 1, 0},
		{"2,3,1,2,10", 2, 0},
	} {
		r, _, err := read(t, header+"2020-01-01,2,3,1,2,10\n2020-01-02,"+c.row+"\n", Options{})
		if err != nil || r.Report.Accepted != c.accepted || r.Report.Rounded != c.rounded {
			t.Errorf("%s: %+v, %v", c.row, r.Report, err)
		}
	}
}
