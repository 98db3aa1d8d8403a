package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console"
	"vigie/internal/france"
	"vigie/internal/store"
	"vigie/notify/authority"
	"vigie/workflows/activity"
)

// bodies gives the console what goes to institutions and the authority.
type bodies struct {
	*store.Store
	steps *activity.Steps
}

// Papers writes and lists an institution's documents.
func (b bodies) Papers(ctx context.Context, id breach.IncidentID, c breach.ControllerID) ([]breach.Paper, error) {
	list, err := b.steps.Papers(ctx, id, c)
	if err != nil { // what was written before stays to be read
		if old, _ := b.Store.Papers(ctx, id, c); len(old) > 0 {
			return old, nil
		}
	}
	return list, err
}

// PaperFile opens one of them.
func (b bodies) PaperFile(ctx context.Context, id breach.IncidentID, c breach.ControllerID, file string) ([]byte, error) {
	return b.steps.PaperFile(ctx, id, c, file)
}

// AddDelivery keeps that the institution has a document. The press release waits
// while a protected person does.
func (b bodies) AddDelivery(ctx context.Context, d breach.Delivery) error {
	if d.Kind == breach.PaperPress {
		if err := b.steps.Clear(ctx, d.Incident); err != nil {
			return err
		}
	}
	return b.Store.AddDelivery(ctx, d)
}

// SealPeople hands the list of the institution's people over.
func (b bodies) SealPeople(ctx context.Context, dst io.Writer, id breach.IncidentID, c breach.ControllerID, by breach.UserID, why string) (int64, error) {
	return b.steps.SealPeople(ctx, dst, id, c, by, why)
}

// lists are the closed lists that the answers form offers.
var lists = []string{"nature", "origin", "cause", "people", "support", "confidentiality", "integrity", "availability", "impact", "means", "certainty"}

// Dossier draws the notification up for the page.
func (b bodies) Dossier(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (console.Dossier, error) {
	d, err := b.steps.Dossier(ctx, id, c)
	if err != nil {
		return console.Dossier{}, err
	}
	r, err := authority.Render(d)
	if err != nil {
		return console.Dossier{}, err
	}
	out := console.Dossier{Type: r.Form.Type, Gravity: r.Form.Severity.Gravity, Score: r.Form.Severity.Proposed.Score, Confirmed: r.Form.Severity.Confirmed,
		Reasons: r.Form.Deadline.Reasons, Unknown: r.Form.Unknown, Sent: d.Sent, Lists: map[string][]console.Choice{},
		Files: []string{"dossier.html", "dossier.json", "edpb.json", "madis.csv"}, Factors: factors(d)}
	if r.Complement != nil {
		out.Files = append(out.Files, "complement.json")
		for _, x := range r.Complement.Changes {
			out.Changes = append(out.Changes, x.Field)
		}
	}
	for _, h := range d.History {
		out.History = append(out.History, console.Assessed{By: h.By, At: h.At, Reason: h.Reason, Score: h.Severity.Score, Level: h.Severity.Level, Rationale: h.Severity.Rationale})
	}
	for _, name := range lists {
		for _, x := range authority.List(name) {
			out.Lists[name] = append(out.Lists[name], console.Choice{Code: x.Code, Words: x.Label})
		}
	}
	if out.Answers, err = json.Marshal(d.Answers); err != nil {
		return out, err
	}
	return out, nil
}

// factors are what the severity rests on, by field of the form.
func factors(d authority.Dossier) map[string]string {
	f := authority.ProposeFactors(d.Facts)
	if d.Factors != nil {
		f = *d.Factors
	}
	out := map[string]string{"ei": fmt.Sprint(f.EI), "confidentiality": fmt.Sprint(f.CB.Confidentiality), "integrity": fmt.Sprint(f.CB.Integrity),
		"availability": fmt.Sprint(f.CB.Availability), "malice": fmt.Sprint(float64(f.CB.Malice))}
	for kind, score := range f.DPC {
		out[kind] = fmt.Sprint(score)
	}
	return out
}

// DossierFile renders one file of the dossier.
func (b bodies) DossierFile(ctx context.Context, id breach.IncidentID, c breach.ControllerID, name string) ([]byte, string, error) {
	return DossierFile(ctx, b.steps, id, c, name)
}

// DossierFile renders one file of a controller's dossier: dossier.html,
// dossier.json, edpb.json, madis.csv, madis.json or, once something was sent,
// complement.json. Another name is breach.ErrNotFound.
func DossierFile(ctx context.Context, steps *activity.Steps, id breach.IncidentID, c breach.ControllerID, name string) (data []byte, media string, err error) {
	const asJSON = "application/json; charset=utf-8"
	if !slices.Contains([]string{"dossier.html", "dossier.json", "edpb.json", "madis.csv", "madis.json", "complement.json"}, name) {
		return nil, "", fmt.Errorf("dossier file %q: %w", name, breach.ErrNotFound)
	}
	d, err := steps.Dossier(ctx, id, c)
	if err != nil {
		return nil, "", err
	}
	r, err := authority.Render(d)
	if err != nil {
		return nil, "", err
	}
	switch name {
	case "dossier.html":
		return r.HTML, "text/html; charset=utf-8", nil
	case "dossier.json":
		return r.JSON, asJSON, nil
	case "edpb.json":
		return r.EDPB, asJSON, nil
	case "complement.json":
		if r.Complement == nil {
			return nil, "", fmt.Errorf("nothing was sent that a complement completes: %w", breach.ErrNotFound)
		}
		data, err = json.MarshalIndent(r.Complement, "", "  ")
		return data, asJSON, err
	}
	e, err := authority.NewEntry(d)
	if err != nil {
		return nil, "", err
	}
	if name == "madis.json" {
		data, err = json.MarshalIndent([]authority.MadisEntry{e.Madis}, "", "  ")
		return data, asJSON, err
	}
	var out bytes.Buffer
	err = authority.WriteMadis(&out, []authority.MadisEntry{e.Madis})
	return out.Bytes(), "text/csv; charset=utf-8", err
}

// Answer keeps what people answered to the form.
func (b bodies) Answer(ctx context.Context, id breach.IncidentID, c breach.ControllerID, answers []byte, reason string, by breach.UserID) error {
	a, err := authority.ReadAnswers(bytes.NewReader(answers))
	if err != nil {
		return err
	}
	return b.note(ctx, id, c, store.NoteAnswers, a, reason, by)
}

// Assess keeps the factors of the severity.
func (b bodies) Assess(ctx context.Context, id breach.IncidentID, c breach.ControllerID, factors []byte, reason string, by breach.UserID) error {
	f, err := authority.ReadFactors(bytes.NewReader(factors))
	if err != nil {
		return err
	}
	if _, err := authority.Assess(f); err != nil {
		return err
	}
	return b.note(ctx, id, c, store.NoteSeverity, f, reason, by)
}

func (b bodies) note(ctx context.Context, id breach.IncidentID, c breach.ControllerID, kind string, content any, reason string, by breach.UserID) error {
	data, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return b.AddNote(ctx, id, c, kind, breach.Note{By: by, At: now(), Reason: reason, Content: data})
}

// Notify freezes the form that was sent.
func (b bodies) Notify(ctx context.Context, id breach.IncidentID, c breach.ControllerID, sentAt time.Time, number string, by breach.UserID) error {
	return b.steps.Notify(ctx, id, c, sentAt, number, by)
}

// regionOf tells a controller's region from the postcode at the end of its
// address. A postcode's department is the post's, which is nearly always the
// institution's.
func regionOf(fr *france.Data) func(breach.Controller) string {
	regions := map[string]string{}
	for _, d := range fr.Departments {
		regions[d.Code] = d.Region
	}
	return func(c breach.Controller) string {
		lines := strings.Split(c.Address, "|")
		code, _, _ := strings.Cut(strings.TrimSpace(lines[len(lines)-1]), " ")
		switch {
		case len(code) != 5:
			return ""
		case code[:2] == "20":
			return regions["2A"] // both departments of Corsica
		case code[:2] == "97":
			return regions[code[:3]]
		}
		return regions[code[:2]]
	}
}
