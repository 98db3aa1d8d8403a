package i18n

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"vigie/internal/breach"
)

func files(fr, en string) fstest.MapFS {
	return fstest.MapFS{
		"messages/fr.yaml":  {Data: []byte(fr)},
		"messages/en.yaml":  {Data: []byte(en)},
		"messages/note.txt": {Data: []byte("not a catalogue")},
	}
}

func TestCatalog(t *testing.T) {
	c, err := New(files(
		"review:\n  left:\n    one: \"%s paire à relire dans %s\"\n    other: \"%s paires à relire dans %s\"\nrate: 100 %%\nturn: \"%s puis %s\"\n",
		"review:\n  left:\n    one: \"%s pair to review in %s\"\n    other: \"%s pairs to review in %s\"\nrate: 100%%\nturn: \"%[2]s after %[1]s\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ got, want string }{
		{c.N("fr", "review.left", 0, "A"), "0 paire à relire dans A"},
		{c.N("en", "review.left", 0, "A"), "0 pairs to review in A"},
		{c.N("fr", "review.left", 12345, "A"), "12\u00a0345 paires à relire dans A"},
		{c.N("en", "review.left", 1, "A"), "1 pair to review in A"},
		{c.T("fr", "rate"), "100 %"},
		{c.T("en", "turn", "a", "b"), "b after a"},
		{c.T("de", "rate"), "100 %"},
		{c.T("fr", "nothing"), "⁇nothing⁇"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if !c.Has("rate") || c.Has("nothing") {
		t.Error("Has does not tell known from unknown keys")
	}
}

func TestCatalogRefuses(t *testing.T) {
	for _, tt := range []struct{ name, fr, en, want string }{
		{"key missing in English", "a: x\nb: y", "a: x", "key b is missing"},
		{"key missing in French", "a: x", "a: x\nb: y", "key b is missing"},
		{"other arguments", `a: "%s"`, `a: "%d"`, "key a takes other arguments"},
		{"fewer arguments", `a: "%s %s"`, `a: "%s"`, "key a takes other arguments"},
		{"number as value", "a: 3", "a: x", "want text"},
		{"key twice", "a: x\na: y", "a: x", "already defined"},
		{"empty language", "a: x", "", "no message"},
		{"not YAML", "a: [", "a: x", "catalogue"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(files(tt.fr, tt.en))
			if !errors.Is(err, breach.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an ErrInvalid with %q", err, tt.want)
			}
		})
	}
}

func TestChoose(t *testing.T) {
	for header, want := range map[string]string{
		"": "fr", "en-GB,en;q=0.9": "en", "de-DE, en;q=0.5": "en", "fr-CA,en": "fr", "*": "fr", ",;q=,": "fr",
	} {
		if got := Choose(header); got != want {
			t.Errorf("Choose(%q) = %q, want %q", header, got, want)
		}
	}
}

func TestFormats(t *testing.T) {
	autumn := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // 2.30 summer time, the first one
	for _, tt := range []struct{ got, want string }{
		{Date("fr", time.Date(2026, 2, 28, 23, 30, 0, 0, time.UTC)), "1er mars 2026"},
		{Date("en", time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)), "1 March 2026"},
		{Date("fr", time.Time{}), ""},
		{DateTime("fr", time.Date(2026, 1, 2, 13, 4, 0, 0, time.UTC)), "2 janvier 2026 à 14 h 04"},
		{DateTime("en", autumn), "25 October 2026 at 02:30 (CEST)"},
		{DateTime("fr", autumn.Add(time.Hour)), "25 octobre 2026 à 2 h 30 (CET)"},
		{DateTime("fr", autumn.Add(2*time.Hour)), "25 octobre 2026 à 3 h 30"},
		{Number("fr", -1234567), "-1 234 567"},
		{Number("en", 999), "999"},
		{Number("en", 1000), "1,000"},
	} {
		if got := strings.ReplaceAll(tt.got, space, " "); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
