package main

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// demoBundle is the name of the demo's bundle.
const demoBundle = "demo"

func (a *app) demoCmd() *cobra.Command {
	f := sweepFlags{head: 10, quietStart: true}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Make a sample bundle and sweep a strategy over it",
		Long: `Demo generates eight assets with 25 years of daily bars, stores them as the
bundle "demo", sweeps an SMA cross of 20 × 20 windows over it, prints the best
results with a heat map, and writes all of them to a Parquet file. Where that is
there already, as an earlier demo has left it, it is shown; another is refused.`,
		Example: "  bowstring demo --out demo.parquet",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !strings.EqualFold(filepath.Ext(f.out), ".parquet") {
				return usagef("--out %s: a demo writes Parquet; give a name that ends with .parquet", f.out)
			}
			f.resume = !f.force
			if err := f.check(false); err != nil {
				return err
			}
			return a.demo(cmd.Context(), &f)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.out, "out", "demo_results.parquet", "Parquet file for all results")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace --out where it is there")
	return profiled(cmd)
}

func (a *app) demo(ctx context.Context, f *sweepFlags) (err error) {
	store, err := a.openStore()
	if err != nil {
		return err
	}
	if err := makeDemo(ctx, store); err != nil {
		return err
	}
	b, err := store.Open(ctx, demoBundle, bundles.OpenOptions{})
	if err != nil {
		return err
	}
	defer b.Close()
	m := b.Manifest()
	a.notef("bundle %s: %d generated rows in %d assets, %s", demoBundle, m.Rows, len(m.Assets), short(m.Digest))
	spec := demoSpec()
	if err := a.sweep(ctx, b, spec, f); err != nil {
		return err
	}
	if a.output == outputTable {
		if err := a.demoMap(ctx, f.out, spec); err != nil {
			return err
		}
	}
	a.notef(`
next:
  bowstring results head %[1]s --by calmar -n 20
  bowstring bundle show %[2]s
  bowstring spec init my_strategy.yaml
  bowstring sweep my_strategy.yaml --bundle %[2]s --out my_results.parquet`, f.out, demoBundle)
	return nil
}

// demoSpec is an SMA cross over 20 × 20 windows, filled at the next open.
func demoSpec() *spec.Spec {
	return &spec.Spec{
		Name:   "demo",
		Params: []spec.Param{{Name: "fast", Axis: spec.Range(5, 43, 2)}, {Name: "slow", Axis: spec.Range(50, 240, 10)}},
		Let:    []spec.Expr{{Name: "fast_ma", Text: "sma(close, $fast)"}, {Name: "slow_ma", Text: "sma(close, $slow)"}},
		Rules: spec.Rules{
			Entry: "crosses_above(fast_ma, slow_ma)",
			Exit:  "crosses_below(fast_ma, slow_ma)",
		},
		Simulation: backtest.Config{CommissionBps: 10},
	}
}

// makeDemo publishes the demo's bundle; where it is there already, nothing
// changes.
func makeDemo(ctx context.Context, store *bundles.Store) (err error) {
	frame, err := sample.Demo(sample.DemoSeed)
	if err != nil {
		return err
	}
	defer frame.Release()
	in, err := store.Begin(ctx, demoBundle)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Abort()) }()
	rows := int64(frame.NumRows())
	_, err = in.Publish(ctx, frame, report.Account{
		Read: rows, Accepted: rows, Options: map[string]string{"generator": "demo", "seed": strconv.Itoa(sample.DemoSeed)},
	}, bundles.PublishOptions{Tool: version()})
	return err
}

func (a *app) demoMap(ctx context.Context, out string, spec *spec.Spec) (err error) {
	file, err := results.Open(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	records := file.Records()
	defer records.Release()
	surface, err := results.NewSurface(ctx, records, spec)
	if err != nil || surface == nil {
		return err
	}
	return a.heatMap(surface)
}
