package activity

import (
	"context"
	"errors"
	"path/filepath"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/authority"
	"vigie/notify/page"
	"vigie/notify/wording"
	"vigie/workflows"
)

// Publish builds the public page of an incident and each controller's Art. 33
// dossier from the same facts as the letters. Building again changes nothing
// unless the facts have changed.
func (s *Steps) Publish(ctx context.Context, in workflows.PublishInput) error {
	defer beat(ctx)()
	cases, err := s.Store.Cases(ctx, in.Incident)
	if err != nil {
		return kind(err)
	}
	var tell []notify.Facts
	for _, c := range cases {
		f, err := s.CurrentFacts(ctx, in.Incident, c.Controller)
		if errors.Is(err, breach.ErrNotFound) {
			continue
		}
		if err != nil {
			return kind(err)
		}
		f.AwareAt = c.AwareAt
		if err := s.dossier(ctx, c, f); err != nil {
			return kind(err)
		}
		if c.Decision == breach.DecisionTell {
			tell = append(tell, f)
		}
	}
	if len(tell) == 0 {
		return nil
	}
	return kind(page.Build(filepath.Join(s.PageDir, string(in.Incident)), tell, wording.Sections, s.Now()))
}

// dossier writes the notification to the authority for one controller.
func (s *Steps) dossier(ctx context.Context, c breach.Case, f notify.Facts) error {
	notified, err := s.Store.Notified(ctx, c.Incident, c.Controller)
	if ignoreMissing(err) != nil {
		return err
	}
	dir := filepath.Join(s.DossierDir, string(c.Incident), string(c.Controller))
	return authority.Write(dir, authority.Dossier{Facts: f, Case: c, NotifiedAt: notified, At: s.Now(), Words: wording.Say})
}

// ignoreMissing drops an ErrNotFound.
func ignoreMissing(err error) error {
	if errors.Is(err, breach.ErrNotFound) {
		return nil
	}
	return err
}
