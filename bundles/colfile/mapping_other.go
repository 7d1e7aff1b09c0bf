//go:build !unix

package colfile

import "os"

func mapFile(*os.File, int) ([]byte, error) { return nil, errNoMapping }

func unmap([]byte) error { return errNoMapping }
