package spec

import (
	"github.com/bowstring-engine/bowstring/pipeline/backtest"
)

// specKeys returns the table of keys, in the order of the printed spec.
func specKeys() []key {
	return []key{
		{name: "version", doc: "Version of this format: 1.", value: versionValue()},
		{name: "name", doc: "A title for people.", value: textValue(func(s *Spec) *string { return &s.Name })},
		{name: "bundle", doc: "The bundle to run on; the --bundle flag overrides it.",
			value: textValue(func(s *Spec) *string { return &s.Bundle })},
		{name: "universe", doc: "The assets to run on. Default: every asset of the bundle.", value: universeValue()},
		{name: "period", doc: "The valued bars, both ends included. Bars before `from` still warm indicators up.", keys: periodKeys()},
		{name: "adjust", doc: "What prices are adjusted for: none, splits or all (dividends too). Default: all where the bundle has events, else as it was ingested.",
			value: adjustValue()},
		{name: "zone", doc: "Time zone of hours and dates in expressions, such as Europe/Berlin. Default: that of the bundle's calendar.", value: zoneValue()},
		{name: "params", doc: "Parameters and their values; the last one moves fastest. Expressions use them as $name.", value: paramsValue()},
		{name: "where", doc: "A condition on parameters; combinations that fail it do not exist.",
			value: exprValue(func(s *Spec) *string { return &s.Where })},
		{name: "search", doc: "Which combinations to run, where not all: an algorithm with its number of trials.", keys: searchKeys()},
		{name: "let", doc: "Named expressions that rules and each other may use, in any order.", value: letValue()},
		{name: "rules", doc: "When to trade. A rule that is unknown, as during a warm-up, does not fire.", keys: ruleKeys()},
		{name: "direction", doc: "The side to trade: long (default), short or both.",
			value: enumValue(func(s *Spec) *backtest.Direction { return &s.Simulation.Direction }, backtest.Long, backtest.Short, backtest.Both)},
		{name: "simulation", doc: "Fills, cash and costs.", keys: simulationKeys()},
		{name: "ann", doc: "Bars a year, for annual figures. Default: from the bundle's calendar.",
			value: numberValue(func(s *Spec) *float64 { return &s.Ann }, bounds{low: 0, omitZero: true})},
		{name: "risk_free", doc: "Risk-free return a year: 0.02 is 2 %. Default 0.",
			value: numberValue(func(s *Spec) *float64 { return &s.RiskFree }, bounds{low: -1, high: 1, open: true})},
		{name: "objective", doc: "What ranks trials.", keys: objectiveKeys()},
		{name: "output", doc: "What the result has.", keys: outputKeys()},
		{name: "segments", doc: "Where the sums of every trial are put aside, beside a Parquet file of results.", keys: []key{
			{name: "by", doc: "Where segments begin: with each year, quarter or month, at dates, or {blocks: 16} of as many bars.", value: segmentsValue()},
		}},
		{name: "walk_forward", doc: "Choose on one part of the history, and run the choice on the next; see 'bowstring walkforward'.", keys: walkKeys()},
		{name: "robust", doc: "How the selection is looked at, by the command robust. It changes no result.", keys: robustKeys()},
	}
}

func periodKeys() []key {
	return []key{
		{name: "from", doc: "First date or date-time (UTC).", value: fromValue()},
		{name: "to", doc: "Last date or date-time (UTC); a bare date is that whole day.", value: toValue()},
	}
}

func ruleKeys() []key {
	return []key{
		{name: "entry", doc: "Opens a long position.", value: exprValue(func(s *Spec) *string { return &s.Rules.Entry })},
		{name: "exit", doc: "Closes a long position.", value: exprValue(func(s *Spec) *string { return &s.Rules.Exit })},
		{name: "short_entry", doc: "Opens a short position.", value: exprValue(func(s *Spec) *string { return &s.Rules.ShortEntry })},
		{name: "short_exit", doc: "Closes a short position.", value: exprValue(func(s *Spec) *string { return &s.Rules.ShortExit })},
		{name: "stop_loss", doc: "Exits where the price is this fraction of the entry price on the wrong side of it: a number, or an expression of parameters.",
			value: stopValue(func(s *Spec) *string { return &s.Rules.StopLoss }, 1)},
		{name: "take_profit", doc: "Exits where the price is this fraction of the entry price on the right side of it.",
			value: stopValue(func(s *Spec) *string { return &s.Rules.TakeProfit }, 0)},
		{name: "trailing_stop", doc: "Exits where the price has come back by this fraction from the best one since the entry.",
			value: stopValue(func(s *Spec) *string { return &s.Rules.TrailingStop }, 1)},
		{name: "exit_below", doc: "Exits at this level, or at an open below it: a series of prices, whose value at a close is held against the next bar.",
			value: exprValue(func(s *Spec) *string { return &s.Rules.ExitBelow })},
		{name: "exit_above", doc: "Exits at this level, or at an open above it.", value: exprValue(func(s *Spec) *string { return &s.Rules.ExitAbove })},
		{name: "ratchet", doc: "Of exit_below and exit_above the tightest level since the entry counts. Default false.",
			value: offValue(func(s *Spec) *bool { return &s.Rules.Ratchet })},
		{name: "max_bars", doc: "Leaves a position after this number of bars: a number, or an expression of parameters.",
			value: stopValue(func(s *Spec) *string { return &s.Rules.MaxBars }, 0)},
	}
}

func simulationKeys() []key {
	return []key{
		{name: "fill", doc: "When an order executes: next_open (default), close (of the signal's bar; optimistic) or next_close.",
			value: enumValue(func(s *Spec) *backtest.Fill { return &s.Simulation.Fill }, backtest.FillNextOpen, backtest.FillClose, backtest.FillNextClose)},
		{name: "cash", doc: "Start cash of each account. Default 100000.",
			value: numberValue(func(s *Spec) *float64 { return &s.Simulation.Cash }, bounds{low: 0, open: true})},
		{name: "sizing", doc: "Size of an entry: all_in (default), {percent: 10} of equity, {value: 10000} of money, or {units: 100}.", value: sizingValue()},
		{name: "commission", doc: "Costs of each order; they add up, on entry and on exit.", keys: []key{
			{name: "bps", doc: "Basis points of the traded value. Default 0.",
				value: settingValue("simulation.commission.bps", func(s *Spec) *float64 { return &s.Simulation.CommissionBps }, bounds{low: 0, high: 10_000})},
			{name: "per_unit", doc: "Cash for each unit. Default 0.",
				value: settingValue("simulation.commission.per_unit", func(s *Spec) *float64 { return &s.Simulation.CommissionPerUnit }, bounds{low: 0})},
			{name: "fixed", doc: "Cash for each order. Default 0.",
				value: settingValue("simulation.commission.fixed", func(s *Spec) *float64 { return &s.Simulation.CommissionFixed }, bounds{low: 0})},
		}},
		{name: "slippage", doc: "How far fills move against the trader.", keys: []key{
			{name: "bps", doc: "Basis points of the price. Default 0.",
				value: settingValue("simulation.slippage.bps", func(s *Spec) *float64 { return &s.Simulation.SlippageBps }, bounds{low: 0, high: 9_999})},
		}},
		{name: "conflict", doc: "Entry and exit of one side on one bar: ignore both (default), entry wins, or exit wins.",
			value: enumValue(func(s *Spec) *backtest.Conflict { return &s.Simulation.Conflict },
				backtest.ConflictIgnore, backtest.ConflictEntry, backtest.ConflictExit)},
		{name: "cash_short", doc: "An order that cash cannot pay: partial fills what it can (default), reject fills nothing.",
			value: enumValue(func(s *Spec) *backtest.CashShort { return &s.Simulation.CashShort }, backtest.CashPartial, backtest.CashReject)},
		{name: "require_volume", doc: "Fill nothing on bars without volume. Default false.",
			value: flagValue(func(s *Spec) *bool { return &s.Simulation.RequireVolume })},
		{name: "start", doc: "Signals before the period: inherit what the strategy would hold (default), or start flat.",
			value: enumValue(func(s *Spec) *backtest.Start { return &s.Simulation.Start }, backtest.StartInherit, backtest.StartFlat)},
		{name: "rearm", doc: "Entering again after a stop: next_bar (default) while the entry is true, or crossing, once it has been false.",
			value: enumValue(func(s *Spec) *backtest.Rearm { return &s.Simulation.Rearm }, backtest.RearmNextBar, backtest.RearmCrossing)},
	}
}

func objectiveKeys() []key {
	return []key{
		{name: "metric", doc: "The statistic that ranks trials, or an expression over statistics such as sharpe - 2 * max_drawdown. Default sharpe.", value: metricValue()},
		{name: "goal", doc: "maximize (default) or minimize.",
			value: enumValue(func(s *Spec) *Goal { return &s.Objective.Goal }, Maximize, Minimize)},
		{name: "require", doc: "A condition on statistics, such as trades >= 30 and max_drawdown < 0.4; trials that fail it are not ranked.",
			value: exprValue(func(s *Spec) *string { return &s.Objective.Require })},
	}
}

func outputKeys() []key {
	return []key{
		{name: "rows", doc: "both (default): a row for each asset and a pooled one; or assets, or pooled.",
			value: enumValue(func(s *Spec) *Rows { return &s.Output.Rows }, RowsBoth, RowsAssets, RowsPooled)},
		{name: "statistics", doc: "core (default), all, or a list of names.", value: statisticsValue()},
	}
}
