package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shuffledCases is the number of cases of TestShuffledAgainstPandas: a slice of them in
// an ordinary run, as many as are wanted by the flag.
var shuffledCases = flag.Int("shuffled", 100, "cases of TestShuffledAgainstPandas")

// shuffledCase writes the files of a case: bars of some assets, out of order, repeated,
// corrected further down, and cut into several files. It returns their paths, in order.
func shuffledCase(t *testing.T, rng *rand.Rand, dir string) (paths []string) {
	t.Helper()
	type row struct{ text string }
	var rows []row
	step := []time.Duration{time.Minute, time.Hour, 24 * time.Hour}[rng.IntN(3)]
	long := rng.IntN(2) == 0
	assets := []string{"X"}
	if long {
		assets = []string{"AAA", "BBB", "CCC"}[:1+rng.IntN(3)]
	}
	line := func(at time.Time, asset string) row {
		low := 10 + rng.IntN(100)
		text := fmt.Sprintf("%s,%d.%02d,%d.5,%d.25,%d.%02d,%d", at.Format(time.RFC3339), low+1, rng.IntN(100), low+4, low, low+1, rng.IntN(100), rng.IntN(1000))
		if long {
			text += "," + asset
		}
		return row{text}
	}
	from := time.Date(2021, 1, 4, 0, 0, 0, 0, time.UTC)
	n := 5 + rng.IntN(60)
	for i := range n {
		for _, a := range assets {
			if rng.IntN(8) > 0 {
				rows = append(rows, line(from.Add(time.Duration(i)*step), a))
			}
		}
	}
	switch rng.IntN(4) {
	case 0: // as they are
	case 1: // halves joined backwards
		at := rng.IntN(len(rows))
		rows = append(rows[at:len(rows):len(rows)], rows[:at]...)
	case 2: // a few moved
		for range 1 + rng.IntN(5) {
			a, b := rng.IntN(len(rows)), rng.IntN(len(rows))
			rows[a], rows[b] = rows[b], rows[a]
		}
	default: // by asset
		for k, a := range rows {
			b := rng.IntN(k + 1)
			rows[k], rows[b] = rows[b], a
		}
	}
	for range rng.IntN(6) { // equal rows
		rows = append(rows, rows[rng.IntN(len(rows))])
	}
	for range rng.IntN(4) { // corrected further down
		i := rng.IntN(n)
		rows = append(rows, line(from.Add(time.Duration(i)*step), assets[rng.IntN(len(assets))]))
	}
	head := "time,open,high,low,close,volume"
	if long {
		head += ",symbol"
	}
	files := 1 + rng.IntN(3)
	for k := range files {
		part := rows[k*len(rows)/files : (k+1)*len(rows)/files]
		var b strings.Builder
		b.WriteString(head + "\n")
		for _, r := range part {
			b.WriteString(r.text + "\n")
		}
		path := filepath.Join(dir, fmt.Sprint(k), "X.csv")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if len(part) > 0 {
			paths = append(paths, path)
		}
	}
	return paths
}

// TestShuffledAgainstPandas: sources that are unsorted, duplicated, split and shuffled
// are the bars that pandas makes of them: of rows of one time the last, in order.
func TestShuffledAgainstPandas(t *testing.T) {
	python := tablePython(t)
	rng := rand.New(rand.NewPCG(2026, 12))
	dir := t.TempDir()
	var cases [][]string
	for i := range *shuffledCases {
		cases = append(cases, shuffledCase(t, rng, filepath.Join(dir, fmt.Sprint(i))))
	}
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	script := exec.Command(python, "testdata/shuffled.py")
	var stderr strings.Builder
	script.Stdin, script.Stderr = bytes.NewReader(in), &stderr
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var want [][][]any
	d := json.NewDecoder(bytes.NewReader(out))
	d.UseNumber()
	if err := d.Decode(&want); err != nil || len(want) != len(cases) {
		t.Fatalf("%d answers: %v", len(want), err)
	}
	turned, failed := 0, 0
	for i, paths := range cases {
		r, err := filesOf(t, Options{RejectLimit: RejectAll(), Workers: 1 + i%3}, paths...)
		if err != nil {
			t.Errorf("case %d: %v", i, err)
			continue
		}
		if backwardsRead(paths) {
			turned++ // read from the end, where the row above is the later one
			continue
		}
		var got, wanted strings.Builder
		for k, id := range r.Frame.Assets() {
			for bar, ns := range r.Frame.Times(k) {
				fmt.Fprintf(&got, "%s %d", id, ns)
				for c := range 5 {
					fmt.Fprintf(&got, " %v", r.Frame.Values(k, c)[bar])
				}
				got.WriteByte('\n')
			}
		}
		for _, row := range want[i] {
			fmt.Fprintf(&wanted, "%v %v", row[0], row[1])
			for _, v := range row[2:] {
				x, err := v.(json.Number).Float64()
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&wanted, " %v", x)
			}
			wanted.WriteByte('\n')
		}
		if got.String() != wanted.String() {
			if failed++; failed < 4 {
				t.Errorf("case %d, %q:\n%s\nwant\n%s", i, paths, got.String(), wanted.String())
			}
		}
	}
	t.Logf("%d cases, %d of them with a file that is read from its end", len(cases), turned)
	if turned*4 > len(cases) {
		t.Errorf("%d of %d cases are not compared", turned, len(cases))
	}
}

// backwardsRead reports whether a file is read from its end.
func backwardsRead(paths []string) bool {
	for _, path := range paths {
		found, err := Inspect(context.Background(), path, Options{})
		if err != nil {
			continue
		}
		for _, f := range found[0].Findings {
			if f.What == "order" {
				return true
			}
		}
	}
	return false
}
