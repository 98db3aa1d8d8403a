package activity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/lint"
	"vigie/notify/sms"
	"vigie/notify/wording"
)

// shape is everything about a recipient that changes the words.
type shape struct {
	channel  breach.Channel
	variant  string
	role     string
	language string
	about    bool // the subject is named
	many     bool // several children are
}

func shapeOf(r notify.Recipient, ch breach.Channel, read []string) shape {
	return shape{ch, r.Variant, r.Role, wording.Spoken(r, ch, read), r.About != "", len(r.Others) > 0}
}

// proofread reads every communication that the plan uses, each variant by each
// channel in each language, and the public page, before anybody is asked to
// approve them. What it finds is kept: nothing is approved over it without the
// written word of the controller's data protection officer. Facts with a hole
// refuse the plan at once: nothing can be rendered from them.
func (p *planner) proofread(ctx context.Context) error {
	for _, c := range p.order {
		part := p.parts[c]
		if part.done {
			continue
		}
		found := append([]breach.Finding{}, part.found...)
		for _, x := range part.kinds() {
			if err := ctx.Err(); err != nil {
				return err
			}
			more, err := p.steps.proofread(part, x, versions{}, 0)
			if err != nil {
				p.steps.Log.Error("the plan is refused", "incident", p.incident.ID, "controller", c, "error", words(err))
				return err
			}
			found = append(found, more...)
		}
		more, err := p.steps.proofreadPage(part)
		if err != nil {
			return err
		}
		found = append(found, more...)
		if len(found) > 0 {
			p.steps.Log.Error("the linter found communications wanting", "incident", p.incident.ID, "controller", c, "findings", len(found))
		}
		if err := p.steps.Store.SaveProofread(ctx, p.incident.ID, c, breach.Proofread{Digest: part.findingsDigest(found), Findings: found, At: p.at}); err != nil {
			return err
		}
	}
	return nil
}

// findingsDigest binds an override to facts, words and findings.
func (p *part) findingsDigest(found []breach.Finding) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\n%s\n%q", p.raw, wording.Hash(), found)
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// kinds lists the shapes to read, in order.
func (p *part) kinds() []shape {
	var list []shape
	for s := range p.shapes {
		if s.channel != breach.ChannelHuman {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b shape) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return list
}

func (s *Steps) proofread(part *part, x shape, h versions, former int) ([]breach.Finding, error) {
	what := fmt.Sprintf("%s, %s, %s, %s", x.variant, x.role, x.channel, x.language)
	r := notify.Recipient{Role: x.role, Variant: x.variant, Contact: breach.Contact{Language: x.language}}
	if x.about {
		r.About = "Camille" // a real name would not change the rules
	}
	if x.many {
		r.Others, what = []string{"Dominique"}, what+", several children"
	}
	doc, err := h.render(part.facts, r, x.channel, former)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", what, part.controller.ID, err)
	}
	contacts := part.contacts(h, former)
	easy := func(lang string) bool { return wording.Simply(x.variant, lang, part.facts.Texts) }
	if x.language == i18n.French || x.channel == breach.ChannelSMS {
		return part.lint(what, doc, x.channel, contacts, easy(i18n.French)), nil
	}
	// Each half is complete by itself, or says what the French says.
	other, french := wording.Halves(doc)
	found := part.lint(what+", in French", french, x.channel, contacts, x.language == i18n.English && easy(i18n.French))
	if x.language == i18n.English {
		return append(found, part.lint(what, other, x.channel, contacts, easy(i18n.English))...), nil
	}
	for _, f := range lint.Parallel(other, french) {
		found = append(found, breach.Finding{Text: what, Rule: f.Rule, Where: f.Where, Message: f.Message})
	}
	return found, nil
}

// proofreadPage reads the public page in the languages that are always there.
func (s *Steps) proofreadPage(part *part) ([]breach.Finding, error) {
	var found []breach.Finding
	for _, lang := range i18n.Languages() {
		blocks, err := wording.Page(part.facts.Facts, lang)
		if err != nil {
			return nil, fmt.Errorf("page of %s in %s: %w", part.controller.ID, lang, err)
		}
		found = append(found, part.lint("page, "+lang, notify.Document{Title: part.controller.Name, Blocks: blocks}, lint.ChannelPage, part.contacts(versions{}, 0), false)...)
	}
	return found, nil
}

// contacts are those that may stand in a text: the controller's, and in a
// correction those that were given and do not hold any more.
func (p *part) contacts(h versions, former int) []string {
	list := []string{p.controller.DPO, p.controller.Phone, p.controller.Address}
	if old, ok := h.told[former]; ok {
		list = append(list, old.Controller.DPO, old.Controller.Phone, old.Controller.Address)
	}
	return list
}

func (p *part) lint(what string, doc notify.Document, ch breach.Channel, contacts []string, easy bool) []breach.Finding {
	var found []breach.Finding
	for _, f := range lint.Check(doc, ch, lint.Options{Contacts: contacts, Count: sms.Count, Easy: easy}) {
		found = append(found, breach.Finding{Text: what, Rule: f.Rule, Where: f.Where, Message: f.Message})
	}
	return found
}

// passed tells whether the linter, or a data protection officer over it, lets a
// controller's communications be approved. A plan from before findings were
// kept was refused when there were any.
func (s *Steps) passed(ctx context.Context, c breach.Case) (bool, error) {
	p, err := s.Store.Proofread(ctx, c.Incident, c.Controller)
	if errors.Is(err, breach.ErrNotFound) {
		return true, nil
	}
	return err == nil && p.Passed(), err
}
