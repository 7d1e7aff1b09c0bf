// Package reuse has the one way in which slices are used again.
package reuse

// Slice returns a slice of n values of any content: in the memory of s where that is
// large enough, which is then not to be used through s.
func Slice[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
