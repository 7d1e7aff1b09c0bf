package backtest

// costs are what both engines charge: a commission as a share of the traded value,
// per unit and per order, and a slippage as a share of the price.
type costs struct{ rate, slippage, perUnit, fixed float64 }

// costs returns the costs of c.
func (c *Config) costs() costs {
	return costs{c.CommissionBps / 10_000, c.SlippageBps / 10_000, c.CommissionPerUnit, c.CommissionFixed}
}

// commission returns what an order of these units at this price costs.
func (c *costs) commission(units, price float64) float64 {
	return float64(units*price*c.rate) + float64(units*c.perUnit) + c.fixed
}

// affordable returns the units that an amount of cash pays for with costs:
// (cash − fixed) / (price × (1 + rate) + per unit).
func (c *costs) affordable(cash, price float64) float64 {
	return max((cash-c.fixed)/(float64(price*(1+c.rate))+c.perUnit), 0)
}

// pnl returns the profit of a trade, of one order or two that were paid for. It is
// that of one unit, the costs after the difference of prices, beside which they are
// small: so whether a trade wins does not depend on what the account has.
func (c *costs) pnl(side Side, entry, exit, units, orders float64) float64 {
	traded := entry
	if orders == 2 {
		traded += exit
	}
	gain := float64(float64(side)*(exit-entry)) - (float64(traded*c.rate) + float64(orders*c.perUnit))
	return float64(gain*units) - float64(orders*c.fixed)
}
