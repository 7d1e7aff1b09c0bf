package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/sweep"
	specs "github.com/bowstring-engine/bowstring/sweep/spec"
)

func (a *app) explainCmd() *cobra.Command {
	var s specFlags
	cmd := &cobra.Command{
		Use:   "explain SPEC",
		Short: "Show what a sweep would compute, without running it",
		Long: `Explain shows the plan of a sweep: how many trials and rows it has, which
engine runs it and why, its stops, how much memory it keeps to, and the graph of
its expressions: what each depends on and how many times it is computed an asset.
Of a search, engine and graph are those of its first generation.`,
		Example: "  bowstring explain examples/sma_cross.yaml --bundle us8",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			spec, b, err := a.open(cmd.Context(), &s, args[0], nil)
			if err != nil {
				return err
			}
			defer b.Close()
			var plan *sweep.Plan
			if spec.Search.On() {
				var of *specs.Search
				if plan, of, err = searchPlan(cmd.Context(), b.Frame(), spec); err != nil {
					return err
				}
				a.aboutf("search:    %s, seed %d, generations of %d", of.Algorithm, of.Seed, of.Generation)
				a.aboutf("trials:    %d", plan.Trials)
			} else {
				if plan, err = sweep.Explain(cmd.Context(), b.Frame(), spec, sweep.ExplainOptions{}); err != nil {
					return err
				}
				a.aboutf("trials:    %d of a grid of %d", plan.Trials, plan.GridSize)
			}
			a.aboutf("rows:      %d, %d columns", plan.Rows, plan.Columns)
			a.aboutf("data:      %d assets, %d bars, %s", plan.Assets, plan.Bars, plan.Digest)
			a.aboutf("adjusted:  %s (ingested as %s)", plan.Adjusted, b.Manifest().Adjusted)
			if plan.Inexact {
				a.aboutf("averages:  those of adjusted prices are not exact sums, so ties may be missed")
			}
			a.aboutf("bar-steps: %d", plan.BarSteps)
			a.aboutf("engine:    %s: %s", plan.Engine, plan.Reason)
			a.aboutf("stops:     %s", stops(plan))
			a.aboutf("memory:    %s", memoryBound())
			t := table{columns: names("node", "expression", "kind", "parameters", "inputs", "computed")}
			for _, n := range plan.Nodes {
				params := make([]string, len(n.Params))
				for i, p := range n.Params {
					params[i] = "$" + plan.Params[p]
				}
				t.add(int64(n.ID), n.Text, n.Kind.String(), strings.Join(params, ", "), joinInts(n.Inputs), n.Values)
			}
			return a.print(t)
		},
	}
	s.add(cmd)
	return cmd
}

// stops describes the stops of a plan.
func stops(plan *sweep.Plan) string {
	if len(plan.Stops) == 0 {
		return "none"
	}
	parts := make([]string, len(plan.Stops))
	for i, s := range plan.Stops {
		parts[i] = s.Name + " " + s.Text
	}
	return strings.Join(parts, ", ") + "; rearm " + string(plan.Rearm)
}
