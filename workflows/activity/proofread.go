package activity

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"vigie/internal/breach"
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
}

func shapeOf(r notify.Recipient, ch breach.Channel) shape {
	return shape{ch, r.Variant, r.Role, wording.Language(r), r.About != ""}
}

// proofread refuses a plan whose communications are not complete (GDPR Art.
// 34(2)) or say what they must not, before anybody is asked to approve it: a
// letter with a hole is found here and not at hand-over. It reads each kind of
// communication that the plan uses, once.
func (p *planner) proofread(ctx context.Context) error {
	for _, c := range p.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := p.parts[c]
		for _, s := range part.kinds() {
			if err := p.steps.proofread(part, s, versions{}, 0); err != nil {
				p.steps.Log.Error("the plan is refused", "incident", p.incident.ID, "controller", c, "error", words(err))
				return err
			}
		}
	}
	return nil
}

// kinds lists the shapes to read, in order. A letter reads like the e-mail.
func (p *part) kinds() []shape {
	var list []shape
	for s := range p.shapes {
		mail := s
		mail.channel = breach.ChannelEmail
		if s.channel == breach.ChannelHuman || s.channel == breach.ChannelLetter && p.shapes[mail] {
			continue
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b shape) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return list
}

func (s *Steps) proofread(part *part, x shape, h versions, former int) error {
	what := fmt.Sprintf("%s %s to %s by %s in %s", part.controller.ID, x.variant, x.role, x.channel, x.language)
	r := notify.Recipient{Role: x.role, Variant: x.variant, Contact: breach.Contact{Language: x.language}}
	if x.about {
		r.About = "Camille" // a real name would not change the rules
	}
	doc, err := h.render(part.facts.Facts, r, former)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	o := part.controller
	found := lint.Check(doc, x.channel, lint.Options{Contacts: []string{o.DPO, o.Phone}, Count: sms.Count})
	if len(found) == 0 {
		return nil
	}
	var codes []string
	for _, f := range found {
		codes = append(codes, f.Rule+" ("+f.Where+")")
	}
	return &breach.RefusedError{Code: found[0].Rule, What: what, Hint: strings.Join(codes, ", ")}
}
