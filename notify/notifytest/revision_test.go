package notifytest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
	vfacts "vigie/notify/facts"
	"vigie/notify/lint"
	"vigie/notify/sms"
	"vigie/notify/wording"
)

// TestRevisionsPassTheLinter: a correction of every kind of statement is a
// communication that is complete in itself, says what was wrong, and passes
// the rules that a first one passes.
func TestRevisionsPassTheLinter(t *testing.T) {
	base := facts("civil_status", "contact", "income")
	base.OccurredAt = noon.AddDate(0, 0, -20)
	for name, change := range map[string]func(*notify.Facts){
		"category added":   func(f *notify.Facts) { f.Present = append(f.Present, breach.Category{Code: "nir"}) },
		"category removed": func(f *notify.Facts) { f.Present = f.Present[:2] },
		"withdrawn":        func(f *notify.Facts) { f.Attested, f.AttestedBy = nil, "" },
		"attested":         func(f *notify.Facts) { f.Attested = []string{"genetic", "iban"}; f.Present = f.Present[:2] },
		"occurred":         func(f *notify.Facts) { f.OccurredAt = f.OccurredAt.AddDate(0, 0, -3) },
		"not occurred":     func(f *notify.Facts) { f.OccurredAt = time.Time{} },
		"discovered":       func(f *notify.Facts) { f.DiscoveredAt = f.DiscoveredAt.AddDate(0, 0, -1) },
		"aware":            func(f *notify.Facts) { f.AwareAt = f.AwareAt.AddDate(0, 0, -1) },
		"system":           func(f *notify.Facts) { f.System = "Dossia" },
		"no system":        func(f *notify.Facts) { f.System = "" },
		"complaint":        func(f *notify.Facts) { f.Complaint, f.ComplaintURL = "open", "https://plainte.example.org" },
		"phone":            func(f *notify.Facts) { f.Controller.Phone = "+33199009999" },
		"officer":          func(f *notify.Facts) { f.Controller.DPO = "delegue@ml.example.org" },
		"address":          func(f *notify.Facts) { f.Controller.Address = "1 rue du Port|99100 ORBE" },
		"measure gone":     func(f *notify.Facts) { f.Measures = f.Measures[1:] },
		"summary": func(f *notify.Facts) {
			f.Summary = map[string]string{"fr": "Un tiers a copié une sauvegarde.", "en": "Somebody copied a backup."}
		},
		"consequence": func(f *notify.Facts) { f.Consequences = append(slices.Clone(f.Consequences), "account_takeover") },
		"action": func(f *notify.Facts) {
			f.Actions = slices.Insert(slices.Clone(f.Actions), slices.Index(f.Actions, "never_give")+1, "change_password")
		},
	} {
		now := base
		now.Present, now.Version = slices.Clone(base.Present), 2
		change(&now)
		rev, ok := vfacts.Revise(base, now, "", vfacts.TellWrong)
		if !ok {
			rev, ok = vfacts.Revise(base, now, "", vfacts.TellNews)
		}
		if !ok {
			t.Errorf("%s: nothing to tell", name)
			continue
		}
		for _, lang := range []string{"fr", "en"} {
			variants := notify.Variants()
			if name != "category added" { // what is revised does not depend on the variant
				variants = variants[:1]
			}
			for _, v := range variants {
				doc, err := wording.Revise(now, notify.Recipient{Variant: v, About: "Zoé", Contact: breach.Contact{Language: lang}}, rev)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if len(doc.Blocks[1].List) == 0 || doc.Version != 2 || !strings.Contains(doc.Blocks[0].Text[0], "1") {
					t.Errorf("%s %s %s: does not say what changed since version 1: %+v", name, lang, v, doc.Blocks[:2])
				}
				contacts := lint.Options{Contacts: []string{base.Controller.DPO, now.Controller.DPO, base.Controller.Phone, now.Controller.Phone}, Count: sms.Count}
				for _, ch := range []breach.Channel{breach.ChannelLetter, breach.ChannelSMS} {
					for _, x := range lint.Check(doc, ch, contacts) {
						t.Errorf("%s %s %s %s: %+v", name, lang, v, ch, x)
					}
				}
			}
		}
	}
}
