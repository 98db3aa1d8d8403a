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

func TestLoad(t *testing.T) {
	good := "sources: [{name: harbour, url: 'http://leaks.example.org/', every: 1h}]\n"
	tests := []struct {
		name, file, want string // want: part of the error, "" for none
	}{
		{"empty file", "", ""},
		{"source", good, ""},
		{"unknown key", "lissten: x\n", "lissten"},
		{"unknown key within", "console: {lissten: x}\n", "lissten"},
		{"keys inside data", "data: d\nkeys: d/keys\n", "lie inside data"},
		{"keys inside data by a detour", "data: d\nkeys: e/../d\n", "lie inside data"},
		{"keys beside data of a like name", "data: d\nkeys: d2/keys\n", ""},
		{"listen without port", "console: {listen: localhost}\n", "want host:port"},
		{"half of mTLS", "temporal: {tls_cert: c.pem}\n", "belong together"},
		{"no dump fits", "max_dump: 0\n", "max_dump 0"},
		{"impossible budget", "linkage: {missed: 1.5}\n", "missed"},
		{"mail", "channels: {smtp: 'mail.example.org:587', mail: {dkim: [{selector: r, key: k.pem}], bounces: {domain: vigie.example.org, maildir: b}, pace: {relay: 50, domains: {example.org: 2}}}}\n", ""},
		{"mail by two ways", "channels: {smtp: 'mail.example.org:587', mail: {ses: {region: eu-west-3, configuration_set: n}}}\n", "want one of them"},
		{"mail without a set", "channels: {mail: {ses: {region: eu-west-3}}}\n", "configuration_set"},
		{"bounces to nowhere", "channels: {mail: {bounces: {domain: vigie.example.org}}}\n", "belong together"},
		{"pace backwards", "channels: {mail: {pace: {domains: {example.org: -1}}}}\n", "0 or more"},
		{"mirrors", "sources: [{name: h, url: 'http://l.example.org/', mirrors: ['http://m.example.org/'], every: 1h, pages: 5, pause: 2s, proxy: 'socks5h://127.0.0.1:9050', render: true, accounts: 'opinion of 3 May'}]\n", ""},
		{"mirror that is none", "sources: [{name: h, url: 'http://l.example.org/', mirrors: ['ftp://m.example.org/'], every: 1h}]\n", "want an http"},
		{"onion without a proxy", "sources: [{name: h, url: 'http://l.example.org/', mirrors: ['http://abc.onion/'], every: 1h}]\n", "an onion needs a proxy"},
		{"proxy that resolves names here", "sources: [{name: h, url: 'http://l.example.org/', every: 1h, proxy: 'socks5://127.0.0.1:9050'}]\n", "want socks5h://"},
		{"negative budget", "sources: [{name: h, url: 'http://l.example.org/', every: 1h, pages: -1}]\n", "0 or more"},
		{"source twice", good[:len(good)-2] + ", {name: harbour, url: 'http://x.example.org/', every: 1h}]\n", "there twice"},
		{"source without name", "sources: [{url: 'http://x.example.org/', every: 1h}]\n", "needs a name"},
		{"source of another scheme", "sources: [{name: a, url: 'file:///etc/passwd', every: 1h}]\n", "http or https"},
		{"source too often", "sources: [{name: a, url: 'http://x.example.org/', every: 1ms}]\n", "at least 1s"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("VIGIE_KEYS", "")
			if err := os.WriteFile("vigie.yaml", []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load("vigie.yaml", "")
			switch {
			case test.want == "" && err != nil:
				t.Fatal(err)
			case test.want != "" && (!errors.Is(err, breach.ErrInvalid) || !strings.Contains(err.Error(), test.want)):
				t.Fatalf("error %v, want an invalid one that says %q", err, test.want)
			}
		})
	}
}

func TestLoadPlaces(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("VIGIE_KEYS", filepath.Join(dir, "elsewhere"))
	cfg, err := Load("", "")
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Data != filepath.Join(dir, DefaultData) || cfg.Keys != filepath.Join(dir, "elsewhere") || cfg.Page.Dir != filepath.Join(cfg.Data, "pages") {
		t.Errorf("data %s, keys %s, pages %s", cfg.Data, cfg.Keys, cfg.Page.Dir)
	}
	if err := os.MkdirAll("real", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", "link"); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	t.Setenv("VIGIE_KEYS", filepath.Join(dir, "real", "keys"))
	if _, err := Load("", "link"); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("keys inside the data by a symbolic link: %v", err)
	}
}

func TestSecretNeverPrints(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got := fmt.Sprintf(verb, ChannelConfig{SMTPPass: "hunter2"}); strings.Contains(got, "hunter2") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}
