package ingest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
)

// data returns a path inside the shared test data, or skips.
func data(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Skip("no go.mod above the package: the shared data cannot be found")
		}
		dir = filepath.Dir(dir)
	}
	path = filepath.Join(dir, "..", "shared", "data", path)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is absent: real data is not tested", path)
	}
	return path
}

// TestUS8 holds the counts of the data's README.
func TestUS8(t *testing.T) {
	r, err := Files(context.Background(), []string{data(t, "us8/split_adjusted")}, Options{
		Calendar: calendar.NYSE(), Adjusted: columnar.AdjustedSplits,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	want := map[string]int{"AAPL": 6289, "MSFT": 6289, "AMZN": 6289, "NVDA": 6289, "NFLX": 5691, "GOOGL": 5127, "TSLA": 3652, "META": 3175}
	if r.Report.Read != 42801 || r.Report.Accepted != 42801 || r.Frame.NumRows() != 42801 || r.Frame.NumAssets() != 8 {
		t.Errorf("%d read, %d accepted, %d assets", r.Report.Read, r.Report.Accepted, r.Frame.NumAssets())
	}
	for i, id := range r.Frame.Assets() {
		if r.Frame.NumBars(i) != want[id] {
			t.Errorf("%s has %d bars, want %d", id, r.Frame.NumBars(i), want[id])
		}
	}
	info := r.Frame.Info()
	if info.Axis.BarsPerYear != 252 || info.Adjusted != columnar.AdjustedSplits {
		t.Errorf("info %+v", info)
	}
	if names := r.Frame.Columns(); len(names) != 6 || names[5].Name != "adj_close" {
		t.Errorf("columns %v", names)
	}
}

// TestSP500 finds the blank and the inconsistent rows once more with
// encoding/csv and compares the lines.
func TestSP500(t *testing.T) {
	path := data(t, "sp500_5yr/all_stocks_5yr.csv.zst")
	var rejects bytes.Buffer
	r, err := Files(context.Background(), []string{path}, Options{Rejects: &rejects, RejectLimit: RejectAll()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	if p := r.Report; p.Read != 619040 || p.Rejected != 23 || p.Accepted != 619017 || r.Frame.NumAssets() != 505 {
		t.Errorf("read %d, accepted %d, rejected %d, assets %d", p.Read, p.Accepted, p.Rejected, r.Frame.NumAssets())
	}
	blank, inconsistent := naiveSP500(t, path)
	if len(blank) != 11 || len(inconsistent) != 12 {
		t.Fatalf("naive pass: %d blank, %d inconsistent", len(blank), len(inconsistent))
	}
	got := map[string][]int{}
	records, err := csv.NewReader(&rejects).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range records[1:] {
		line, _ := strconv.Atoi(rec[1])
		got[rec[2]] = append(got[rec[2]], line)
	}
	if !slices.Equal(got["nan"], blank) || !slices.Equal(got["ohlc"], inconsistent) || len(got) != 2 {
		t.Errorf("rejected lines %v, want nan %v, ohlc %v", got, blank, inconsistent)
	}
}

func naiveSP500(t *testing.T, path string) (blank, inconsistent []int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	r := csv.NewReader(bufio.NewReader(z))
	r.ReuseRecord = true
	for line := 1; ; line++ {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return blank, inconsistent
		}
		if err != nil {
			t.Fatal(err)
		}
		if line == 1 {
			continue
		}
		if slices.Contains(rec[1:6], "") {
			blank = append(blank, line)
			continue
		}
		var p [4]float64
		for k := range p {
			if p[k], err = strconv.ParseFloat(rec[k+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		if p[1] < max(p[0], p[2], p[3]) || p[2] > min(p[0], p[1], p[3]) {
			inconsistent = append(inconsistent, line)
		}
	}
}

// TestMinutes: two runs with different workers and blocks are equal.
func TestMinutes(t *testing.T) {
	path := data(t, "minute/BTCUSDT-1m-2020-2021.csv.zst")
	var digests []string
	for _, o := range []Options{{}, {Workers: 3, blockBytes: 100_000}} {
		r, err := Files(context.Background(), []string{path}, o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Report.Accepted != 1_050_373 || r.Frame.NumRows() != 1_050_373 || r.Report.Rejected != 0 {
			t.Errorf("report %+v", r.Report)
		}
		digests = append(digests, r.Frame.Info().Digest)
		r.Frame.Release()
	}
	if digests[0] != digests[1] {
		t.Errorf("digests differ: %v", digests)
	}
}
