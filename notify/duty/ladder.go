package duty

import (
	"fmt"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// Rung is one step of an escalation: those who are woken together.
type Rung struct {
	Role     string
	Contacts []Contact
}

// Ladder lists the rungs for an alert. The body's own contacts stand on it
// when a person of the team opened the duty (asked), or when the policy lets
// the machine wake them.
func (d *Directory) Ladder(a breach.Alert, asked bool) (out []Rung) {
	if len(d.Team) > 0 {
		out = append(out, Rung{RoleTeam, d.Team})
	}
	body, ok := d.Body(a)
	if !ok || !asked && !d.Policy.Bodies {
		return out
	}
	for _, role := range roles[1:] {
		r := Rung{Role: role}
		for _, c := range body.Contacts {
			if c.Role == role {
				r.Contacts = append(r.Contacts, c)
			}
		}
		if len(r.Contacts) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// Next says which rung is due (counting on through the rounds) and when, given
// the pages made so far; ok is false when the last one has had its time. The
// first is due at once, the others when Ack has passed since the rung before,
// and none in quiet hours that the urgency does not break.
func (p Policy) Next(a breach.Alert, d breach.Duty, pages []breach.Page, rungs int, paris *time.Location) (rung int, at time.Time, ok bool) {
	at = d.OpenedAt
	if n := len(pages); n > 0 {
		last := pages[n-1]
		for _, x := range pages {
			if x.Rung > last.Rung || x.Rung == last.Rung && x.At.After(last.At) {
				last = x
			}
		}
		rung, at = last.Rung+1, last.At.Add(p.Ack)
	}
	return rung, p.awake(a.Urgency, at, paris), rung < rungs*p.Rounds
}

// awake moves a moment out of quiet hours.
func (p Policy) awake(u breach.Urgency, at time.Time, zone *time.Location) time.Time {
	if p.Quiet[0] == "" || p.Quiet[0] == p.Quiet[1] || u.AtLeast(p.Breaks) {
		return at
	}
	local := at.In(zone)
	from, to := clock(local, p.Quiet[0]), clock(local, p.Quiet[1])
	switch {
	case from.Before(to) && !local.Before(from) && local.Before(to): // 12:00 to 14:00
		return to
	case from.After(to) && local.Before(to): // 22:00 to 07:00, after midnight
		return to
	case from.After(to) && !local.Before(from):
		return clock(local.AddDate(0, 0, 1), p.Quiet[1])
	}
	return at
}

// clock is an hour of a day; a wrong one cannot be: Read has checked.
func clock(day time.Time, hour string) time.Time {
	t, _ := time.Parse("15:04", hour)
	return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, day.Location())
}

// Channels are the ways a contact is reached, each at once: a page that rings
// in two places wakes sooner.
func (c Contact) Channels() (out []breach.Channel) {
	if c.Phone != "" {
		out = append(out, breach.ChannelSMS)
	}
	if c.Email != "" {
		out = append(out, breach.ChannelEmail)
	}
	return out
}

// Envelope is a page. It names the body and the alert, says how to answer, and
// holds nothing of what was published: a phone on a bedside table is read by
// others. code is the one-time code.
func (c Contact) Envelope(key string, a breach.Alert, from, console, code string, at time.Time) notify.Envelope {
	lang := c.Lang
	if lang == "" {
		lang = "fr"
	}
	w := words[lang]
	code = grouped(code)
	where := console + "ack"
	return notify.Envelope{
		Key: key, Language: lang, Date: at,
		To:   breach.Contact{Name: c.Name, Email: c.Email, Phone: c.Phone, Language: lang},
		From: breach.Controller{Name: from},
		Doc: notify.Document{
			Title: fmt.Sprintf(w.title, a.Entity),
			Blocks: []notify.Block{
				{Text: []string{fmt.Sprintf(w.what, a.Entity, w.urgency[a.Urgency]), fmt.Sprintf(w.sure, 100*a.Confidence)}},
				{Heading: w.answer, Text: []string{fmt.Sprintf(w.how, where, code)}},
				{Text: []string{w.silent}},
			},
			Short: fmt.Sprintf(w.short, clip(a.Entity, 60), code),
		},
	}
}

// grouped writes a code in fives: it is read from one screen and typed on
// another.
func grouped(code string) string {
	var out []byte
	for i := range len(code) {
		if i > 0 && i%5 == 0 {
			out = append(out, '-')
		}
		out = append(out, code[i])
	}
	return string(out)
}

func clip(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

type wording struct {
	title, what, sure, answer, how, silent, short string
	urgency                                       map[breach.Urgency]string
}

var words = map[string]wording{
	"fr": {
		title: "Vigie : alerte sur %s", what: "Une publication concerne %s. Urgence : %s.", sure: "Confiance dans le rapprochement : %.0f %%. Ce n’est pas une preuve.",
		answer: "Répondre", how: "Ouvrez %s et donnez ce code, valable une fois : %s. Ou ouvrez l’alerte dans la console.",
		silent:  "Sans réponse, la personne suivante est appelée. Ce message ne contient rien de ce qui a été publié.",
		short:   "Vigie: alerte sur %s. Prenez-la dans la console, code %s. Sans reponse, la personne suivante est appelee.",
		urgency: map[breach.Urgency]string{breach.UrgencyLow: "aux heures ouvrées", breach.UrgencyNormal: "aujourd’hui", breach.UrgencyHigh: "tout de suite", breach.UrgencyCritical: "à toute heure"},
	},
	"en": {
		title: "Vigie: alert on %s", what: "A publication concerns %s. Urgency: %s.", sure: "Confidence of the match: %.0f %%. This is no proof.",
		answer: "Answer", how: "Open %s and give this code, valid once: %s. Or open the alert in the console.",
		silent:  "Without an answer the next person is called. This message holds nothing of what was published.",
		short:   "Vigie: alert on %s. Take it in the console, code %s. Without an answer the next person is called.",
		urgency: map[breach.Urgency]string{breach.UrgencyLow: "in office hours", breach.UrgencyNormal: "today", breach.UrgencyHigh: "at once", breach.UrgencyCritical: "at any hour"},
	},
}
