//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bowstring-engine/bowstring/internal/proptest"
)

// How many changed files of each format are read; make check-full reads more.
var hostile = flag.Int("hostile", 100, "changed files of each format that TestChangedFiles reads")

const (
	// hostileMemory is what a process that reads such files may have: of memory
	// that can be written to, since Go sets aside far more addresses than that.
	hostileMemory = 512 << 20
	// hostileBatch is how many a process reads.
	hostileBatch = 250
	// hostileHang is when a file that is still being read is said to hang: far
	// beyond the second that any should take, on a machine that does other things.
	hostileHang = 2 * time.Minute
	// hostileJob tells a process of the test what to read.
	hostileJob = "BOWSTRING_TEST_HOSTILE"
)

// batch is what one process reads.
type batch struct {
	Format, Dir string
	Files       []string
	From, To    int
}

// outcome is what became of one file.
type outcome struct {
	Index, Code int
	Millis      int64
	Text        string
}

// commands are what is done with a file of a format, and the exit code of one
// that is refused.
func hostileCommands(format, file, dir string) (commands [][]string, refused int) {
	switch format {
	case "yaml":
		return [][]string{{"spec", "check", file}, {"explain", file, "--bundle", "bars", "--store", filepath.Join(dir, "store")}}, exitUsage
	case "results":
		return [][]string{{"results", "head", file}, {"results", "head", file, "--wide", "--output", "json", "-n", "100"}, {"results", "show", file}}, exitBadData
	}
	return [][]string{{"ingest", "inspect", file}, {"ingest", file, "--bundle", "h", "--max-rejects", "all", "--store", filepath.Join(dir, "hostile")}}, exitBadData
}

// TestChangedFiles: of every format that is read, valid files of which one to
// eight bytes have been changed are read or refused with the exit code of bad
// data (of a usage error for specs), within 512 MiB, and end.
func TestChangedFiles(t *testing.T) {
	if proptest.Race {
		t.Skip("the race detector needs more memory than the processes have; make test does it")
	}
	c := newCommand(t)
	for format, files := range hostileFiles(c) {
		t.Run(format, func(t *testing.T) {
			codes := make(map[int]int)
			slowest := int64(0)
			for from := 0; from < *hostile; from += hostileBatch {
				for _, o := range runBatch(t, batch{format, c.dir, files, from, min(from+hostileBatch, *hostile)}) {
					codes[o.Code]++
					slowest = max(slowest, o.Millis)
					if o.Text != "" {
						t.Errorf("%s %d: exit code %d: %s", format, o.Index, o.Code, o.Text)
					}
				}
			}
			t.Logf("%d files: exit codes %v, the slowest took %d ms", *hostile, codes, slowest)
		})
	}
}

// runBatch has a process of its own read a batch.
func runBatch(t *testing.T, b batch) (all []outcome) {
	t.Helper()
	job, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), hostileJob+"="+string(job), "GOTRACEBACK=single")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hang := time.AfterFunc(hostileHang, func() { _ = cmd.Process.Signal(syscall.SIGQUIT) }) // with its stacks
	defer hang.Stop()
	next := b.From
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var o outcome
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			continue // what the runtime says is shown below
		}
		hang.Reset(hostileHang)
		all, next = append(all, o), o.Index+1
	}
	if err := cmd.Wait(); err != nil {
		text := stderr.String()
		t.Errorf("%s %d ended the process: %v\n%s", b.Format, next, err, text[:min(len(text), 3000)])
	}
	return all
}

// hostileMain reads the files of a job, in a process of its own.
func hostileMain(job string) int {
	var b batch
	if err := json.Unmarshal([]byte(job), &b); err != nil {
		panic(err)
	}
	limit := syscall.Rlimit{Cur: hostileMemory, Max: hostileMemory}
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &limit); err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp(b.Dir, "batch")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for i := b.From; i < b.To; i++ {
		o := outcome{Index: i}
		o.read(&b, dir)
		line, err := json.Marshal(o)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s\n", line)
	}
	return 0
}

// read reads one changed file.
func (o *outcome) read(b *batch, dir string) {
	from := b.Files[o.Index%len(b.Files)]
	text, err := os.ReadFile(from)
	if err != nil {
		panic(err)
	}
	rng := rand.New(rand.NewPCG(uint64(o.Index), 10))
	change(rng, text)
	file := filepath.Join(dir, fmt.Sprintf("f%d%s", o.Index, filepath.Ext(from)))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		panic(err)
	}
	defer os.Remove(file)
	commands, refused := hostileCommands(b.Format, file, b.Dir)
	if b.Format != "yaml" {
		commands, refused = hostileCommands(b.Format, file, dir)
	}
	start := time.Now()
	for _, args := range commands {
		var stdout, stderr bytes.Buffer
		o.Code = run(context.Background(), args, &stdout, &stderr)
		if o.Code != exitOK && o.Code != refused || strings.Contains(stdout.String()+stderr.String(), "\x1b") {
			o.Text = fmt.Sprintf("%s: %s%s", strings.Join(args, " "), stdout.String(), stderr.String())
			break
		}
	}
	o.Millis = time.Since(start).Milliseconds()
	_ = os.RemoveAll(filepath.Join(dir, "hostile"))
}

// change changes one to eight bytes: all anywhere, or near the beginning or the
// end, where formats say what they have, or in one number; to any value, or to
// one that counts say much with.
func change(rng *rand.Rand, b []byte) {
	odd := []byte{0, 1, 0x7f, 0x80, 0xfe, 0xff}
	from, n := 0, len(b)
	switch rng.IntN(5) {
	case 0:
		n = min(512, len(b))
	case 1:
		n = min(1024, len(b))
		from = len(b) - n
	case 2:
		from = rng.IntN(len(b))
		n = min(8, len(b)-from)
	}
	for range 1 + min(rng.IntN(8), rng.IntN(8)) {
		at := from + rng.IntN(n)
		if b[at] = odd[rng.IntN(len(odd))]; rng.IntN(2) == 0 {
			b[at] = byte(rng.IntN(256))
		}
	}
}

// TestChange: changing is the same each time, and changes something most times.
func TestChange(t *testing.T) {
	same := 0
	for seed := range uint64(200) {
		was := bytes.Repeat([]byte("abcd"), 700)
		one, two := slices.Clone(was), slices.Clone(was)
		change(rand.New(rand.NewPCG(seed, 1)), one)
		change(rand.New(rand.NewPCG(seed, 1)), two)
		if !bytes.Equal(one, two) {
			t.Fatal("two changes with one seed differ")
		}
		n := 0
		for i := range was {
			if one[i] != was[i] {
				n++
			}
		}
		if n > 8 {
			t.Fatalf("%d bytes changed", n)
		}
		if n == 0 {
			same++
		}
	}
	if same > 10 {
		t.Errorf("%d of 200 files are as they were", same)
	}
}
