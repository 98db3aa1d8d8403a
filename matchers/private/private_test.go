package private_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/bits"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers/private"
)

var terms = private.Terms{ID: "0123456789abcdef1032547698badcfe", Kinds: 3, People: 1000}

func newKey(t testing.TB) *private.Key {
	t.Helper()
	k, err := private.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// leak makes n rows: row i has the tokens i and i/3 + 1,000,000.
func leak(n int) iter.Seq2[private.Row, error] {
	return func(yield func(private.Row, error) bool) {
		for i := range n {
			r := private.Row{Tokens: []uint64{uint64(i), uint64(i/3 + 1_000_000)}, Body: fmt.Appendf(nil, "row %d", i)}
			if i%10 == 9 {
				r.Tokens = nil
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func offer(t testing.TB, k *private.Key, rows iter.Seq2[private.Row, error]) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := private.Offer(context.Background(), &out, spill(t), k, terms, rand.Reader, rows); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func spill(t testing.TB) io.ReadWriteSeeker {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// exchange asks, answers and opens.
func exchange(t testing.TB, k *private.Key, offer []byte, tokens []uint64) (rows []string, got private.Opened) {
	t.Helper()
	s, answer := asked(t, k, tokens)
	got, err := private.Open(context.Background(), bytes.NewReader(offer), int64(len(offer)), s, tokens, bytes.NewReader(answer),
		func(b []byte) error { rows = append(rows, string(b)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return rows, got
}

func asked(t testing.TB, k *private.Key, tokens []uint64) (*private.Secret, []byte) {
	t.Helper()
	var ask, answer bytes.Buffer
	s, err := private.Ask(context.Background(), &ask, terms, rand.Reader, tokens)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := private.Answer(context.Background(), &answer, k, terms, &ask, 1000); err != nil || n != s.Tokens {
		t.Fatal(n, err)
	}
	return s, answer.Bytes()
}

func TestExchange(t *testing.T) {
	k := newKey(t)
	o := offer(t, k, leak(300))
	for _, c := range []struct {
		name   string
		tokens []uint64
		want   []string
	}{
		{"nobody", []uint64{5_000_000}, nil},
		{"one row", []uint64{41}, []string{"row 41"}},
		{"rows that share a token", []uint64{1_000_002}, []string{"row 6", "row 7", "row 8"}},
		{"one of them has none", []uint64{1_000_003}, []string{"row 10", "row 11"}},
		{"by two tokens, once", []uint64{40, 1_000_013, 40}, []string{"row 40", "row 41"}},
		{"in their order", []uint64{250, 7, 100}, []string{"row 7", "row 100", "row 250"}},
	} {
		rows, got := exchange(t, k, o, c.tokens)
		if d := cmp.Diff(c.want, rows); d != "" || got.Offered != 300 || got.Opened != int64(len(c.want)) {
			t.Errorf("%s: %+v %s", c.name, got, d)
		}
	}
}

// TestManyBatches crosses the borders of batches and waves.
func TestManyBatches(t *testing.T) {
	k := newKey(t)
	o := offer(t, k, leak(200))
	var tokens []uint64
	for i := range uint64(700) {
		tokens = append(tokens, i*3)
	}
	rows, _ := exchange(t, k, o, tokens)
	if len(rows) != 60 { // 67 multiples of three below 200, less those without tokens
		t.Errorf("%d rows", len(rows))
	}
}

// TestOfferTellsNothing: no value stands in the offer, rows that share a token
// have nothing in common, and other keys make another offer.
func TestOfferTellsNothing(t *testing.T) {
	same := func(yield func(private.Row, error) bool) {
		for range 50 {
			if !yield(private.Row{Tokens: []uint64{7}, Body: []byte("QUELIN Ambre")}, nil) {
				return
			}
		}
	}
	o := offer(t, newKey(t), same)
	if bytes.Contains(o, []byte("QUELIN")) {
		t.Error("a value stands in the offer")
	}
	seen := map[string]int{}
	for i := range len(o) - 16 {
		seen[string(o[i:i+16])]++
	}
	for s, n := range seen {
		if n > 1 && strings.Trim(s, "\x00") != "" {
			t.Errorf("%q stands %d times in the offer", s, n)
		}
	}
	if s, answer := asked(t, newKey(t), []uint64{7}); true {
		got, err := private.Open(context.Background(), bytes.NewReader(o), int64(len(o)), s, []uint64{7}, bytes.NewReader(answer), func([]byte) error { return nil })
		if err != nil || got.Opened != 0 {
			t.Errorf("another key opens %d rows: %v", got.Opened, err)
		}
	}
}

// TestAskTellsNothing: the same tokens are asked for in other words each time.
func TestAskTellsNothing(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if _, err := private.Ask(context.Background(), w, terms, rand.Reader, []uint64{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
	}
	x, y := a.Bytes(), b.Bytes()
	if len(x) != len(y) || len(x) < 96 {
		t.Fatal(len(x), len(y))
	}
	x, y = x[len(x)-96:], y[len(y)-96:]
	same := 0
	for i := range x {
		same += 8 - bits.OnesCount8(x[i]^y[i])
	}
	if same < 300 || same > 470 { // of 768: half, within six standard deviations
		t.Errorf("%d bits of 768 are the same", same)
	}
}

func TestRefusals(t *testing.T) {
	k := newKey(t)
	o := offer(t, k, leak(30))
	tokens := []uint64{3, 4}
	s, answer := asked(t, k, tokens)
	var ask bytes.Buffer
	if _, err := private.Ask(context.Background(), &ask, terms, rand.Reader, tokens); err != nil {
		t.Fatal(err)
	}
	others := terms
	others.ID = strings.Repeat("a1", 16)
	open := func(o []byte, tokens []uint64, answer []byte) error {
		_, err := private.Open(context.Background(), bytes.NewReader(o), int64(len(o)), s, tokens, bytes.NewReader(answer), func([]byte) error { return nil })
		return err
	}
	answerTo := func(b []byte, of private.Terms, most int64) error {
		_, err := private.Answer(context.Background(), io.Discard, k, of, bytes.NewReader(b), most)
		return err
	}
	for _, c := range []struct {
		name string
		err  error
		code string
	}{
		{"registry changed", open(o, []uint64{3, 5}, answer), "registry-changed"},
		{"an ask for an offer", open(ask.Bytes(), tokens, answer), "not-offer"},
		{"an offer for an answer", open(o, tokens, o), "not-answer"},
		{"offer cut", open(o[:len(o)-9], tokens, answer), "damaged"},
		{"answer cut", open(o, tokens, answer[:len(answer)-1]), "damaged"},
		{"too many", answerTo(ask.Bytes(), terms, 1), "too-many-tokens"},
		{"of another offer", answerTo(ask.Bytes(), others, 9), "other-offer"},
		{"ask cut", answerTo(ask.Bytes()[:ask.Len()-5], terms, 9), "damaged"},
		{"ask with more", answerTo(append(bytes.Clone(ask.Bytes()), 0), terms, 9), "damaged"},
		{"nobody", func() error {
			_, err := private.Ask(context.Background(), io.Discard, terms, rand.Reader, nil)
			return err
		}(), "no-tokens"},
		{"a row too large", func() error {
			_, err := private.Offer(context.Background(), io.Discard, spill(t), k, terms, rand.Reader, func(yield func(private.Row, error) bool) {
				yield(private.Row{Tokens: []uint64{1}, Body: make([]byte, 2<<20)}, nil)
			})
			return err
		}(), "row-too-large"},
	} {
		var r *breach.RefusedError
		if !errors.As(c.err, &r) || r.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, c.err, c.code)
		}
	}
}

func TestErrorsOfRowsAndInterrupts(t *testing.T) {
	broken := errors.New("broken")
	_, err := private.Offer(context.Background(), io.Discard, spill(t), newKey(t), terms, rand.Reader, func(yield func(private.Row, error) bool) {
		for row, err := range leak(200) {
			if !yield(row, err) {
				return
			}
		}
		yield(private.Row{}, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := private.Offer(ctx, io.Discard, spill(t), newKey(t), terms, rand.Reader, leak(5000)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestKeySurvives seals and opens the key.
func TestKeySurvives(t *testing.T) {
	k := newKey(t)
	o := offer(t, k, leak(20))
	raw, err := k.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	again := new(private.Key)
	if err := again.UnmarshalBinary(raw); err != nil {
		t.Fatal(err)
	}
	if rows, _ := exchange(t, again, o, []uint64{4}); len(rows) != 1 {
		t.Errorf("rows %v", rows)
	}
	if err := again.UnmarshalBinary(raw[:7]); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("half a key: %v", err)
	}
}

// FuzzOpen changes an offer and an answer anywhere.
func FuzzOpen(f *testing.F) {
	k := newKey(f)
	o := offer(f, k, leak(12))
	tokens := []uint64{1, 1_000_002}
	s, answer := asked(f, k, tokens)
	f.Add(uint16(3), []byte{1}, false)
	f.Add(uint16(len(o)-30), []byte{0xff, 0xff}, false)
	f.Add(uint16(90), []byte{0xff}, true)
	f.Fuzz(func(t *testing.T, at uint16, patch []byte, inAnswer bool) {
		a, b := bytes.Clone(o), bytes.Clone(answer)
		where := a
		if inAnswer {
			where = b
		}
		copy(where[min(int(at), len(where)):], patch)
		_, err := private.Open(context.Background(), bytes.NewReader(a), int64(len(a)), s, tokens, bytes.NewReader(b), func(body []byte) error {
			if !bytes.HasPrefix(body, []byte("row ")) {
				t.Errorf("a changed offer gave %q", body)
			}
			return nil
		})
		var r *breach.RefusedError
		if err != nil && !errors.As(err, &r) {
			t.Errorf("nonsense is %v", err)
		}
	})
}

func BenchmarkOffer(b *testing.B) {
	k := newKey(b)
	for b.Loop() {
		if _, err := private.Offer(context.Background(), io.Discard, spill(b), k, terms, rand.Reader, leak(1000)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1900/b.Elapsed().Seconds(), "tokens/s")
}
