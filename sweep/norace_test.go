//go:build !race

package sweep

// raceEnabled tells tests whose work would take minutes.
const raceEnabled = false
