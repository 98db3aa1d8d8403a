package watch

import (
	"strings"
	"testing"

	"vigie/internal/france"
)

func TestLookalikes(t *testing.T) {
	l := NewLookalikes("avis-vigie.gouv.fr", "courrier.vigie-orbe.fr", "ab.fr")
	for host, why := range map[string]string{
		"avis-vigie.gouv.fr": "", "www.avis-vigie.gouv.fr": "", "page.avis-vigie.gouv.fr": "", "vigie-orbe.fr": "", "https://vigie-orbe.fr/x": "",
		"avis-vigie.fr": "other-ending", "avis-vigie.com": "other-ending", "avisvigie.fr": "hyphen", "avis-vigie-gouv-fr.com": "hyphen",
		"avis-vigie.gouv.fr.verif.test": "prefix", "avis-vigie.gouv.fr.verif.com": "prefix", "аvis-vigie.com": "homoglyph", "avis-v1gie.net": "homoglyph",
		"vigie-orbe-securite.com": "added-word", "mon-vigie-orbe.fr": "added-word", "vigieorbefr.com": "hyphen", "vigie-orbbe.fr": "typo", "vigei-orbe.fr": "typo",
		"ab.com": "", "example.org": "", "vigie-meteo.fr": "", "orbe.fr": "", "avis.gouv.fr": "", "vigie.com": "", "": "", "..": "", "localhost": "",
	} {
		got, ok := l.Judge(host)
		if got.Why != why || ok != (why != "") {
			t.Errorf("%q: %+v, want %q", host, got, why)
		}
	}
	if got := l.In("Voyez http://avis-vigie.com/login et www.example.org, puis аvis-vigie.fr."); len(got) != 2 {
		t.Errorf("in a text: %+v", got)
	}
}

// TestLookalikesMeasured: every variant that is made is recognised by the
// judge, which does not know the list; and of tens of thousands of names of
// public bodies none is taken for ours.
func TestLookalikesMeasured(t *testing.T) {
	own := []string{"avis-vigie.gouv.fr", "vigie-orbe.fr", "notifications-jeunes.fr"}
	l := NewLookalikes(own...)
	made, missed := 0, 0
	for _, d := range own {
		for _, v := range Variants(d) {
			made++
			if _, ok := l.Judge(v); !ok {
				missed++
				t.Errorf("%s is not taken for %s", v, d)
			}
		}
	}
	data, err := france.Load()
	if err != nil {
		t.Fatal(err)
	}
	m := New(data)
	honest, wrong := 0, 0
	judge := func(host string) {
		honest++
		if x, ok := l.Judge(host); ok {
			wrong++
			t.Logf("%s is taken for %s (%s)", host, x.Of, x.Why)
		}
	}
	for d := range m.domains {
		judge(d)
	}
	for name := range m.glued {
		for _, shape := range []string{"%.fr", "mairie-%.com", "vigie-%.fr", "avis-%.fr"} {
			if host := strings.ReplaceAll(shape, "%", name); host != "vigie-orbe.fr" && len(name) > 4 {
				judge(host)
			}
		}
	}
	t.Logf("%d variants, %d missed; %d honest names, %d taken for ours", made, missed, honest, wrong)
	// Orbec and Orbey are a letter away from Orbe: honest neighbours look alike.
	if wrong > 3 {
		t.Errorf("%d honest names are taken for ours", wrong)
	}
	if made < 500 || honest < 100_000 {
		t.Errorf("only %d variants and %d honest names", made, honest)
	}
}

func FuzzLookalike(f *testing.F) {
	l := NewLookalikes("avis-vigie.gouv.fr", "vigie-orbe.fr")
	for _, s := range []string{"avis-vigie.com", "xn--vis-vigie-66g.com", "a.b.c.d", "..", "xn--"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if x, ok := l.Judge(s); ok && (x.Of == "" || x.Why == "") {
			t.Fatalf("%+v", x)
		}
		l.In(s)
	})
}
