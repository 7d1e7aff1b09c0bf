package ingest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/quality"
)

// TestQualityRejectsInChunks takes bars out of a file that is parsed in many
// chunks: of several assets or of one, oldest or newest first, in memory or
// spilled, beside rows that other rules reject. For any number of workers and
// any block it is the same account, the rejected lines are those that were
// damaged, and the Frame is that of the file without them.
func TestQualityRejectsInChunks(t *testing.T) {
	const rows = 600
	for _, assets := range []int{1, 3} {
		for _, backwards := range []bool{false, true} {
			t.Run(fmt.Sprintf("assets=%d/backwards=%v", assets, backwards), func(t *testing.T) {
				lines := strings.SplitAfter(string(generate(rows, assets, 9)), "\n")
				header, lines := lines[0], lines[1:len(lines)-1]
				// Prices times 100 on two bars in a row, and on single ones.
				var damaged []int
				for k, day := range []int{10, 25, 26, 41} {
					row := day*assets + k%assets
					if k == 2 {
						row = 26*assets + 1%assets // the asset of the one before
					}
					damaged = append(damaged, row)
					lines[row] = hundredfoldLine(lines[row])
				}
				lines[15*assets] = strings.Replace(lines[15*assets], ",", ",x", 1) // no number
				if backwards {
					slices.Reverse(lines)
					for i, row := range damaged {
						damaged[i] = len(lines) - 1 - row
					}
					slices.Sort(damaged)
				} else {
					lines = append(lines, lines[30*assets]) // a bar again
				}
				var sound []string
				for i, line := range lines {
					if !slices.Contains(damaged, i) {
						sound = append(sound, line)
					}
				}
				path := write(t, "X.csv", []byte(header+strings.Join(lines, "")))
				checkChunks(t, path, digestOfText(t, header+strings.Join(sound, "")), damaged)
			})
		}
	}
}

// hundredfoldLine multiplies the four prices of a line by 100: they have two
// decimals.
func hundredfoldLine(line string) string {
	fields := strings.Split(line, ",")
	for i := 1; i <= 4; i++ {
		fields[i] = strings.Replace(fields[i], ".", "", 1)
	}
	return strings.Join(fields, ",")
}

func digestOfText(t *testing.T, text string) string {
	t.Helper()
	r, err := Files(context.Background(), []string{write(t, "X.csv", []byte(text))}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	return r.Frame.Info().Digest
}

// checkChunks reads a file whose damaged rows are counted from 0.
func checkChunks(t *testing.T, path, digest string, damaged []int) {
	t.Helper()
	want := ""
	for _, spill := range []bool{false, true} {
		for _, workers := range []int{1, 2, 8} {
			for _, block := range []int{200, 2000, 0} {
				var rejects bytes.Buffer
				o := Options{Workers: workers, blockBytes: block, Policies: map[Rule]Policy{quality.Scale: RejectRow}, Rejects: &rejects}
				if spill {
					if block != 2000 {
						continue // small ones need their account, a large one holds it all
					}
					o.SpillDir, o.Budget = t.TempDir(), columnar.NewBudget(int64(60_000+16_000*workers))
				}
				r, err := Files(context.Background(), []string{path}, o)
				if err != nil {
					t.Fatal(err)
				}
				got := fmt.Sprintf("%s %+v\n%s", r.Frame.Info().Digest, r.Report, rejects.String())
				if r.Frame.Info().Digest != digest || r.Report.Accepted+r.Report.Rejected+r.Report.Repeated != r.Report.Read {
					t.Errorf("workers %d, block %d: %s, want %s: %+v", workers, block, r.Frame.Info().Digest, digest, r.Report)
				}
				if spill && workers == 1 && !r.Mapped && r.Frame.NumAssets() > 1 {
					t.Errorf("block %d: nothing was spilled", block)
				}
				r.Frame.Release()
				if want == "" {
					want = got
					checkScaleLines(t, rejects.String(), damaged)
				}
				if got != want {
					t.Errorf("workers %d, block %d, spilled %v:\n%s\nwant\n%s", workers, block, r.Mapped, got, want)
				}
			}
		}
	}
}

// checkScaleLines holds the lines that rule scale rejects against the damaged
// rows: line 2 is row 0.
func checkScaleLines(t *testing.T, rejects string, damaged []int) {
	t.Helper()
	var lines []int
	for _, reject := range strings.Split(rejects, "\n") {
		fields := strings.Split(reject, ",")
		var line int
		if _, err := fmt.Sscan(fields[min(1, len(fields)-1)], &line); err == nil && fields[2] == string(quality.Scale) {
			lines = append(lines, line-2)
		}
	}
	if !slices.Equal(lines, damaged) {
		t.Errorf("rule scale rejects rows %d, want %d:\n%s", lines, damaged, rejects)
	}
}
