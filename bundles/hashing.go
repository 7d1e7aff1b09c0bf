package bundles

import (
	"context"

	"github.com/bowstring-engine/bowstring/columnar"
)

// hashing is the hashes of a Frame while they are computed, beside the writing
// of its bars: one takes the processors, the other the disk.
type hashing struct {
	cancel context.CancelFunc
	done   chan struct{}
	hashes [][]columnar.ColumnDigest
	err    error
}

// hash computes the hashes and the digest of the content.
func (c *content) hash(ctx context.Context) (err error) {
	if c.hashes, err = columnar.ColumnDigestsContext(ctx, c.frame); err != nil {
		return err
	}
	c.digest = columnar.DigestOf(c.frame, c.hashes)
	return nil
}

// hashAside begins to compute the hashes, which settle waits for. The caller
// calls end, which waits too, before the Frame goes.
func (c *content) hashAside(ctx context.Context) (end func()) {
	h := &hashing{done: make(chan struct{})}
	ctx, h.cancel = context.WithCancel(ctx)
	go func() {
		defer close(h.done)
		h.hashes, h.err = columnar.ColumnDigestsContext(ctx, c.frame)
	}()
	c.pending = h
	return func() {
		h.cancel()
		<-h.done
	}
}

// settle waits until the hashes and the digest are known.
func (c *content) settle() error {
	h := c.pending
	if h == nil {
		return nil
	}
	<-h.done
	if h.err != nil {
		return h.err
	}
	c.pending, c.hashes, c.digest = nil, h.hashes, columnar.DigestOf(c.frame, h.hashes)
	return nil
}

// mayExist reports whether a Frame may be the current version of a bundle: it
// has as many assets and rows. What it says decides how the Frame is published
// and not what the outcome is.
func mayExist(b bundleDir, frame *columnar.Frame) bool {
	marker, err := readMarker(b)
	if err != nil {
		return false
	}
	m, err := readManifest(b.version(marker.Current))
	return err == nil && m.Rows == int64(frame.NumRows()) && len(m.Assets) == frame.NumAssets()
}
