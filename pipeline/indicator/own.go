package indicator

import (
	"errors"
	"fmt"
	"regexp"
)

// ErrRow is returned for a row that cannot be one.
var ErrRow = errors.New("invalid row")

var rowName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

// Check reports everything that is wrong with a row that is not of the catalogue,
// each error wrapping [ErrRow]. What its functions compute is taken on trust: that
// they look at no later bar, and that a [Stream] and stretches of a windowed row give
// what Apply gives over the whole history, to the bit.
func (r *Row) Check() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: function %q: %s", ErrRow, r.Name, fmt.Sprintf(format, args...)))
	}
	switch known := Find(r.Name); {
	case !rowName.MatchString(r.Name):
		bad("a name is at most 64 letters, digits and _, and does not begin with a digit")
	case known != nil && known != r:
		bad("there is an indicator of that name; choose another")
	}
	if n := len(r.Inputs) + len(r.Columns); n < 1 || n > MaxInputs {
		bad("it has %d inputs and columns, want 1 to %d", n, MaxInputs)
	}
	if r.Masks < 0 || r.Masks > len(r.Inputs) {
		bad("%d of its %d inputs are masks", r.Masks, len(r.Inputs))
	}
	if len(r.Params) > MaxParams {
		bad("it has %d parameters, want at most %d", len(r.Params), MaxParams)
	}
	for i := range r.Params {
		switch p := &r.Params[i]; {
		case p.Name == "" || p.Kind > Factor:
			bad("parameter %d needs a name and a kind", i+1)
		case p.Default != 0 && !p.Accepts(p.Default):
			bad("parameter %s: its default is not %s", p.Name, p.Wants())
		}
	}
	r.checkOutputs(bad)
	r.checkFunctions(bad)
	return errors.Join(errs...)
}

func (r *Row) checkOutputs(bad func(string, ...any)) {
	if len(r.Outputs) == 0 {
		bad("it has no outputs")
	}
	for i, o := range r.Outputs {
		if len(r.Outputs) > 1 && (!rowName.MatchString(o.Name) || r.Output(o.Name) != i) {
			bad("output %d: %q is no name, or that of another output", i+1, o.Name)
		}
		if o.Dimension == 0 || o.Dimension > Truth {
			bad("output %d needs a dimension", i+1)
		}
	}
}

func (r *Row) checkFunctions(bad func(string, ...any)) {
	switch {
	case r.Apply == nil:
		bad("it needs Apply")
	case r.Memory > Cumulative:
		bad("its memory is unknown")
	case r.Start != nil && !r.GoesOn():
		bad("Start is for recursive and cumulative rows")
	case r.OfNumber != nil && r.Memory != Pointwise:
		bad("OfNumber is for pointwise rows")
	case r.OfNumber != nil && len(r.Inputs) > 3:
		bad("OfNumber takes three numbers at most")
	case r.ExactMean:
		bad("ExactMean is for rows of the catalogue")
	}
}

// Whole reports whether the row can be computed over whole histories only: it goes on,
// and has no [Stream].
func (r *Row) Whole() bool { return r.GoesOn() && r.Start == nil }
