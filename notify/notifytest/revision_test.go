package notifytest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
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
		revisedElsewhere(t, name, base, now, rev)
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

// revisedElsewhere: a correction in easy words is easy to read, and one in
// another language says what the French says.
func revisedElsewhere(t *testing.T, name string, base, now notify.Facts, rev notify.Revision) {
	t.Helper()
	contacts := lint.Options{Contacts: []string{base.Controller.DPO, now.Controller.DPO, base.Controller.Phone, now.Controller.Phone}, Count: sms.Count, Easy: true}
	for _, v := range []string{notify.VariantEasy, notify.VariantYoung} {
		for _, lang := range []string{"fr", "en"} {
			r := notify.Recipient{Variant: v, Role: "self", Contact: breach.Contact{Language: lang}}
			doc, err := wording.Write(now, r, breach.ChannelLetter, wording.Texts(), &rev)
			if err != nil {
				t.Fatalf("%s, easy: %v", name, err)
			}
			other, french := wording.Halves(doc)
			for _, half := range []notify.Document{other, french} {
				if len(half.Blocks) == 0 || half.Blocks[0].Lang == "" && lang != "fr" {
					continue
				}
				for _, x := range lint.Check(half, breach.ChannelLetter, contacts) {
					t.Errorf("%s, easy, %s, %s: %+v", name, v, lang, x)
				}
				if !strings.Contains(strings.Join(half.Blocks[0].Text, " "), "1") || len(half.Blocks[1].List) == 0 {
					t.Errorf("%s, easy, %s, %s: does not say what changed: %+v", name, v, lang, half.Blocks[:2])
				}
			}
		}
	}
	for _, lang := range i18n.Others() {
		r := notify.Recipient{Variant: notify.VariantAdult, Role: "self", Contact: breach.Contact{Language: lang}}
		doc, err := wording.Write(now, r, breach.ChannelEmail, wording.Texts(), &rev)
		if err != nil {
			t.Fatalf("%s, %s: %v", name, lang, err)
		}
		other, french := wording.Halves(doc)
		if found := lint.Parallel(other, french); len(found) > 0 || len(other.Blocks) == 0 {
			t.Errorf("%s, %s: %v", name, lang, found)
		}
	}
}
