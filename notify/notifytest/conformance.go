// Package notifytest holds the suite every channel passes: what is done once,
// what is asked, what is refused, and what never stands in an error.
package notifytest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"vigie/internal/breach"
	"vigie/notify"
)

// Fixture is one provider under test.
type Fixture struct {
	// Open returns a channel over the same provider each time it is called:
	// what one has sent, the next must know, as after a restart.
	Open func(t *testing.T) notify.Channel
	// Count returns how many messages the provider holds under a key, read
	// by other means than the channel's own.
	Count func(t *testing.T, key string) int
	// Spoil makes an envelope that the channel must refuse for good.
	Spoil func(*notify.Envelope)
	// Blind is set when Ask cannot know; it must then return ErrUnknown.
	Blind bool
	// Repeats is set when the provider does not tell a second hand-over of the
	// same key from the first, so that only the caller's ledger prevents it.
	Repeats bool
	// Break makes the provider fail the next hand-over of a key, once, and
	// answers false for a fault that it cannot have; nil: it has no answers. A
	// provider spoken to over HTTP has Faulty's.
	Break func(t *testing.T, key string, x Fault) bool
	// RetryAfter is set when the provider says how long it wants to be left alone.
	RetryAfter bool
	// Strays counts requests that followed a redirect; nil: there are none.
	Strays func() int
	// Secrets are tokens, keys and passwords of the configuration: no error may
	// bear one.
	Secrets []string
}

// Envelope is a sound communication to an invented person.
func Envelope(key string) notify.Envelope {
	return notify.Envelope{
		Key: key, Language: "fr",
		To: breach.Contact{Civility: "Mme", Given: "Zoé", Name: "Hapax-Ligature", Email: "zoe.hapax@example.org", Phone: "+33639980042",
			Address: breach.Address{Street: "14 rue de l'Œillet", Postcode: "99100", City: "Orbe-en-Vallée"}},
		From: breach.Controller{ID: "ml", Name: "Mission Locale du Val d'Orbe", Address: "12 rue des Lilas|99100 ORBE",
			DPO: "dpo@ml-val-d-orbe.example.org", Phone: "+33199001234", Website: "ml-val-d-orbe.example.org"},
		Doc: Document(),
	}
}

// Document is a short document that uses every kind of block.
func Document() notify.Document {
	return notify.Document{
		Version: 2, Title: "Vos données personnelles ont été volées",
		Blocks: []notify.Block{
			{Text: []string{"La Mission Locale vous écrit parce que des données qui vous concernent ont été volées."}},
			{Heading: "Les données volées", Text: []string{"Le fichier contient :"}, List: []string{"nom et prénoms", "adresse électronique <b>&amp; postale</b>"}},
			{Heading: "Ce que vous devez faire", Ordered: true, List: []string{
				"Dès maintenant : n'ouvrez aucun lien. Pourquoi : des escrocs écrivent.",
				"Aujourd'hui : changez le mot de passe. Pourquoi : il est essayé partout.",
				"Cette semaine : prévenez vos proches. Pourquoi : ils sont visés aussi."}},
		},
		Short: "Mission Locale : un courrier vous informe d'un incident de sécurité. Aucun lien dans ce SMS. Questions : 01 99 00 12 34.",
	}
}

// Run runs the suite.
func Run(t *testing.T, f Fixture) {
	t.Run("ask before and after", func(t *testing.T) { askAround(t, f) })
	t.Run("sending twice is once", func(t *testing.T) { sendTwice(t, f) })
	t.Run("many at once", func(t *testing.T) { sendMany(t, f) })
	t.Run("refused for good", func(t *testing.T) { refuses(t, f) })
	t.Run("hostile keys", func(t *testing.T) { hostileKeys(t, f) })
	t.Run("a cancelled context", func(t *testing.T) { cancelled(t, f) })
	t.Run("outcomes from the start", func(t *testing.T) { outcomes(t, f) })
	t.Run("says when it leaves", func(t *testing.T) { leaves(t, f) })
	t.Run("faults", func(t *testing.T) { faults(t, f) })
	t.Run("cut off", func(t *testing.T) { cutOff(t, f) })
}

func askAround(t *testing.T, f Fixture) {
	ctx := t.Context()
	ch := f.Open(t)
	if _, ok, err := ch.Ask(ctx, "msg_ask"); ok || (f.Blind != errors.Is(err, notify.ErrUnknown)) {
		t.Fatalf("before: accepted %v, %v", ok, err)
	}
	ref, err := ch.Send(ctx, Envelope("msg_ask"))
	if err != nil || ref == "" {
		t.Fatalf("send: ref %q, %v", ref, err)
	}
	if f.Blind {
		return
	}
	got, ok, err := f.Open(t).Ask(ctx, "msg_ask")
	if err != nil || !ok || got == "" {
		t.Fatalf("after a restart: ref %q, accepted %v, %v", got, ok, err)
	}
}

// leaves: a provider that may be blind asks before a message leaves, once; what
// may not leave does not, and can be sent later.
func leaves(t *testing.T, f Fixture) {
	ch := f.Open(t)
	if _, ok := ch.(interface{ Blind() bool }); !ok {
		return // Ask always knows
	}
	errNo, asked := errors.New("not yours"), 0
	e := Envelope("msg_leaves")
	e.Leave = func(context.Context) error { asked++; return errNo }
	if _, err := ch.Send(t.Context(), e); !errors.Is(err, errNo) || !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("held back: %v, want the reason and ErrTemporary", err)
	}
	if n := f.Count(t, e.Key); n != 0 || asked != 1 {
		t.Errorf("held back: the provider has it %d times, and Leave was asked %d times", n, asked)
	}
	e.Leave = func(context.Context) error {
		if n := f.Count(t, e.Key); n != 0 {
			t.Errorf("asked when the provider had it %d times", n)
		}
		asked++
		return nil
	}
	if _, err := ch.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if n := f.Count(t, e.Key); n != 1 || asked != 2 {
		t.Errorf("let go: the provider has it %d times, and Leave was asked %d times in all", n, asked)
	}
}

func sendTwice(t *testing.T, f Fixture) {
	if f.Repeats {
		t.Log("this provider cannot tell: the ledger prevents it")
		return
	}
	first, err := f.Open(t).Send(t.Context(), Envelope("msg_twice"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Open(t).Send(t.Context(), Envelope("msg_twice"))
	if err != nil || again != first {
		t.Fatalf("ref %q then %q, %v", first, again, err)
	}
	if n := f.Count(t, "msg_twice"); n != 1 {
		t.Fatalf("the provider holds %d, want 1", n)
	}
}

func sendMany(t *testing.T, f Fixture) {
	ch := f.Open(t)
	const n = 40
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { _, errs[i] = ch.Send(t.Context(), Envelope(fmt.Sprintf("msg_many_%d", i))) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if got := f.Count(t, fmt.Sprintf("msg_many_%d", i)); got != 1 {
			t.Errorf("message %d: the provider holds %d, want 1", i, got)
		}
	}
}

func refuses(t *testing.T, f Fixture) {
	e := Envelope("msg_spoilt")
	f.Spoil(&e)
	_, err := f.Open(t).Send(t.Context(), e)
	if !errors.Is(err, breach.ErrInvalid) || errors.Is(err, breach.ErrTemporary) {
		t.Fatalf("got %v, want ErrInvalid", err)
	}
	f.silent(t, err, e)
	if n := f.Count(t, "msg_spoilt"); n != 0 {
		t.Errorf("refused, and yet the provider holds %d", n)
	}
}

func hostileKeys(t *testing.T, f Fixture) {
	for _, key := range []string{"", "../x", "a/b", "a\r\nBcc: x@example.org", "é", strings.Repeat("k", 129), ".", "-rf", "a b", "a\x00"} {
		e := Envelope(key)
		if _, err := f.Open(t).Send(t.Context(), e); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("key %q: got %v, want ErrInvalid", key, err)
		}
	}
}

func cancelled(t *testing.T, f Fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ch := f.Open(t)
	e := Envelope("msg_cancelled")
	_, err := ch.Send(ctx, e)
	if err == nil || errors.Is(err, breach.ErrInvalid) {
		t.Fatalf("got %v, want an error that is not final", err)
	}
	f.silent(t, err, e)
	if n := f.Count(t, e.Key); n != 0 {
		t.Errorf("cancelled, and yet the provider holds %d", n)
	}
}

func outcomes(t *testing.T, f Fixture) {
	ch := f.Open(t)
	_, cursor, err := ch.Outcomes(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := ch.Outcomes(t.Context(), cursor); err != nil {
		t.Fatalf("cursor %q: %v", cursor, err)
	}
}

// Silent fails when an error says who was written to, or where.
func Silent(t *testing.T, err error, e notify.Envelope) { t.Helper(); silent(t, err, e) }

func silent(t *testing.T, err error, e notify.Envelope, more ...string) {
	t.Helper()
	if err == nil {
		return
	}
	// An address in a URL or a form is escaped; spelled otherwise it is as bad.
	text := strings.ToLower(fmt.Sprintf("%v %+v %q", err, err, err))
	if plain, uerr := url.QueryUnescape(text); uerr == nil {
		text += plain
	}
	values := append([]string{e.To.Email, e.To.Phone, strings.TrimPrefix(e.To.Phone, "+"), e.To.Name, e.To.Given, e.To.Address.Street,
		e.To.Address.City, e.To.Address.Postcode}, more...)
	for _, v := range values {
		if v != "" && strings.Contains(text, strings.ToLower(v)) {
			t.Error("an error tells a value of the recipient, or a secret")
		}
	}
}
