package robust_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"

	"github.com/bowstring-engine/bowstring/sweep/robust"
)

// Twenty trials of a thousand bars, of which the last has an edge of nearly five
// deviations of its mean.
func ExampleCSCV() {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(1, 1))
	returns := &robust.Matrix{Columns: make([][]float64, 20)}
	for k := range returns.Columns {
		for range 1000 {
			v := 0.01 * r.NormFloat64()
			if k == 19 {
				v += 0.0015
			}
			returns.Columns[k] = append(returns.Columns[k], v)
		}
	}

	blocks, err := robust.BlocksOf(returns, 8)
	check(err)
	overfitting, err := robust.CSCV(ctx, blocks, robust.CSCVOptions{})
	check(err)
	best, err := robust.SPA(ctx, returns, robust.SPAOptions{Bootstrap: robust.Bootstrap{Seed: 1, Length: 5}})
	check(err)
	fmt.Printf("PBO %.2f of %d splits, SPA p %.3f\n", overfitting.PBO, overfitting.Splits, best.Consistent)
	// Output: PBO 0.00 of 70 splits, SPA p 0.000
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
