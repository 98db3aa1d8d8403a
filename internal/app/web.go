package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console"
	"vigie/internal/store"
	"vigie/matchers"
	"vigie/notify"
	"vigie/notify/wording"
	"vigie/workflows/activity"
)

// Web is the console, listening.
type Web struct {
	URL       string
	PublicURL string // of what strangers may reach; "" when it is not served
	servers   []*http.Server
}

// Console starts the watch team's console.
func (a *App) Console(ctx context.Context, w *Work) (*Web, error) {
	cfg := console.Config{
		Store: desk{a.Store}, Sessions: a.Store.SessionStore(),
		People: people{a}, Records: people{a}, Rows: a.Steps, Auditor: desk{a.Store},
		Ceiling: a.Config.Linkage.Ceiling,
		Nudge: func(ctx context.Context, id breach.IncidentID) error {
			return a.nudge(ctx, w, id)
		},
		StartIncident: func(ctx context.Context, id breach.IncidentID, _ []breach.RegistryID) error {
			return a.StartIncident(ctx, w, id)
		},
		Sources: a.standings,
		Facts:   factsDesk{a.Steps, a, w}, Forecast: a.forecast,
		Recall: func(ctx context.Context, id breach.IncidentID, c breach.ControllerID, by breach.UserID, reason string) (gone, service int, err error) {
			out, err := a.RecallLetters(ctx, id, c, by, reason)
			return out.Gone + out.Flying, out.Service, err
		},
		Preview: a.preview, Search: a.search, Links: a.links,
		Registries:  func(context.Context) ([]breach.RegistryID, error) { return a.Steps.Registries.List() },
		Controllers: a.controllers,
		Bodies:      bodies{a.Store, a.Steps},
		Extractions: extractions{a.Steps}, Samples: samples{a.Store, a.Steps},
		Measures: measures, Reason: wording.Reason,
		SealText: a.Keys.SealField, OpenText: a.Keys.OpenField, Kept: a.kept,
		Now: now, Log: a.Log, Secure: a.Config.Console.Secure,
		CheckMark: a.checkMark, Proxies: a.Config.Console.Proxies,
	}
	a.alertConsole(&cfg, w)
	handler, err := console.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("assembling the console: %w", err)
	}
	web := &Web{}
	if web.URL, err = web.listen(ctx, a, a.Config.Console.Listen, handler); err != nil {
		return nil, err
	}
	if at := a.Config.Console.Public; at != "" {
		if handler, err = console.NewPublic(cfg); err == nil {
			web.PublicURL, err = web.listen(ctx, a, at, a.withReceipts(handler))
		}
		if err != nil {
			web.Close()
			return nil, err
		}
	}
	return web, nil
}

// listen serves a site and returns its address.
func (w *Web) listen(ctx context.Context, a *App, at string, handler http.Handler) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", at)
	if err != nil {
		return "", fmt.Errorf("starting the console on %s: %w", at, err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	w.servers = append(w.servers, server)
	go func() {
		if err := server.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.Log.Error("console", "error", err)
		}
	}()
	return "http://" + l.Addr().String() + "/", nil
}

// Close lets running requests end, for a few seconds.
func (w *Web) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	for _, s := range w.servers {
		_ = s.Shutdown(ctx)
	}
}

// kept finds what is kept of a person in every incident.
func (a *App) kept(ctx context.Context, registry breach.RegistryID, person breach.PersonID) ([]console.Kept, error) {
	list, err := a.Store.Incidents(ctx)
	if err != nil {
		return nil, err
	}
	var out []console.Kept
	for _, inc := range list {
		k, err := a.Steps.Recall(ctx, inc.ID, registry, person)
		if err != nil {
			return nil, err
		}
		if len(k.Held)+len(k.Messages) > 0 || k.ProofEnded {
			out = append(out, console.Kept{Incident: inc.ID, Title: inc.Title, Held: k.Held, Messages: k.Messages, ProofEnded: k.ProofEnded})
		}
	}
	return out, nil
}

// samples is the queue of drawn pairs: the store has them, the dump their rows.
type samples struct {
	*store.Store
	steps *activity.Steps
}

// SampledRow reads the row of a drawn pair.
func (s samples) SampledRow(ctx context.Context, id breach.PairID) (matchers.Record, error) {
	return s.steps.SampledRow(ctx, id)
}

// desk gives the store the shapes that the console declares.
type desk struct{ *store.Store }

// Audit writes one event of the console.
func (d desk) Audit(ctx context.Context, who breach.UserID, action, object, detail string) error {
	// The words of why somebody looked have a retention; the audit log has none.
	if what, why, ok := strings.Cut(detail, " why="); ok {
		a := store.Access{At: now(), Who: string(who), Incident: breach.IncidentID(object), Action: action, Object: object, What: what, Why: why}
		if action == "sample.open" {
			p, err := d.SampledPair(ctx, breach.PairID(object))
			if err != nil {
				return err
			}
			a.Incident = p.Incident
		}
		if action == "candidate.open" {
			k, err := d.Store.Candidate(ctx, breach.CandidateID(object))
			if err != nil {
				return err
			}
			a.Incident = k.Incident
		}
		return d.AddAccess(ctx, a)
	}
	return d.Store.Audit(ctx, store.Event{At: now(), Who: string(who), Action: action, Object: object, Detail: detail, OK: true})
}

// AuditEvents returns the last events about an object.
func (d desk) AuditEvents(ctx context.Context, object string, limit int) ([]console.Event, error) {
	list, err := d.Store.AuditEvents(ctx, object, limit)
	out := make([]console.Event, len(list))
	for i, e := range list {
		out[i] = console.Event(e)
	}
	return out, err
}

// Candidate returns a candidate without its sealed row.
func (d desk) Candidate(ctx context.Context, id breach.CandidateID) (breach.Candidate, error) {
	c, err := d.Store.Candidate(ctx, id)
	return c.Candidate, err
}

// MessageTotals counts an incident's ledger, or one controller's part.
func (d desk) MessageTotals(ctx context.Context, id breach.IncidentID, c breach.ControllerID) ([]console.Total, error) {
	list, err := d.Store.MessageTotals(ctx, id, c)
	out := make([]console.Total, len(list))
	for i, t := range list {
		out[i] = console.Total(t)
	}
	return out, err
}

// Precision measures an incident by the answers to what was sent.
func (d desk) Precision(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (breach.Precision, error) {
	return d.Store.Precision(ctx, id, c)
}

// Told counts the persons told in an incident, or by one controller.
func (d desk) Told(ctx context.Context, id breach.IncidentID, c breach.ControllerID) ([]console.ToldTotal, error) {
	list, err := d.Store.Told(ctx, id, c)
	out := make([]console.ToldTotal, len(list))
	for i, t := range list {
		out[i] = console.ToldTotal{Controller: t.Controller, Persons: t.Persons, Told: t.Told + t.Reached, Elsewhere: t.Elsewhere, Partly: t.Partly, Listed: t.Listed}
	}
	return out, err
}

// people opens registered persons for the console.
type people struct{ app *App }

// Subject opens one person.
func (p people) Subject(ctx context.Context, id breach.RegistryID, person breach.PersonID) (breach.Subject, error) {
	reg, err := p.app.Steps.Registries.Open(id)
	if err != nil {
		return breach.Subject{}, err
	}
	return reg.Subject(ctx, person)
}

// Record opens one person as linkage compared it.
func (p people) Record(ctx context.Context, id breach.RegistryID, person breach.PersonID) (matchers.Record, error) {
	reg, err := p.app.Steps.Registries.Open(id)
	if err != nil {
		return matchers.Record{}, err
	}
	return reg.Record(ctx, person)
}

// measures offers what may have been done about a breach.
func measures(lang string) []console.Choice {
	var out []console.Choice
	for _, code := range wording.Measures() {
		out = append(out, console.Choice{Code: code, Words: wording.Measure(lang, code)})
	}
	return out
}

// controllers lists the bodies that answer for the registries.
func (a *App) controllers(context.Context) ([]breach.Controller, error) {
	names, err := a.Steps.Registries.List()
	if err != nil {
		return nil, err
	}
	var out []breach.Controller
	for _, n := range names {
		reg, err := a.Steps.Registries.Open(n)
		if err != nil {
			return nil, err
		}
		out = append(out, reg.Manifest().Controllers...)
	}
	return out, nil
}

// search finds captured posts.
func (a *App) search(ctx context.Context, query string, limit int) ([]breach.Post, error) {
	hits, err := a.Steps.Index.Search(ctx, query, limit)
	if err != nil {
		return nil, err
	}
	var out []breach.Post
	for _, h := range hits {
		p, err := a.Store.Post(ctx, h.ID)
		if errors.Is(err, breach.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// links says where the files of an incident lie.
func (a *App) links(id breach.IncidentID) []console.Link {
	return []console.Link{
		{Name: "page", Text: filepath.Join(a.Steps.PageDir, string(id), "index.html")},
		{Name: "dossier", Text: filepath.Join(a.Steps.DossierDir, string(id))},
		{Name: "outbox", Text: a.Config.Channels.Outbox},
	}
}

// preview renders samples of a controller's communications for an invented
// recipient, so that an approver reads exactly what people will read.
func (a *App) preview(ctx context.Context, id breach.IncidentID, c breach.ControllerID) ([]console.PreviewDoc, error) {
	var out []console.PreviewDoc
	for _, variant := range []string{notify.VariantAdult, notify.VariantEasy, notify.VariantYoung, notify.VariantChild, notify.VariantGuardian} {
		doc, err := a.Steps.Sample(ctx, id, c, notify.Recipient{Key: "sample", Role: "self", Variant: variant, Contact: sample})
		if errors.Is(err, breach.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, console.PreviewDoc{Channel: breach.ChannelLetter, Variant: variant, Title: doc.Title, Text: plain(doc)})
		if variant == notify.VariantAdult {
			out = append(out, console.PreviewDoc{Channel: breach.ChannelSMS, Variant: variant, Title: doc.Title, Text: doc.Short})
		}
	}
	return out, nil
}

// sample is the invented recipient of previews.
var sample = breach.Contact{Civility: "Mme", Given: "Dominique", Name: "Exemple", Language: "fr"}

// plain writes a document as text.
func plain(d notify.Document) string {
	var b strings.Builder
	for _, blk := range d.Blocks {
		if blk.Heading != "" {
			b.WriteString(strings.ToUpper(blk.Heading) + "\n\n")
		}
		for _, t := range blk.Text {
			b.WriteString(t + "\n\n")
		}
		for i, item := range blk.List {
			if blk.Ordered {
				fmt.Fprintf(&b, "%d. %s\n", i+1, item)
			} else {
				b.WriteString("- " + item + "\n")
			}
		}
		if len(blk.List) > 0 {
			b.WriteString("\n")
		}
	}
	return strings.TrimSpace(b.String())
}
