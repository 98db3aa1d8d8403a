package activity

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/mark"
	"vigie/notify/wording"
	"vigie/workflows"
)

// batchID names a batch on the marks of its messages. Nobody can tell from it
// how many there are.
func (s *Steps) batchID(in workflows.BatchInput) string {
	return "b" + s.Keys.Digest("mark batch", string(in.Incident), string(in.Controller), string(in.Channel), fmt.Sprint(in.From, in.To))[:10]
}

// prove gives a letter or an e-mail its mark. An SMS has none: a pointer that
// taught people to trust a code in an SMS would serve fraudsters.
func (s *Steps) prove(e *notify.Envelope, in workflows.BatchInput) (breach.IssuedMark, error) {
	if s.Marks == nil || in.Channel != breach.ChannelLetter && in.Channel != breach.ChannelEmail {
		return breach.IssuedMark{}, nil
	}
	m := mark.Mark{Channel: in.Channel, Batch: s.batchID(in), Day: parisDay(e.Date), Key: e.Key}
	code, err := s.Marks.Code(m)
	if err != nil {
		return breach.IssuedMark{}, fmt.Errorf("marking %s: %w", e.Key, err)
	}
	if in.Channel == breach.ChannelLetter {
		payload, err := s.Marks.Payload(m)
		if err != nil {
			return breach.IssuedMark{}, fmt.Errorf("marking %s: %w", e.Key, err)
		}
		e.Proof = notify.Proof{Code: code, Payload: payload, Check: s.CheckURL}
	} else {
		e.Doc = wording.Marked(e.Doc, e.Language, code, s.CheckURL, m.Day)
	}
	return breach.IssuedMark{Code: s.markDigest(code), Incident: in.Incident, Controller: in.Controller, Channel: in.Channel, Batch: m.Batch, Day: m.Day}, nil
}

// parisDay is the day that a message bears, at midnight UTC.
func parisDay(t time.Time) time.Time {
	y, m, d := t.In(i18n.Paris()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// markDigest is what the store keeps of a code, however it is typed.
func (s *Steps) markDigest(code string) string { return s.Keys.Digest("mark code", mark.Clean(code)) }

func (s *Steps) saveMarks(ctx context.Context, group []due) error {
	var list []breach.IssuedMark
	for _, d := range group {
		if d.mark.Code != "" {
			list = append(list, d.mark)
		}
	}
	return s.Store.SaveMarks(ctx, list)
}

// From so many places, or so many times, a code is asked about when it has
// been copied: a letter has a household of readers, a helper and a front desk,
// and mobile networks change addresses.
const (
	copiedClients = 10
	copiedTimes   = 60
)

// CheckMark answers a stranger's question about a code. The answer is the one
// for unknown codes also when the code is of another channel than the message
// in hand: a mark is good for its own channel alone. A code that is asked about
// from too many places wakes the team.
func (s *Steps) CheckMark(ctx context.Context, code string, ch breach.Channel, from netip.Prefix) (breach.IssuedMark, bool, error) {
	now := s.Now()
	digest := s.markDigest(code)
	client := s.Keys.Digest("mark client", from.String(), now.UTC().Format(time.DateOnly))
	asked, err := s.Store.AskMark(ctx, digest, client, now)
	if err != nil {
		return breach.IssuedMark{}, false, err
	}
	if asked.Clients == copiedClients || asked.Times == copiedTimes {
		if err := s.copied(ctx, digest, asked, now); err != nil {
			s.Log.Error("the alarm on a code that is asked about too often", "error", err)
		}
	}
	if !asked.Known || asked.Mark.Channel != ch {
		return breach.IssuedMark{}, false, nil
	}
	return asked.Mark, true, nil
}

// copied raises the alarm on a code that is asked about too often: of ours and
// copied, or invented and sent to many. Neither code nor places are told.
func (s *Steps) copied(ctx context.Context, digest string, asked breach.Asked, now time.Time) error {
	id := s.Keys.Digest("alert", digest, "mark")[:20]
	what := "a code that stands on none of our messages"
	if m := asked.Mark; asked.Known {
		what = fmt.Sprintf("the code of one %s of %s, batch %s, incident %s, controller %s", m.Channel, m.Day.Format(time.DateOnly), m.Batch, m.Incident, m.Controller)
	}
	why := fmt.Sprintf("counterfeit: %s was asked about %d times from %d places", what, asked.Times, asked.Clients)
	return s.raiseCounterfeit(ctx, id, "Counterfeit notices: a code is asked about too often", why, now)
}

// raiseCounterfeit enters an alert about false messages and wakes whom it
// should. The same one twice is a sighting.
func (s *Steps) raiseCounterfeit(ctx context.Context, id, title, why string, now time.Time) error {
	p := breach.Post{ID: breach.PostID("pst_" + id), Source: breach.SourceMark, Title: title, Text: why, Confidence: 1, FirstSeenAt: now, LastSeenAt: now}
	if _, err := s.Store.SavePosts(ctx, []breach.Post{p}); err != nil {
		return err
	}
	a := breach.Alert{ID: breach.AlertID("alr_" + id), Post: p.ID, Source: breach.SourceMark, Entity: counterfeitEntity, Kind: "other", Confidence: 1,
		Why: why, RaisedAt: now, State: breach.AlertNew, Event: "counterfeit " + id, Urgency: breach.UrgencyHigh}
	if _, err := s.Store.RaiseAlert(ctx, a); err != nil {
		return err
	}
	return s.wake(ctx, a.ID)
}

// counterfeitEntity is the body of alerts on false messages: ourselves.
const counterfeitEntity = "our own notices"
