package indicator

import "github.com/bowstring-engine/bowstring/pipeline/internal/kernel"

var momentum = []Row{{
	Name: "roc", Title: "rate of change in percent", Source: "TA-Lib ROC",
	Inputs: series, Params: []Param{{Name: "window", Min: 1, Default: 10}}, Outputs: value(None, Stays, Lawless),
	Memory: Windowed, Cost: Light, WarmUp: moves,
	Apply: func(c *Call) { kernel.ROC(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "momentum", Title: "change over a window", Source: "TA-Lib MOM",
	Inputs: series, Params: []Param{{Name: "window", Min: 1, Default: 10}}, Outputs: value(AsInput, Follows, Stays),
	Memory: Windowed, Cost: Light, WarmUp: moves,
	Apply: func(c *Call) { kernel.Momentum(c.Dst[0], c.Src[0], int(c.Params[0])) },
}, {
	Name: "ppo", Title: "percentage price oscillator", Source: "TA-Lib PPO with EMA",
	Inputs: series, Params: []Param{{Name: "fast", Min: 1, Default: 12}, {Name: "slow", Min: 1, Default: 26}},
	Outputs: value(None, Stays, Lawless),
	Memory:  Recursive, Cost: Heavy, WarmUp: longest,
	Apply: func(c *Call) {
		s := kernel.NewPPO(int(c.Params[0]), int(c.Params[1]))
		s.Next(c.Dst[0], c.Src[0])
	},
	Start: func(params []float64) Stream {
		s := kernel.NewPPO(int(params[0]), int(params[1]))
		return single(s.Next)
	},
},
	chainRow(Row{
		Name: "trix", Title: "rate of change of a triple exponential average", Source: "Hutson 1983, TA-Lib TRIX",
		Params: []Param{{Name: "window", Min: 1, Default: 30}}, Outputs: value(None, Stays, Lawless),
		WarmUp: func(params []float64) int { return 3*window(params) + 1 },
	}, func(params []float64) kernel.Chain { return kernel.TRIX(int(params[0])) }),
	{
		Name: "cmo", Title: "Chande's momentum oscillator", Source: "TA-Lib CMO, by Wilder's means",
		Inputs: series, Params: []Param{{Name: "window", Min: 1, Default: 14}}, Outputs: value(None, Stays, Stays),
		Memory: Recursive, Cost: Heavy, WarmUp: moves,
		Apply: func(c *Call) {
			s := kernel.NewCMO(int(c.Params[0]))
			s.Next(c.Dst[0], c.Src[0])
		},
		Start: func(params []float64) Stream {
			s := kernel.NewCMO(int(params[0]))
			return single(s.Next)
		},
	}, {
		Name: "tsi", Title: "true strength index", Source: "Blau 1991",
		Inputs: series, Params: []Param{{Name: "slow", Min: 1, Default: 25}, {Name: "fast", Min: 1, Default: 13}},
		Outputs: value(None, Stays, Stays),
		Memory:  Recursive, Cost: Heavy, WarmUp: func(params []float64) int { return int(params[0]+params[1]) - 1 },
		Apply: func(c *Call) {
			s := kernel.NewTSI(int(c.Params[0]), int(c.Params[1]))
			s.Next(c.Dst[0], c.Src[0])
		},
		Start: func(params []float64) Stream {
			s := kernel.NewTSI(int(params[0]), int(params[1]))
			return single(s.Next)
		},
	}, {
		Name: "dpo", Title: "detrended price oscillator", Source: "StockCharts, x[n/2 + 1] - sma(x, n)",
		Inputs: series, Params: []Param{{Name: "window", Min: 1, Default: 20}}, Outputs: value(AsInput, Follows, Stays),
		Memory: Windowed, Cost: Heavy, Settles: kernel.Anchor,
		WarmUp: func(params []float64) int { return max(window(params), int(params[0])/2+1) },
		Apply:  func(c *Call) { kernel.DPO(c.Dst[0], c.Src[0], int(c.Params[0]), c.Scale) },
	}, {
		Name: "rsi_sma", Title: "relative strength index of plain means", Source: "Cutler",
		Inputs: series, Params: []Param{{Name: "window", Min: 1, Default: 14}}, Outputs: value(None, Stays, Stays),
		Memory: Windowed, Cost: Heavy, WarmUp: moves, Settles: kernel.Anchor,
		Apply: func(c *Call) { kernel.RSISMA(c.Dst[0], c.Src[0], int(c.Params[0])) },
	}, {
		Name: "awesome", Title: "awesome oscillator", Source: "Williams 1998",
		Columns: []string{"high", "low"},
		Params:  []Param{{Name: "fast", Min: 1, Default: 5}, {Name: "slow", Min: 1, Default: 34}},
		Outputs: value(Price, Follows, Stays),
		Memory:  Windowed, Cost: Heavy, WarmUp: longest, Settles: kernel.Anchor,
		Apply: func(c *Call) {
			kernel.Awesome(c.Dst[0], c.Src[0], c.Src[1], int(c.Params[0]), int(c.Params[1]))
		},
	},
}
