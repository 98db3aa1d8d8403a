package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Departure is somebody who is in the registry no more, and how they were in
// the last version that knew them.
type Departure struct {
	Record  matchers.Record
	Subject breach.Subject
	Version int       // the first one without them
	At      time.Time // when that was imported
}

// Departed streams the people who have left and whose retention has not ended,
// so that linkage can find them too. The order tells nothing. It stops at the
// first error.
func (r *Registry) Departed() iter.Seq2[Departure, error] {
	return func(yield func(Departure, error) bool) {
		times, err := r.timeline()
		if err != nil {
			yield(Departure{}, err)
			return
		}
		for s, err := range r.stays() {
			if err == nil && s.box == nil {
				continue
			}
			var d Departure
			if err == nil {
				d, err = r.departure(s, times)
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func (r *Registry) departure(s stay, times timeline) (Departure, error) {
	b, err := parseBox(s.box, &r.meta.Manifest)
	if err != nil {
		return Departure{}, fmt.Errorf("reading the past of registry %s: %w", r.cur.Name, err)
	}
	return Departure{Record: b.record, Subject: b.subject, Version: s.left, At: times.date(s.left)}, nil
}

// Departure tells when somebody left; breach.ErrNotFound if the registry knows
// nobody of that id who did, or who is not here. It reads the past up to them.
func (r *Registry) Departure(ctx context.Context, id breach.PersonID) (Departure, error) {
	digest, n := r.keys.clone().id(string(id)), 0
	for s, err := range r.stays() {
		if err != nil {
			return Departure{}, err
		}
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return Departure{}, ctx.Err()
		}
		if digest.before(s.digest) {
			break
		}
		if s.digest == digest && s.box != nil {
			times, err := r.timeline()
			if err != nil {
				return Departure{}, err
			}
			return r.departure(s, times)
		}
	}
	return Departure{}, fmt.Errorf("who left registry %s: %w", r.cur.Name, breach.ErrNotFound)
}

// Departures finds those of a few people who have left, in one pass over the
// past; who has not, or is forgotten, is not in the answer.
func (r *Registry) Departures(ctx context.Context, ids []breach.PersonID) (map[breach.PersonID]Departure, error) {
	out := make(map[breach.PersonID]Departure, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	d, wanted := r.keys.clone(), make(map[idDigest]breach.PersonID, len(ids))
	for _, id := range ids {
		wanted[d.id(string(id))] = id
	}
	times, err := r.timeline()
	if err != nil {
		return nil, err
	}
	n := 0
	for s, err := range r.stays() {
		if err != nil {
			return nil, err
		}
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if id, ok := wanted[s.digest]; ok && s.box != nil {
			if out[id], err = r.departure(s, times); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// AsOf streams who was in the registry at a moment, as the controller needs it
// who knows that everything was taken then. It tells people by what is known of
// them last: changed rows are given as they are now. A moment before the first
// version, or whose departures the retention has taken, is refused as
// "before-history". People here now come in the order of the import, then those
// who have left.
func (r *Registry) AsOf(at time.Time) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		err := r.asOf(at, func(rec matchers.Record) bool { return yield(rec, nil) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(matchers.Record{}, err)
		}
	}
}

func (r *Registry) asOf(at time.Time, yield func(matchers.Record) bool) error {
	times, err := r.timeline()
	if err != nil {
		return err
	}
	version := times.at(at)
	if version == 0 {
		return refuse("before-history", fmt.Sprintf("registry %s at %s", r.cur.Name, at.Format(time.DateOnly)),
			"its history begins on "+times[0].BuiltAt.Format(time.DateOnly))
	}
	came, err := r.cameAfter(version)
	if err != nil {
		return err
	}
	d := r.keys.clone()
	for rec, err := range r.Records() {
		if err != nil {
			return err
		}
		if len(came) > 0 {
			if _, absent := slices.BinarySearchFunc(came, d.id(rec.ID), idDigest.compare); absent {
				continue
			}
		}
		if !yield(rec) {
			return errStopped
		}
	}
	return r.leftAfter(version, yield)
}

// cameAfter finds who is here now and was not in a version: sorted, 12 bytes
// each.
func (r *Registry) cameAfter(version int) (came []idDigest, err error) {
	if version == r.cur.Version {
		return nil, nil
	}
	for p, err := range r.residents() {
		if err != nil {
			return nil, err
		}
		if p.since > version {
			came = append(came, p.digest())
		}
	}
	kept, next := came[:0], 0
	for s, err := range r.stays() {
		if err != nil {
			return nil, err
		}
		if s.from > version || version >= s.left {
			continue
		}
		for ; next < len(came) && came[next].before(s.digest); next++ {
			kept = append(kept, came[next])
		}
		if next < len(came) && came[next] == s.digest {
			next++ // was there, left and came back
		}
	}
	return append(kept, came[next:]...), nil
}

// leftAfter yields who was in a version and is in the registry no more. The
// stays of one person lie side by side, and the one with the box is the last.
func (r *Registry) leftAfter(version int, yield func(matchers.Record) bool) error {
	var was idDigest
	found := false
	for s, err := range r.stays() {
		if err != nil {
			return err
		}
		if s.digest != was {
			was, found = s.digest, false
		}
		found = found || s.from <= version && version < s.left
		if s.box == nil || !found {
			continue
		}
		b, err := parseBox(s.box, &r.meta.Manifest)
		if err != nil {
			return fmt.Errorf("reading the past of registry %s: %w", r.cur.Name, err)
		}
		if !yield(b.record) {
			return errStopped
		}
	}
	return nil
}

// timeline reads the dates of the versions.
func (r *Registry) timeline() (t timeline, err error) {
	err = r.read(pastFile, func(src io.Reader) error {
		p, err := newPastReader(src)
		if err == nil {
			t = p.times
		}
		if err == nil && len(t) == 0 {
			err = errPast
		}
		return err
	})
	return t, err
}

// stays streams the past, sorted by digest.
func (r *Registry) stays() iter.Seq2[stay, error] {
	return func(yield func(stay, error) bool) {
		err := r.read(pastFile, func(src io.Reader) error {
			p, err := newPastReader(src)
			if err != nil {
				return err
			}
			for {
				s, err := p.next()
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err != nil {
					return err
				}
				if !yield(s, nil) {
					return errStopped
				}
			}
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(stay{}, fmt.Errorf("reading the past of registry %s: %w", r.cur.Name, err))
		}
	}
}

// Purge forgets the people whose retention has ended, and says how many. It
// rewrites the past alone. An import does the same.
func Purge(dir string, keys Sealer, now time.Time) (forgotten int64, err error) {
	unlock, err := lock(dir)
	if err != nil {
		return 0, err
	}
	defer unlock()
	r, err := Open(dir, keys)
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	horizon := now.AddDate(0, 0, -r.meta.Manifest.RetentionDays)
	times, err := r.timeline()
	if err != nil {
		return 0, err
	}
	write := func(w io.Writer) error {
		p, err := newPastWriter(w, times.since(horizon))
		if err != nil {
			return err
		}
		for s, err := range r.stays() {
			if err != nil {
				return err
			}
			if times.date(s.left).Before(horizon) {
				forgotten++
				continue
			}
			if err := p.put(s); err != nil {
				return err
			}
		}
		return nil
	}
	if _, err := replaceFile(filepath.Join(r.dir, pastFile), sealTo(r.vault, r.cur.blob(pastFile), write)); err != nil {
		return 0, fmt.Errorf("purging registry %s: %w", r.cur.Name, err)
	}
	if !r.meta.Info.BuiltAt.Before(horizon) {
		return forgotten, nil
	}
	// The version before still holds whoever left with this one.
	before := current{Schema: r.cur.Schema, Name: r.cur.Name, Version: r.cur.Version - 1}
	return forgotten, os.RemoveAll(filepath.Join(dir, before.dir()))
}
