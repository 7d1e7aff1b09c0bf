package sweep

import (
	"os"
	"regexp"
	"testing"
	"time"
	"fmt"
)

func TestZZ(t *testing.T) {
	only := regexp.MustCompile(os.Getenv("ZZ"))
	for _, w := range measured() {
		if !only.MatchString(w.name) {
			continue
		}
		frame := w.frame(t)
		for workers := 1; workers <= 2; workers++ {
			e, _ := NewEngine(EngineOptions{Workers: workers})
			var d []time.Duration
			for range 12 {
				start := time.Now()
				r, err := runShared(e, frame, w.spec, false)
				if err != nil {
					t.Fatal(err)
				}
				for r.Next() {
				}
				r.Release()
				d = append(d, time.Since(start))
			}
			fmt.Println(w.name, workers, spread(d))
			e.Close()
		}
		frame.Release()
	}
}
