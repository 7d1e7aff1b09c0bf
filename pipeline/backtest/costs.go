package backtest

// Costs are what both engines charge: a commission as a share of the traded value,
// per unit and per order, and a slippage as a share of the price.
type Costs struct{ Rate, Slippage, PerUnit, Fixed float64 }

// Costs returns the costs of c.
func (c *Config) Costs() Costs {
	return Costs{c.CommissionBps / 10_000, c.SlippageBps / 10_000, c.CommissionPerUnit, c.CommissionFixed}
}

// Commission returns what an order of these units at this price costs.
func (c *Costs) Commission(units, price float64) float64 {
	return float64(units*price*c.Rate) + float64(units*c.PerUnit) + c.Fixed
}

// Affordable returns the units that an amount of cash pays for with costs:
// (cash − fixed) / (price × (1 + rate) + per unit).
func (c *Costs) Affordable(cash, price float64) float64 {
	return max((cash-c.Fixed)/(float64(price*(1+c.Rate))+c.PerUnit), 0)
}

// PnL returns the profit of a trade, of one order or two that were paid for. It is
// that of one unit, the costs after the difference of prices, beside which they are
// small: so whether a trade wins does not depend on what the account has.
func (c *Costs) PnL(side Side, entry, exit, units, orders float64) float64 {
	traded := entry
	if orders == 2 {
		traded += exit
	}
	gain := float64(float64(side)*(exit-entry)) - (float64(traded*c.Rate) + float64(orders*c.PerUnit))
	return float64(gain*units) - float64(orders*c.Fixed)
}
