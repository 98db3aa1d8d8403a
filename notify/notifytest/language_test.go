package notifytest

import (
	"errors"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/letter"
	"vigie/notify/lint"
	"vigie/notify/sms"
	"vigie/notify/wording"
)

// TestEveryLanguageOnPaper: each language but Arabic can be set in the fonts of
// the house, with the French beside, in no more pages than a letter may have;
// Arabic is refused with a reason, and never half printed.
func TestEveryLanguageOnPaper(t *testing.T) {
	f := facts("civil_status", "contact", "nir", "iban", "health")
	for _, lang := range append(i18n.Others(), i18n.English) {
		e := Envelope("msg_1")
		e.Language = lang
		r := notify.Recipient{Variant: notify.VariantChild, Role: "parent", Contact: breach.Contact{Language: lang}}
		doc, err := wording.Write(f, r, breach.ChannelEmail, i18n.Others(), nil)
		if err != nil {
			t.Fatal(err)
		}
		e.Doc = doc
		pdf, err := letter.Render(e, letter.Options{})
		if lang == "ar" {
			var refused *breach.RefusedError
			if !errors.As(err, &refused) || refused.Code != "character" {
				t.Errorf("Arabic: %v", err)
			}
			if got := wording.Spoken(r, breach.ChannelLetter, i18n.Others()); got != i18n.French {
				t.Errorf("a letter would be set in %s", got)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", lang, err)
			continue
		}
		if lang != i18n.English && !strings.Contains(string(pdf), "/Lang("+lang+")") {
			t.Logf("%s: the structure is compressed", lang)
		}
	}
}

// TestOtherLanguagesPassTheLinter: what stands in another language says what
// the French says, and the French passes by itself.
func TestOtherLanguagesPassTheLinter(t *testing.T) {
	for _, set := range [][]string{{"civil_status", "contact"}, {"nir", "financial"}, {"access", "health"}} {
		f := facts(set...)
		for _, lang := range i18n.Others() {
			for _, variant := range notify.Variants() {
				r := notify.Recipient{Variant: variant, Role: "self", Contact: breach.Contact{Language: lang}}
				doc, err := wording.Write(f, r, breach.ChannelEmail, i18n.Others(), nil)
				if err != nil {
					t.Fatal(err)
				}
				other, french := wording.Halves(doc)
				if found := lint.Parallel(other, french); len(found) > 0 {
					t.Errorf("%s, %s: %v", lang, variant, found)
				}
				if found := lint.Check(french, breach.ChannelEmail, lint.Options{Contacts: []string{f.Controller.DPO}}); len(found) > 0 {
					t.Errorf("%s, %s, the French: %v", lang, variant, found)
				}
				if _, _, n := sms.Count(doc.Short); n > 3 {
					t.Errorf("%s, %s: a pointer of %d segments", lang, variant, n)
				}
			}
		}
	}
}
