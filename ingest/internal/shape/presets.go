package shape

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// Dialect is what is known of the files of a vendor beyond what they show. What a
// file shows goes before it, and options go before both. All but Name may be zero.
type Dialect struct {
	// Name is what Options.Dialect calls it, in any case.
	Name string
	// Columns are the names of the columns of files without a header, separated by
	// commas, by their number; a name that is empty is not read.
	Columns map[int]string
	// Dates are the orders of dates that a file leaves open, by the sign between
	// their parts, 0 where there is none.
	Dates map[byte]value.DateOrder
	// PriceScale divides prices that are whole numbers: a power of ten, 0 is 1.
	PriceScale int64
	// Zone is the IANA name of the zone of times without an offset.
	Zone string
}

// presets returns the dialects that are known.
func presets() []Dialect {
	return []Dialect{
		// Dates of Yahoo are ISO, or carry offsets.
		{Name: "yahoo"},
		// Stooq: <TICKER>,<PER>,<DATE>,<TIME>,… with yyyymmdd and hhmmss, or
		// Date,Open,…; without a header in its bulk files of old.
		{Name: "stooq", Columns: map[int]string{
			10: "ticker,,date,time,open,high,low,close,volume,openint",
			7:  "date,open,high,low,close,volume,openint",
			6:  "date,open,high,low,close,volume",
		}},
		// Investing.com: the editions with slashes are the American ones; dots
		// and dashes are written day first.
		{Name: "investing", Dates: map[byte]value.DateOrder{'/': value.MonthFirst, '.': value.DayFirst, '-': value.DayFirst}},
		{Name: "nasdaq", Dates: map[byte]value.DateOrder{'/': value.MonthFirst, '-': value.MonthFirst}},
		{Name: "binance", Columns: map[int]string{
			12: "open_time,open,high,low,close,volume,close_time,quote_volume,trades,taker_volume,taker_quote_volume,",
		}},
		// MetaTrader 4 exports seven fields without a header, 5 nine with one.
		{Name: "metatrader", Columns: map[int]string{
			6: "time,open,high,low,close,volume",
			7: "date,time,open,high,low,close,volume",
			9: "date,time,open,high,low,close,tickvol,volume,spread",
		}},
		{Name: "ninjatrader", Columns: map[int]string{6: "time,open,high,low,close,volume"}},
		// LEAN: prices are times 10,000. Of quotes it is the bid, and its size.
		{Name: "lean", Columns: map[int]string{
			6:  "time,open,high,low,close,volume",
			11: "time,open,high,low,close,volume,,,,,",
		}, PriceScale: 10_000},
		{Name: "cryptodatadownload"},
		{Name: "kraken", Columns: map[int]string{
			7: "time,open,high,low,close,volume,trades",
			8: "time,open,high,low,close,vwap,volume,trades",
		}},
		// Finam writes the time of Moscow, and dates with the day first where
		// they are not yyyymmdd.
		{Name: "finam",
			Columns: map[int]string{
				9: "ticker,,date,time,open,high,low,close,volume",
				7: "date,time,open,high,low,close,volume",
			},
			Dates: map[byte]value.DateOrder{'/': value.DayFirst, '.': value.DayFirst, 0: value.YearFirst},
			Zone:  "Europe/Moscow",
		},
	}
}

// Dialects returns the names of the dialects that are known, in order.
func Dialects() []string { return names(presets()) }

func names(dialects []Dialect) []string {
	list := make([]string, len(dialects))
	for i, d := range dialects {
		list[i] = d.Name
	}
	slices.Sort(list)
	return list
}

// dialect returns the dialect that the options name.
func (o *Choices) dialect() (*Dialect, error) {
	all := append(presets(), o.Dialects...)
	for i := range all {
		if strings.EqualFold(all[i].Name, o.Dialect) {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("dialect %q: want one of %s", o.Dialect, strings.Join(names(all), ", "))
}

// dialectErrors says what is wrong with the dialects that the options bring.
func (o *Choices) dialectErrors() (errs []error) {
	seen := presets()
	for _, d := range o.Dialects {
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("dialects: %q: %w", d.Name, fmt.Errorf(format, args...)))
		}
		if d.Name == "" {
			bad("it has no name")
		}
		if slices.ContainsFunc(seen, func(other Dialect) bool { return strings.EqualFold(other.Name, d.Name) }) {
			bad("there is a dialect of that name")
		}
		for _, n := range slices.Sorted(maps.Keys(d.Columns)) {
			if got := len(d.columns(n)); got != n {
				bad("it names %d columns of files that have %d", got, n)
			}
		}
		for _, sign := range slices.Sorted(maps.Keys(d.Dates)) {
			if _, err := value.ParseDateOrder(string(d.Dates[sign])); err != nil {
				bad("%w", err)
			}
		}
		if d.PriceScale < 0 || decimalPlaces(d.PriceScale) < 0 {
			bad("price scale %d: want a power of ten", d.PriceScale)
		}
		if _, err := time.LoadLocation(d.Zone); err != nil {
			bad("zone %q: %w", d.Zone, err)
		}
		seen = append(seen, d)
	}
	return errs
}

// columns returns the names of so many columns, or nil.
func (d *Dialect) columns(n int) []string {
	if names, ok := d.Columns[n]; ok {
		return strings.Split(names, ",")
	}
	return nil
}
