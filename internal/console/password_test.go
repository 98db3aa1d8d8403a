package console

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"vigie/internal/breach"
)

func TestPassword(t *testing.T) {
	phc, err := HashPassword("orbe mirabelle quartz")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=65536,t=2,p=1$") {
		t.Errorf("hash is %q", phc)
	}
	for password, want := range map[string]bool{"orbe mirabelle quartz": true, "orbe mirabelle quartZ": false, "": false} {
		if got, err := checkPassword(phc, password); err != nil || got != want {
			t.Errorf("checking %q: %v, %v, want %v", password, got, err, want)
		}
	}
	for _, bad := range []string{"short", strings.Repeat("x", 257)} {
		if _, err := HashPassword(bad); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("hashing %d bytes: %v, want ErrInvalid", len(bad), err)
		}
	}
}

func TestStoredHashIsBounded(t *testing.T) {
	for _, phc := range []string{"", "$", "plain", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5", "$argon2id$v=19$m=64,t=99,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5",
		"$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5", "$argon2id$v=19$m=64,t=1,p=1$$", "$argon2id$v=19$m=64,t=1,p=1$!!$!!"} {
		if ok, err := checkPassword(phc, "x"); ok || !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%q: %v, %v, want ErrInvalid", phc, ok, err)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(decoy(cost{64, 1, 1}))
	f.Add("$argon2id$v=19$m=-1,t=1,p=1$c2FsdA$a2V5")
	f.Fuzz(func(t *testing.T, phc string) {
		k, salt, key, err := parsePHC(phc)
		if err == nil && (k.memory > maxMemory || k.passes > maxPasses || k.threads > maxThreads || len(salt) > 64 || len(key) > 64) {
			t.Errorf("%q would cost %+v", phc, k)
		}
	})
}

func TestTOTP(t *testing.T) {
	secret, address, err := NewTOTP("rose")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "otpauth" || u.Query().Get("secret") != secret || u.Path != "/Vigie:rose" {
		t.Errorf("address is %q", address)
	}
	now := time.Date(2026, 11, 21, 3, 0, 5, 0, time.UTC)
	for _, tt := range []struct {
		name string
		off  time.Duration
		want bool
	}{
		{"now", 0, true}, {"the step before", -30 * time.Second, true}, {"the step after", 30 * time.Second, true},
		{"two steps before", -60 * time.Second, false}, {"two steps after", 60 * time.Second, false},
	} {
		code, err := totp.GenerateCode(secret, now.Add(tt.off))
		if err != nil {
			t.Fatal(err)
		}
		step, ok := matchTOTP(secret, code, now)
		if ok != tt.want || (ok && step != now.Add(tt.off).Unix()/30) {
			t.Errorf("%s: step %d, %v", tt.name, step, ok)
		}
	}
	for _, code := range []string{"", "12345", "1234567", "abcdef", " 12345"} {
		if _, ok := matchTOTP(secret, code, now); ok {
			t.Errorf("code %q is taken", code)
		}
	}
}
