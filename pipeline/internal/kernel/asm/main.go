// Command asm writes the AVX2 assembly of package kernel and its Go
// declarations to a folder: go run . ..
//
// It is a module of its own, so that avo is no dependency of Bowstring; its
// test holds the committed files to what it generates. Vectors are YMM
// registers 0 to 15 and loads may be unaligned, because a column starts where
// Arrow's buffer and a window put it.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	avo "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// The files of package kernel that are generated.
const (
	assemblyFile     = "avx2_amd64.s"
	declarationsFile = "avx2_amd64.go"
)

// generate returns the text of each file by its name.
func generate() (map[string][]byte, error) {
	ctx := avo.NewContext()
	ctx.ConstraintExpr("!purego")
	place := placement(ctx)
	comparisons(ctx, place)
	orderQuanta(ctx)
	lessQuanta(ctx)
	changes(ctx)
	signalChanges(ctx)
	quantize(ctx)
	extent(ctx)
	decimalSMA(ctx, place)
	masks := laneMasks(ctx)
	hold(ctx, masks)
	holdAffine(ctx, masks)
	inside(ctx)
	closedTrades(ctx)
	file, err := ctx.Result()
	if err != nil {
		return nil, fmt.Errorf("assembly: %w", err)
	}
	if err := pass.Compile.Execute(file); err != nil {
		return nil, fmt.Errorf("assembly: %w", err)
	}
	cfg := printer.Config{Name: "pipeline/internal/kernel/asm", Pkg: "kernel"}
	assembly, err := printer.NewGoAsm(cfg).Print(file)
	declarations, err2 := printer.NewStubs(cfg).Print(file)
	if err := errors.Join(err, err2); err != nil {
		return nil, fmt.Errorf("assembly: %w", err)
	}
	return map[string][]byte{assemblyFile: assembly, declarationsFile: declarations}, nil
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: go run . FOLDER")
	}
	files, err := generate()
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(args[0], name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "asm:", err)
		os.Exit(1)
	}
}
