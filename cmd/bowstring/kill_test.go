package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// spillingStore is the environment variable that makes a test binary a process
// that ingests, with too little memory, into the named store until it is
// killed.
const spillingStore = "BOWSTRING_TEST_SPILL_INTO"

// spillingIngest is an ingest whose budget is far below the columns.
func spillingIngest(file string) []string {
	return []string{"ingest", file, "--bundle", "one", "--workers", "1", "--memory", "6MiB"}
}

// TestSpillingChild is the child's side; it does nothing in an ordinary run.
func TestSpillingChild(t *testing.T) {
	store := os.Getenv(spillingStore)
	if store == "" {
		t.Skip("started by TestKilledWhileSpilling")
	}
	for i := 0; ; i++ {
		var out, errs bytes.Buffer
		args := append(spillingIngest([]string{"a.csv", "b.csv"}[i%2]), "--store", store)
		if code := run(context.Background(), args, &out, &errs); code != exitOK {
			t.Fatalf("exit code %d: %s", code, errs.String())
		}
	}
}

// TestKilledWhileSpilling kills ingests whose rows are in temporary files. The
// bundle then shows a whole version without any of those files, and the next
// ingest removes them.
func TestKilledWhileSpilling(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	c := newCommand(t)
	for i, name := range []string{"a.csv", "b.csv"} {
		var text strings.Builder
		text.WriteString("date,symbol,open,high,low,close,volume\n")
		start := time.Date(2020+i, 1, 1, 0, 0, 0, 0, time.UTC)
		for row := range 200_000 { // 9.6 MB as columns
			fmt.Fprintf(&text, "%s,S%d,10,11,9,10.5,%d\n", start.Add(time.Duration(row/4)*time.Minute).Format("2006-01-02 15:04"), row%4, row)
		}
		c.write(name, text.String())
	}
	c.ok(spillingIngest("a.csv")...) // so that there is a version to keep
	store := filepath.Join(c.dir, "store")
	random := rand.New(rand.NewPCG(5, 0)) // #nosec G404: moments, not secrets
	const kills = 12
	hit := 0
	for range kills {
		child := exec.Command(os.Args[0], "-test.run=^TestSpillingChild$")
		child.Env = append(os.Environ(), spillingStore+"="+store)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		killSpilling(t, child, store, time.Duration(random.IntN(60))*time.Millisecond)
		if len(spillFiles(t, store)) > 0 {
			hit++
		}
		for _, file := range spillFiles(t, store) {
			if !strings.HasPrefix(file, filepath.Join("one", "tmp")+string(filepath.Separator)) {
				t.Errorf("published: %s", file)
			}
		}
		c.ok("bundle", "verify", "one")
	}
	t.Logf("%d of %d kills left files of spilled rows", hit, kills)
	if hit == 0 {
		t.Error("no kill hit an ingest that was spilling")
	}
	c.ok(spillingIngest("b.csv")...)
	if left, err := filepath.Glob(filepath.Join(store, "one", "tmp", "*")); err != nil || len(left) > 0 {
		t.Errorf("the next ingest leaves %v, %v", left, err)
	}
	if left := spillFiles(t, store); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	c.ok("bundle", "verify", "one")
}

// killSpilling kills a process a while after it has begun to spill.
func killSpilling(t *testing.T, child *exec.Cmd, store string, after time.Duration) {
	t.Helper()
	// Files of the child before, which was killed, go when this one begins.
	before := strings.Join(spillFiles(t, store), " ")
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if now := strings.Join(spillFiles(t, store), " "); now != "" && now != before {
			break
		}
	}
	time.Sleep(after)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil || child.ProcessState.ExitCode() > 0 {
		t.Fatalf("the child ended by itself: %v", err)
	}
}

// spillFiles returns the temporary files of rows in a store.
func spillFiles(t *testing.T, store string) (found []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(store), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil && !os.IsNotExist(err) { // what a child removes meanwhile
			return err
		}
		if strings.HasPrefix(filepath.Base(path), "spill-") {
			found = append(found, filepath.FromSlash(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
