package codec

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

func TestClientOptionsTellNothing(t *testing.T) {
	opts, err := ClientOptions("127.0.0.1:1", "vigie", secretOf(1))
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(opts.Identity, host) || opts.Identity == "" || !opts.DisableWorkerEnvironmentInfo {
		t.Errorf("identity %q, environment withheld: %t", opts.Identity, opts.DisableWorkerEnvironmentInfo)
	}
	if _, err := ClientOptions("127.0.0.1:1", "vigie", nil); err == nil {
		t.Error("no secret is accepted")
	}
}

func TestTargetConfig(t *testing.T) {
	cert, key := keyPair(t)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("not PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name          string
		target        Target
		certs         int
		clear, refuse bool
	}{
		{"loopback", Target{}, 0, true, false},
		{"TLS", Target{TLS: true}, 0, false, false},
		{"mTLS with an own authority", Target{TLSCert: cert, TLSKey: key, TLSCA: cert}, 1, false, false},
		{"a certificate without a key", Target{TLSCert: cert}, 0, false, true},
		{"a key without a certificate", Target{TLSKey: key}, 0, false, true},
		{"files in the wrong place", Target{TLSCert: key, TLSKey: cert}, 0, false, true},
		{"an authority that is no PEM", Target{TLSCA: text}, 0, false, true},
		{"a missing authority", Target{TLSCA: text + ".missing"}, 0, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := tt.target.config()
			if tt.refuse {
				if !errors.Is(err, breach.ErrInvalid) {
					t.Errorf("error %v, want invalid", err)
				}
				return
			}
			if err != nil || (cfg == nil) != tt.clear {
				t.Fatalf("config %v, %v", cfg, err)
			}
			if cfg != nil && (len(cfg.Certificates) != tt.certs || cfg.InsecureSkipVerify) {
				t.Errorf("%d certificates, want %d", len(cfg.Certificates), tt.certs)
			}
		})
	}
}

func TestDialWithoutServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = Dial(ctx, Target{Address: l.Addr().String(), Namespace: "vigie"}, secretOf(1), nil)
	if !errors.Is(err, breach.ErrTemporary) || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("error %v, want a temporary one that names the address", err)
	}
}

func TestLogKeepsFaultsOnly(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(faults{slog.NewTextHandler(&out, nil)}).With("part", "x").WithGroup("g")
	log.Info("started")
	log.Warn("Failed to poll for task.", "Error", context.Canceled)
	log.Warn("Failed to poll for task.", "Error", errors.New("connection refused"))
	log.Error("broken")
	if got := out.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "refused") || !strings.Contains(got, "broken") {
		t.Errorf("log:\n%s", got)
	}
}

// keyPair writes a self-signed certificate and its key.
func keyPair(t *testing.T) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"temporal.example.org"}}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}
