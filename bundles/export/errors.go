package export

import "errors"

var (
	// ErrOptions is returned for options that contradict themselves or the bars.
	ErrOptions = errors.New("export")

	// ErrExists is returned where a file or folder of that name exists already
	// and Options.Force does not allow to replace it, or it is none that may be
	// replaced.
	ErrExists = errors.New("exists already")

	// ErrNoBars is returned where no bar lies in the time that is asked for.
	ErrNoBars = errors.New("no bars")
)
