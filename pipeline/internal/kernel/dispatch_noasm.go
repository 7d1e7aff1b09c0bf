//go:build !amd64 || purego

package kernel

// hasAVX2 says whether the assembly runs: here is none.
const hasAVX2 = false

func compareWords(dst Bits, op Compare, a, b operand) { compareWordsGo(dst, op, a, b) }

func orderWords(gt, lt Bits, a, b []float64) { orderWordsGo(gt, lt, a, b) }

func orderQuantaWords(gt, lt Bits, a, b []int16) { orderWordsGo(gt, lt, a, b) }

func crossQuanta(c *Crossing, a, b *[Anchor]int16) (distinct bool) { return crossQuantaGo(c, a, b) }

func quantizeBlocks([]int16, []float64, float64, float64) (done int) { return 0 }

func rangeBlocks(_, _ *[4]float64, _ []float64) (done int) { return 0 }

func sumUnitsBlocks(_, _ []float64, _, _, _ float64) (done int) { return 0 }

func averageUnitsBlocks(_, _ []float64, _ int, _ float64) (done int) { return 0 }

func hold(closes []float64, rf float64) Held { return holdGo(closes, rf) }

func holdAffine(closes []float64, kappa, rf float64) Held { return holdAffineGo(closes, kappa, rf) }

func insideBlocks(_, _, _ []float64, _, _ float64) (bars int) { return 0 }

func signalChanges(c *SignalChanges, dst *[Anchor]int32, entry, exit *tileMask, held uint64, offset int) (n int) {
	return signalChangesGo(c, dst, entry, exit, held, offset)
}

func runClosedTrades(t *ClosedTrades, table *OrderTable, ranges *Ranges, orders []int32) {
	runClosedTradesGo(t, table, ranges, orders)
}

func orderUnitsWords(gt, lt Bits, sums []float64, a, b int) { orderUnitsGo(gt, lt, sums, a, b) }
