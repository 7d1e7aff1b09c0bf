package bundles_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/ingest/sample"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// publishSample stores generated bars as the current version of bundle
// "sample".
func publishSample(ctx context.Context, store *bundles.Store, bars int) {
	frame, err := sample.Walk(sample.Options{Assets: 2, Bars: bars, Seed: 1})
	check(err)
	defer frame.Release()
	in, err := store.Begin(ctx, "sample")
	check(err)
	_, err = in.Publish(ctx, frame, report.Account{}, bundles.PublishOptions{})
	check(err)
}

// A pool opens a version once and notices when an ingest has made another one
// current. Bundles that were acquired before stay as they are.
func ExamplePool() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "bowstring")
	check(err)
	defer os.RemoveAll(dir)
	store, err := bundles.OpenStore(dir)
	check(err)
	publishSample(ctx, store, 250)

	pool := bundles.NewPool(store, bundles.PoolOptions{})
	defer pool.Close()
	for range 3 {
		bundle, err := pool.Acquire(ctx, "sample")
		check(err)
		bundle.Close()
	}
	stats := pool.Stats()
	fmt.Println("opened", stats.Misses, "time, found open", stats.Hits, "times")

	old, err := pool.Acquire(ctx, "sample")
	check(err)
	defer old.Close()
	publishSample(ctx, store, 500)
	bundle, err := pool.Acquire(ctx, "sample")
	check(err)
	defer bundle.Close()
	fmt.Println(old.Frame().NumRows(), "rows before,", bundle.Frame().NumRows(), "after")
	// Output:
	// opened 1 time, found open 2 times
	// 500 rows before, 1000 after
}
