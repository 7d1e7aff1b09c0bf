package metrics

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Own is a statistic that a user of the library adds: a function of others of the same
// row. Both engines have it where they have those.
type Own struct {
	// Name is that of its column: letters, digits and _, no statistic's.
	Name   string
	Kind   Kind
	Better Better
	// Of are the statistics that Value looks at; others may be NaN.
	Of []Stat
	// Value computes it of those of a row, NaN where it is not defined. It is called
	// from one goroutine at a time; equal values give equal ones.
	Value func(v *Values) float64
}

// ErrOwn is returned for a statistic that cannot be one.
var ErrOwn = errors.New("invalid statistic")

var ownName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

// CheckOwn reports everything that is wrong with statistics beside those that there
// are, each error wrapping [ErrOwn]. taken are further names that they may not have.
func CheckOwn(own []Own, taken ...string) error {
	var errs []error
	taken = append(Names(), taken...)
	for _, o := range own {
		bad := func(text string) { errs = append(errs, fmt.Errorf("%w: %q: %s", ErrOwn, o.Name, text)) }
		if !ownName.MatchString(o.Name) {
			bad("a name is at most 64 letters, digits and _, and does not begin with a digit")
		}
		if slices.Contains(taken, o.Name) {
			bad("there is a column of that name")
		}
		if o.Value == nil {
			bad("it needs Value")
		}
		if o.Kind > Money || o.Better > Lower {
			bad("its kind, or what is better, is unknown")
		}
		if slices.ContainsFunc(o.Of, func(s Stat) bool { return s >= NumStats }) {
			bad("it is of a statistic that is unknown")
		}
		taken = append(taken, o.Name)
	}
	return errors.Join(errs...)
}
