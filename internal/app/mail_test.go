package app

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
)

func TestReadSigner(t *testing.T) {
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(ed)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	for _, tt := range []struct {
		name string
		file []byte
		ok   bool
	}{
		{"Ed25519", block("PRIVATE KEY", der), true},
		{"RSA, PKCS #1", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rs)), true},
		{"a public key", block("PUBLIC KEY", x509.MarshalPKCS1PublicKey(&rs.PublicKey)), false},
		{"cut", block("PRIVATE KEY", der[:20]), false},
		{"no PEM", []byte("secret"), false},
	} {
		path := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(path, tt.file, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readSigner(path); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// The example that names every key is one that loads.
func TestExampleLoads(t *testing.T) {
	path, err := filepath.Abs("../../deploy/vigie.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	cfg, err := Load(path, "")
	if err != nil || len(cfg.Channels.Mail.DKIM) != 1 || cfg.Channels.Mail.Bounces.Domain == "" {
		t.Fatalf("%+v, %v", cfg.Channels.Mail, err)
	}
}
