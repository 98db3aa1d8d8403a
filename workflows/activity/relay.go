package activity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"vigie/crawlers/export"
	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/internal/store"
	"vigie/workflows"
)

// Hook is a system that is told what happens to alerts.
type Hook struct {
	URL    string
	Secret []byte
	Export export.Options
	Client *http.Client // its dialer guards which addresses may be reached
}

// What a delivery may cost.
const (
	relayBatch   = 50
	relayTimeout = 20 * time.Second
	relayAnswer  = 4 << 10 // bytes read of an answer, which says nothing more than its status
	// A step that a receiver has refused for this long is left out, and audited:
	// what comes after it must not wait for ever.
	relayGiveUp = 72 * time.Hour
)

// Relay tells a hook the steps that it has not taken yet, in order. Each is
// told until it is answered with 2xx, so at least once; the key of a step is
// the same each time. A receiver that fails is breach.ErrTemporary: the
// workflow waits and comes again. 410 Gone ends it.
func (s *Steps) Relay(ctx context.Context, in workflows.RelayInput) (workflows.RelayState, error) {
	h, ok := s.Hooks[in.Hook]
	if !ok {
		return workflows.RelayState{Gone: true}, nil
	}
	at, err := s.Store.Hook(ctx, in.Hook)
	if err != nil {
		return workflows.RelayState{}, kind(err)
	}
	steps, err := s.Store.Feed(ctx, at.Seq, relayBatch)
	if err != nil {
		return workflows.RelayState{}, kind(err)
	}
	for _, step := range steps {
		status, err := s.tell(ctx, in.Hook, h, step)
		if err != nil {
			return workflows.RelayState{Gone: status == http.StatusGone}, s.failed(ctx, at, step, status, err)
		}
		at = store.Hook{Name: in.Hook, Seq: step.Seq}
		if err := s.Store.SaveHook(ctx, at); err != nil {
			return workflows.RelayState{}, kind(err)
		}
	}
	return workflows.RelayState{More: len(steps) == relayBatch}, nil
}

// tell sends one step.
func (s *Steps) tell(ctx context.Context, name string, h Hook, step store.Change) (int, error) {
	a, err := s.Store.Alert(ctx, step.Alert)
	if err != nil {
		return 0, err
	}
	items, err := s.Items(ctx, []breach.Alert{a})
	if err != nil {
		return 0, err
	}
	items[0].Alert.State = step.State // as it was then
	body, err := export.HookBody(h.Export, items[0], step.Seq)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, relayTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("hook %s: its address is not one: %w", name, breach.ErrInvalid)
	}
	now := s.Now()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "vigie")
	req.Header.Set(export.HeaderKey, name+"-"+strconv.FormatInt(step.Seq, 10))
	req.Header.Set(export.HeaderTime, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(export.HeaderSign, export.Sign(h.Secret, now, body))
	resp, err := h.Client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, relayAnswer)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return resp.StatusCode, errors.New("refused")
	}
	return resp.StatusCode, nil
}

// failed notes a failure by its code, never by its words: an address may stand
// in them. The receiver's patience is not ours: after relayGiveUp the step is
// left out.
func (s *Steps) failed(ctx context.Context, at store.Hook, step store.Change, status int, cause error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	at.Failures++
	if at.Since.IsZero() {
		at.Since = s.Now()
	}
	at.Fault = "unreachable"
	var refused *breach.RefusedError
	switch {
	case status != 0:
		at.Fault = "status-" + strconv.Itoa(status)
	case errors.As(cause, &refused):
		at.Fault = refused.Code
	}
	giveUp := s.Now().Sub(at.Since) >= relayGiveUp
	if giveUp {
		at.Seq, at.Failures, at.Since = step.Seq, 0, time.Time{}
		if err := s.Store.Audit(ctx, store.Event{At: s.Now(), Who: "system:relay", Action: "hook.skip", Object: at.Name, Detail: fmt.Sprintf("seq=%d fault=%s", step.Seq, at.Fault)}); err != nil {
			return kind(err)
		}
	}
	if err := s.Store.SaveHook(ctx, at); err != nil {
		return kind(err)
	}
	if status == http.StatusGone || giveUp {
		return nil
	}
	s.Log.Warn("hook", "hook", at.Name, "fault", at.Fault, "failures", at.Failures)
	return fmt.Errorf("hook %s: %s: %w", at.Name, at.Fault, breach.ErrTemporary)
}

// Items gathers what is told of alerts.
func (s *Steps) Items(ctx context.Context, alerts []breach.Alert) ([]export.Item, error) {
	out := make([]export.Item, 0, len(alerts))
	anchors, err := s.stamped()
	if err != nil {
		return nil, err
	}
	for _, a := range alerts {
		x := export.Item{Alert: a}
		p, err := s.Store.Post(ctx, a.Post)
		if err != nil && !errors.Is(err, breach.ErrNotFound) {
			return nil, err
		}
		x.Title, x.Website, x.Country, x.Date, x.LastSeen = p.Title, p.Website, p.Country, p.Date, p.LastSeenAt
		if src, ok := s.Sources[a.Source]; ok {
			x.Site = src.URL
		}
		if x.Sightings, err = s.Store.Sightings(ctx, a.ID); err != nil {
			return nil, err
		}
		if c, err := s.Store.Capture(ctx, p.Capture); err == nil {
			x.Captures = []breach.Capture{c}
			if x.Stamp, err = s.stampOf(ctx, c.File, anchors); err != nil {
				return nil, err
			}
		} else if !errors.Is(err, breach.ErrNotFound) {
			return nil, err
		}
		if a.Incident != "" {
			if inc, err := s.Store.Incident(ctx, a.Incident); err == nil && inc.Dump != "" {
				d, _, err := s.Store.Dump(ctx, inc.Dump)
				if err != nil {
					return nil, err
				}
				x.Dump = &d
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// stamped lists the checkpoints that an authority has time-stamped, the oldest
// first.
func (s *Steps) stamped() ([]evidence.Checkpoint, error) {
	if s.Vault == nil {
		return nil, nil
	}
	all, err := s.Vault.Checkpoints()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(c evidence.Checkpoint) bool { return c.Token == nil }), nil
}

// stampOf is the first time stamp by which a WARC file was in the chain of
// custody; nil while there is none. What is stamped is the checkpoint: the
// bundle of the evidence proves that the file is under it.
func (s *Steps) stampOf(ctx context.Context, file string, anchors []evidence.Checkpoint) (*export.Stamp, error) {
	if len(anchors) == 0 {
		return nil, nil
	}
	links, err := s.Store.Custody(ctx, file)
	if err != nil || len(links) == 0 {
		return nil, err
	}
	for _, c := range anchors {
		if c.Size < links[0].Seq {
			continue
		}
		at, err := (*evidence.Authority)(nil).StampedAt(c.Token, c.Note)
		if err != nil {
			s.Log.Warn("a time stamp is not sound and not exported", "size", c.Size, "error", err)
			continue
		}
		certs, err := evidence.TokenCertificates(c.Token)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(c.Note)
		return &export.Stamp{Response: c.Token, Digest: hex.EncodeToString(sum[:]), At: at, Certs: certs}, nil
	}
	return nil, nil
}
