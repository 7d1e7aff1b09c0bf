package sweep

import (
	"context"

	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/pipeline"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// Plan says what a sweep would compute.
type Plan struct {
	// Trials is the number of combinations that exist, GridSize that of the
	// full grid, or of the space that takes its place.
	Trials, GridSize int64
	// Rows and Columns are those of the result table.
	Rows    int64
	Columns int
	// Assets and Bars are what is simulated, and BarSteps how many bars over
	// all trials. Digest is that of the data
	// as it is stored, and Adjusted what its prices are adjusted for then.
	Assets   int
	Bars     int
	BarSteps int64
	Digest   string
	Adjusted columnar.Adjustment
	// Inexact says that adjusting changes prices, so that averages of them may not
	// be exact sums.
	Inexact bool
	// Engine is what simulates, and Reason why.
	Engine, Reason string
	// Stops are the stops of the strategy with their expressions, and Rearm
	// says when it enters again after one.
	Stops []strategy.Expr
	Rearm backtest.Rearm
	// Nodes is the graph of the strategy's expressions, Params the names that
	// their parameters have.
	Nodes  []strategy.Node
	Params []string
}

// ExplainOptions are the choices of [Explain]. The zero value explains the grid.
type ExplainOptions struct {
	// Space is what trials would be run, as that of [Options].
	Space pipeline.Space
}

// Explain returns the plan of a sweep, without running it. Counting the
// trials of a large space with a condition takes a while; ctx ends it.
func Explain(ctx context.Context, frame *columnar.Frame, spec *spec.Spec, opts ExplainOptions) (*Plan, error) {
	j, err := prepare(ctx, frame, spec, nil)
	if err != nil {
		return nil, err
	}
	defer j.release()
	if err := j.use(opts.Space); err != nil {
		return nil, err
	}
	trials, err := j.countTrials(ctx)
	if err != nil {
		return nil, err
	}
	engine, reason := j.plan.Engine()
	params := make([]string, len(j.spec.Params))
	for i, p := range j.spec.Params {
		params[i] = p.Name
	}
	return &Plan{
		Trials: trials, GridSize: j.space.Size(),
		Rows: trials * int64(len(j.assets())), Columns: results.Schema(j.spec).NumFields(),
		Assets: j.frame.NumAssets(), Bars: j.frame.NumRows(), BarSteps: trials * int64(j.frame.NumRows()),
		Digest: j.frame.Info().Stored(), Adjusted: j.frame.Info().Adjusted,
		Inexact: j.frame.Info().Digest != j.frame.Info().Stored(),
		Engine:  string(engine), Reason: reason,
		Stops: stopsOf(j.plan.Program), Rearm: j.spec.Simulation.Rearm,
		Nodes: j.plan.Program.Nodes(), Params: params,
	}, nil
}

// stopsOf returns the stops of a program, and its exits at prices of series.
func stopsOf(p *strategy.Program) []strategy.Expr {
	stops := p.Stops()
	for _, e := range p.Exits() {
		stops = append(stops, strategy.Expr{Name: e.Name, Text: e.Text})
	}
	return stops
}
