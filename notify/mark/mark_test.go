package mark

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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
	if err != nil || len(code) != 14 || Clean(strings.ToLower(strings.ReplaceAll(code, "-", " "))) != strings.ReplaceAll(code, "-", "") {
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
		other, err := s.Code(m)
		if err != nil || got != tt.want || (other == code) != (tt.want == "") {
			t.Errorf("got %q, want %q; code %s and %s, %v", got, tt.want, code, other, err)
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
	if _, err := s.Payload(Mark{Key: "a b", Batch: "x"}); err == nil {
		t.Error("a key with a space is marked")
	}
	if _, err := NewSigner(nil); err == nil {
		t.Error("no seed is taken")
	}
}

func TestClean(t *testing.T) {
	for typed, want := range map[string]string{
		"7k3m-9qtx-2wab": "7K3M9QTX2WAB", " 7K3M 9QTX 2WAB ": "7K3M9QTX2WAB", "OIL0-1111-1111": "011011111111",
		"": nobody, "7K3M9QTX2WABC": nobody, "7K3M9QTX2WA": nobody, "7K3M-9QTX-2WAU": nobody, "\x00é": nobody, strings.Repeat("A", 1<<20): nobody,
	} {
		if got := Clean(typed); got != want {
			t.Errorf("%.20q: got %s, want %s", typed, got, want)
		}
	}
}

// TestOpenSSL: a stranger checks a mark with public tools and the published
// key alone, as the page explains.
func TestOpenSSL(t *testing.T) {
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	s, dir := signer(t, 1), t.TempDir()
	payload, err := s.Payload(sample())
	if err != nil {
		t.Fatal(err)
	}
	key, err := s.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	if public, err := ParsePublic(key); err != nil || !public.Equal(s.Public()) {
		t.Fatalf("the key does not read back: %v", err)
	}
	check := func(payload string) error {
		for name, data := range map[string][]byte{"vigie.pem": key, "mark.txt": []byte(payload)} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", Procedure)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+filepath.Dir(path)+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		return err
	}
	if err := check(payload); err != nil {
		t.Errorf("a genuine mark: %v", err)
	}
	if err := check(strings.Replace(payload, "20260309", "20260310", 1)); err == nil {
		t.Error("a mark of another day checks out")
	}
	for _, bad := range []string{"", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if _, err := ParsePublic([]byte(bad)); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("7K3M-9QTX-2WAB")
	f.Fuzz(func(t *testing.T, typed string) {
		if got := Clean(typed); len(got) != letters || Clean(got) != got {
			t.Fatalf("%q becomes %q", typed, got)
		}
	})
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
