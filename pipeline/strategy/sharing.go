package strategy

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
