package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"vigie/internal/breach"
)

// WithReferred adds to the names of WARC files those that hold the bodies which
// their revisit records refer to. fileOf finds the file of a record; one that is
// not known any more is left out.
func (v *Vault) WithReferred(ctx context.Context, names []string, fileOf func(record string) (string, error)) ([]string, error) {
	out := slices.Clone(names)
	for i := 0; i < len(out); i++ {
		records, err := v.referred(ctx, out[i])
		if err != nil {
			return nil, fmt.Errorf("following %s: %w", out[i], err)
		}
		for _, r := range records {
			file, err := fileOf(r)
			if errors.Is(err, breach.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if !slices.Contains(out, file) {
				out = append(out, file)
			}
		}
	}
	return out, nil
}

func (v *Vault) referred(ctx context.Context, name string) (records []string, err error) {
	rc, err := v.openPlain(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rc.Close() }()
	for in := NewReader(ctxReader{ctx, rc}); ; {
		r, err := in.Next()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return nil, errors.Join(ctx.Err(), err)
		}
		if to := r.Header.Value("WARC-Refers-To"); to != "" {
			records = append(records, to)
		}
	}
}
