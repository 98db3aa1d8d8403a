package activity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/matchers"
	"vigie/matchers/linkage"
	"vigie/matchers/registry"
)

// Registries opens the protected registries under a directory, each once, and
// keeps the linkage index and the trained models sealed beside their version.
type Registries struct {
	Dir  string
	Keys *seal.Keyring
	// Seen remembers versions outside Dir, so that files that were copied back
	// there are refused; nil: nobody does.
	Seen Seen
	// Models has the refined models of registries; nil: none was refined.
	Models Models

	mu   sync.Mutex
	open map[breach.RegistryID]*Protected
}

// Seen is who remembers the newest version of every registry.
type Seen interface {
	SeeRegistry(ctx context.Context, id breach.RegistryID, version int, digest string, at time.Time) error
}

// seePatience bounds how long opening a registry waits for who remembers it.
const seePatience = 30 * time.Second

// see refuses a version that was put back.
func (r *Registries) see(reg *registry.Registry) error {
	if r.Seen == nil {
		return nil
	}
	mark, err := reg.Mark()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), seePatience) // opening has no context: it is short and done once a version
	defer cancel()
	return r.Seen.SeeRegistry(ctx, reg.Info().Name, reg.Info().Version, mark, time.Now().UTC())
}

// Protected is an open registry with what linkage made of it.
type Protected struct {
	*registry.Registry

	mu    sync.Mutex
	index *linkage.Index
	base  atomic.Pointer[linkage.Model] // as people's judgements refined it
}

// Open returns the version of a registry that is in force, opening it when it
// has not been. Whoever holds an older version goes on reading that one; its
// files close when nobody does. A registry that is not here is
// breach.ErrTemporary: somebody may import it.
func (r *Registries) Open(id breach.RegistryID) (*Protected, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	dir := filepath.Join(r.Dir, string(id))
	version, err := registry.InForce(dir)
	if errors.Is(err, breach.ErrNotFound) {
		return nil, fmt.Errorf("opening registry %s: not imported on this machine: %w: %w", id, breach.ErrTemporary, err)
	}
	if err != nil {
		return nil, err
	}
	if p := r.open[id]; p != nil && p.Info().Version == version {
		return p, r.refine(p)
	}
	reg, err := registry.Open(dir, r.Keys)
	if err != nil {
		return nil, err
	}
	if name := reg.Info().Name; name != id {
		_ = reg.Close()
		return nil, &breach.RefusedError{Code: "other-registry", What: "registry " + string(id),
			Hint: "its directory holds registry " + string(name) + ": bring each back to its own place"}
	}
	if err := r.see(reg); err != nil {
		_ = reg.Close()
		return nil, err
	}
	if r.open == nil {
		r.open = map[breach.RegistryID]*Protected{}
	}
	p := &Protected{Registry: reg}
	r.open[id] = p
	return p, r.refine(p)
}

// refine takes the refined model that is in force now.
func (r *Registries) refine(p *Protected) error {
	if r.Models == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), seePatience)
	defer cancel()
	m, err := Refined(ctx, r.Models, p.Info().Name)
	if err == nil {
		p.base.Store(m)
	}
	return err
}

// List names the registries on this machine.
func (r *Registries) List() ([]breach.RegistryID, error) { return registry.List(r.Dir) }

// Index returns the linkage index of the registry's version, building and
// sealing it the first time.
func (p *Protected) Index(ctx context.Context) (*linkage.Index, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.index != nil {
		return p.index, nil
	}
	ix, err := p.openIndex()
	if err == nil {
		p.index = ix
		return ix, nil
	}
	if !errors.Is(err, breach.ErrNotFound) && !errors.Is(err, breach.ErrInvalid) {
		return nil, fmt.Errorf("opening the index of registry %s: %w", p.Info().Name, err)
	}
	// Absent, or written by another release: it is derived from the records.
	if err := p.reindex(ctx); err != nil {
		return nil, err
	}
	return p.index, nil
}

// reindex writes the index anew and opens it.
func (p *Protected) reindex(ctx context.Context) error {
	spool, err := p.Spool()
	if err != nil {
		return fmt.Errorf("indexing registry %s: %w", p.Info().Name, err)
	}
	defer func() { _ = spool.Close() }()
	err = p.Seal(indexName, func(w io.Writer) error {
		_, err := linkage.Write(ctx, w, p.Everybody(), spool)
		return err
	})
	if err == nil {
		p.index, err = p.openIndex()
	}
	if err != nil {
		return fmt.Errorf("indexing registry %s: %w", p.Info().Name, err)
	}
	return nil
}

// Options are the team's choices for this registry: its NIRs are compared only
// where its manifest states by what right, and its refined model is begun with.
func (p *Protected) Options(opt linkage.Options) linkage.Options {
	opt.NIR = p.Manifest().NIRBasis != ""
	opt.Base = p.base.Load()
	return opt
}

// Everybody streams who is in the registry and who has left it and may still be
// found: that somebody is no longer followed does not make their data safe.
func (p *Protected) Everybody() iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		for rec, err := range p.Records() {
			if !yield(rec, err) || err != nil {
				return
			}
		}
		for gone, err := range p.Departed() {
			if !yield(gone.Record, err) || err != nil {
				return
			}
		}
	}
}

const indexName = "index"

func (p *Protected) openIndex() (*linkage.Index, error) {
	at, _, err := p.UnsealAt(indexName) // the file closes when the index is let go of
	if err != nil {
		return nil, err
	}
	return linkage.Open(at, at.Size(), 0)
}

// Forget forgets the people who left a registry and whose retention has ended,
// in its past and in its index, and says how many. A server that runs goes on
// with the index it has opened until it is started again.
func (r *Registries) Forget(ctx context.Context, id breach.RegistryID, now time.Time) (int64, error) {
	n, err := registry.Purge(filepath.Join(r.Dir, string(id)), r.Keys, now)
	if err != nil || n == 0 {
		return n, err
	}
	p, err := r.Open(id)
	if err != nil {
		return n, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return n, p.reindex(ctx)
}

// Model returns the parameters frozen for an incident, learning them the first
// time: a matching that is run again gives the same answer.
func (p *Protected) Model(id breach.IncidentID, train func() (*linkage.Model, error)) (*linkage.Model, error) {
	if m, err := p.Frozen(string(id)); err == nil {
		return m, nil
	}
	m, err := train()
	if err != nil {
		return nil, err
	}
	return m, p.Freeze(string(id), m)
}

// Frozen returns a model that was frozen with this version of the registry.
func (p *Protected) Frozen(name string) (*linkage.Model, error) {
	m := new(linkage.Model)
	err := p.Unseal("model-"+name, func(r io.Reader) error {
		raw, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return m.UnmarshalJSON(raw)
	})
	return m, err
}

// Freeze seals a model beside the index.
func (p *Protected) Freeze(name string, m *linkage.Model) error {
	return p.Seal("model-"+name, func(w io.Writer) error {
		raw, err := m.MarshalJSON()
		if err != nil {
			return err
		}
		_, err = w.Write(raw)
		return err
	})
}
