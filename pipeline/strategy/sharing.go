package strategy

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

// SharedBytes returns at most how much memory it takes to keep, for all trials
// of a grid, the series that a [Batch] shares through a [FeatureCache] on an
// asset of so many bars; 0 where it computes them chunk by chunk.
func (p *Program) SharedBytes(bars int) int64 {
	if bars > wholeBars {
		return 0
	}
	series := int64(0)
	for i := range p.nodes[:p.used] {
		if n := &p.nodes[i]; n.shared && n.kind == KindSeries {
			series += n.values
		}
	}
	return 8 * series * int64(bars)
}

// Cheap reports whether every series of the program takes less time to compute
// than fresh memory to keep it in takes to get, which is about 2 ns a bar.
func (p *Program) Cheap() bool {
	for i := range p.nodes[:p.used] {
		switch n := &p.nodes[i]; {
		case n.op == opChoice:
			return false
		case n.op == opWindow && n.fn != fnSMA && n.fn != fnEMA && n.fn != fnAbs:
			return false
		}
	}
	return true
}

// SourceBytes returns how much memory a [Batch] takes on an asset of so many
// bars for the series that depend on no parameter.
func (p *Program) SourceBytes(bars int) int64 {
	return p.bytes(bars, func(n *node) bool { return n.kind == KindSeries && n.values == 1 })
}

// EvaluatorBytes returns how much memory an [Evaluator] takes on an asset of so
// many bars beside its cache.
func (p *Program) EvaluatorBytes(bars int) int64 {
	return p.bytes(bars, func(*node) bool { return true })
}

// bytes returns the size of one value of each node of the rules that is asked
// for and is no column.
func (p *Program) bytes(bars int, which func(*node) bool) int64 {
	total := int64(0)
	for i := range p.nodes[:p.used] {
		switch n := &p.nodes[i]; {
		case n.op == opColumn || !which(n):
		case n.kind == KindSeries:
			total += 8 * int64(bars)
		default:
			total += 8 * int64(kernel.Words(bars))
		}
	}
	return total
}

// LayoutBytes returns about how much memory a [Layout] takes a trial.
func (p *Program) LayoutBytes() int64 { return int64(8*len(p.scalars) + 4*p.used + 64) }
