package counterfeit

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify/mark"
)

const ours = `La Mission Locale vous écrit parce que des données qui vous concernent ont été volées. Ce message vous dit ce qui s'est passé.
Le vol a eu lieu le 3 mars 2026. N'ouvrez aucun lien. Nous ne demandons jamais de mot de passe, de coordonnées bancaires ni de pièce d'identité.
En cas de doute, tapez vous-même https://avis.example.org. Code de ce message : 7K3M-9QTX-2WAB.`

func known(t testing.TB) (Known, *mark.Signer) {
	t.Helper()
	s, err := mark.NewSigner(bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return Known{Templates: []Template{{"letter, fr", ours}, {"other", "rien de commun avec cela du tout"}}, Domains: []string{"avis.example.org", "cnil.fr"}, Key: s.Public(),
		Issued: func(c string) bool { return mark.Clean(c) == "7K3M9QTX2WAB" }}, s
}

func TestJudge(t *testing.T) {
	k, s := known(t)
	payload, err := s.Payload(mark.Mark{Channel: breach.ChannelLetter, Batch: "b1", Day: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC), Key: "msg_1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, text, kind, why string
	}{
		{"ours", ours, Like, ""},
		{"ours, with its mark", ours + "\n" + payload, Like, ""},
		{"ours with another link", strings.Replace(ours, "avis.example.org", "avis-example.test", 1), False, "foreign-link"},
		{"ours with a link that begins like ours", strings.Replace(ours, "avis.example.org", "avis.example.org.verif.test", 1), False, "foreign-link"},
		{"ours with a button", ours + "\nCliquez sur le bouton ci-dessous.", False, "click"},
		{"ours that asks for a code", ours + "\nConfirmez votre mot de passe pour être protégé.", False, "asks-secret"},
		{"ours with a fine", ours + "\nRéglez 1,99 € de frais de dossier.", False, "asks-money"},
		{"ours with an invented code", strings.Replace(ours, "7K3M-9QTX-2WAB", "AAAA-BBBB-1234", 1), False, "unknown-code"},
		{"ours with a changed mark", ours + "\n" + strings.Replace(payload, "20260303", "20260304", 1), False, "forged-mark"},
		{"a part of ours", "Bonjour. " + ours[:120] + " Il fait beau et nous serons ravis de vous voir à notre fête annuelle qui aura lieu dans la salle des fêtes avec un grand repas.", Unclear, ""},
		{"something else", "Bonjour, la réunion de quartier est reportée à jeudi, dans la salle habituelle.", Unrelated, ""},
		{"nothing", "", Unrelated, ""},
	} {
		v := Judge(tt.text, k)
		if v.Kind != tt.kind || tt.why != "" && !slices.Contains(v.Why, tt.why) || tt.why == "" && len(v.Why) > 0 {
			t.Errorf("%s: %+v, want %s %s", tt.name, v, tt.kind, tt.why)
		}
	}
}

func FuzzJudge(f *testing.F) {
	k, _ := known(f)
	f.Add(ours)
	f.Add("VIGIE1 letter b1 20260303 msg_1 " + strings.Repeat("A", 86))
	f.Fuzz(func(t *testing.T, text string) {
		if v := Judge(text, k); v.Kind == "" || v.Likeness < 0 || v.Likeness > 1 {
			t.Fatalf("%+v", v)
		}
	})
}
