package export

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/bowstring-engine/bowstring/columnar"
)

// selection is what the options choose of a Frame.
type selection struct {
	frame *columnar.Frame
	o     Options
	// columns are the positions of the chosen columns.
	columns []int
	// assets are the chosen assets that have bars in the time. leftOut is the
	// number of those that have none, and unchosen that of the others.
	assets   []chosenAsset
	leftOut  int
	unchosen int
	// from and to bound the times: from ≤ t < to.
	from, to int64
	rows     int64
	// form is how the times of all bars are written.
	form moment
	// adjust is what the bars are adjusted for.
	adjust columnar.Adjustment
}

// chosenAsset is an asset and how many of its bars are exported.
type chosenAsset struct {
	id    string
	at    int
	rows  int64
	whole bool // they are all of its bars
}

// choose looks up what the options ask for. It reads every time, and none of
// the values.
func choose(ctx context.Context, f *columnar.Frame, o Options) (*selection, error) {
	s := &selection{frame: f, o: o, adjust: cmp.Or(o.Adjust, f.Info().Adjusted)}
	s.from, s.to = columnar.Nanoseconds(o.From, math.MinInt64), columnar.Nanoseconds(o.To, math.MaxInt64)
	if err := f.CheckAdjustment(s.adjust); err != nil {
		return nil, err
	}
	var err error
	if s.columns, err = chooseColumns(f, o.Columns); err != nil {
		return nil, err
	}
	assets, err := chooseAssets(f, o.Symbols)
	if err != nil {
		return nil, err
	}
	s.unchosen = f.NumAssets() - len(assets)
	for _, at := range assets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a := chosenAsset{id: f.Asset(at), at: at}
		for times := range f.Runs(at) {
			lo, hi := s.window(times)
			a.rows += int64(hi - lo)
			s.form.add(times[lo:hi])
		}
		a.whole = a.rows == int64(f.NumBars(at))
		if a.rows == 0 {
			s.leftOut++
			continue
		}
		s.assets = append(s.assets, a)
		s.rows += a.rows
	}
	if s.rows == 0 {
		return nil, s.noBars()
	}
	return s, nil
}

// window returns the bars among sorted times that are exported.
func (s *selection) window(times []int64) (lo, hi int) {
	lo, _ = slices.BinarySearch(times, s.from)
	if s.to == math.MaxInt64 {
		return lo, len(times)
	}
	hi, _ = slices.BinarySearch(times, s.to)
	return lo, max(lo, hi)
}

// noBars says which bars there would be.
func (s *selection) noBars() error {
	first, last, some := int64(math.MaxInt64), int64(math.MinInt64), false
	for i := range s.frame.NumAssets() {
		for times := range s.frame.Runs(i) {
			first, last, some = min(first, times[0]), max(last, times[len(times)-1]), true
		}
	}
	if !some {
		return fmt.Errorf("%w: there are none", ErrNoBars)
	}
	var form moment
	form.add([]int64{first, last})
	return fmt.Errorf("%w: none lies in the time that is asked for; the bars of all assets go from %s to %s",
		ErrNoBars, form.append(nil, first), form.append(nil, last))
}

// stretch is how many bars are taken at a time: few enough that a cancelled
// export ends at once.
const stretch = 8192

// bars are consecutive bars of one asset.
type bars struct {
	asset   string
	columns []columnar.Column
	times   []int64
	values  [][]float64
}

// each calls take with the exported bars of an asset in order.
func (s *selection) each(ctx context.Context, a chosenAsset, take func(*bars) error) error {
	f, at, err := s.adjusted(ctx, a)
	if err != nil {
		return err
	}
	defer f.Release()
	b := &bars{asset: a.id, columns: make([]columnar.Column, len(s.columns)), values: make([][]float64, len(s.columns))}
	for i, c := range s.columns {
		b.columns[i] = f.Columns()[c]
	}
	for times, values := range f.Runs(at) {
		lo, hi := s.window(times)
		for ; lo < hi; lo += stretch {
			if err := ctx.Err(); err != nil {
				return err
			}
			end := min(lo+stretch, hi)
			b.times = times[lo:end]
			for i, c := range s.columns {
				b.values[i] = values[c][lo:end]
			}
			if err := take(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// adjusted returns the Frame that has the bars of an asset as they are
// exported, and its position there. The caller releases it. Assets are adjusted
// one by one, so that no more than one of them is in memory.
func (s *selection) adjusted(ctx context.Context, a chosenAsset) (f *columnar.Frame, at int, err error) {
	if s.adjust == s.frame.Info().Adjusted || len(s.frame.WholeEvents(a.at)) == 0 {
		s.frame.Retain()
		return s.frame, a.at, nil
	}
	one, err := s.frame.Select(a.id)
	if err != nil {
		return nil, 0, err
	}
	defer one.Release()
	f, err = columnar.Adjusted(ctx, one, s.adjust, s.o.Allocator)
	return f, 0, err
}
