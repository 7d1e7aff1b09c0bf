package indicator

// A family is the rows of one file.
type family struct {
	title string
	rows  []Row
}

// catalogue is every family, in the order of the documentation.
var catalogue = []family{
	{"Averages", averages},
	{"Oscillators", oscillators},
	{"Volatility", volatility},
	{"Extremes", extremes},
	{"Transforms", transforms},
	{"Functions", functions},
	{"Conditions", masks},
	{"Weighted averages", weightedAverages},
	{"Smoothed averages", smoothedAverages},
	{"Changes", changes},
	{"Sums", totals},
	{"Ranks", ranks},
	{"Statistics", statistics},
	{"Pairs", pairs},
	{"Channels", channels},
	{"Candles", candles},
	{"Volume", volume},
	{"Sessions", sessions},
	{"Volatility by ranges and returns", ranged},
	{"Momentum", momentum},
	{"Stochastics", stochastics},
	{"Trend", trend},
}

// All returns every row, in the order of the documentation.
func All() []*Row {
	var all []*Row
	for _, f := range catalogue {
		for i := range f.rows {
			all = append(all, &f.rows[i])
		}
	}
	return all
}

// Family returns the title of the family that a row belongs to.
func Family(r *Row) string {
	for _, f := range catalogue {
		for i := range f.rows {
			if &f.rows[i] == r {
				return f.title
			}
		}
	}
	return ""
}

// Find returns the row of a name, or nil.
func Find(name string) *Row {
	for _, f := range catalogue {
		for i := range f.rows {
			if f.rows[i].Name == name {
				return &f.rows[i]
			}
		}
	}
	return nil
}
