package bundles

import "context"

// Path returns the folder of a version, whose bars.parquet other programs read. The
// reference and the errors are those of [Store.Open].
func (s *Store) Path(ctx context.Context, ref string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	r, err := parseReference(ref)
	if err != nil {
		return "", err
	}
	id, err := s.resolve(r)
	if err != nil {
		return "", err
	}
	return string(s.bundle(r.name).version(id)), nil
}
