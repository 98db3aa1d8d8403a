package wording

import (
	"slices"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

func speaks(lang string) notify.Recipient {
	return notify.Recipient{Variant: notify.VariantAdult, Role: "self", Contact: breach.Contact{Language: lang}}
}

// What nobody has read over is never written in; what was, is, with the French
// beside it. A letter cannot be set in Arabic.
func TestDraftsAreNotSent(t *testing.T) {
	read := []string{"ar", "tr"}
	for _, tt := range []struct {
		lang string
		ch   breach.Channel
		want string
	}{
		{"fr", breach.ChannelLetter, "fr"}, {"en", breach.ChannelEmail, "en"}, {"en-GB", breach.ChannelEmail, "en"}, {"", breach.ChannelEmail, "fr"}, {"zz", breach.ChannelEmail, "fr"},
		{"uk", breach.ChannelEmail, "fr"}, {"es", breach.ChannelLetter, "fr"}, {"tr", breach.ChannelLetter, "tr"}, {"TR-tr", breach.ChannelSMS, "tr"},
		{"ar", breach.ChannelEmail, "ar"}, {"ar", breach.ChannelSMS, "ar"}, {"ar", breach.ChannelLetter, "fr"},
	} {
		if got := Spoken(speaks(tt.lang), tt.ch, read); got != tt.want {
			t.Errorf("%q by %s: %s, want %s", tt.lang, tt.ch, got, tt.want)
		}
	}
}

// Every language says every thing: each text renders for every variant with as
// many blocks, paragraphs and items as the French, and the French beside it.
func TestEveryLanguageSaysEverything(t *testing.T) {
	f := full()
	for _, lang := range append(i18n.Others(), i18n.English) {
		for _, variant := range notify.Variants() {
			r := speaks(lang)
			r.Variant = variant
			french, err := Render(f, notify.Recipient{Variant: variant, Role: "self"})
			if err != nil {
				t.Fatal(err)
			}
			doc, err := Write(f, r, breach.ChannelEmail, i18n.Others(), nil)
			if err != nil {
				t.Fatalf("%s, %s: %v", lang, variant, err)
			}
			other, beside := Halves(doc)
			if len(other.Blocks) != len(french.Blocks) || len(beside.Blocks) != len(french.Blocks) || beside.Title != french.Title {
				t.Fatalf("%s, %s: %d and %d blocks, the French has %d", lang, variant, len(other.Blocks), len(beside.Blocks), len(french.Blocks))
			}
			for i, b := range other.Blocks {
				want := french.Blocks[i]
				if len(b.List) != len(want.List) || b.Ordered != want.Ordered || (b.Heading == "") != (want.Heading == "") || len(b.Text) > len(want.Text) || len(b.Text) < len(want.Text)-1 {
					t.Errorf("%s, %s: block %d has another shape", lang, variant, i+1)
				}
				if all := strings.Join(append(b.Text, b.List...), " ") + b.Heading; strings.Contains(all, i18n.Missing) || strings.Contains(all, "%!") {
					t.Errorf("%s, %s: block %d has a hole: %s", lang, variant, i+1, all)
				}
			}
			if doc.Short == "" || !strings.Contains(doc.Short, french.Short) {
				t.Errorf("%s, %s: the pointer lacks the French: %s", lang, variant, doc.Short)
			}
		}
	}
}

// full is facts with every code.
func full() notify.Facts {
	f := facts()
	f.Measures = Measures()
	f.Present = nil
	for _, code := range notify.CategoryCodes() {
		f.Present = append(f.Present, breach.Category{Code: code, Count: 1})
	}
	f.Attested, f.NotFound = nil, nil
	f.Consequences, f.Actions = nil, nil
	return Propose(f)
}

func TestTextDigests(t *testing.T) {
	seen := map[string]bool{"": true}
	for _, text := range Texts() {
		d := TextDigest(text)
		if seen[d] {
			t.Errorf("%s has no digest of its own", text)
		}
		seen[d] = true
	}
	for _, text := range []string{"fr", "en", "../fr", "fr-x", ""} {
		if TextDigest(text) != "" {
			t.Errorf("%q is a text", text)
		}
	}
	if !slices.Contains(Texts(), FrenchEasy) {
		t.Error("easy to read is no draft")
	}
}
