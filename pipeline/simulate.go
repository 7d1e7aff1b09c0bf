package pipeline

import (
	"fmt"

	"github.com/bowstring-engine/bowstring/pipeline/backtest"
	"github.com/bowstring-engine/bowstring/pipeline/internal/eval"
	"github.com/bowstring-engine/bowstring/pipeline/internal/reference"
	"github.com/bowstring-engine/bowstring/pipeline/strategy"
)

// Settings are the numbers of a simulation that may be expressions, by their paths in a
// spec file, and whether an entry may read them at its signal's bar.
func Settings() map[string]bool {
	all := map[string]bool{}
	for name := range settings {
		all[name] = false
	}
	for _, r := range backtest.SizingRows() {
		if r.Max != 0 {
			all[sizingPath+string(r.Mode)] = true
		}
	}
	return all
}

const sizingPath = "simulation.sizing."

var settings = map[string]func(c *backtest.Config) *float64{
	"simulation.commission.bps":      func(c *backtest.Config) *float64 { return &c.CommissionBps },
	"simulation.commission.per_unit": func(c *backtest.Config) *float64 { return &c.CommissionPerUnit },
	"simulation.commission.fixed":    func(c *backtest.Config) *float64 { return &c.CommissionFixed },
	"simulation.slippage.bps":        func(c *backtest.Config) *float64 { return &c.SlippageBps },
}

// exitKinds are the exits by their names in the language.
var exitKinds = map[string]backtest.ExitKind{
	"stop_loss": backtest.ExitLoss, "take_profit": backtest.ExitProfit, "trailing_stop": backtest.ExitTrailing,
	"exit_below": backtest.ExitBelow, "exit_above": backtest.ExitAbove,
}

var exitUnits = map[strategy.Unit]backtest.Unit{
	strategy.Fraction: backtest.Fraction, strategy.Distance: backtest.Distance, strategy.Level: backtest.Level,
}

// simulate carries out one trial on an asset: signals that were evaluated, by rules
// and what the trial says of them. The result is borrowed from the engine. An error
// means that the trial fails.
func simulate(cfg backtest.Config, a *Asset, e *reference.Simulator, s eval.Signals) (backtest.Result, error) {
	signals, cfg := signalsOf(cfg, s)
	if len(s.Numbers) > 0 {
		if err := e.Configure(cfg); err != nil {
			return backtest.Result{}, fmt.Errorf("simulation of this trial: %w", err)
		}
	}
	return e.Run(a.Bars, signals, a.Lo, a.Hi), nil
}

// signalsOf returns what the reference engine follows, and the settings of the trial.
func signalsOf(cfg backtest.Config, s eval.Signals) (reference.Signals, backtest.Config) {
	signals := reference.Signals{
		Entry: s.Entry, Exit: s.Exit, ShortEntry: s.ShortEntry, ShortExit: s.ShortExit, Stops: backtest.Stops(s.Stops),
		MaxBars: s.MaxBars,
	}
	for _, x := range s.Exits {
		exit := backtest.Exit{Kind: exitKinds[x.Name], Unit: exitUnits[x.Unit], Ratchet: x.Ratchet, At: x.At}
		if level := x.Level; level != nil {
			exit.Level = func(bar int, p backtest.Position) float64 { return level(bar, strategy.Holding(p)) }
		}
		signals.Exits = append(signals.Exits, exit)
	}
	signals.HeldExit, signals.HeldShortExit = ofPosition(s.HeldExit), ofPosition(s.HeldShortExit)
	if len(s.Numbers) > 0 {
		for _, n := range s.Numbers {
			if n.Series != nil {
				signals.Amounts = n.Series
				continue
			}
			if field := settings[n.Name]; field != nil {
				*field(&cfg) = n.Value
			} else {
				cfg.Sizing.Amount = n.Value
			}
		}
	}
	return signals, cfg
}

func ofPosition(rule func(bar int, p strategy.Holding) bool) func(bar int, p backtest.Position) bool {
	if rule == nil {
		return nil
	}
	return func(bar int, p backtest.Position) bool { return rule(bar, strategy.Holding(p)) }
}
