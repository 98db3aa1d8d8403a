package wording

import (
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

// attestedFacts rest on a register.
func attestedFacts(outside int64) notify.Facts {
	f := facts()
	f.Bases = []notify.Basis{{Registry: "youth", AsOf: time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC), By: "La directrice",
		At: time.Date(2026, 10, 4, 12, 0, 0, 0, time.UTC), Taken: 400, Outside: outside}}
	for _, c := range f.Present {
		f.Bases[0].Categories = append(f.Bases[0].Categories, c.Code)
	}
	f.Persons = 400 + outside
	return f
}

// A communication that rests on the register says so, and never that the reader
// was found in a file; one that rests on both says both.
func TestBasisIsSaid(t *testing.T) {
	for _, c := range []struct {
		name      string
		f         notify.Facts
		says, not []string
	}{
		{"by the register", attestedFacts(0),
			[]string{"La directrice atteste que les données de toutes les personnes inscrites", "3 octobre 2026", "le registre tel qu'il était le 3", "Nombre de personnes concernées : 400."},
			[]string{"Le fichier volé concerne", "Nous avons examiné le fichier volé. Il contient", "ou sur le fichier volé"}},
		{"by both", attestedFacts(2), []string{"ou sur le fichier volé que nous avons examiné", "402"}, []string{"Le fichier volé concerne"}},
		{"by the file", facts(), []string{"Le fichier volé concerne", "Nous avons examiné le fichier volé"}, []string{"atteste que les données de toutes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.ReplaceAll(text(render(t, c.f)), "\u00a0", " ")
			for _, s := range c.says {
				if !strings.Contains(got, s) {
					t.Errorf("%q is not said in\n%s", s, got)
				}
			}
			for _, s := range c.not {
				if strings.Contains(got, s) {
					t.Errorf("%q is said", s)
				}
			}
		})
	}
}

// In every language nothing is left out, and no verb is left over.
func TestBasisInEveryLanguage(t *testing.T) {
	f := attestedFacts(2)
	f.Bases[0].Listed = true
	f.Present = append(f.Present, breach.Category{Code: "nir", Count: 1}) // found, not attested
	for _, lang := range append(i18n.Languages(), i18n.Others()...) {
		for k := range f.Summary {
			if f.Summary[lang] == "" {
				f.Summary[lang] = f.Summary[k]
			}
		}
		blocks, err := Sections(f, lang)
		if err != nil {
			t.Errorf("%s: %v", lang, err)
			continue
		}
		got := text(notify.Document{Blocks: blocks})
		for _, bad := range []string{"%!", "%s", "basis."} {
			if strings.Contains(got, bad) {
				t.Errorf("%s: %q in %s", lang, bad, got)
			}
		}
		if !strings.Contains(got, "La directrice") {
			t.Errorf("%s does not say who attests", lang)
		}
	}
}
