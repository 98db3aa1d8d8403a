package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/internal/evidence/bundle"
)

// Export is what a judicial requisition asks for.
type Export struct {
	Incident breach.IncidentID
	To       string // age recipient of whoever asked
	By       string // who exports
	Reason   string // such as the number of the requisition
	Dump     bool   // the stolen file as well
	All      bool   // every visit while the post stood there, not those that frame it
	WACZ     bool   // for replay viewers as well
}

// Exported is what came of it.
type Exported struct {
	Digest    string    `json:"digest"` // "sha256:<hex>" of the encrypted bundle
	Bytes     int64     `json:"bytes"`
	Files     int       `json:"files"`
	Links     int       `json:"links"` // of the chain of custody
	Size      int64     `json:"checkpoint"`
	StampedAt time.Time `json:"stamped_at"` // zero where there is no time stamp
}

// Export writes the evidence of an incident, encrypted, to w. Custody knows
// before the first byte leaves, so that the export stands in the chain that it
// carries; and once more of the whole, when it is written.
func (a *App) Export(ctx context.Context, w io.Writer, x Export) (out Exported, err error) {
	to, err := age.ParseRecipients(strings.NewReader(x.To))
	if err != nil {
		return out, &breach.RefusedError{Code: "bad-recipient", What: "--to", Hint: "want an age recipient, age1..."}
	}
	c, err := a.exhibits(ctx, x)
	if err != nil {
		return out, err
	}
	if c, err = a.proven(ctx, c, x); err != nil {
		return out, err
	}
	m := &tally{w: w, sum: sha256.New()}
	sealed, err := age.Encrypt(m, to...)
	if err != nil {
		return out, fmt.Errorf("encrypting the bundle: %w", err)
	}
	if err := bundle.Write(ctx, sealed, c); err != nil {
		return out, err
	}
	if err := sealed.Close(); err != nil {
		return out, fmt.Errorf("encrypting the bundle: %w", err)
	}
	out = Exported{Digest: "sha256:" + hex.EncodeToString(m.sum.Sum(nil)), Bytes: m.n, Files: len(c.Files),
		Links: len(c.Chain), Size: c.Point.Size, StampedAt: c.Stamped}
	return out, a.Store.AddCustody(ctx, breach.Custody{Subject: string(x.Incident), Event: "exported", Who: x.By,
		Why: x.Reason + " · bundle written", Digest: out.Digest, At: now()})
}

// exhibits gathers the files of an incident.
func (a *App) exhibits(ctx context.Context, x Export) (bundle.Content, error) {
	c := bundle.Content{Reason: x.Reason, By: x.By, At: now(), WACZ: x.WACZ, Software: "vigie " + Version, Key: a.Store.CustodyVerifierKey()}
	var err error
	if c.Incident, err = a.Store.Incident(ctx, x.Incident); err != nil {
		return c, err
	}
	names, title, err := a.visits(ctx, c.Incident, x.All)
	if err != nil {
		return c, err
	}
	c.Title = title
	held, err := a.Store.Held(ctx)
	if err != nil {
		return c, err
	}
	for _, name := range names {
		captures, err := a.Store.CapturesIn(ctx, name)
		if err != nil {
			return c, err
		}
		c.Files = append(c.Files, bundle.File{Name: name, Digest: held[name], Captures: captures,
			Open: func() (io.ReadCloser, error) { return a.Vault.OpenWARC(name) }})
	}
	if !x.Dump {
		return c, nil
	}
	id := c.Incident.Dump
	if held[string(id)] == "" {
		return c, &breach.RefusedError{Code: "no-dump", What: "incident " + string(x.Incident), Hint: "no stolen file is held for it, or it was purged"}
	}
	c.Dump = &bundle.File{Name: string(id), Digest: held[string(id)],
		Open: func() (io.ReadCloser, error) { return a.Vault.OpenDump(ctx, id, x.By, "export: "+x.Reason) }}
	return c, nil
}

// visits chooses the WARC files that show an incident's post: the visit before
// it stood there, the first and the last that saw it, the one after; or all of
// these. Files that they refer to for unchanged bodies come along.
func (a *App) visits(ctx context.Context, inc breach.Incident, all bool) (names []string, title string, err error) {
	alert, err := a.Store.Alert(ctx, inc.Alert)
	if errors.Is(err, breach.ErrNotFound) {
		return nil, "", nil // opened without an alert
	}
	if err != nil {
		return nil, "", err
	}
	post, err := a.Store.Post(ctx, alert.Post)
	if err != nil {
		return nil, "", err
	}
	first, err := a.Store.Capture(ctx, post.Capture)
	if err != nil {
		return nil, "", err
	}
	last := first.At
	if post.LastSeenAt.After(last) {
		last = post.LastSeenAt
	}
	span, err := a.Store.CapturesAround(ctx, first.Source, first.URL, first.At, last, 0)
	if err != nil {
		return nil, "", err
	}
	if !all {
		span = framing(span, first, last)
	}
	for _, c := range append(span, first) {
		if c.File != "" && !slices.Contains(names, c.File) {
			names = append(names, c.File)
		}
	}
	names, err = a.Vault.WithReferred(ctx, names, func(record string) (string, error) {
		return a.Store.FileOf(ctx, first.Source, record)
	})
	return names, post.Title, err
}

// framing picks from captures in order of time.
func framing(span []breach.Capture, first breach.Capture, last time.Time) (out []breach.Capture) {
	for i, c := range span {
		before := i+1 < len(span) && c.At.Before(first.At) && !span[i+1].At.Before(first.At)
		newest := !c.At.After(last) && (i+1 == len(span) || span[i+1].At.After(last))
		if before || newest || c.ID == first.ID || c.At.After(last) {
			out = append(out, c)
		}
	}
	return out
}

// proven tells custody of the export, signs the chain and adds the proofs. A
// time stamp that cannot be had now does not hold the export up.
func (a *App) proven(ctx context.Context, c bundle.Content, x Export) (bundle.Content, error) {
	to := sha256.Sum256([]byte(x.To))
	why := x.Reason + " · to the holder of the age key " + hex.EncodeToString(to[:8])
	subjects := []string{string(x.Incident)}
	for _, f := range c.Files {
		subjects = append(subjects, f.Name)
	}
	if c.Dump != nil {
		subjects = append(subjects, c.Dump.Name)
	}
	for _, s := range subjects {
		if err := a.Store.AddCustody(ctx, breach.Custody{Subject: s, Event: "exported", Who: x.By, Why: why, At: c.At}); err != nil {
			return c, err
		}
	}
	point, err := a.Anchor(ctx)
	if err != nil && point.Note == nil {
		return c, err
	}
	if err != nil {
		a.Log.Warn("the export's checkpoint is not anchored as configured", "error", err)
	}
	c.Point = point
	if point.Token != nil {
		if c.Stamped, err = new(evidence.Authority).StampedAt(point.Token, point.Note); err != nil {
			return c, err
		}
	}
	if c.Incident.Dump != "" && c.Dump == nil {
		subjects = append(subjects, string(c.Incident.Dump)) // its chain, without it
	}
	c.Chain, err = a.Store.ProveCustody(ctx, subjects, point.Size)
	slices.SortFunc(c.Chain, func(x, y breach.Inclusion) int { return int(x.Seq - y.Seq) })
	return c, err
}

// tally counts and digests what is written.
type tally struct {
	w   io.Writer
	sum hash.Hash
	n   int64
}

func (t *tally) Write(p []byte) (int, error) {
	n, err := t.w.Write(p)
	_, _ = t.sum.Write(p[:n])
	t.n += int64(n)
	return n, err
}
