package crawlers

import (
	"crypto/sha3"
	"encoding/base32"
	"net/http"
	"slices"
	"strings"
	"testing"

	"vigie/internal/breach"
)

// madeOnion is a sound name of an invented key.
func madeOnion(key byte) string {
	pub := slices.Repeat([]byte{key}, 32)
	sum := sha3.Sum256(slices.Concat([]byte(".onion checksum"), pub, []byte{3}))
	return strings.ToLower(base32.StdEncoding.EncodeToString(slices.Concat(pub, sum[:2], []byte{3}))) + ".onion"
}

// A page names mirrors, as links and in words. They are told to a person, once,
// and no visit asks them, until they stand in the configuration.
func TestProposals(t *testing.T) {
	known, fresh, files, broken := madeOnion(1), madeOnion(2), madeOnion(3), "b"+madeOnion(4)[1:]
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		page(w, `<h2><a href="http://`+files+`/x">Mairie inventée</a></h2><p>Mirrors: <a href="http://`+known+`/">one</a> `+strings.ToUpper(fresh[:56])+`.onion, `+broken+`, `+fresh+`</p>`)
	})
	src.Mirrors = []string{"http://" + known + "/"}
	c := crawler(&tape{})
	m := &Memory{}
	for range 2 {
		v, err := c.Revisit(t.Context(), breach.Source{ID: src.ID, URL: src.URL, Local: true, Mirrors: src.Mirrors}, m)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range v.Captures {
			if strings.Contains(a.URL, fresh) {
				t.Error("a proposed mirror was visited")
			}
		}
		m.Note(v, 0)
	}
	got := m.Proposals(src)
	if len(got) != 1 || got[0].Address != "http://"+fresh+"/" || got[0].Page != src.URL || got[0].At.IsZero() {
		t.Fatalf("proposed %+v, want %s alone", got, fresh)
	}
	src.Mirrors = append(src.Mirrors, got[0].Address)
	if left := m.Proposals(src); len(left) != 0 {
		t.Errorf("proposed although configured: %+v", left)
	}
}

// TestProposalsAreBounded: a hostile page names thousands.
func TestProposalsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 256 {
		b.WriteString(" " + madeOnion(byte(i)))
	}
	src := site(t, func(w http.ResponseWriter, _ *http.Request) { page(w, listing+b.String()) })
	m := &Memory{}
	v, err := crawler(&tape{}).Revisit(t.Context(), src, m)
	if err != nil {
		t.Fatal(err)
	}
	m.Note(v, 0)
	if n := len(m.Proposed); n != maxProposals {
		t.Errorf("%d proposals, want %d", n, maxProposals)
	}
}
