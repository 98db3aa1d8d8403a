package activity

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"vigie/crawlers"
	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/workflows"
)

// leaseLength is for how long a crawler that was killed keeps others away from
// its source. A living one asks for more three times in it.
const leaseLength = time.Minute

func (s *Steps) lease() time.Duration { return cmp.Or(s.Lease, leaseLength) }

// Known lists sources with what visits have taught, and when each is due.
func Known(ctx context.Context, st *store.Store, sources []breach.Source) ([]crawlers.Known, error) {
	raw, err := st.SourceMemories(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]crawlers.Known, len(sources))
	for i, src := range sources {
		m := &crawlers.Memory{}
		if b := raw[src.ID]; b != nil {
			if err := json.Unmarshal(b, m); err != nil {
				return nil, fmt.Errorf("reading what is known of source %s: %w", src.ID, err)
			}
		}
		out[i] = crawlers.Known{Source: src, Memory: m}
	}
	crawlers.Plan(out)
	return out, nil
}

// memory is what is known of one source.
func (s *Steps) memory(ctx context.Context, id breach.SourceID) (*crawlers.Memory, error) {
	sources := slices.SortedFunc(maps.Values(s.Sources), func(a, b breach.Source) int { return cmp.Compare(a.ID, b.ID) })
	known, err := Known(ctx, s.Store, sources)
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		if k.Source.ID == id {
			return k.Memory, nil
		}
	}
	return nil, fmt.Errorf("source %s is not configured: %w", id, breach.ErrInvalid)
}

// VisitSource visits a source as its only visitor and, unless it is only a
// check, keeps and learns what the visit brought. While another crawler is
// there it is a breach.ErrConflict.
func (s *Steps) VisitSource(ctx context.Context, src breach.Source, keep bool) (crawlers.Visit, workflows.CrawlResult, error) {
	holder := caller()
	if err := s.takeLease(ctx, src.ID, holder); err != nil {
		return crawlers.Visit{}, workflows.CrawlResult{}, err
	}
	var learnt []byte
	left := false
	defer func() {
		if !left { // also when the visit was cancelled
			_ = s.Store.LeaveSource(context.WithoutCancel(ctx), src.ID, holder, nil)
		}
	}()
	mem, err := s.memory(ctx, src.ID)
	if err != nil {
		return crawlers.Visit{}, workflows.CrawlResult{}, err
	}
	if mem.History, err = s.sourceHistory(ctx, src.ID); err != nil {
		return crawlers.Visit{}, workflows.CrawlResult{}, err
	}
	leased, stop := s.holding(ctx, src.ID, holder)
	defer stop()
	v, err := s.Crawler.Revisit(leased, src, mem)
	if err != nil {
		return v, workflows.CrawlResult{}, cmp.Or(lost(leased), err)
	}
	if !keep { // what was recorded is evidence all the same
		return v, workflows.CrawlResult{}, s.Store.SaveCaptures(leased, v.Captures)
	}
	out, err := s.Keep(leased, v)
	if err != nil {
		return v, out, cmp.Or(lost(leased), err)
	}
	if v.Taught != nil { // after the posts: a visit that was cut is made again
		if err := s.Store.KeepTaught(leased, src.ID, holder, v.Taught); err != nil {
			return v, out, cmp.Or(lost(leased), err)
		}
	}
	was := mem.Alarm
	mem.Note(v, out.New)
	s.sound(src, v, mem, was)
	if learnt, err = json.Marshal(mem); err != nil {
		return v, out, fmt.Errorf("keeping what is known of source %s: %w", src.ID, err)
	}
	left = true
	return v, out, s.Store.LeaveSource(ctx, src.ID, holder, learnt)
}

// knownPosts bounds the posts with which the history of a source begins.
const knownPosts = 10_000

// history is what a source's pages have taught, nil if the reader does not
// learn. One that cannot be read is begun anew with the posts that are known.
func (s *Steps) sourceHistory(ctx context.Context, id breach.SourceID) (crawlers.History, error) {
	learner, ok := s.Crawler.Reader.(crawlers.Learner)
	if !ok {
		return nil, nil
	}
	taught, err := s.Store.Taught(ctx, id)
	if err != nil {
		return nil, err
	}
	if taught != nil {
		h, err := learner.Recall(id, taught, nil)
		if err == nil {
			return h, nil
		}
		s.Log.Warn("what pages have taught is unreadable and begun anew", "source", id, "error", err)
	}
	known, err := s.Store.PostsOf(ctx, id, knownPosts)
	if err != nil {
		return nil, err
	}
	return learner.Recall(id, nil, known)
}

// AdmitSession gives a source the session that a person has opened, sealed with
// what visits have taught, and returns the circuit that visits will come by.
// Without cookies it only tells the circuit.
func (s *Steps) AdmitSession(ctx context.Context, src breach.Source, by breach.UserID, session []crawlers.Cookie) (string, error) {
	holder := caller()
	if err := s.takeLease(ctx, src.ID, holder); err != nil {
		return "", err
	}
	var learnt []byte
	defer func() { // nothing is learnt when this fails
		if learnt == nil {
			_ = s.Store.LeaveSource(context.WithoutCancel(ctx), src.ID, holder, nil)
		}
	}()
	mem, err := s.memory(ctx, src.ID)
	if err != nil {
		return "", err
	}
	circuit := mem.Circuit()
	if len(session) > 0 {
		mem.Admit(session)
		if err := s.Store.NoteSession(ctx, src.ID, by, len(session), src.Accounts); err != nil {
			return "", err
		}
	}
	if learnt, err = json.Marshal(mem); err != nil {
		return "", fmt.Errorf("keeping the session of source %s: %w", src.ID, err)
	}
	return circuit, s.Store.LeaveSource(ctx, src.ID, holder, learnt)
}

// holding prolongs a lease until stop is called. Its context ends with the
// lease: a clock that jumped may have given it to another.
func (s *Steps) holding(ctx context.Context, id breach.SourceID, holder string) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		t := time.NewTicker(s.lease() / 3)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				if err := s.Store.KeepSource(ctx, id, holder, s.Now(), s.lease()); errors.Is(err, breach.ErrConflict) {
					cancel(err)
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

// lost is the loss of a lease that ended a visit, if that was it.
func lost(ctx context.Context) error {
	if err := context.Cause(ctx); errors.Is(err, breach.ErrConflict) {
		return err
	}
	return nil
}

// sound logs how a source's alarm changed: once when it begins, once when it
// ends. The console and `vigie source list` show it as long as it stands.
func (s *Steps) sound(src breach.Source, v crawlers.Visit, m *crawlers.Memory, was string) {
	switch {
	case m.Alarm != "" && m.Alarm != was:
		s.Log.Warn("source", "source", src.ID, "alarm", m.Alarm, "state", v.State, "fault", v.Fault, "good_at", m.GoodAt)
	case m.Alarm == "" && was != "":
		s.Log.Info("source", "source", src.ID, "alarm", "ended", "was", was)
	}
	if v.Change.Drift != "" {
		s.Log.Warn("source", "source", src.ID, "drift", v.Change.Drift, "posts", len(v.Posts))
	}
}
