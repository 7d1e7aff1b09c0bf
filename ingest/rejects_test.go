package ingest

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// TestFirstRejects: of more bad rows than are kept the first are, all are
// counted, and the bytes do not depend on who parses what when.
func TestFirstRejects(t *testing.T) {
	if proptest.Race {
		t.Skip("a million rows take a minute under the race detector; make test does it")
	}
	const bad = MaxRejects + 200_000
	text := []byte(header + "2020-01-02,2,3,1,2,10\n2020-01-06,2,3,1,2,10\n2020-01-07,2,3,1,2,10\n2020-01-08,2,3,1,2,10\n" + strings.Repeat("x\n", bad/2) +
		"2020-01-06,2,3,1,2,11\n" + strings.Repeat("x\n", bad/2) + "2020-01-09,2,3,1,2,10\n2020-01-06,2,3,1,2,12\n")
	var first []byte
	for _, workers := range []int{1, 4} {
		var rejects bytes.Buffer
		r, err := Files(context.Background(), []string{write(t, "X.csv", text)}, Options{Workers: workers, Rejects: &rejects, RejectLimit: RejectAll()})
		if err != nil {
			t.Fatal(err)
		}
		r.Frame.Release()
		// Two rows are duplicates, beside the bad ones, one of them among the first.
		if r.Report.Rejected != bad+2 || r.Report.Unkept != 200_002 || r.Report.Accepted != 5 {
			t.Errorf("%d rejected, %d not kept, %d accepted", r.Report.Rejected, r.Report.Unkept, r.Report.Accepted)
		}
		lines := bytes.Count(rejects.Bytes(), []byte("\n"))
		if lines != MaxRejects+1 || !bytes.Contains(rejects.Bytes(), []byte(",3,duplicate,")) || !bytes.Contains(rejects.Bytes(), []byte(",600006,duplicate,")) {
			t.Errorf("%d lines", lines)
		}
		// The last is line 1,000,004: behind the header and three good rows.
		if !bytes.HasSuffix(rejects.Bytes(), []byte(",1000004,schema,x\n")) {
			t.Errorf("the last is %s", rejects.Bytes()[rejects.Len()-60:])
		}
		// The paths are those of folders of their own.
		got := bytes.ReplaceAll(rejects.Bytes(), []byte(r.Report.Sources[0].Path), nil)
		if first == nil {
			first = got
		} else if !bytes.Equal(first, got) {
			t.Error("four workers keep other rows than one")
		}
	}
}

// TestRejectedTexts: long rows end the rejects before many do.
func TestRejectedTexts(t *testing.T) {
	long := strings.Repeat("x", 1<<20-1)
	rows := MaxRejectText>>20 + 20
	text := []byte(header + "2020-01-02,2,3,1,2,10\n2020-01-06,2,3,1,2,10\n2020-01-07,2,3,1,2,10\n2020-01-08,2,3,1,2,10\n" + strings.Repeat(long+"\n", rows))
	var rejects bytes.Buffer
	r, err := Files(context.Background(), []string{write(t, "X.csv", text)}, Options{Rejects: &rejects, RejectLimit: RejectAll()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Frame.Release()
	if kept := bytes.Count(rejects.Bytes(), []byte("\n")) - 1; kept != MaxRejectText>>20 || r.Report.Unkept != int64(rows-kept) {
		t.Errorf("%d rows kept, %d not", kept, r.Report.Unkept)
	}
}

// TestRejectRoom: whatever the order in which chunks come, those that hold the
// first rows keep them, and little more is held; by adding up in order.
func TestRejectRoom(t *testing.T) {
	text := strings.Repeat("x", 5<<20) // which all rows share
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		chunks := make([]*chunk, 40)
		largest := 0
		for i := range chunks {
			chunks[i] = &chunk{}
			n := rng.IntN(5)
			for range n {
				chunks[i].rejects = append(chunks[i].rejects, reject{text: text})
			}
			largest = max(largest, n*len(text))
		}
		of := func(c *chunk) (rows, bytes int) {
			for _, x := range c.rejects {
				bytes += len(x.text)
			}
			return len(c.rejects) + int(c.unkept[0]), bytes
		}
		var rows []int
		var before []int // bytes of the chunks in front of each
		sum := 0
		for _, c := range chunks {
			n, bytes := of(c)
			rows, before = append(rows, n), append(before, sum)
			sum += bytes
		}
		var room rejectRoom
		for _, i := range rng.Perm(len(chunks)) {
			n, bytes := of(chunks[i])
			room.take(roomOf{source: i / 10, seq: i % 10, rows: n, text: bytes, drop: chunks[i].dropRejects})
		}
		held := 0
		for i, c := range chunks {
			n, bytes := of(c)
			held += bytes
			if n != rows[i] {
				t.Fatalf("seed %d: chunk %d counts %d of %d rows", seed, i, n, rows[i])
			}
			if before[i] < MaxRejectText && c.unkept[0] > 0 {
				t.Fatalf("seed %d: chunk %d gave up rows that are kept", seed, i)
			}
		}
		if held >= MaxRejectText+largest {
			t.Fatalf("seed %d: %d bytes are held", seed, held)
		}
	}
}
