package export

import (
	"errors"

	"github.com/bowstring-engine/bowstring/internal/output"
)

var (
	// ErrOptions is returned for options that contradict themselves or the bars.
	ErrOptions = errors.New("export")

	// ErrExists is returned where a file or folder of that name exists already
	// and Options.Force does not allow to replace it, or it is none that may be
	// replaced.
	ErrExists = output.ErrExists

	// ErrLocked is returned where something else is being written to that file or
	// folder; the message names its process.
	ErrLocked = output.ErrLocked

	// ErrEnding is returned where the ending of a file's name says no format.
	ErrEnding = output.ErrEnding

	// ErrNoBars is returned where no bar lies in the time that is asked for.
	ErrNoBars = errors.New("no bars")
)
