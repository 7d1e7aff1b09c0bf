package bundles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"

	"github.com/bowstring-engine/bowstring/columnar"
)

// formatVersion is the version of everything in a store.
const formatVersion = 1

// A sealed file is JSON whose first line holds the format version and the
// SHA-256 of all lines behind it:
//
//	{"bowstring":1,"checksum":"sha256:9f…",
//	"marker":{…}
//	}
//
// Lines have a fixed order, so a reader can find its way without parsing.
const (
	sealVersion  = `{"bowstring":`
	sealChecksum = `,"checksum":"` + columnar.DigestPrefix
	sealEnd      = "\",\n"
)

// seal returns the sealed file with the given lines behind the first.
func seal(body []byte) []byte {
	return append(sealHead(sha256.Sum256(body)), body...)
}

// sealHead returns the first line over lines of that checksum.
func sealHead(sum [sha256.Size]byte) []byte {
	b := []byte(sealVersion)
	b = strconv.AppendInt(b, formatVersion, 10)
	b = append(b, sealChecksum...)
	b = hex.AppendEncode(b, sum[:])
	return append(b, sealEnd...)
}

// unseal returns the lines behind the first, or an error that wraps
// [ErrVersion], or one that says how the file is damaged.
func unseal(file []byte) (body []byte, err error) {
	rest, ok := bytes.CutPrefix(file, []byte(sealVersion))
	digits := bytes.IndexByte(rest, ',')
	if !ok || digits < 0 {
		return nil, fmt.Errorf("does not begin with %s", sealVersion)
	}
	version, err := strconv.ParseUint(string(rest[:min(digits, 10)]), 10, 32)
	if err != nil {
		return nil, fmt.Errorf("format version: %w", err)
	}
	if version != formatVersion {
		return nil, fmt.Errorf("%w %d, this release reads %d; use a release that reads it, or ingest again", ErrVersion, version, formatVersion)
	}
	head := len(sealVersion) + digits + len(sealChecksum) + 2*sha256.Size + len(sealEnd)
	if len(file) < head {
		return nil, fmt.Errorf("cut off after %d bytes", len(file))
	}
	body = file[head:]
	if !bytes.Equal(file[:head], sealHead(sha256.Sum256(body))) {
		return nil, fmt.Errorf("checksum does not match its %d bytes", len(file))
	}
	return body, nil
}

// readSealed reads a sealed file. What is wrong with its content is a
// [CorruptError] or wraps [ErrVersion].
func readSealed(path string) ([]byte, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	body, err := unseal(file)
	return body, damaged(path, err)
}
