package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/suggest"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/metrics"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// job is a spec bound to a frame.
type job struct {
	spec  *spec.Spec // resolved
	frame *columnar.Frame
	grid  *spec.Grid
	space pipeline.Space // what of the grid is run
	plan  pipeline.Plan
}

// prepare binds a spec to a frame: it selects the universe, adjusts its prices,
// cuts the period and compiles the rules. The caller releases the job.
// The columns that it makes are counted in budget.
func prepare(ctx context.Context, frame *columnar.Frame, s *spec.Spec, budget *columnar.Budget) (j *job, err error) {
	defer columnar.CatchFault(&err)()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	resolved := s.Resolved()
	program, grid, err := resolved.CompileFor(pipeline.Columns(frame), frame.Info().Axis.Calendar)
	if err != nil {
		return nil, err
	}
	universe := frame
	if len(resolved.Universe) > 0 {
		if universe, err = frame.Select(resolved.Universe...); err != nil {
			return nil, fmt.Errorf("universe: %w%s", err, meant(frame, resolved.Universe))
		}
		defer universe.Release()
	}
	if universe.NumAssets() == 0 {
		return nil, errors.New("universe: the bundle has no assets")
	}
	adjusted, err := resolved.Adjusted(ctx, universe, budget)
	if err != nil {
		return nil, err
	}
	defer adjusted.Release()
	resolved.Adjust = adjusted.Info().Adjusted
	others, err := otherAssets(ctx, frame, program.Assets(), &resolved, budget)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil && others != nil {
			others.Release()
		}
	}()
	window := adjusted.Slice(ownDates(adjusted, resolved.Period))
	if window.NumRows() == 0 {
		window.Release()
		return nil, noBars(adjusted)
	}
	return &job{
		spec: &resolved, frame: window, grid: grid, space: grid,
		plan: pipeline.Plan{
			Frame: window, Others: others, Program: program, NumParams: len(resolved.Params), Config: resolved.Simulation,
			Assets: resolved.Output.Rows != spec.RowsPooled, Pooled: resolved.Output.Rows != spec.RowsAssets,
			Statistics: needed(&resolved), Annual: resolved.Ann, RiskFree: resolved.RiskFree,
		},
	}, nil
}

// ownDates returns the moments between which the bars of a period are. Days begin and
// end where those of the exchange do, if its daily bars stand on the eve of their date.
func ownDates(f *columnar.Frame, p spec.Period) (from, to time.Time) {
	from, to = p.From, p.To
	if (from.IsZero() && to.IsZero()) || f.Info().Axis.Frequency < 24*time.Hour {
		return from, to
	}
	days := columnar.DaysOf(f)
	start := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return time.Unix(0, days.Start(t.UnixNano())).UTC()
	}
	return start(from), start(to)
}

// meant says what an asset may have been meant to be called, where one is missing.
func meant(f *columnar.Frame, universe []string) string {
	names := make([]string, f.NumAssets())
	for i := range names {
		names[i] = f.Asset(i)
	}
	for _, id := range universe {
		if _, ok := f.Lookup(id); !ok {
			return suggest.Meant(id, names)
		}
	}
	return ""
}

// noBars says that a period is outside the bundle, and what that has.
func noBars(f *columnar.Frame) error {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range f.NumAssets() {
		if times := f.WholeTimes(i); len(times) > 0 {
			first, last = min(first, times[0]), max(last, times[len(times)-1])
		}
	}
	if first > last {
		return errors.New("period: the bundle has no bars")
	}
	day := func(at int64) string { return time.Unix(0, at).UTC().Format(time.DateOnly) }
	return fmt.Errorf("period: the bundle has no bars in it: they are from %s to %s", day(first), day(last))
}

// needed returns the statistics of rows: those that are written, which are all
// that require may name, and the one that ranks.
func needed(s *spec.Spec) []metrics.Stat {
	stats := slices.Clone(s.Output.Statistics)
	for _, own := range s.Output.Own {
		stats = append(stats, own.Of...)
	}
	if m, ok := metrics.ParseStat(s.Objective.Metric); ok {
		stats = append(stats, m)
	}
	return stats
}

// otherAssets returns the assets that a strategy reads beside those that it trades, with
// prices adjusted as theirs are; nil where there are none.
func otherAssets(ctx context.Context, frame *columnar.Frame, names []string, s *spec.Spec, budget *columnar.Budget) (*columnar.Frame, error) {
	if len(names) == 0 {
		return nil, nil
	}
	selected, err := frame.Select(names...)
	if err != nil {
		return nil, fmt.Errorf("asset: %w", err)
	}
	defer selected.Release()
	return s.Adjusted(ctx, selected, budget)
}

func (j *job) release() {
	j.frame.Release()
	if j.plan.Others != nil {
		j.plan.Others.Release()
	}
}

// assets returns the asset column of a trial's rows.
func (j *job) assets() []string {
	var names []string
	if j.plan.Assets {
		names = j.frame.Assets()
	}
	if j.plan.Pooled {
		names = append(names, results.PooledAsset)
	}
	return names
}

// groupRows returns the number of rows of every record but the last.
func (j *job) groupRows() int64 {
	rows := len(j.assets())
	return int64(recordTrials(rows) * rows)
}

// resultBytes returns about how much memory results take at one time: three
// records, one that is built, one that is handed out and one that is written,
// with its pages; and the best trials, where only those are kept.
func (j *job) resultBytes(top int) int64 {
	rows, each := j.groupRows(), int64(len(j.assets()))
	if n := j.space.Size(); n < rows/each {
		rows = n * each
	}
	bytes := 4 * rows * int64(8*results.Schema(j.spec).NumFields())
	if top > 0 {
		bytes += int64(top) * (each*(8*metrics.NumStats+16) + int64(8*len(j.spec.Params)) + 64)
	}
	return bytes
}

func (j *job) metadata(tool string) (meta map[string]string, err error) {
	defer columnar.CatchFault(&err)() // the times are looked at
	axis := j.frame.Info().Axis
	axes := results.Axis{Calendar: axis.Calendar.String(), Frequency: axis.Frequency.String(), BarsPerYear: axis.BarsPerYear}
	add := func(id string, annual float64) {
		if annual != axis.BarsPerYear {
			if axes.Annual == nil {
				axes.Annual = make(map[string]float64)
			}
			axes.Annual[id] = annual
		}
	}
	for i := range j.frame.NumAssets() {
		a := pipeline.PrepareAsset(j.frame, i, j.plan.Annual)
		add(a.ID, a.Annual)
	}
	if j.plan.Pooled {
		add(results.PooledAsset, pipeline.PooledAnnual(j.frame, j.plan.Annual))
	}
	text, err := json.Marshal(axes)
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	meta = map[string]string{
		results.MetaFormat: "1", results.MetaTool: tool, results.MetaSpec: j.spec.String(),
		results.MetaDigest: j.frame.Info().Stored(), results.MetaAxis: string(text),
	}
	if names := inGo(j.spec); names != "" {
		meta[results.MetaGo] = names
	}
	return meta, nil
}

// inGo names what a spec has that its text does not: functions and statistics in Go.
func inGo(s *spec.Spec) string {
	var names []string
	for _, f := range s.Functions {
		names = append(names, "function "+f.Name)
	}
	for _, o := range s.Output.Own {
		names = append(names, "statistic "+o.Name)
	}
	return strings.Join(names, ", ")
}
