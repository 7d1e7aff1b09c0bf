package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"path/filepath"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/bundles/export"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/ingest"
	"github.com/bowstring-engine/bowstring/ingest/report"
	"github.com/bowstring-engine/bowstring/ingest/sample"
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/sweep"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// workload is a use that the gate measures. times is how often it is run in a row
// to be measured once: long enough for the clock, short enough for many turns.
// prepare makes what it needs, in a folder of its own; run does it once, and tells
// the digest, unless that is nil, what came out.
type workload struct {
	name    string
	clock   clock
	times   int
	prepare func(folder string) (run func(*digest) error, release func(), err error)
}

// clock is the time that a verdict on a workload needs.
type clock string

const (
	cpu  clock = "cpu"  // one goroutine at a time works: what it uses is how long it takes
	wall clock = "wall" // several do, and waiting for each other uses nothing
)

// workloads are those of docs/benchmarks.md that stand for the others, reduced
// to some 30 ms a run. One worker computes, so that another process has a
// processor, except for M1, which is about sharing work.
func workloads() []workload {
	guarded := cross(spec.List(30), spec.List(150))
	guarded.Rules.StopLoss, guarded.Rules.TakeProfit = "0.02", "0.04"
	return []workload{
		{"W1", cpu, 3, sweeping(daily, cross(spec.Range(5, 43, 2), spec.Range(50, 240, 10)), 1)},
		{"M1 reduced", wall, 3, sweeping(minutes(50_000), cross(spec.Range(5, 103, 2), spec.Range(210, 700, 10)), 2)},
		{"one", cpu, 10, sweeping(minutes(1_000_000), cross(spec.List(30), spec.List(150)), 1)},
		{"one stops", cpu, 6, sweeping(minutes(1_000_000), guarded, 1)},
		{"short sweep", cpu, 40, sweeping(daily, cross(spec.List(21, 23, 25, 27, 29), spec.List(100)), 1)},
		{"ingest", cpu, 4, ingesting},
		{"open", cpu, 400, opening},
	}
}

// find returns a workload by its name.
func find(name string) (workload, error) {
	for _, w := range workloads() {
		if w.name == name {
			return w, nil
		}
	}
	return workload{}, fmt.Errorf("workload %q: there is none of that name; -list prints them", name)
}

// cross is an SMA cross that fills at the close, with a commission.
func cross(fast, slow spec.Axis) *spec.Spec {
	s := &spec.Spec{
		Params: []spec.Param{{Name: "fast", Axis: fast}, {Name: "slow", Axis: slow}},
		Let:    []spec.Expr{{Name: "fast_ma", Text: "sma(close, $fast)"}, {Name: "slow_ma", Text: "sma(close, $slow)"}},
		Rules:  spec.Rules{Entry: "crosses_above(fast_ma, slow_ma)", Exit: "crosses_below(fast_ma, slow_ma)"},
	}
	s.Simulation = backtest.Config{Fill: backtest.FillClose, CommissionBps: 10}
	s.Output.Rows = spec.RowsAssets
	return s
}

// daily are the assets of `bowstring demo`: 42,801 daily bars.
func daily() (*columnar.Frame, error) { return sample.Demo(sample.DemoSeed) }

// minutes is one asset of n bars of cents.
func minutes(n int) func() (*columnar.Frame, error) {
	return func() (*columnar.Frame, error) {
		return sample.Walk(sample.Options{Assets: 1, Bars: n, Seed: 11, Frequency: time.Minute})
	}
}

// sweeping sweeps bars that are in memory, from the spec to the last record.
func sweeping(bars func() (*columnar.Frame, error), strategy *spec.Spec, workers int) func(string) (func(*digest) error, func(), error) {
	return func(string) (func(*digest) error, func(), error) {
		frame, err := bars()
		if err != nil {
			return nil, nil, err
		}
		return func(d *digest) error {
			r, err := sweep.Run(context.Background(), frame, strategy, sweep.Options{Workers: workers, Tool: "gate"})
			if err != nil {
				return err
			}
			defer r.Release()
			for r.Next() {
				if err := d.record(r.Record()); err != nil {
					return err
				}
			}
			return r.Err()
		}, frame.Release, nil
	}
}

// ingesting reads the bars of a CSV file into memory.
func ingesting(folder string) (func(*digest) error, func(), error) {
	frame, err := daily()
	if err != nil {
		return nil, nil, err
	}
	defer frame.Release()
	path := filepath.Join(folder, "bars.csv")
	if _, err := export.File(context.Background(), path, frame, export.Options{}); err != nil {
		return nil, nil, err
	}
	return func(d *digest) error {
		r, err := ingest.Files(context.Background(), []string{path}, ingest.Options{Workers: 1})
		if err != nil {
			return err
		}
		defer r.Frame.Release()
		d.text(r.Frame.Info().Digest)
		return nil
	}, func() {}, nil
}

// opening opens a bundle.
func opening(folder string) (func(*digest) error, func(), error) {
	ctx := context.Background()
	frame, err := daily()
	if err != nil {
		return nil, nil, err
	}
	defer frame.Release()
	store, err := bundles.OpenStore(folder)
	if err != nil {
		return nil, nil, err
	}
	in, err := store.Begin(ctx, "demo")
	if err != nil {
		return nil, nil, err
	}
	if _, err := in.Publish(ctx, frame, report.Account{}, bundles.PublishOptions{Tool: "gate"}); err != nil {
		return nil, nil, errors.Join(err, in.Abort())
	}
	return func(d *digest) error {
		b, err := store.Open(ctx, "demo", bundles.OpenOptions{})
		if err != nil {
			return err
		}
		d.text(b.Digest())
		return b.Close()
	}, func() {}, nil
}

// digest is the SHA-256 of what a workload computes. Nothing is added to a nil
// one.
type digest struct{ sum hash.Hash }

func newDigest() *digest { return &digest{sha256.New()} }

// String returns the digest in hex.
func (d *digest) String() string { return hex.EncodeToString(d.sum.Sum(nil)) }

func (d *digest) text(s string) {
	if d != nil {
		_, _ = d.sum.Write([]byte(s)) // never fails
	}
}

// record adds the bytes of a record and of the names and types of its columns,
// without the metadata, which name the program.
func (d *digest) record(r arrow.Record) error {
	if d == nil {
		return nil
	}
	fields := r.Schema().Fields()
	for i := range fields {
		fields[i].Metadata = arrow.Metadata{}
	}
	w := ipc.NewWriter(d.sum, ipc.WithSchema(arrow.NewSchema(fields, nil)))
	return errors.Join(w.Write(r), w.Close())
}
