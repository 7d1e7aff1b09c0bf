package pipeline

import (
	"context"
	"strings"
	"sync"
	"testing"
)

// TestPanicsOfAWorker: a panic outside of every trial, while a worker gets ready
// or adds up a pool, is the error of the run. The worker then carries out the
// tasks of a run that is sound.
func TestPanicsOfAWorker(t *testing.T) {
	breaks := map[string]func(*runner){
		"arming":  func(r *runner) { r.plan.Program = nil },
		"pooling": func(r *runner) { r.axis.at = nil },
	}
	for name, damage := range breaks {
		var a arena
		work := func(damage func(*runner)) (err error) {
			p, space := plan(t, 2)
			r := newRunner(p, space)
			r.spent = new(sync.Pool)
			if err := r.open(t.Context()); err != nil {
				t.Fatal(err)
			}
			b := r.newBlock(7, []int64{0, 1})
			damage(r)
			for asset := range r.assets {
				if err = r.run(context.Background(), &a, task{b, asset}); err != nil {
					break
				}
			}
			return err
		}
		err := work(damage)
		if err == nil || !strings.Contains(err.Error(), "block 7") || !strings.Contains(err.Error(), "panic: ") {
			t.Errorf("%s: error %v", name, err)
		}
		if err := work(func(*runner) {}); err != nil {
			t.Errorf("%s: the run after it: %v", name, err)
		}
	}
}
