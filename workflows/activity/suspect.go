package activity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"vigie/crawlers/report"
	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/counterfeit"
	"vigie/notify/wording"
)

// suspicious tells whether a filing reports a false message: the person says
// so, or what came by e-mail is a copy of ours or bears a code.
func suspicious(f report.Filing, v counterfeit.Verdict) bool {
	return f.Kind == report.Counterfeit || f.Kind == "" && (v.Likeness >= 0.5 || v.Code != "none" || v.Mark != "none")
}

// judge holds what was reported against what we really send.
func (s *Steps) judge(ctx context.Context, text string) counterfeit.Verdict {
	k := counterfeit.Known{Templates: ourTexts(), Domains: append([]string{"cnil.fr", "17cyber.gouv.fr", "signal-spam.fr"}, s.OwnDomains...),
		Issued: func(code string) bool {
			_, err := s.Store.Mark(ctx, s.markDigest(code))
			return !errors.Is(err, breach.ErrNotFound)
		}}
	if s.Marks != nil {
		k.Key = s.Marks.Public()
	}
	return counterfeit.Judge(text, k)
}

// suspect makes the alert of a report a report of a false message.
func suspect(a *breach.Alert, f report.Filing, v counterfeit.Verdict) {
	a.Entity, a.Kind, a.Code = counterfeitEntity, "other", "notices"
	a.Confidence = reportConfidence
	a.Why = fmt.Sprintf("counterfeit: reported (%s, %s): %s, %.0f%% like %q, code %s, mark %s", f.Role, f.Channel, v.Kind, 100*v.Likeness, v.Template, v.Code, v.Mark)
	if len(v.Why) > 0 {
		a.Why += "; " + strings.Join(v.Why, ", ")
	}
	if v.Kind == counterfeit.False && v.Likeness >= 0.2 {
		a.Confidence, a.Urgency = 0.9, breach.UrgencyHigh
	}
}

// ourTexts are the communications as we write them, about an invented incident.
var ourTexts = sync.OnceValue(func() (out []counterfeit.Template) {
	at := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	f := notify.Facts{Incident: "inc_1", Version: 1, Controller: breach.Controller{Name: "Organisme", DPO: "dpo@example.org", Phone: "+33199001234", Website: "example.org", Address: "1 rue du Port|00001 ORBEVILLE"},
		Summary: map[string]string{"fr": "Un fichier a été copié.", "en": "A file was copied."}, OccurredAt: at, DiscoveredAt: at, AwareAt: at, Measures: wording.Measures(), PageURL: "https://avis.example.org/"}
	for _, code := range notify.CategoryCodes() {
		f.Present = append(f.Present, breach.Category{Code: code, Count: 1})
	}
	f = wording.Propose(f)
	for _, lang := range i18n.Languages() {
		for _, variant := range notify.Variants() {
			r := notify.Recipient{Variant: variant, Role: "self", Contact: breach.Contact{Language: lang}}
			doc, err := wording.Render(f, r)
			if err != nil { // found by the tests of wording
				continue
			}
			out = append(out, counterfeit.Template{Name: variant + ", " + lang, Text: whole(doc)})
			if lang == i18n.French && wording.Simply(variant, lang, wording.Texts()) {
				if doc, err = wording.Write(f, r, breach.ChannelLetter, wording.Texts(), nil); err == nil {
					out = append(out, counterfeit.Template{Name: variant + ", easy, " + lang, Text: whole(doc)})
				}
			}
		}
	}
	return out
})

// whole is the text of a communication.
func whole(doc notify.Document) string {
	text := []string{doc.Title, doc.Short}
	for _, b := range doc.Blocks {
		text = append(append(append(text, b.Heading), b.Text...), b.List...)
	}
	return strings.Join(text, "\n")
}
