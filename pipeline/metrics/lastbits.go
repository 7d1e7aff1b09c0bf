package metrics

// lastBits is the spread below which there is none, as a share of the level that it is
// a spread about: returns are about 1, the factor of a bar without any.
const lastBits = 1e-12

// beyond returns a measure of spread, of which last bits are none.
func beyond(spread float64) float64 {
	if spread <= lastBits {
		return 0
	}
	return spread
}
