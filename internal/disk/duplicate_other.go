//go:build !unix

package disk

import "errors"

// Duplicate refuses: open files have no names here.
func (d Disk) Duplicate(int, string) (*File, error) { return nil, errors.ErrUnsupported }
