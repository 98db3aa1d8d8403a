package activity

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
	"vigie/workflows"
)

// sampler draws pairs of one matching. Its secret is the keyring's: whoever
// writes a dump cannot choose what is drawn, and a second run draws the same.
func (s *Steps) sampler(in workflows.MatchInput) *linkage.Sampler {
	if s.Pairs <= 0 {
		return nil
	}
	return linkage.NewSampler(s.Keys.Secret("linkage sample "+string(in.Incident)+" "+string(in.Registry)), s.Pairs)
}

// Models keeps the refined models of registries.
type Models interface {
	LinkageModel(ctx context.Context, registry breach.RegistryID, version string) (breach.LinkageModel, error)
}

// Refined is the refined model of a registry that is in force, nil for none.
func Refined(ctx context.Context, from Models, id breach.RegistryID) (*linkage.Model, error) {
	m, err := from.LinkageModel(ctx, id, "")
	if errors.Is(err, breach.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readModel(m)
}

func readModel(m breach.LinkageModel) (*linkage.Model, error) {
	out := new(linkage.Model)
	if err := out.UnmarshalJSON([]byte(m.Body)); err != nil {
		return nil, fmt.Errorf("model %s of registry %s: %w", m.Version, m.Registry, err)
	}
	return out, nil
}

// keepSample keeps what was drawn, and the numbers of the model that weighed it.
// No row is kept: most of them are strangers' (decisions.md 11), and whoever
// judges a pair reads it from the sealed dump while that is there.
func (s *Steps) keepSample(ctx context.Context, in workflows.MatchInput, m *linkage.Model, sampler *linkage.Sampler) error {
	if sampler == nil {
		return nil
	}
	var list []breach.SampledPair
	place := map[int]int{}
	for _, d := range sampler.Drawn() {
		list = append(list, breach.SampledPair{
			ID:       breach.PairID("smp_" + s.Keys.Digest("sampled pair", string(in.Incident), string(in.Registry), d.Table, fmt.Sprint(d.Row), d.Person)[:24]),
			Incident: in.Incident, Registry: in.Registry, Person: breach.PersonID(d.Person), Table: d.Table, Row: d.Row,
			Stratum: d.Stratum, Place: place[d.Stratum], Rank: d.Rank, Inclusion: d.Inclusion, Of: d.Of,
			Weight: d.Weight, Probability: d.Probability, Band: d.Band, Levels: d.Levels, Model: m.Version, State: breach.PairOpen,
		})
		place[d.Stratum]++
	}
	if len(list) == 0 {
		return nil
	}
	body, err := m.Bare().MarshalJSON()
	if err != nil {
		return err
	}
	if err := s.Store.KeepModel(ctx, breach.LinkageModel{Registry: in.Registry, Version: m.Version, Base: m.Base(), Body: string(body), MadeBy: "system:matchers", MadeAt: s.Now().UTC()}); err != nil {
		return err
	}
	return s.Store.SaveSample(ctx, in.Incident, list)
}

// sampledRows holds the rows of one incident's open pairs in memory while people
// judge them.
type sampledRows struct {
	mu       sync.Mutex
	incident breach.IncidentID
	done     chan struct{} // closed once they are read
	rows     map[sampledAt]matchers.Record
	err      error
	forget   *time.Timer
}

type sampledAt struct {
	table string
	row   int64
}

const (
	// sampleKept is how long rows stay in memory after they were read.
	sampleKept = 30 * time.Minute
	// samplePatience is how long somebody who asks for a row waits for a large dump
	// before they are told to ask again.
	samplePatience = 5 * time.Second
	// sampleReading bounds the reading of a dump for its sample.
	sampleReading = 2 * time.Hour
)

// SampledRow reads the row of a pair that waits for verdicts from the sealed
// dump. A large one takes a while: breach.ErrTemporary says to ask again. The
// rows of the whole sample come with it, in memory alone, for half an hour.
func (s *Steps) SampledRow(ctx context.Context, id breach.PairID) (matchers.Record, error) {
	var none matchers.Record
	p, err := s.Store.SampledPair(ctx, id)
	if err != nil {
		return none, err
	}
	if p.State != breach.PairOpen {
		return none, fmt.Errorf("pair %s is settled and no longer says which row it was: %w", id, breach.ErrNotFound)
	}
	c := &s.sampled
	c.mu.Lock()
	if c.incident != p.Incident || c.done == nil {
		c.begin(ctx, s, p.Incident)
	}
	done := c.done
	c.mu.Unlock()
	wait := time.NewTimer(samplePatience)
	defer wait.Stop()
	select {
	case <-done:
	case <-ctx.Done():
		return none, ctx.Err()
	case <-wait.C:
		return none, fmt.Errorf("reading the sample of %s from its dump: %w", p.Incident, breach.ErrTemporary)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done != done {
		return none, fmt.Errorf("another sample is being judged: %w", breach.ErrTemporary)
	}
	if c.err != nil {
		err := c.err
		c.clear()
		return none, err
	}
	row, ok := c.rows[sampledAt{p.Table, p.Row}]
	if !ok {
		return none, fmt.Errorf("row %d of pair %s is not in the dump: %w", p.Row, id, breach.ErrNotFound)
	}
	return row, nil
}

// begin starts to read, with the lock held.
func (c *sampledRows) begin(ctx context.Context, s *Steps, incident breach.IncidentID) {
	c.clear()
	done := make(chan struct{})
	c.incident, c.done = incident, done
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sampleReading) // the next who asks finds it read
		defer cancel()
		rows, err := s.readSample(ctx, incident)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.done == done {
			c.rows, c.err = rows, err
			c.forget = time.AfterFunc(sampleKept, func() {
				c.mu.Lock()
				defer c.mu.Unlock()
				if c.done == done {
					c.clear()
				}
			})
		}
		close(done)
	}()
}

// clear lets go of the rows, with the lock held.
func (c *sampledRows) clear() {
	if c.forget != nil {
		c.forget.Stop()
	}
	c.incident, c.done, c.rows, c.err, c.forget = "", nil, nil, nil, nil
}

// readSample reads the dump up to the last row of an open pair.
func (s *Steps) readSample(ctx context.Context, incident breach.IncidentID) (map[sampledAt]matchers.Record, error) {
	pairs, err := s.Store.OpenPairs(ctx, incident)
	if err != nil {
		return nil, err
	}
	want := map[sampledAt]bool{}
	for _, p := range pairs {
		want[sampledAt{p.Table, p.Row}] = true
	}
	layout, err := s.layout(ctx, incident)
	if err != nil {
		return nil, err
	}
	src, err := s.Vault.OpenDump(ctx, dumpID(incident), "system:matchers", "judging a sample of pairs")
	if err != nil {
		return nil, err
	}
	defer func() { _ = src.Close() }()
	rows := make(map[sampledAt]matchers.Record, len(want))
	for rec, err := range s.Dumps.Records(ctx, src, layout) {
		var refused *breach.RefusedError
		if errors.As(err, &refused) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading the sample of %s: %w", incident, err)
		}
		if at := (sampledAt{rec.Table, rec.Row}); want[at] {
			rows[at] = rec
			if len(rows) == len(want) {
				break
			}
		}
	}
	return rows, nil
}
