//go:build unix

package columnar

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// mapNumbers maps a file of n float64, 1, 2, …, and returns it with the path.
func mapNumbers(t *testing.T, n int) (buf *memory.Buffer, path string) {
	t.Helper()
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(i + 1)
	}
	path = filepath.Join(t.TempDir(), "numbers")
	if err := os.WriteFile(path, bytesOf(values), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if buf, err = MapFile(f, 8*n, false); err != nil {
		t.Fatal(err)
	}
	return buf, path
}

// look adds up memory the way that a caller of the package does.
func look(b []byte) (sum int, err error) {
	defer CatchFault(&err)()
	for i := 0; i < len(b); i += 512 {
		sum += int(b[i])
	}
	return sum, nil
}

func TestCatchFault(t *testing.T) {
	buf, path := mapNumbers(t, 1<<15)
	other, _ := mapNumbers(t, 1<<15)
	defer other.Release()
	if _, err := look(buf.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 4096); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, err := look(buf.Bytes())
			var fault *FaultError
			if !errors.As(err, &fault) || fault.File != path || !errors.Is(err, ErrFault) {
				t.Errorf("%v, want a fault in %s", err, path)
			}
			if _, err := look(other.Bytes()); err != nil {
				t.Errorf("another file: %v", err)
			}
		}()
	}
	wg.Wait()
	// The system reads the memory itself, and says that it could not.
	write := func() (err error) {
		defer CatchFault(&err)()
		null, err := os.OpenFile(filepath.Join(t.TempDir(), "copy"), os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer null.Close()
		_, err = null.Write(buf.Bytes()[8192:])
		return err
	}
	if err := write(); !errors.Is(err, ErrFault) || !strings.Contains(err.Error(), path) {
		t.Errorf("written: %v", err)
	}
	// Freed on the way to who catches it.
	free := func() (err error) {
		defer CatchFault(&err)()
		defer buf.Release()
		_ = buf.Bytes()[100_000] + buf.Bytes()[200_000]
		sum := 0
		for _, b := range buf.Bytes() {
			sum += int(b)
		}
		return fmt.Errorf("read %d", sum)
	}
	if err := free(); !errors.Is(err, ErrFault) || !strings.Contains(err.Error(), path) {
		t.Errorf("freed: %v", err)
	}
}

// TestCatchFaultPassesOthers: a panic that is no fault in a mapping stays one,
// and errors stay as they are.
func TestCatchFaultPassesOthers(t *testing.T) {
	for _, cause := range []func(){
		func() { panic("other") },
		func() { panic(io.EOF) },
		func() { p := new(struct{ next *[4096]int }); p.next[7]++ },
	} {
		got := func() (p any) {
			defer func() { p = recover() }()
			var err error
			defer CatchFault(&err)()
			cause()
			return nil
		}()
		if got == nil {
			t.Error("a panic was caught")
		}
	}
	fail := func() (err error) {
		defer CatchFault(&err)()
		return io.EOF
	}
	if err := fail(); !errors.Is(err, io.EOF) || FaultOf(nil) != nil || FaultOf("x") != nil {
		t.Error(err)
	}
}

// TestIntact: of a cut file the rest of a page reads as zeros, which is no
// fault.
func TestIntact(t *testing.T) {
	for _, left := range []int64{8 * 512, 8*512 + 100, 4100, 8*1024 - 1} {
		buf, path := mapNumbers(t, 1024)
		times := make([]int64, 1024)
		for i := range times {
			times[i] = int64(i)
		}
		schema := NewSchema([]Column{{Name: "x"}})
		rec := WrapRecord(schema, times, [][]float64{arrow.Float64Traits.CastFromBytes(buf.Bytes())})
		f, err := NewFrame(schema, []arrow.Record{rec}, []Span{{ID: "A", Rows: len(times)}}, Info{})
		rec.Release()
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Intact(); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, left); err != nil {
			t.Fatal(err)
		}
		if err := f.Intact(); !errors.Is(err, ErrFault) || !strings.Contains(err.Error(), path) {
			t.Errorf("%d bytes left: %v", left, err)
		}
		if err := os.Truncate(path, 8*1024); err != nil { // as long again, but zeros
			t.Fatal(err)
		}
		if err := f.Intact(); !errors.Is(err, ErrFault) {
			t.Errorf("%d bytes left, then zeros: %v", left, err)
		}
		f.Release()
		buf.Release()
	}
}
