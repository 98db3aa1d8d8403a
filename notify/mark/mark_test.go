package mark

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

func signer(t testing.TB, b byte) *Signer {
	t.Helper()
	s, err := NewSigner(bytes.Repeat([]byte{b}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sample() Mark {
	return Mark{breach.ChannelLetter, "batch_1", time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC), "msg_1"}
}

func TestMarkIsOfOneMessage(t *testing.T) {
	s := signer(t, 1)
	payload, err := s.Payload(sample())
	if err != nil {
		t.Fatal(err)
	}
	code, err := s.Code(sample())
	if err != nil || len(code) != 27 || !s.Check(strings.ToLower(strings.ReplaceAll(code, "-", " ")), sample()) {
		t.Fatalf("code %q, %v", code, err)
	}
	if got, err := Read(s.Public(), payload); err != nil || got != sample() {
		t.Fatalf("got %+v, %v", got, err)
	}
	for _, tt := range []struct {
		want string
		do   func(*Mark)
	}{
		{"", func(*Mark) {}},
		{"channel", func(m *Mark) { m.Channel = breach.ChannelEmail }},
		{"batch", func(m *Mark) { m.Batch = "batch_2" }},
		{"day", func(m *Mark) { m.Day = m.Day.AddDate(0, 0, 1) }},
		{"key", func(m *Mark) { m.Key = "msg_2" }},
	} {
		m := sample()
		tt.do(&m)
		got := ""
		var refused *breach.RefusedError
		if errors.As(Genuine(s.Public(), payload, m), &refused) {
			got = refused.Code
		}
		if got != tt.want || s.Check(code, m) != (tt.want == "") {
			t.Errorf("got %q, want %q; the code checks out: %v", got, tt.want, s.Check(code, m))
		}
	}
}

func TestForged(t *testing.T) {
	s := signer(t, 1)
	payload, err := s.Payload(sample())
	if err != nil {
		t.Fatal(err)
	}
	other, err := signer(t, 2).Payload(sample())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"", " ", other, payload[:len(payload)-2], strings.Replace(payload, "msg_1", "msg_2", 1), strings.Repeat("x", 2000), payload + "A"} {
		if _, err := Read(s.Public(), p); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%q: %v", p, err)
		}
	}
	if s.Check("", sample()) || s.Check("000000-000000-000000-000000", sample()) {
		t.Error("a code of nothing checks out")
	}
	if _, err := s.Payload(Mark{Key: "a b", Batch: "x"}); err == nil {
		t.Error("a key with a space is marked")
	}
	if _, err := NewSigner(nil); err == nil {
		t.Error("no seed is taken")
	}
}

func FuzzRead(f *testing.F) {
	s := signer(f, 1)
	payload, _ := s.Payload(sample())
	f.Add(payload)
	f.Fuzz(func(t *testing.T, p string) {
		if m, err := Read(s.Public(), p); err == nil && (p != payload || m != sample()) {
			t.Fatalf("forged: %q", p)
		}
	})
}
