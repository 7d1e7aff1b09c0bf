package export

import (
	"fmt"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/suggest"
)

// unknown is the error for names that are not among those there are: each is
// named, with what was probably meant. It wraps kind.
func unknown(what string, missing, known []string, kind error) error {
	texts := make([]string, len(missing))
	for i, name := range missing {
		texts[i] = fmt.Sprintf("%q", name)
		if near := suggest.Nearest(name, known); near != "" {
			texts[i] += fmt.Sprintf(" (did you mean %q?)", near)
		}
	}
	return fmt.Errorf("%s %s: %w", what, strings.Join(texts, ", "), kind)
}

// chooseColumns returns the positions of the named columns of a Frame, all of
// them where none is named.
func chooseColumns(f *columnar.Frame, named []string) ([]int, error) {
	var chosen []int
	if len(named) == 0 {
		for c := range f.Columns() {
			chosen = append(chosen, c)
		}
		return chosen, nil
	}
	var missing []string
	seen := make(map[string]bool)
	for _, name := range named {
		c, ok := f.ColumnIndex(name)
		switch {
		case seen[name]:
			return nil, fmt.Errorf("%w: column %q is named twice", ErrOptions, name)
		case name == assetColumn || name == columnar.Time:
		case ok:
			chosen = append(chosen, c)
		default:
			missing = append(missing, name)
		}
		seen[name] = true
	}
	if missing != nil {
		known := make([]string, len(f.Columns()))
		for c, col := range f.Columns() {
			known[c] = col.Name
		}
		return nil, unknown("column", missing, known, columnar.ErrNoColumn)
	}
	return chosen, nil
}

// chooseAssets returns the positions of the named assets of a Frame in its
// order, all of them where none is named.
func chooseAssets(f *columnar.Frame, named []string) ([]int, error) {
	var missing []string
	chosen := make([]bool, f.NumAssets())
	for i := range chosen {
		chosen[i] = len(named) == 0
	}
	for _, id := range named {
		if i, ok := f.Lookup(id); ok {
			chosen[i] = true
		} else {
			missing = append(missing, id)
		}
	}
	if missing != nil {
		return nil, unknown("asset", missing, f.Assets(), columnar.ErrNoAsset)
	}
	var positions []int
	for i, yes := range chosen {
		if yes {
			positions = append(positions, i)
		}
	}
	return positions, nil
}
