package ingest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// RejectLimit is how many rows of a source may be rejected: the larger of Rows and
// Share of those that were read. The zero value is 10 rows, or 1 %. Rows that have a
// time and no value do not count, nor those that rule duplicate rejects by a policy.
type RejectLimit struct {
	Share float64
	Rows  int64
}

// RejectAll is the limit that any number of rows keeps.
func RejectAll() RejectLimit { return RejectLimit{Rows: math.MaxInt64} }

// ParseRejectLimit reads "1%", a number of rows, or "all"; "" is the zero value.
func ParseRejectLimit(text string) (RejectLimit, error) {
	if text == "" {
		return RejectLimit{}, nil
	}
	if text == "all" {
		return RejectAll(), nil
	}
	if share, found := strings.CutSuffix(text, "%"); found {
		if v, err := strconv.ParseFloat(share, 64); err == nil && v >= 0 && v <= 100 {
			return RejectLimit{Share: v / 100, Rows: none}, nil
		}
	} else if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
		if n == 0 {
			n = none
		}
		return RejectLimit{Rows: n}, nil
	}
	return RejectLimit{}, fmt.Errorf("reject limit %q: want a number of rows, a share as in 1%%, or all", text)
}

// none is a number of rows that stands for 0, which in a RejectLimit is nothing said.
const none = -1

func (l RejectLimit) check() error {
	if !(l.Share >= 0 && l.Share <= 1) || l.Rows < none {
		return fmt.Errorf("reject limit of %g and %d rows: want a share of 0 to 1, and rows", l.Share, l.Rows)
	}
	return nil
}

// of returns how many of so many rows may be rejected.
func (l RejectLimit) of(read int64) int64 {
	if l == (RejectLimit{}) {
		l = RejectLimit{Share: 0.01, Rows: 10}
	}
	return max(l.Rows, int64(l.Share*float64(read)), 0)
}

// String says what is allowed.
func (l RejectLimit) String() string {
	switch {
	case l == RejectLimit{}:
		return "1 %, or 10 rows"
	case l.Rows == math.MaxInt64:
		return "all"
	case l.Share > 0 && l.Rows > 0:
		return fmt.Sprintf("%g %%, or %d rows", l.Share*100, l.Rows)
	case l.Share > 0:
		return fmt.Sprintf("%g %%", l.Share*100)
	}
	return fmt.Sprintf("%d rows", max(l.Rows, 0))
}
