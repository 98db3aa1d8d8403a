package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/internal/breach"
)

func load(t *testing.T, text string) (Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vigie.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, "")
}

func TestLoad(t *testing.T) {
	t.Setenv("VIGIE_KEYS", "")
	for _, c := range []struct {
		name, text, want string // want: part of the error, "" for none
	}{
		{"empty", "", ""},
		{"unknown key", "dats: /x", "dats"},
		{"unknown nested key", "console: {lisen: x}", "lisen"},
		{"keys inside data", "data: /srv/v\nkeys: /srv/v/keys", "lie inside"},
		{"keys are data", "data: /srv/v\nkeys: /srv/v", "lie inside"},
		{"keys beside data", "data: /srv/v\nkeys: /srv/k", ""},
		{"keys whose name begins alike", "data: /srv/v\nkeys: /srv/v.keys", ""},
		{"source without url", "sources: [{name: a, every: 1m}]", "needs name and url"},
		{"source too often", "sources: [{name: a, url: 'http://a/', every: 1ms}]", "below 1s"},
		{"not YAML", "a: [", "parsing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, c.text)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("error %v", err)
			case c.want != "" && (!errors.Is(err, breach.ErrInvalid) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want an invalid one that says %q", err, c.want)
			}
		})
	}
}

// TestExample keeps the example configuration loadable and complete.
func TestExample(t *testing.T) {
	if _, err := Load("../../deploy/vigie.yaml", ""); err != nil {
		t.Error(err)
	}
}

func TestSecretDoesNotPrint(t *testing.T) {
	cfg, err := load(t, "channels: {smtp_pass: canary-4711}\ndatabase: postgres://canary-4711@h/d")
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Channels.SMTPPass != "canary-4711" {
		t.Errorf("the password was not read")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if s := fmt.Sprintf(verb, cfg); strings.Contains(s, "4711") {
			t.Errorf("%s prints a secret", verb)
		}
	}
}
