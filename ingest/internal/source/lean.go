package source

import (
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bowstring-engine/bowstring/ingest/internal/problem"
	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// LeanName is what LEAN calls a file of bars within a day:
// 20131007_spy_minute_trade.csv, in an archive of that day. Its rows begin with
// the milliseconds since that day's midnight.
type LeanName struct {
	// Days is the day since 1970.
	Days  int
	Asset string
	// Kind is trade, quote or openinterest.
	Kind string
}

// ParseLeanName reads the name of a source: that of a file, or of the member of
// an archive after "!".
func ParseLeanName(name string) (n LeanName, ok bool) {
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
	n.Asset, n.Kind = parts[1], parts[3]
	n.Days, ok = value.RunDays([]byte(parts[0]), value.YearFirst)
	return n, ok
}

// leanFiles names the assets of sources within a day, whose archives are
// called after the day, and passes over quotes and open interest beside trades,
// unless the columns are named.
func (in *Files) leanFiles(named bool) error {
	bars := func(s *File) bool {
		n, ok := ParseLeanName(s.Name())
		return !ok || n.Kind == "trade" || named
	}
	if len(in.All) > 0 && !slices.ContainsFunc(in.All, bars) {
		return &problem.InputError{File: in.All[0].Name(), Err: errors.New("quotes or open interest, not bars of trades; give the _trade files, or name the columns, as in Options.Names time,open,high,low,close,volume,,,,,")}
	}
	in.All = slices.DeleteFunc(in.All, func(s *File) bool {
		if !bars(s) {
			in.Ignored = append(in.Ignored, s.Name())
			return true
		}
		if n, ok := ParseLeanName(s.Name()); ok {
			s.Asset = n.Asset
		}
		return false
	})
	return nil
}
