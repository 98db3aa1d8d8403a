package activity

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"vigie/crawlers/export"
	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/internal/evidence/evidencetest"
)

// An export bears the first time stamp by which its page was in the chain of
// custody, and none before there is one.
func TestItemsBearTheirTimeStamp(t *testing.T) {
	t.Parallel()
	src := served(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("Kumquat\n")) })
	s := crewOn(t, t.TempDir(), keyring, src)
	v, _, err := s.VisitSource(t.Context(), src, true)
	if err != nil {
		t.Fatal(err)
	}
	alert := breach.Alert{ID: "alr_1", Post: v.Posts[0].ID, Source: src.ID, Entity: "Kumquat", Kind: "other", Confidence: .8, RaisedAt: s.Now(), State: breach.AlertNew}
	items := func() export.Item {
		t.Helper()
		list, err := s.Items(t.Context(), []breach.Alert{alert})
		if err != nil {
			t.Fatal(err)
		}
		return list[0]
	}
	if x := items(); x.Stamp != nil || len(x.Captures) != 1 {
		t.Fatalf("before any stamp: %+v", x)
	}
	tsa := evidencetest.NewAuthority(t, s.Now())
	if _, err := s.Vault.Anchor(t.Context(), s.Store, nil); err != nil { // a checkpoint without a stamp
		t.Fatal(err)
	}
	if x := items(); x.Stamp != nil {
		t.Fatal("a checkpoint that nobody stamped was told as a time stamp")
	}
	c, err := s.Vault.Anchor(t.Context(), s.Store, &evidence.Authority{URL: tsa.URL, Roots: tsa.Roots})
	if err != nil {
		t.Fatal(err)
	}
	x := items()
	sum := sha256.Sum256(c.Note)
	if x.Stamp == nil || x.Stamp.Digest != hex.EncodeToString(sum[:]) || !bytes.Equal(x.Stamp.Response, c.Token) || x.Stamp.At.IsZero() || !bytes.Contains(x.Stamp.Certs, []byte("CERTIFICATE")) {
		t.Fatalf("stamp %+v", x.Stamp)
	}
	var out strings.Builder
	if err := export.MISP(&out, export.Options{Producer: "Team", Domain: "team.example.org"}, []export.Item{x}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "trusted-timestamp-response") {
		t.Error("the MISP event has no time stamp")
	}
}
