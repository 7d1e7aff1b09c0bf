package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// leanDialect is the preset of LEAN's files, whose names say what the rows of
// a day do not repeat.
const leanDialect = "lean"

// barFields is how many fields LEAN's bars have.
const barFields = 6

// leanName is what LEAN calls a file of bars within a day:
// 20131007_spy_minute_trade.csv, in an archive of that day. Its rows begin with
// the milliseconds since that day's midnight.
type leanName struct {
	// days is the day since 1970.
	days  int
	asset string
	// kind is trade, quote or openinterest.
	kind string
}

// parseLeanName reads the name of a source: that of a file, or of the member of
// an archive after "!".
func parseLeanName(name string) (n leanName, ok bool) {
	name = name[strings.LastIndexByte(name, '!')+1:]
	base, isText := strings.CutSuffix(strings.ToLower(path.Base(filepath.ToSlash(name))), ".csv")
	parts := strings.Split(base, "_")
	if !isText || len(parts) != 4 || parts[1] == "" || !slices.Contains([]string{"second", "minute"}, parts[2]) ||
		!slices.Contains([]string{"trade", "quote", "openinterest"}, parts[3]) {
		return n, false
	}
	if len(parts[0]) != 8 || value.LeadingDigits([]byte(parts[0])) != 8 {
		return n, false
	}
	n.asset, n.kind = parts[1], parts[3]
	n.days, ok = value.RunDays([]byte(parts[0]), value.YearFirst)
	return n, ok
}

// leanDay returns the day of a source within a day, or false where it is none
// of LEAN's.
func (o *Options) leanDay(name string) (days int, ok bool) {
	if !strings.EqualFold(o.Dialect, leanDialect) {
		return 0, false
	}
	n, ok := parseLeanName(name)
	return n.days, ok
}

// leanSources names the assets of sources within a day, whose archives are
// called after the day, and passes over quotes and open interest beside trades,
// unless the columns are named.
func (in *inputs) leanSources(named bool) error {
	bars := func(s *source) bool {
		n, ok := parseLeanName(s.name())
		return !ok || n.kind == "trade" || named
	}
	if len(in.sources) > 0 && !slices.ContainsFunc(in.sources, bars) {
		return &InputError{File: in.sources[0].name(), Err: errors.New("quotes or open interest, not bars of trades; give the _trade files, or name the columns, as in Options.Names time,open,high,low,close,volume,,,,,")}
	}
	in.sources = slices.DeleteFunc(in.sources, func(s *source) bool {
		if !bars(s) {
			in.ignored = append(in.ignored, s.name())
			return true
		}
		if n, ok := parseLeanName(s.name()); ok {
			s.asset = n.asset
		}
		return false
	})
	return nil
}

// countedFrom returns what reads times of a day as LEAN counts them.
func (s *sniffer) countedFrom() *value.Moments {
	day := time.Unix(int64(s.days)*value.Day/value.Second, 0).UTC().Format(time.DateOnly)
	s.found("time", fmt.Sprintf("milliseconds since the midnight of %s, the day in the file's name", day), value.Sample{}, "Dialect")
	return &value.Moments{Counted: true, Days: s.days, Zone: s.forced.zone}
}

// scaledByLEAN refuses files that look like those of LEAN, whose prices are
// times 10,000, unless an option says what they are.
func (s *sniffer) scaledByLEAN() *InputError {
	if s.forced.scaled || s.layout.header != 0 || s.layout.delimiter != ',' || len(s.rows) == 0 {
		return nil
	}
	_, within := parseLeanName(s.file)
	for _, r := range s.rows {
		if t := value.TrimSpace(r.fields[s.time]); !within && (len(t) != len("20060102 15:04") || value.LeadingDigits(t) != 8) {
			return nil
		}
		for i, f := range s.layout.fields {
			if f.kind == fieldValue && f.column < 4 {
				if v := r.fields[i]; len(v) < 4 || value.LeadingDigits(v) != len(v) || !bytes.HasSuffix(v, []byte("00")) {
					return nil
				}
			}
		}
	}
	return &InputError{Line: s.rows[0].line, Err: shape("the prices may be times 10,000, as LEAN writes them; give Options.PriceScale 10000 (or Options.Dialect lean), or Options.PriceScale 1 if they are as they stand")}
}
