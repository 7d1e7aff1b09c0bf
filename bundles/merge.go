package bundles

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/internal/evidence"
)

// merger puts new bars into those of a version.
type merger struct {
	base, news *columnar.Frame
	account    report.Append
	// said are the types of events that the new bars say of each of their times.
	said    []columnar.EventType
	assets  []mergedAsset
	columns []columnar.Column
	// memory is asked before bars of rowBytes each are copied.
	memory   *reservation
	rowBytes int64
}

// mergedAsset is an asset of the outcome: the first rows of an asset of the
// version, then rows that the version does not have there.
type mergedAsset struct {
	id string
	// old is the position in the version, -1 for a new asset; of its bars the
	// first kept are as they were.
	old, kept int
	times     []int64
	values    [][]float64
	events    []columnar.Event
	// changed says that bars differ from those of the version.
	changed bool
}

// checkAppend reports everything in which new bars differ from those of a
// version in kind.
func checkAppend(base *columnar.Frame, news *columnar.Frame) error {
	var errs []error
	differ := func(what, has, got any) {
		errs = append(errs, fmt.Errorf("%w: its %s is %v, that of the new bars %v; read them with that of the bundle, or ingest everything into a new bundle", ErrMismatch, what, has, got))
	}
	b, n := base.Info(), news.Info()
	if !b.Axis.Calendar.Equal(n.Axis.Calendar) {
		differ("calendar", b.Axis.Calendar, n.Axis.Calendar)
	}
	if b.Axis.Label != n.Axis.Label {
		differ("label", b.Axis.Label, n.Axis.Label)
	}
	if b.Adjusted != n.Adjusted {
		differ("adjustment", b.Adjusted, n.Adjusted)
	}
	if has, got := columnNames(base), columnNames(news); has != got {
		errs = append(errs, fmt.Errorf("%w: its columns are %s, those of the new bars %s; drop or rename columns of the new bars, or ingest everything into a new bundle", ErrMismatch, has, got))
	}
	return errors.Join(errs...)
}

func columnNames(f *columnar.Frame) string {
	var names []string
	for _, c := range f.Columns() {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// merge goes through the assets of both, which stand in the order of ids.
func (m *merger) merge(ctx context.Context) error {
	for i, k := 0, 0; i < m.base.NumAssets() || k < m.news.NumAssets(); {
		if err := ctx.Err(); err != nil {
			return err
		}
		var order int
		switch {
		case i == m.base.NumAssets():
			order = 1
		case k == m.news.NumAssets():
			order = -1
		default:
			order = strings.Compare(m.base.Asset(i), m.news.Asset(k))
		}
		switch {
		case order < 0:
			m.assets = append(m.assets, mergedAsset{id: m.base.Asset(i), old: i, kept: m.base.NumBars(i), events: m.base.Events(i)})
			i++
		case order > 0:
			m.assets = append(m.assets, m.added(k))
			k++
		default:
			a, err := m.both(i, k)
			if err != nil {
				return err
			}
			m.assets = append(m.assets, a)
			i, k = i+1, k+1
		}
	}
	return m.describe(ctx)
}

// added returns an asset that the version does not have.
func (m *merger) added(k int) mergedAsset {
	a := mergedAsset{id: m.news.Asset(k), old: -1, times: m.news.Times(k), values: columnsOf(m.news, k), events: m.news.Events(k), changed: true}
	m.account.Appended += int64(len(a.times))
	return a
}

// both merges the bars of asset i of the version and asset k of the new bars
// by time. Only what follows the first difference is copied.
func (m *merger) both(i, k int) (mergedAsset, error) {
	var err error
	old, next := m.base.Times(i), m.news.Times(k)
	a := mergedAsset{id: m.base.Asset(i), old: i, events: mergeEvents(m.left(i, k), m.news.Events(k))}
	was, is := columnsOf(m.base, i), columnsOf(m.news, k)
	a.values = make([][]float64, len(was))
	x, y := len(old), 0
	if len(next) > 0 {
		x, _ = slices.BinarySearch(old, next[0])
	}
	for x < len(old) && y < len(next) && old[x] <= next[y] { // up to the first difference
		if old[x] == next[y] {
			if !sameBar(was, x, is, y) {
				break
			}
			m.account.Unchanged++
			y++
		}
		x++
	}
	a.kept = x
	if y == len(next) {
		a.kept = len(old)
		a.events, err = settleSplits(a.events, m.news.Events(k), old, nil)
		return a, inAsset(a.id, err)
	}
	a.changed = true
	room := len(old) - x + len(next) - y
	if err := m.memory.rows(room, m.rowBytes, a.id); err != nil {
		return a, err
	}
	a.times = make([]int64, 0, room)
	for c := range a.values {
		a.values[c] = make([]float64, 0, room)
	}
	m.zip(&a, old[x:], next[y:], from(was, x), from(is, y))
	a.events, err = settleSplits(a.events, m.news.Events(k), old[:x], a.times)
	return a, inAsset(a.id, err)
}

// inAsset says which asset an error that is not nil is about.
func inAsset(id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: asset %q: %w", ErrMismatch, id, err)
}

// zip merges bars behind the first difference.
func (m *merger) zip(a *mergedAsset, old, next []int64, was, is [][]float64) {
	take := func(columns [][]float64, row int, t int64) {
		a.times = append(a.times, t)
		for c, v := range columns {
			a.values[c] = append(a.values[c], v[row])
		}
	}
	x, y := 0, 0
	for x < len(old) || y < len(next) {
		switch {
		case y == len(next) || x < len(old) && old[x] < next[y]:
			take(was, x, old[x])
			x++
		case x == len(old) || next[y] < old[x]:
			m.account.Appended++
			take(is, y, next[y])
			y++
		case sameBar(was, x, is, y):
			m.account.Unchanged++
			take(was, x, old[x])
			x, y = x+1, y+1
		default:
			m.account.Corrected++
			take(is, y, next[y])
			x, y = x+1, y+1
		}
	}
}

// from returns columns from a row on.
func from(columns [][]float64, row int) [][]float64 {
	out := make([][]float64, len(columns))
	for c, v := range columns {
		out[c] = v[row:]
	}
	return out
}

// sameBar reports whether two bars have the values that are hashed alike: NaN
// equals NaN, and zero −0.
func sameBar(was [][]float64, x int, is [][]float64, y int) bool {
	for c := range was {
		if v, w := was[c][x], is[c][y]; v != w && (v == v || w == w) {
			return false
		}
	}
	return true
}

// columnsOf returns the columns of an asset.
func columnsOf(f *columnar.Frame, asset int) (columns [][]float64) {
	for c := range f.Columns() {
		columns = append(columns, f.Values(asset, c))
	}
	return columns
}

// left returns the events of asset i of the version that asset k of the new bars does
// not take back: where its columns say what happened on each bar, and there is no such
// event on that bar any more, it has been corrected.
func (m *merger) left(i, k int) []columnar.Event {
	times, news := m.news.Times(k), m.news.Events(k)
	return slices.DeleteFunc(slices.Clone(m.base.Events(i)), func(e columnar.Event) bool {
		if _, has := slices.BinarySearch(times, e.Time); !has || !slices.Contains(m.said, e.Type) {
			return false
		}
		if slices.ContainsFunc(news, func(n columnar.Event) bool { return n.Time == e.Time && n.Type == e.Type }) {
			return false
		}
		m.account.TakenBack++
		return true
	})
}

// mergeEvents returns the events of both, in order. New events of a type at a
// time replace those that there were.
func mergeEvents(old, news []columnar.Event) []columnar.Event {
	out := slices.Clone(news)
	for _, e := range old {
		if !slices.ContainsFunc(news, func(n columnar.Event) bool { return n.Time == e.Time && n.Type == e.Type }) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, columnar.CompareEvents)
	return out
}

// describe finds the decimals of the columns. They are those of the values
// together, so that the outcome is that of one ingest; values are only looked
// at where both decimals are not enough to know.
func (m *merger) describe(ctx context.Context) error {
	m.columns = slices.Clone(m.base.Columns())
	for c := range m.columns {
		was, is := m.base.Columns()[c].Scale, m.news.Columns()[c].Scale
		switch {
		case is == 0 || was == 0 && m.account.Corrected == 0:
			m.columns[c].Scale = 0
			continue
		case is == was && m.account.Corrected == 0:
			continue
		}
		var d columnar.Decimals
		for _, a := range m.assets {
			if err := ctx.Err(); err != nil {
				return err
			}
			if a.old >= 0 {
				d.Add(m.base.Values(a.old, c)[:a.kept])
			}
			if a.values != nil {
				d.Add(a.values[c])
			}
		}
		m.columns[c].Scale = d.Scale()
	}
	return nil
}

// frame returns the outcome. Bars that were not changed are over the memory of
// the version.
func (m *merger) frame() (*columnar.Frame, error) {
	schema := columnar.NewSchema(m.columns)
	var batches []arrow.Record
	defer func() {
		for _, b := range batches {
			b.Release()
		}
	}()
	info := m.base.Info()
	spans := make([]columnar.Span, len(m.assets))
	times := make([][]int64, len(m.assets))
	for i, a := range m.assets {
		s := columnar.Span{ID: a.id, Batch: len(batches), Rows: a.kept + len(a.times), Events: a.events}
		if a.old >= 0 {
			times[i] = m.base.Times(a.old)[:a.kept]
			rec := m.base.Record(a.old)
			batches = append(batches, array.NewRecord(schema, rec.Columns(), rec.NumRows()))
			rec.Release()
		}
		if len(a.times) > 0 {
			if a.kept == 0 {
				s.Batch = len(batches)
			} else {
				s.More = []columnar.Piece{{Batch: len(batches), Rows: len(a.times)}}
			}
			if a.kept == 0 {
				times[i] = a.times
			} else {
				// The times, for the axis, and the bars in one piece, for their
				// hashes: they are joined when they are looked at.
				if err := m.memory.rows(s.Rows, m.rowBytes+8, a.id); err != nil {
					return nil, err
				}
				times[i] = slices.Concat(times[i], a.times)
			}
			batches = append(batches, columnar.WrapRecord(schema, a.times, a.values))
		}
		if s.Batch == len(batches) { // no bars at all
			batches = append(batches, columnar.WrapRecord(schema, nil, make([][]float64, len(m.columns))))
		}
		spans[i] = s
	}
	info.Digest, info.Axis = "", columnar.NewAxis(info.Axis.Calendar, info.Axis.Label, times...)
	return columnar.NewFrame(schema, batches, spans, info)
}

// contradictions names the first splits that the prices of the outcome contradict
// and those of the version did not.
func (m *merger) contradictions(merged *columnar.Frame) string {
	var names []string
	for i, a := range m.assets {
		if len(a.events) == 0 || a.old < 0 || !a.changed && slices.Equal(a.events, m.base.Events(a.old)) {
			continue
		}
		before := func() evidence.Asset { return evidenceOf(m.base, a.old) }
		names = append(names, newContradictions(before, evidenceOf(merged, i), m.base.Info().Adjusted)...)
	}
	return strings.Join(names[:min(len(names), maxContradictions)], "; ")
}

// hashes returns the hashes of the outcome. Those of bars that were not changed
// are taken from the version; the others are computed, when the bars of the
// version that they come from have been held against theirs.
func (m *merger) hashes(ctx context.Context, dir versionDir, manifest *Manifest, frame *columnar.Frame) ([][]columnar.ColumnDigest, error) {
	var check Verification
	stored := check.readHashes(dir, manifest)
	if stored == nil {
		return nil, corrupt(dir.hashes(), "%w", check.Findings[0].Err)
	}
	width := len(m.columns) + 1
	known := func(old int) []columnar.ColumnDigest {
		out := make([]columnar.ColumnDigest, width)
		for c := range out {
			copy(out[c][:], stored[(old*width+c)*hashSize:])
		}
		return out
	}
	var changed, before []string
	for _, a := range m.assets {
		if a.changed {
			changed = append(changed, a.id)
			if a.old >= 0 {
				before = append(before, a.id)
			}
		}
	}
	if err := checkHashes(ctx, m.base, before, dir, known); err != nil {
		return nil, err
	}
	computed, err := digestsOf(ctx, frame, changed)
	if err != nil {
		return nil, err
	}
	all := make([][]columnar.ColumnDigest, len(m.assets))
	for i, a := range m.assets {
		if a.changed {
			all[i], computed = computed[0], computed[1:]
		} else {
			all[i] = known(a.old)
		}
	}
	return all, nil
}

// checkHashes holds assets of a version against their hashes.
func checkHashes(ctx context.Context, base *columnar.Frame, ids []string, dir versionDir, known func(int) []columnar.ColumnDigest) error {
	sums, err := digestsOf(ctx, base, ids)
	if err != nil {
		return err
	}
	for k, id := range ids {
		if i, _ := base.Lookup(id); !slices.Equal(sums[k], known(i)) {
			return corrupt(string(dir)+string(os.PathSeparator)+barsFile, "the bars of %q do not match their hashes", id)
		}
	}
	return nil
}

func digestsOf(ctx context.Context, f *columnar.Frame, ids []string) ([][]columnar.ColumnDigest, error) {
	some, err := f.Select(ids...)
	if err != nil {
		return nil, err
	}
	defer some.Release()
	return columnar.ColumnDigestsContext(ctx, some)
}
