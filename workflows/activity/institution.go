package activity

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/institution"
	"vigie/notify/letter"
	"vigie/notify/lint"
	"vigie/notify/wording"
)

// Team is who writes to institutions, as published.
type Team struct {
	Name    string `yaml:"name"`
	Phone   string `yaml:"phone"`
	Address string `yaml:"address"`
}

// brief gathers what an institution's documents are written from.
func (s *Steps) brief(ctx context.Context, c breach.Case, f notify.Facts) (institution.Brief, error) {
	b := institution.Brief{Facts: f, Case: c, At: s.Now(), Team: s.Team.Name, TeamPhone: s.Team.Phone, Say: wording.Phrase}
	if s.Region != nil {
		b.Region = s.Region(f.Controller)
	}
	old, err := s.Store.Papers(ctx, c.Incident, c.Controller)
	if err != nil {
		return b, err
	}
	for _, p := range old {
		if p.Version == f.Version && p.At.Before(b.At) {
			b.At = p.At // a version is dated once, so that writing it again gives the same bytes
		}
	}
	totals, err := s.Store.MessageTotals(ctx, c.Incident, c.Controller)
	if err != nil {
		return b, err
	}
	for _, t := range totals {
		if (t.Channel == breach.ChannelEmail || t.Channel == breach.ChannelLetter) && t.State != breach.MessageSkipped {
			b.Letters += t.N
		}
	}
	return b, nil
}

// Papers writes the documents of one controller's institution from its current
// facts, and returns what stands there. What the linter finds in them keeps the
// plan from starting, as it does in the communications; a letter whose address
// no envelope bears is written without its PDF, and the log says why. Writing again changes nothing that is the same.
func (s *Steps) Papers(ctx context.Context, id breach.IncidentID, controller breach.ControllerID) ([]breach.Paper, error) {
	c, err := s.Store.Case(ctx, id, controller)
	if err != nil {
		return nil, err
	}
	f, err := s.CurrentFacts(ctx, id, controller)
	if err != nil {
		return nil, err
	}
	if _, err := s.papers(ctx, c, f); err != nil {
		return nil, err
	}
	return s.Store.Papers(ctx, id, controller)
}

func (s *Steps) papers(ctx context.Context, c breach.Case, f notify.Facts) ([]breach.Finding, error) {
	b, err := s.brief(ctx, c, f)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(s.DossierDir, string(c.Incident), string(c.Controller))
	version := fmt.Sprintf("v%d", f.Version)
	if err := os.MkdirAll(filepath.Join(dir, version), 0o700); err != nil {
		return nil, fmt.Errorf("documents of %s: %w", c.Controller, err)
	}
	w := &paperWriter{steps: s, brief: b, dir: dir, version: version}
	for _, lang := range i18n.Languages() {
		for _, k := range institution.Kinds() {
			doc, err := institution.Render(b, k, lang)
			if err != nil {
				return nil, err
			}
			if err := w.write(ctx, string(k), lang, doc); err != nil {
				return nil, err
			}
		}
		for _, g := range institution.Groups() {
			doc, err := institution.Kit(b, g, lang)
			if err != nil {
				return nil, err
			}
			if err := w.write(ctx, "kit-"+string(g), lang, doc); err != nil {
				return nil, err
			}
		}
		if err := w.letter(ctx, lang); err != nil {
			return nil, err
		}
	}
	return w.found, nil
}

// paperWriter writes the documents of one version.
type paperWriter struct {
	steps        *Steps
	brief        institution.Brief
	dir, version string
	found        []breach.Finding // by the linter
}

// write lints a document and keeps it as a page and as plain text. What stands
// there to the letter is not written again.
func (w *paperWriter) write(ctx context.Context, kind, lang string, doc notify.Document) error {
	o, text := w.brief.Facts.Controller, institution.Text(doc)
	for _, x := range lint.Prose(doc, lint.Options{Contacts: []string{o.DPO, o.Phone, o.Address, w.brief.TeamPhone}}) {
		w.found = append(w.found, breach.Finding{Text: kind + ", " + lang, Rule: x.Rule, Where: x.Where, Message: x.Message})
	}
	page, err := institution.HTML(doc, lang)
	if err != nil {
		return err
	}
	if name := kind + "." + lang + ".txt"; !w.stands(name, text) {
		if err := notify.WriteFile(filepath.Join(w.dir, w.version), name, text, 0o600); err != nil {
			return fmt.Errorf("%s of %s: %w", kind, o.ID, err)
		}
	}
	return w.keep(ctx, kind, lang, kind+"."+lang+".html", page)
}

// letter prints the letter to the head.
func (w *paperWriter) letter(ctx context.Context, lang string) error {
	e, err := institution.Envelope(w.brief, lang)
	if err == nil {
		e.From.Address = w.steps.Team.Address
		var pdf []byte
		if pdf, err = letter.Render(e, letter.Options{}); err == nil {
			return w.keep(ctx, "letter-pdf", lang, "letter."+lang+".pdf", pdf)
		}
	}
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		w.steps.Log.Warn("the letter to an institution's head cannot be printed", "incident", w.brief.Facts.Incident,
			"controller", w.brief.Facts.Controller.ID, "code", refused.Code, "hint", refused.Hint)
		return nil
	}
	return err
}

// stands tells whether a file has these bytes already; nil: any.
func (w *paperWriter) stands(name string, data []byte) bool {
	have, err := os.ReadFile(filepath.Join(w.dir, w.version, name))
	return err == nil && (data == nil || bytes.Equal(have, data))
}

func (w *paperWriter) keep(ctx context.Context, kind, lang, name string, data []byte) error {
	f := w.brief.Facts
	if w.stands(name, data) {
		return nil
	}
	if err := notify.WriteFile(filepath.Join(w.dir, w.version), name, data, 0o600); err != nil {
		return fmt.Errorf("%s of %s: %w", kind, f.Controller.ID, err)
	}
	sum := sha256.Sum256(data)
	return w.steps.Store.SavePaper(ctx, breach.Paper{Incident: f.Incident, Controller: f.Controller.ID, Kind: kind, Language: lang, Version: f.Version,
		File: w.version + "/" + name, Digest: hex.EncodeToString(sum[:]), At: w.brief.At})
}

// PaperFile opens a document that was written, by the name the store keeps. It
// is breach.ErrNotFound for any other.
func (s *Steps) PaperFile(ctx context.Context, id breach.IncidentID, controller breach.ControllerID, file string) ([]byte, error) {
	list, err := s.Store.Papers(ctx, id, controller)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.File == file || strings.TrimSuffix(p.File, ".html")+".txt" == file {
			data, err := os.ReadFile(filepath.Join(s.DossierDir, string(id), string(controller), filepath.FromSlash(file)))
			if errors.Is(err, os.ErrNotExist) {
				return nil, fmt.Errorf("document %s: %w", file, breach.ErrNotFound)
			}
			return data, err
		}
	}
	return nil, fmt.Errorf("document %s: %w", file, breach.ErrNotFound)
}

// briefed tells whether the institution has the intranet article of the facts
// that are about to be told: nobody comes to a front desk that knows nothing.
func (s *Steps) briefed(ctx context.Context, c breach.Case) (bool, error) {
	f, err := s.CurrentFacts(ctx, c.Incident, c.Controller)
	if err != nil {
		return false, ignoreMissing(err)
	}
	return s.Store.Delivered(ctx, c.Incident, c.Controller, breach.PaperIntranet, cmp.Or(f.Version, 1))
}

// brief is the last step of a plan: the documents that the institution needs
// before anything is sent.
func (p *planner) brief(ctx context.Context) error {
	for _, id := range p.order {
		part := p.parts[id]
		c, err := p.steps.Store.Case(ctx, p.incident.ID, id)
		if err != nil {
			return err
		}
		if part.persons == 0 {
			continue
		}
		f, err := p.steps.CurrentFacts(ctx, p.incident.ID, id)
		if err != nil {
			return err
		}
		found, err := p.steps.papers(ctx, c, f)
		if err != nil {
			return err
		}
		part.found = append(part.found, found...)
	}
	return nil
}
