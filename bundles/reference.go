package bundles

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
)

// minPrefix is the shortest digest prefix that names a version.
const minPrefix = 6

// maxName keeps folder names within what file systems take.
const maxName = 128

// CheckName reports whether name can be a bundle's: a letter or digit, then
// letters, digits, dots, underscores and hyphens. The error wraps [ErrName].
func CheckName(name string) error {
	ok := name != "" && len(name) <= maxName
	for i := range len(name) {
		c := name[i]
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		ok = ok && (alnum || i > 0 && (c == '.' || c == '_' || c == '-'))
	}
	if !ok {
		return fmt.Errorf("bundle %q: %w: use letters, digits, and . _ - after the first", name, ErrName)
	}
	return nil
}

// reference is a parsed "name" or "name@digest".
type reference struct {
	name string
	// prefix is the beginning of the version's digest in hex; "" is the
	// current version.
	prefix string
}

func parseReference(ref string) (reference, error) {
	name, prefix, pinned := strings.Cut(ref, "@")
	if err := CheckName(name); err != nil {
		return reference{}, err
	}
	if !pinned {
		return reference{name: name}, nil
	}
	prefix = strings.TrimPrefix(strings.ToLower(prefix), columnar.DigestPrefix)
	if len(prefix) < minPrefix || len(prefix) > 64 || strings.Trim(prefix, "0123456789abcdef") != "" {
		return reference{}, fmt.Errorf("%q: %w: want name@digest with at least %d hex digits", ref, ErrName, minPrefix)
	}
	return reference{name: name, prefix: prefix}, nil
}

// versionID returns the folder name of the version with this digest.
func versionID(digest string) string { return strings.TrimPrefix(digest, columnar.DigestPrefix) }

// digestOf is the inverse of versionID.
func digestOf(id string) string { return columnar.DigestPrefix + id }

func isVersionID(name string) bool {
	b, err := hex.DecodeString(name)
	return err == nil && len(b) == 32 && strings.ToLower(name) == name
}
