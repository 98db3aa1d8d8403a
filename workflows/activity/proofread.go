package activity

import (
	"cmp"
	"context"
	"fmt"
	"maps"
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
		part := p.parts[c]
		order := slices.SortedFunc(maps.Keys(part.shapes), func(a, b shape) int {
			return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
		})
		for _, s := range order {
			if err := p.steps.proofread(part, s); err != nil {
				p.steps.Log.Error("the plan is refused", "incident", p.incident.ID, "controller", c, "error", err)
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Steps) proofread(part *part, x shape) error {
	if x.channel == breach.ChannelHuman {
		return nil
	}
	what := fmt.Sprintf("%s %s to %s by %s in %s", part.controller.ID, x.variant, x.role, x.channel, x.language)
	if s.Channels[x.channel] == nil {
		return &breach.RefusedError{Code: "channel-not-configured", What: what, Hint: "configure the channel and resume the incident"}
	}
	r := notify.Recipient{Role: x.role, Variant: x.variant, Contact: breach.Contact{Language: x.language}}
	if x.about {
		r.About = "Camille" // a real name would not change the rules
	}
	doc, err := wording.Render(part.facts.Facts, r)
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
