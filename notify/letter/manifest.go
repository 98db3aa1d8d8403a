package letter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"vigie/internal/breach"
)

// Order is what a manifest tells the printer: the letters of one cut-off, whose
// time has passed, so that none of them is recalled any more.
type Order struct {
	Batch   string    `json:"batch"`
	CutOff  time.Time `json:"cut_off"`
	Pages   int       `json:"pages"`
	Sheets  int       `json:"sheets"`
	Letters []Slip    `json:"letters"`
}

const (
	// maxOrder bounds a manifest, in bytes: 10,000 slips.
	maxOrder = 16 << 20
	readers  = 16 // slips read at once
)

// Release writes the manifests of the letters whose cut-off has passed. It may
// be called at any time, by several processes too, and again after a crash: a
// manifest is written once, and a letter stands in one manifest. It returns the
// names of those it wrote.
func (s *Shelf) Release(ctx context.Context) ([]string, error) {
	marks := map[string][]string{} // by cut-off
	for info, err := range s.store.List(ctx, waiting, "") {
		if err != nil {
			return nil, err
		}
		cutOff, key, _ := strings.Cut(strings.TrimPrefix(info.Key, waiting), "/")
		marks[cutOff] = append(marks[cutOff], key)
	}
	var all []string
	for cutOff, keys := range marks {
		at, err := time.Parse(cutOffForm, cutOff)
		if err != nil || s.now().Before(at) {
			continue
		}
		names, err := s.release(ctx, cutOff, at, keys)
		all = append(all, names...)
		if err != nil {
			return all, fmt.Errorf("releasing the letters of %s: %w", cutOff, err)
		}
	}
	slices.Sort(all)
	return all, nil
}

func (s *Shelf) release(ctx context.Context, cutOff string, at time.Time, keys []string) (names []string, err error) {
	slips, err := s.leaving(ctx, at, keys)
	if err != nil {
		return nil, err
	}
	for n := 1; len(slips) > 0; {
		name := fmt.Sprintf("%s%s-%04d.json", manifests, cutOff, n)
		var there Order
		err := s.readJSON(ctx, name, maxOrder, &there)
		if errors.Is(err, breach.ErrNotFound) {
			part := slips[:min(len(slips), maxBatch)]
			o := Order{Batch: fmt.Sprintf("%s-%04d", cutOff, n), CutOff: at, Letters: part}
			for _, l := range part {
				o.Pages, o.Sheets = o.Pages+l.Pages, o.Sheets+l.Sheets
			}
			if _, err := s.putJSON(ctx, name, o); err != nil {
				return names, err
			}
			names = append(names, name)
			continue // read it back: another process may have been first
		}
		if err != nil {
			return names, err
		}
		in := map[string]bool{}
		for _, l := range there.Letters {
			in[l.Key] = true
			if err := s.store.Delete(ctx, waitingKey(l)); err != nil {
				return names, err
			}
		}
		slips = slices.DeleteFunc(slips, func(l Slip) bool { return in[l.Key] })
		n++
	}
	return names, nil
}

// leaving reads the slips of what waits, in the order of keys. A mark without a
// slip is of a hand-over that was cut off, or under way; one whose slip names
// another cut-off, or that was recalled, is dropped.
func (s *Shelf) leaving(ctx context.Context, at time.Time, keys []string) ([]Slip, error) {
	found := make([]Slip, len(keys))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for i, key := range keys {
		g.Go(func() error {
			slip, ok, err := s.Slip(ctx, key)
			if err != nil || !ok {
				return err
			}
			gone := s.notRecalled(ctx, key)
			if errors.Is(gone, breach.ErrInvalid) || slip.Key != key || !slip.CutOff.Equal(at) {
				return s.store.Delete(ctx, waitingKey(Slip{Key: key, CutOff: at}))
			}
			found[i] = slip
			return gone
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(l Slip) bool { return l.Key == "" })
	slices.SortFunc(found, func(a, b Slip) int { return cmp.Compare(a.Key, b.Key) })
	return found, nil
}
