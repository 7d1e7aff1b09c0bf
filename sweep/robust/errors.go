package robust

import (
	"errors"
	"fmt"
)

// ErrUndefined says that a statistic has no value for its input, such as the Sharpe
// ratio of constant returns: the input is valid, and the error around it has the
// reason. A [Report] has NULL there, and the reason beside it.
var ErrUndefined = errors.New("undefined")

// undefined returns an ErrUndefined with a reason.
func undefined(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUndefined, fmt.Sprintf(format, args...))
}
