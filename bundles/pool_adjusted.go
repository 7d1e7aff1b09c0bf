package bundles

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/bowstring-engine/bowstring/columnar"
)

// AcquireAdjusted is [Pool.Acquire] of the bars adjusted by their events, as
// [Bundle.Adjusted] does; mode "" is the default for the version, and where the
// bars are stored so, the Bundle is that of Acquire. Adjusted bars are kept in
// the pool like an open version, by the same bounds, so that adjusting is done
// once however often they are asked for.
//
// Errors are those of Acquire and of Adjusted, and are not kept.
func (p *Pool) AcquireAdjusted(ctx context.Context, ref string, mode columnar.Adjustment) (*Bundle, error) {
	raw, err := p.Acquire(ctx, ref)
	if err != nil {
		return nil, err
	}
	mode = cmp.Or(mode, raw.frame.DefaultAdjustment())
	if mode == raw.frame.Info().Adjusted {
		return raw, nil
	}
	defer raw.Close()
	key := raw.pooled.Key()
	key.adjust = mode
	// As in Acquire, the work serves all who wait for it.
	h, err := p.shared.Acquire(ctx, key, func() (*Bundle, int64, error) {
		b, err := raw.Adjusted(context.WithoutCancel(ctx), mode, p.open)
		if err != nil {
			return nil, 0, err
		}
		return b, b.manifest.columnBytes(), nil
	})
	switch {
	case errors.Is(err, ErrClosed):
		return nil, fmt.Errorf("bundle %q: the pool is %w", ref, err)
	case err != nil:
		return nil, err
	}
	if r, err := parseReference(ref); err == nil && r.prefix == "" {
		p.dropIfOutdated(key)
	}
	b := h.Value()
	return &Bundle{name: b.name, manifest: b.manifest, frame: b.frame, pooled: h}, nil
}
