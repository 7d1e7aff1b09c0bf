package export_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/bowstring-engine/bowstring/bundles/export"
	"github.com/bowstring-engine/bowstring/ingest/sample"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// The bars of a Frame become a file an asset, whose folders name the assets.
// What an ingest has to be told to read them back is in the result.
func ExampleFolder() {
	dir, err := os.MkdirTemp("", "bowstring")
	check(err)
	defer os.RemoveAll(dir)
	frame, err := sample.Walk(sample.Options{Assets: 2, Bars: 250, Seed: 1})
	check(err)
	defer frame.Release()

	out := filepath.Join(dir, "prices")
	r, err := export.Folder(context.Background(), out, frame, export.Options{Format: export.Parquet})
	check(err)
	fmt.Println(r.Rows, "bars in", r.Files, "files, adjusted:", r.Reading.Adjusted)
	entries, err := os.ReadDir(out)
	check(err)
	for _, e := range entries {
		fmt.Println(e.Name())
	}
	// Output:
	// 500 bars in 2 files, adjusted: none
	// asset=A00000
	// asset=A00001
}
