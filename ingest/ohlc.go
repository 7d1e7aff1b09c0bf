package ingest

// ohlcBreaks counts rows that break rule ohlc, and by which exchange of columns
// they would not.
type ohlcBreaks struct {
	rows int
	// mended has an entry for each pair of the four prices, and behind them one
	// for each further column in the place of the close.
	mended []int
}

// numCanonical is the number of columns that every Frame of an ingest has.
const numCanonical = 5

// pricePairs are the exchanges of two of open, high, low and close.
var pricePairs = [...][2]int{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}

// add counts a row that breaks rule ohlc.
func (m *ohlcBreaks) add(row []float64) {
	if m.mended == nil {
		m.mended = make([]int, len(pricePairs)+len(row)-numCanonical)
	}
	m.rows++
	for k, pair := range pricePairs {
		p := [4]float64{row[0], row[1], row[2], row[3]}
		p[pair[0]], p[pair[1]] = p[pair[1]], p[pair[0]]
		if fits(p) {
			m.mended[k]++
		}
	}
	for k, x := range row[numCanonical:] {
		if fits([4]float64{row[0], row[1], row[2], x}) {
			m.mended[len(pricePairs)+k]++
		}
	}
}

// fits reports whether prices keep rule ohlc. Unknown ones do not.
func fits(p [4]float64) bool {
	return p[1] >= p[0] && p[1] >= p[3] && p[1] >= p[2] && p[2] <= p[0] && p[2] <= p[3]
}
