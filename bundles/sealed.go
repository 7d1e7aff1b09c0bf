package bundles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/bowstring-engine/bowstring/columnar"
)

// The format versions: that of everything in a store, and that of the manifest
// of a version whose bars are in several files, which releases that know
// format 1 alone refuse.
const (
	formatVersion = 1
	partsVersion  = 2
)

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
func seal(version int, body []byte) []byte {
	return append(sealHead(version, sha256.Sum256(body)), body...)
}

// sealHead returns the first line over lines of that checksum.
func sealHead(version int, sum [sha256.Size]byte) []byte {
	b := []byte(sealVersion)
	b = strconv.AppendInt(b, int64(version), 10)
	b = append(b, sealChecksum...)
	b = hex.AppendEncode(b, sum[:])
	return append(b, sealEnd...)
}

// unseal returns the lines behind the first and the format version, up to the
// newest that is read, or an error that wraps [ErrVersion], or one that says
// how the file is damaged.
func unseal(file []byte, newest int) (body []byte, version int, err error) {
	rest, ok := bytes.CutPrefix(file, []byte(sealVersion))
	digits := bytes.IndexByte(rest, ',')
	if !ok || digits < 0 {
		return nil, 0, fmt.Errorf("does not begin with %s", sealVersion)
	}
	n, err := strconv.ParseUint(string(rest[:min(digits, 10)]), 10, 31)
	if err != nil {
		return nil, 0, fmt.Errorf("format version: %w", err)
	}
	if version = int(n); version < formatVersion || version > newest {
		return nil, 0, fmt.Errorf("%w %d, this release reads %d; use a release that reads it, or ingest again", ErrVersion, version, newest)
	}
	head := len(sealVersion) + digits + len(sealChecksum) + 2*sha256.Size + len(sealEnd)
	if len(file) < head {
		return nil, 0, fmt.Errorf("cut off after %d bytes", len(file))
	}
	body = file[head:]
	if !bytes.Equal(file[:head], sealHead(version, sha256.Sum256(body))) {
		return nil, 0, fmt.Errorf("checksum does not match its %d bytes", len(file))
	}
	return body, version, nil
}

// readSealed reads a sealed file. What is wrong with its content is a
// [CorruptError] or wraps [ErrVersion].
func readSealed(path string, newest int) (body []byte, version int, err error) {
	file, err := readIfSealed(path)
	if err != nil {
		return nil, 0, err
	}
	body, version, err = unseal(file, newest)
	return body, version, damaged(path, err)
}

// readIfSealed reads a file that begins like a sealed one, and of others, which
// may be of any size, only the beginning.
func readIfSealed(path string) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head := make([]byte, len(sealVersion))
	n, err := io.ReadFull(f, head)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return head[:n], nil
	case err != nil || string(head) != sealVersion:
		return head, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	whole := bytes.NewBuffer(append(make([]byte, 0, info.Size()+bytes.MinRead), head...))
	_, err = whole.ReadFrom(f)
	return whole.Bytes(), err
}
