//go:build !unix

package columnar

import "os"

func mapFile(*os.File, int, bool) ([]byte, error) { return nil, ErrNoMapping }

func unmap([]byte) error { return ErrNoMapping }
