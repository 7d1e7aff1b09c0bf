package eval

import (
	"github.com/bowstring-engine/bowstring/internal/reuse"
	"github.com/bowstring-engine/bowstring/pipeline/internal/kernel"
)

// TileBars is the number of bars that a [Batch] evaluates at a time. Tiles
// begin at multiples of it, counted from the asset's first bar, as the sums of
// indicators do.
const TileBars = kernel.Anchor

const (
	// wholeBars is the longest history whose columns may be computed whole and
	// shared through the feature cache. Those of longer ones would not fit
	// into memory for a large grid: they are computed chunk by chunk.
	wholeBars = 16 * TileBars
	// chunkBars is the least number of bars in a chunk, and longestChunk the
	// most, where windows reach back before the chunk: what they reach is
	// computed again, so a chunk is a few times as long as the longest window.
	// Other chunks are a tile, which is still in cache when it is looked at.
	chunkBars    = 8 * TileBars
	longestChunk = 64 * TileBars
	// margin is the number of bars before a chunk, or a tile, whose values are
	// kept: crosses look at the bar before, and masks come in whole words.
	margin = 64
)

// StretchBars is the least that [Batch.Stretch] returns.
const StretchBars = 32 * TileBars

// tileWords is the number of words of a tile's mask.
const tileWords = TileBars / 64

// resize returns a slice of n zero values.
func resize[T any](s []T, n int) []T {
	s = reuse.Slice(s, n)
	clear(s)
	return s
}
