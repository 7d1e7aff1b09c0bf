package spec

// Robust says how a sweep's selection is looked at: what `bowstring robust` takes where
// its flags say nothing else, and what a library hands on. It never changes results. The
// zero value leaves all to defaults.
type Robust struct {
	// Asset is the account that is looked at; "" means the pool.
	Asset string
	// Benchmark is what trials have to beat: "" means cash, [BenchmarkHold] the same
	// assets bought and held, else the name of an asset.
	Benchmark string
	// Blocks is the S of cross-validation, an even number; 0 means 16.
	Blocks int
	// Resamples is how often is drawn; 0 means 1,000.
	Resamples int
	// BlockLength is the mean number of bars that are drawn together; 0 lets the
	// returns decide.
	BlockLength float64
	// Sample is how many trials are compared bar by bar, beside the best; 0 means
	// 2,000.
	Sample int
	// Seed decides what is drawn.
	Seed int
}

// BenchmarkHold names the assets of the sweep, bought at the start and held.
const BenchmarkHold = "hold"
