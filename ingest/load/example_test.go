package load_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar/calendar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/load"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// From files to a bundle in one call: every row is read, checked and accounted
// for, as "bowstring ingest" does it.
func ExampleFiles() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "bowstring")
	check(err)
	defer os.RemoveAll(dir)
	prices := filepath.Join(dir, "ACME.csv")
	check(os.WriteFile(prices, []byte(`date,open,high,low,close,volume
2024-01-02,10,11,9,10.5,100
2024-01-03,10.5,12,10,11.5,100
2024-01-04,11.5,11,10,10.8,100
`), 0o644))

	store, err := bundles.OpenStore(filepath.Join(dir, "store"))
	check(err)
	loaded, err := load.Files(ctx, store, "acme", []string{prices}, load.Options{
		Ingest: ingest.Options{Calendar: calendar.NYSE()},
	})
	check(err)
	fmt.Println(loaded.Report.Accepted, "rows accepted,", loaded.Report.Rejected, "rejected")
	// Output:
	// 2 rows accepted, 1 rejected
}
