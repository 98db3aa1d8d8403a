package email

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"vigie/internal/breach"
	"vigie/notify/notifytest"
)

// certificate is one that a pool of its own trusts.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"relay.example.org"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLS(t *testing.T) {
	cert, pool := certificate(t)
	s := &sink{keep: true, messages: map[string][][]byte{}}
	server := smtp.NewServer(s)
	server.Domain, server.TLSConfig = "relay.example.org", &tls.Config{Certificates: []tls.Certificate{cert}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	for _, tt := range []struct {
		name string
		conf *tls.Config
		ok   bool
	}{
		{"trusted", &tls.Config{RootCAs: pool, ServerName: "relay.example.org"}, true},
		{"unknown authority", &tls.Config{ServerName: "relay.example.org"}, false},
		{"another name", &tls.Config{RootCAs: pool, ServerName: "other.example.org"}, false},
	} {
		ch := open(t, l.Addr().String(), func(c *Config) { c.TLS = tt.conf })
		_, err := ch.Send(t.Context(), notifytest.Envelope("msg_1"))
		if (err == nil) != tt.ok || (!tt.ok && !errors.Is(err, breach.ErrTemporary)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	implicit, err := tls.Listen("tcp", "127.0.0.1:0", server.TLSConfig)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(implicit) }()
	ch := open(t, implicit.Addr().String(), func(c *Config) {
		c.ImplicitTLS, c.TLS = true, &tls.Config{RootCAs: pool, ServerName: "relay.example.org"}
	})
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_2")); err != nil {
		t.Errorf("TLS from the first byte: %v", err)
	}
}

func TestStartTLSInjection(t *testing.T) {
	addr := script(t, map[string]string{"EHLO": "250-x\r\n250 STARTTLS\r\n", "STARTTLS": "220 go\r\n250 injected\r\n"})
	ch := open(t, addr, func(c *Config) { c.TLS = &tls.Config{} })
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("got %v", err)
	}
}

func TestAuth(t *testing.T) {
	for name, replies := range map[string]map[string]string{
		"plain": {"EHLO": "250-x\r\n250 AUTH LOGIN PLAIN\r\n", "AUTH": "235 ok\r\n"},
		"login": {"EHLO": "250-x\r\n250 AUTH LOGIN\r\n", "AUTH": "334 UGFzc3dvcmQ6\r\n", "C2VJCMV0": "235 ok\r\n"},
		"wrong": {"EHLO": "250-x\r\n250 AUTH PLAIN\r\n", "AUTH": "535 5.7.8 user secret\r\n"},
	} {
		ch := open(t, script(t, replies), func(c *Config) { c.Username, c.Password = "user", "secret" })
		_, err := ch.Send(t.Context(), notifytest.Envelope("msg_1"))
		switch {
		case name != "wrong" && err != nil:
			t.Errorf("%s: %v", name, err)
		case name == "wrong" && (!errors.Is(err, breach.ErrTemporary) || strings.Contains(err.Error(), "secret")):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A recipient refused costs nobody the connection.
func TestRefusedRecipient(t *testing.T) {
	addr := script(t, map[string]string{"EHLO": "250-x\r\n250 SIZE 1000000\r\n", "RCPT": "550 5.1.1 <zoe.hapax@example.org>\r\n"})
	ch := open(t, addr, nil)
	for i := range 3 {
		e := notifytest.Envelope(fmt.Sprint("msg_", i))
		_, err := ch.Send(t.Context(), e)
		var refused *breach.RefusedError
		if !errors.As(err, &refused) || refused.Code != NoMailbox {
			t.Fatalf("message %d: %v", i, err)
		}
		notifytest.Silent(t, err, e)
	}
	if len(ch.idle) != 1 {
		t.Errorf("%d connections at rest, want 1", len(ch.idle))
	}
}

func TestHostileReplies(t *testing.T) {
	for name, reply := range map[string]string{
		"endless line":    strings.Repeat("2", 1<<16),
		"endless reply":   strings.Repeat("250-x\r\n", 1000),
		"other code":      "250-x\r\n550 y\r\n",
		"no code":         "hello\r\n",
		"number of 1":     "150 x\r\n",
		"number of 9":     "999 x\r\n",
		"glued":           "250x\r\n",
		"empty":           "\r\n",
		"another class":   "550 2.1.1 x\r\n",
		"binary":          "\x00\xff\r\n",
		"enhanced, false": "550 5.99999999999999999999.1 x\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			ch := open(t, script(t, map[string]string{"MAIL": reply}), func(c *Config) { c.Timeout = time.Second })
			if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); !errors.Is(err, breach.ErrTemporary) || errors.Is(err, breach.ErrInvalid) {
				t.Errorf("got %v, want ErrTemporary", err)
			}
		})
	}
}

func TestConnectionsAreReplaced(t *testing.T) {
	s := &sink{keep: true}
	ch := open(t, listen(t, s), func(c *Config) { c.PerConn = 10 })
	for i := range 35 {
		if _, err := ch.Send(t.Context(), notifytest.Envelope(fmt.Sprint("msg_", i))); err != nil {
			t.Fatal(err)
		}
	}
	if s.sessions != 4 {
		t.Errorf("%d connections for 35 messages of 10 each, want 4", s.sessions)
	}
}

// A connection that the relay has ended in the meantime is no doubt: nothing of
// the message was sent over it.
func TestStaleConnection(t *testing.T) {
	s := &sink{keep: true}
	ch := open(t, listen(t, s), nil)
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	relay := s.last
	s.mu.Unlock()
	if err := relay.Close(); err != nil { // while our side rests
		t.Fatal(err)
	}
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_2")); err != nil {
		t.Fatal(err)
	}
	if s.count("msg_2@vigie.example.org") != 1 {
		t.Error("not sent once")
	}
}

func TestEnvelopeSenderIsKeyed(t *testing.T) {
	ret := Return{Domain: "vigie.example.org", Key: []byte("0123456789abcdef")}
	s := &sink{keep: true}
	ch := open(t, listen(t, s), func(c *Config) { c.Return = ret })
	ref, err := ch.Send(t.Context(), notifytest.Envelope("msg_1"))
	if err != nil || ref != ret.Token("msg_1")+"@vigie.example.org" {
		t.Fatalf("ref %q, %v", ref, err)
	}
	if key, ok := ret.Of(s.from); !ok || key != "msg_1" {
		t.Errorf("return path %q names no message", s.from)
	}
	for _, c := range []Config{
		{Addr: "h:25", From: "a@example.org", Return: Return{Domain: "example.org", Key: []byte("short")}},
		{Addr: "h:25", From: "a@example.org", Return: Return{Domain: "exa mple.org", Key: make([]byte, 32)}},
		{Addr: "h:25", From: "A <a@example.org>"},
		{Addr: "h", From: "a@example.org"},
		{Addr: "h:25", From: "a@example.org", DKIM: []DKIM{{Domain: "example.org", Selector: "s"}}},
		{Addr: "h:25", From: "a@example.org", DKIM: []DKIM{{Domain: "example.org", Selector: "s; x=1"}}},
	} {
		if _, err := NewSMTP(c); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%+v: %v, want ErrInvalid", c.Return.Domain, err)
		}
	}
}
