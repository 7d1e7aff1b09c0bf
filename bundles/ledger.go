package bundles

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bowstring-engine/bowstring/columnar"
)

// ledgerFile keeps account of the sweeps that were run on a bundle. It is written by
// package sweep/ledger; a store knows it as one of its own and removes it with the bundle.
const (
	ledgerFile  = "ledger.jsonl"
	ledgerBegin = `{"bowstring_ledger":`
)

// Ledger returns where the ledger of a bundle is or would be: beside its versions,
// because it is about all of them.
func (s *Store) Ledger(bundle string) string { return s.bundle(bundle).ledger() }

func (b bundleDir) ledger() string { return filepath.Join(b.path, ledgerFile) }

// isLedger reports whether a file begins as a ledger does.
func isLedger(path string) bool {
	if !isFile(path) {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, len(ledgerBegin))
	_, err = io.ReadFull(f, begin)
	return err == nil && bytes.Equal(begin, []byte(ledgerBegin))
}

// Lineage returns the digest of an open version, and those of the versions that it
// was appended to, the nearest first, as far back as the store still has them.
func (s *Store) Lineage(b *Bundle) ([]string, error) {
	digests := []string{b.Digest()}
	for m := b.manifest; ; {
		account, err := m.Account()
		if err != nil {
			return nil, err
		}
		if account.Append == nil {
			return digests, nil
		}
		base := account.Append.Base
		for _, known := range digests {
			if known == base {
				return digests, nil // corrected back to what it was
			}
		}
		digests = append(digests, base)
		dir := s.bundle(b.Name()).version(strings.TrimPrefix(base, columnar.DigestPrefix))
		if !isFile(dir.manifest()) {
			return digests, nil
		}
		if m, err = readManifest(dir); err != nil {
			return nil, err
		}
	}
}
