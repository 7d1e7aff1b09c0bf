package shape

import (
	"fmt"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"

	"github.com/bowstring-engine/bowstring/columnar"
)

// findBars settles which columns hold the prices and the volume.
func (r *Resolver) findBars() {
	for _, c := range columnar.BarColumns() {
		found := r.claimants(c.Name)
		switch {
		case len(found) == 0:
			r.misspelt(c.Name)
		case len(found) == 1:
			r.yield(c.Name, found[0])
		case r.claims[found[0]].rank == rankOne:
			r.findVolume(found)
		default:
			r.problem("columns %q and %q are both %s; drop one", r.names[found[0]], r.names[found[1]], c.Name)
			r.yield(c.Name, found[0])
		}
	}
}

// misspelt gives a column whose name is nearly that of a bar column that is
// missing its meaning.
func (r *Resolver) misspelt(column string) {
	at := -1
	for i, name := range r.names {
		if r.claims[i].Column == "" && misspelt(Normalize(name)) == column {
			if at >= 0 {
				return
			}
			at = i
		}
	}
	if at >= 0 && r.columns[at].Numbers == r.columns[at].Rows {
		r.claims[at] = Meaning{column, rankSpelling}
		r.Found(column, fmt.Sprintf("column %q, which looks misspelt", r.names[at]), value.Sample{}, "Columns")
	}
}

// findVolume chooses among volumes in several units, "Volume BTC" and "Volume
// USD", that of the asset itself: symbols name it first, as BTCUSD does.
func (r *Resolver) findVolume(found []int) {
	chosen := -1
	if r.symbol >= 0 && len(r.Rows) > 0 {
		symbol := Normalize(string(r.Rows[0].Fields[r.symbol]))
		for _, i := range found {
			words := strings.Split(Normalize(r.names[i]), "_")
			if unit := words[len(words)-1]; strings.HasPrefix(symbol, unit) {
				if chosen >= 0 {
					chosen = -1
					break
				}
				chosen = i
			}
		}
	}
	if chosen < 0 {
		r.problem("columns %q and %q are both volume; say which, as in Options.Columns '%s=volume'", r.names[found[0]], r.names[found[1]], r.names[found[0]])
		chosen = found[0]
	} else {
		r.Found("volume", fmt.Sprintf("column %q, in units of the asset", r.names[chosen]), value.Sample{Line: r.Rows[0].Line, Text: string(r.Rows[0].Fields[r.symbol])}, "Columns")
	}
	r.yield(columnar.Volume, chosen)
}

// volumesOfAsset gives columns their meaning that are a volume counted in what the
// asset is called after: "Volume PEPE" of PEPEUSDT.
func (r *Resolver) volumesOfAsset(asset string) {
	if r.symbol >= 0 && len(r.Rows) > 0 {
		asset = string(r.Rows[0].Fields[r.symbol])
	}
	asset = strings.ReplaceAll(Normalize(asset), "_", "")
	for i, name := range r.names {
		unit := volumeUnit(Normalize(name))
		if r.claims[i].Column == "" && len(unit) > 1 && (strings.HasPrefix(asset, unit) || strings.HasSuffix(asset, unit)) {
			r.claims[i] = Meaning{Column: columnar.Volume, rank: rankOne}
		}
	}
}
