package shape

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// preset is what is known of the files of a vendor beyond what they show.
// What a file shows goes before it, and options go before both.
type preset struct {
	// names are those of the columns of files without a header, by their
	// number; "" is not read.
	names map[int]string
	// ties are the orders of dates that a file leaves open, by the sign
	// between their parts.
	ties map[byte]value.DateOrder
	// scale divides prices.
	scale int64
	zone  string
}

// presets returns what is known of each vendor, by name.
func presets() map[string]*preset {
	return map[string]*preset{
		// Dates of Yahoo are ISO, or carry offsets.
		"yahoo": {},
		// Stooq: <TICKER>,<PER>,<DATE>,<TIME>,… with yyyymmdd and hhmmss, or
		// Date,Open,…; without a header in its bulk files of old.
		"stooq": {names: map[int]string{
			10: "ticker,,date,time,open,high,low,close,volume,openint",
			7:  "date,open,high,low,close,volume,openint",
			6:  "date,open,high,low,close,volume",
		}},
		// Investing.com: the editions with slashes are the American ones; dots
		// and dashes are written day first.
		"investing": {ties: map[byte]value.DateOrder{'/': value.MonthFirst, '.': value.DayFirst, '-': value.DayFirst}},
		"nasdaq":    {ties: map[byte]value.DateOrder{'/': value.MonthFirst, '-': value.MonthFirst}},
		"binance": {names: map[int]string{
			12: "open_time,open,high,low,close,volume,close_time,quote_volume,trades,taker_volume,taker_quote_volume,",
		}},
		// MetaTrader 4 exports seven fields without a header, 5 nine with one.
		"metatrader": {names: map[int]string{
			6: "time,open,high,low,close,volume",
			7: "date,time,open,high,low,close,volume",
			9: "date,time,open,high,low,close,tickvol,volume,spread",
		}},
		"ninjatrader": {names: map[int]string{6: "time,open,high,low,close,volume"}},
		// LEAN: prices are times 10,000. Of quotes it is the bid, and its size.
		"lean": {names: map[int]string{
			6:  "time,open,high,low,close,volume",
			11: "time,open,high,low,close,volume,,,,,",
		}, scale: 10_000},
		"cryptodatadownload": {},
		"kraken": {names: map[int]string{
			7: "time,open,high,low,close,volume,trades",
			8: "time,open,high,low,close,vwap,volume,trades",
		}},
		// Finam writes the time of Moscow, and dates with the day first where
		// they are not yyyymmdd.
		"finam": {
			names: map[int]string{
				9: "ticker,,date,time,open,high,low,close,volume",
				7: "date,time,open,high,low,close,volume",
			},
			ties: map[byte]value.DateOrder{'/': value.DayFirst, '.': value.DayFirst, 0: value.YearFirst},
			zone: "Europe/Moscow",
		},
	}
}

// Dialects returns the names of the presets.
func Dialects() []string { return slices.Sorted(maps.Keys(presets())) }

// presetOf returns the preset of a name, in any case.
func presetOf(name string) (*preset, error) {
	if p, ok := presets()[strings.ToLower(name)]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("dialect %q: want one of %s", name, strings.Join(Dialects(), ", "))
}

// columns returns the names of so many columns, or nil.
func (p *preset) columns(n int) []string {
	if names, ok := p.names[n]; ok {
		return strings.Split(names, ",")
	}
	return nil
}
