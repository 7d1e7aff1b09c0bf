// Package suggest finds what was probably meant by a word that is not known.
package suggest

import (
	"fmt"
	"strings"
)

// longestName is the longest name that is looked for among others.
const longestName = 64

// Meant returns the end of an error message that asks whether the nearest
// candidate was meant, or "" where none is near.
func Meant(name string, candidates []string) string {
	if near := Nearest(name, candidates); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// Nearest returns the candidate that name is probably a misspelling of, the
// first of equally near ones, or "". About one letter in three may be wrong;
// case does not count.
func Nearest(name string, candidates []string) string {
	if len(name) > longestName {
		return ""
	}
	best, limit := "", max(1, (len([]rune(name))+1)/3)
	for _, c := range candidates {
		if len(c) > longestName {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d <= limit {
			best, limit = c, d-1
		}
	}
	return best
}

// distance returns how many letters must be inserted, dropped, replaced or
// exchanged with their neighbour to turn a into b (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range t {
		rows[0][j+1] = j + 1
	}
	for i := range s {
		for j := range t {
			replace := rows[i][j]
			if s[i] != t[j] {
				replace++
			}
			d := min(replace, rows[i][j+1]+1, rows[i+1][j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				d = min(d, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = d
		}
	}
	return rows[len(s)][len(t)]
}
