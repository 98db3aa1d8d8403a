package evidence

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/digitorus/timestamp"

	"vigie/internal/breach"
	"vigie/internal/evidence/evidencetest"
)

// notary signs nothing: it gives a note of the size that it is set to.
type notary struct {
	size int64
	word string
}

func (n *notary) CustodyCheckpoint(context.Context) ([]byte, error) {
	return fmt.Appendf(nil, "vigie/evidence\n%d\nAAAA%s=\n\n\u2014 vigie/evidence AAAA\n", n.size, n.word), nil
}

// authority is a test's authority and the client that speaks to it.
type authority struct {
	*evidencetest.Authority
	*client
}

type client = Authority

func testAuthority(t testing.TB) *authority {
	a := evidencetest.NewAuthority(t, at)
	return &authority{a, &Authority{URL: a.URL, Roots: a.Roots}}
}

func TestAnchor(t *testing.T) {
	v, _ := vault(t)
	tsa, log, outside := testAuthority(t), &notary{size: 3}, filepath.Join(t.TempDir(), "outside")
	c, err := v.Anchor(t.Context(), log, tsa.client, outside)
	if err != nil || c.Size != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	when, err := tsa.StampedAt(c.Token, c.Note)
	if err != nil || !when.Equal(at.Truncate(1e9)) {
		t.Errorf("stamped at %v, %v", when, err)
	}
	if _, err := tsa.StampedAt(c.Token, append(c.Note, 'x')); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a stamp of other bytes: %v", err)
	}
	for _, suffix := range []string{noteSuffix, tokenSuffix} {
		a, _ := os.ReadFile(filepath.Join(v.anchorDir(), "000000000003"+suffix))
		b, err := os.ReadFile(filepath.Join(outside, "000000000003"+suffix))
		if err != nil || len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("%s is not the same outside: %v", suffix, err)
		}
	}
	if _, err := v.Anchor(t.Context(), log, tsa.client, outside); err != nil || tsa.Asked != 1 {
		t.Errorf("nothing new: %v, asked %d times", err, tsa.Asked)
	}
	log.word = "B"
	if _, err := v.Anchor(t.Context(), log, tsa.client); !errors.Is(err, breach.ErrConflict) {
		t.Errorf("another log of the same size: %v", err)
	}
}

func TestAuthorityThatFails(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, *timestamp.Request){
		"down":    func(w http.ResponseWriter, _ *timestamp.Request) { w.WriteHeader(http.StatusBadGateway) },
		"noise":   func(w http.ResponseWriter, _ *timestamp.Request) { _, _ = w.Write([]byte("<html>")) },
		"endless": func(w http.ResponseWriter, _ *timestamp.Request) { _, _ = w.Write(make([]byte, mostToken+1)) },
		"refuses": func(w http.ResponseWriter, _ *timestamp.Request) {
			b, _ := timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.BadRequest)
			_, _ = w.Write(b)
		},
	} {
		t.Run(name, func(t *testing.T) {
			v, _ := vault(t)
			tsa, log := testAuthority(t), &notary{size: 1}
			tsa.Answer = answer
			c, err := v.Anchor(t.Context(), log, tsa.client)
			if !errors.Is(err, breach.ErrTemporary) || c.Token != nil {
				t.Errorf("%+v, %v", c, err)
			}
			kept, err := v.Checkpoints()
			if err != nil || len(kept) != 1 || kept[0].Token != nil {
				t.Fatalf("the checkpoint was not kept: %+v, %v", kept, err)
			}
			tsa.Answer = nil // it is back
			if _, err := v.Anchor(t.Context(), log, tsa.client); err != nil {
				t.Fatal(err)
			}
			if kept, err = v.Checkpoints(); err != nil || len(kept) != 1 || kept[0].Token == nil {
				t.Errorf("not stamped later: %+v, %v", kept, err)
			}
		})
	}
}

func TestStampOfAStranger(t *testing.T) {
	known, stranger := testAuthority(t), testAuthority(t)
	stranger.client.Roots = known.Authority.Roots
	if _, err := stranger.Stamp(t.Context(), []byte("note")); !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("a root that nobody trusts: %v", err)
	}
	stranger.client.Roots = x509.NewCertPool()
	if _, err := stranger.Stamp(t.Context(), []byte("note")); err == nil {
		t.Error("no root at all")
	}
}

func FuzzCheckpoint(f *testing.F) {
	note, _ := (&notary{size: 12}).CustodyCheckpoint(f.Context())
	f.Add(note)
	f.Add([]byte("a\n-1\nb\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := NoteSize(b); err == nil && (n < 0 || !strings.Contains(string(b), fmt.Sprintf("\n%d\n", n))) {
			t.Errorf("size %d", n)
		}
	})
}

func FuzzToken(f *testing.F) {
	tsa := testAuthority(f)
	token, err := tsa.Stamp(f.Context(), []byte("note"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := tsa.StampedAt(b, []byte("other")); err == nil {
			t.Error("a token of other bytes")
		}
	})
}
