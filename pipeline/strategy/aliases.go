package strategy

// talibNames are names of TA-Lib for functions of the language that are called in the same
// way. TA-Lib's are in capitals, so that MAX, of a window, is not max, of two numbers.
var talibNames = map[string]string{
	"SMA": "sma", "EMA": "ema", "WMA": "wma", "DEMA": "dema", "TEMA": "tema", "TRIMA": "trima", "KAMA": "kama", "T3": "t3",
	"RSI": "rsi", "CMO": "cmo", "MOM": "diff", "ROCP": "pct_change", "MACD": "macd", "TRIX": "trix", "STOCHF": "stochf", "ULTOSC": "ultosc",
	"WILLR": "williams_r", "CCI": "cci", "MFI": "mfi", "ATR": "atr", "NATR": "natr", "TRANGE": "true_range", "BBANDS": "bbands",
	"STDDEV": "stddev", "ADX": "adx", "DX": "dx", "PLUS_DI": "plus_di", "MINUS_DI": "minus_di", "AROON": "aroon", "SAR": "psar",
	"OBV": "obv", "AD": "ad", "ADOSC": "adosc", "MAX": "highest", "MIN": "lowest", "SUM": "sum", "LINEARREG": "linreg",
	"CORREL": "correlation", "BETA": "beta", "LN": "log", "EXP": "exp", "SQRT": "sqrt", "FLOOR": "floor", "CEIL": "ceil",
}

// pineNames are names of Pine behind ta. for functions of the language that are called in
// the same way.
var pineNames = map[string]string{
	"sma": "sma", "ema": "ema", "rma": "rma", "wma": "wma", "vwma": "vwma", "hma": "hma", "alma": "alma", "rsi": "rsi", "macd": "macd",
	"atr": "atr", "stdev": "stddev", "bb": "bbands", "highest": "highest", "lowest": "lowest", "change": "diff", "mom": "diff",
	"crossover": "crosses_above", "crossunder": "crosses_below", "cross": "crosses", "barssince": "since", "valuewhen": "value_when",
	"cum": "cumsum", "max": "cummax", "min": "cummin", "median": "median", "correlation": "correlation", "cmo": "cmo",
}

// canonical returns what the language calls a function: name itself, unless another
// program's name for one is meant.
func canonical(name string) string {
	if own, ok := talibNames[name]; ok {
		return own
	}
	return name
}

// Aliases returns the names of other programs for functions of the language, in their
// spelling, such as ATR of TA-Lib and ta.crossover of Pine.
func Aliases() map[string]string {
	all := map[string]string{}
	for alias, name := range talibNames {
		all[alias] = name
	}
	for alias, name := range pineNames {
		all["ta."+alias] = name
	}
	return all
}
