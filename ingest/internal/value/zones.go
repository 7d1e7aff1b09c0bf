package value

import (
	"bytes"
	"strings"
	"sync"
	"time"
)

// fixedZones are the short names of zones in North America that no other zone has,
// as offsets: EST stands for it in summer, too, where a file says so.
var fixedZones = map[string]int64{
	"EST": -5 * Hour, "EDT": -4 * Hour, "CST": -6 * Hour, "CDT": -5 * Hour,
	"MST": -7 * Hour, "MDT": -6 * Hour, "PST": -8 * Hour, "PDT": -7 * Hour,
	"CET": 1 * Hour, "CEST": 2 * Hour, "MSK": 3 * Hour, "JST": 9 * Hour, "HKT": 8 * Hour,
}

// namedZone returns what a name behind a time stands for: an offset, or the name of a
// zone of the tz database as US/Eastern.
func namedZone(text []byte) (offset int64, zone string, ok bool) {
	text = bytes.Trim(text, " ()[]")
	if offset, ok = fixedZones[string(text)]; ok {
		return offset, "", true
	}
	if len(text) < 5 || bytes.IndexByte(text, '/') <= 0 || bytes.IndexFunc(text, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("/_+-", c))
	}) >= 0 {
		return 0, "", false
	}
	return 0, string(text), true
}

// Zones keeps the zones that have been looked up, few in a file. It is safe for
// concurrent use.
type Zones struct {
	mu    sync.RWMutex
	zones map[string]*time.Location
}

const mostZones = 1000 // there are fewer; what is none is kept, too

// find returns the zone of a name. A nil Zones keeps none.
func (c *Zones) find(name string) (*time.Location, bool) {
	if c == nil {
		zone, err := time.LoadLocation(name)
		return zone, err == nil
	}
	c.mu.RLock()
	zone, ok := c.zones[name]
	c.mu.RUnlock()
	if ok {
		return zone, zone != nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		zone = nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.zones == nil || len(c.zones) >= mostZones {
		c.zones = make(map[string]*time.Location)
	}
	c.zones[name] = zone
	return zone, zone != nil
}

// Excel counts days from 30 December 1899, as days since 1970.
const excelEpoch = -25569

// Excel's serials from 1928 to 2119, which are no date without separators.
const (
	firstSerial = 10_000
	lastSerial  = 80_000
)

// ExcelSerial reads a number of days as Excel counts them, with a time of day as
// decimals, rounded to the millisecond.
func ExcelSerial(field []byte) (ns int64, ok bool) {
	field = TrimSpace(field)
	whole := LeadingDigits(field)
	if whole != 5 {
		return 0, false
	}
	days := int64(Whole(field[:whole]))
	if days < firstSerial || days > lastSerial {
		return 0, false
	}
	ns = (days + excelEpoch) * Day
	if whole == len(field) {
		return ns, true
	}
	fraction := field[whole+1:]
	if field[whole] != '.' && field[whole] != ',' || len(fraction) == 0 || LeadingDigits(fraction) != len(fraction) || len(fraction) > 17 {
		return 0, false
	}
	v, ok := ParseNumber(append([]byte("0."), fraction...))
	if !ok {
		return 0, false
	}
	return ns + int64(v*float64(Day/1e6)+0.5)*1e6, true
}

// MonthOf reads a month of a year as its first day: 2009-01, 2009/01, 2009.01, 01/2009,
// 200901 where run says so, and 2009M01.
func MonthOf(field []byte, run bool) (days int, ok bool) {
	field = TrimSpace(field)
	var year, month int
	n := LeadingDigits(field)
	switch {
	case run && n == 6 && len(field) == 6:
		year, month = Whole(field[:4]), Whole(field[4:])
	case n == 4 && len(field) >= 6 && len(field) <= 7 && bytes.IndexByte([]byte("-/.Mm"), field[4]) >= 0 && LeadingDigits(field[5:]) == len(field)-5:
		year, month = Whole(field[:4]), Whole(field[5:])
	case n > 0 && n <= 2 && len(field) == n+5 && bytes.IndexByte([]byte("-/."), field[n]) >= 0 && LeadingDigits(field[n+1:]) == 4:
		month, year = Whole(field[:n]), Whole(field[n+1:])
	default:
		return 0, false
	}
	if month < 1 || month > 12 || year < earliestYear || year > latestYear {
		return 0, false
	}
	return daysSince1970(year, month, 1), true
}
