package eval

import (
	"github.com/bowstring-engine/bowstring/pipeline/indicator"
	"github.com/bowstring-engine/bowstring/pipeline/internal/graph"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// SharedBytes returns at most how much memory it takes to keep, for all trials
// of a grid, the series that a [Batch] shares through a [FeatureCache] on an
// asset of so many bars; 0 where it computes them chunk by chunk.
func SharedBytes(s *strategy.Program, bars int) int64 {
	p := s.Graph()
	if bars > wholeBars {
		return 0
	}
	series := int64(0)
	for i := range p.Nodes[:p.Used] {
		if n := &p.Nodes[i]; n.Shared {
			series += n.Values * int64(n.Series)
		}
	}
	return 8 * series * int64(bars)
}

// Cheap reports whether every series of the program takes less time to compute
// than fresh memory to keep it in takes to get, which is about 2 ns a bar.
func Cheap(s *strategy.Program) bool {
	p := s.Graph()
	for i := range p.Nodes[:p.Used] {
		switch n := &p.Nodes[i]; {
		case n.Op == graph.OpChoice:
			return false
		case n.Op == graph.OpCall && n.Row.Cost == indicator.Heavy:
			return false
		}
	}
	return true
}

// SourceBytes returns how much memory a [Batch] takes on an asset of so many
// bars for the series that depend on no parameter.
func SourceBytes(s *strategy.Program, bars int) int64 {
	return size(s.Graph(), bars, func(n *graph.Node) bool { return n.Series > 0 && n.Values == 1 })
}

// EvaluatorBytes returns how much memory an [Evaluator] takes on an asset of so
// many bars beside its cache.
func EvaluatorBytes(s *strategy.Program, bars int) int64 {
	return size(s.Graph(), bars, func(*graph.Node) bool { return true })
}

// size returns how many bytes one value of each node of the rules has that is asked
// for and has memory of its own.
func size(p *graph.Program, bars int, which func(*graph.Node) bool) int64 {
	total := int64(0)
	for i := range p.Nodes[:p.Used] {
		switch n := &p.Nodes[i]; {
		case n.Op == graph.OpColumn || n.Op == graph.OpOutput || !which(n):
		case n.Series > 0:
			total += 8 * int64(bars) * int64(n.Series)
		default:
			total += 8 * int64(kernel.Words(bars))
		}
	}
	return total
}

// LayoutBytes returns about how much memory a [Layout] takes a trial.
func LayoutBytes(s *strategy.Program) int64 {
	p := s.Graph()
	return int64(8*len(p.Scalars) + 4*p.Used + 64)
}
