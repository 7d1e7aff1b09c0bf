package shape

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/source"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
	"github.com/bowstring-engine/bowstring/internal/decimal"
)

// The delimiters that a source can have, and the names of them.
var delimiters = []struct {
	sign   byte
	name   string
	plural string
}{{',', "comma", "commas"}, {';', "semicolon", "semicolons"}, {'\t', "tab", "tabs"}, {'|', "pipe", "vertical bars"}, {' ', "blanks", "blanks"}}

// delimiterSign returns the delimiter of that name, or 0.
func delimiterSign(name string) byte {
	for _, d := range delimiters {
		if d.name == name {
			return d.sign
		}
	}
	return 0
}

func delimiterName(sign byte) string {
	for _, d := range delimiters {
		if d.sign == sign {
			return d.name
		}
	}
	return strconv.Quote(string(sign))
}

// forced is what need not be detected: the options, and what the preset adds
// to them. Zero values are detected.
type forced struct {
	delimiter byte
	decimal   byte
	order     value.DateOrder
	header    int
	Names     []string
	Zone      *time.Location
	// shift is how many places the decimal point of prices moves; scaled says
	// that it was given, be it 0. What the preset says of it is weighed in scale.go.
	shift  int
	scaled bool
	// preset breaks ties and names columns without a header.
	preset *Dialect
}

// forced returns the readings that the options force. The options are valid.
func (o *Choices) forced() (*forced, error) {
	f := &forced{
		delimiter: delimiterSign(o.Delimiter), order: o.DateOrder, header: o.Header, Names: o.Names,
		scaled: o.PriceScale != 0, shift: -decimalPlaces(o.PriceScale), preset: &Dialect{},
	}
	switch o.Decimal {
	case "point":
		f.decimal = '.'
	case "comma":
		f.decimal = ','
	}
	zone := o.Zone
	if o.Dialect != "" {
		p, err := o.dialect()
		if err != nil {
			return nil, err
		}
		f.preset = p
		if zone == "" {
			zone = p.Zone
		}
	}
	if zone != "" {
		var err error
		if f.Zone, err = time.LoadLocation(zone); err != nil {
			return nil, fmt.Errorf("zone %q: want an IANA name, as America/New_York: %w", zone, err)
		}
	}
	return f, nil
}

// decimalPlaces returns the exponent of a power of ten, or -1 where it is
// none.
func decimalPlaces(scale int64) int {
	if scale == 0 {
		return 0
	}
	if places, ok := decimal.Places(scale); ok {
		return places
	}
	return -1
}

// ReadingErrors checks the options that force readings.
func (o *Choices) ReadingErrors() (errs []error) {
	if o.Delimiter != "" && delimiterSign(o.Delimiter) == 0 {
		errs = append(errs, fmt.Errorf("delimiter %q: want comma, semicolon, tab, pipe or blanks", o.Delimiter))
	}
	if o.Decimal != "" && o.Decimal != "point" && o.Decimal != "comma" {
		errs = append(errs, fmt.Errorf("decimal %q: want point or comma", o.Decimal))
	}
	if _, err := value.ParseDateOrder(string(o.DateOrder)); err != nil {
		errs = append(errs, err)
	}
	if o.Header < NoHeader || o.Header > source.HeadBytes {
		errs = append(errs, fmt.Errorf("header %d: want the number of a line, or none", o.Header))
	}
	if o.PriceScale < 0 || decimalPlaces(o.PriceScale) < 0 {
		errs = append(errs, fmt.Errorf("price scale %d: want a power of ten", o.PriceScale))
	}
	for i, name := range o.Names {
		if name != "" && slices.Contains(o.Names[:i], name) {
			errs = append(errs, fmt.Errorf("column names: %q is given twice", name))
		}
	}
	errs = append(errs, o.dialectErrors()...)
	// A zone and a preset are looked up, so that both are known to be good.
	if _, err := o.forced(); err != nil {
		errs = append(errs, err)
	}
	return errs
}

// ReadingSettings adds the options that force readings, where they are set.
func (o *Choices) ReadingSettings(settings map[string]string) {
	set := func(name, value string) {
		if value != "" {
			settings[name] = value
		}
	}
	set("dialect", o.Dialect)
	set("delimiter", o.Delimiter)
	set("decimal", o.Decimal)
	set("date_order", string(o.DateOrder))
	set("zone", o.Zone)
	set("names", strings.Join(o.Names, ","))
	switch {
	case o.Header == NoHeader:
		set("header", "none")
	case o.Header > 0:
		set("header", strconv.Itoa(o.Header))
	}
	if o.PriceScale > 0 {
		set("price_scale", strconv.FormatInt(o.PriceScale, 10))
	}
}
