package parquet

import "errors"

var (
	// ErrCorrupt is returned when a file is not Parquet, is truncated, or
	// contradicts itself.
	ErrCorrupt = errors.New("damaged Parquet file")

	// ErrUnsupported is returned for a valid file with columns of a kind that
	// [Type] does not have.
	ErrUnsupported = errors.New("unsupported Parquet file")

	// ErrInvalid is returned when what a caller wants written does not fit the
	// columns of the file.
	ErrInvalid = errors.New("invalid data")
)
