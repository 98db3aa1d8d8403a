// Package evidencetest is a time-stamp authority on loopback, for tests.
package evidencetest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// Authority is a time-stamp authority (RFC 3161) with a root of its own. It
// stamps at the time that it was made for.
type Authority struct {
	URL     string
	Roots   *x509.CertPool
	RootPEM []byte
	Answer  func(http.ResponseWriter, *timestamp.Request) // nil: stamps
	Asked   int
}

// NewAuthority starts one; it ends with the test.
func NewAuthority(t testing.TB, at time.Time) *Authority {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	issue := func(c, parent *x509.Certificate, pub *ecdsa.PublicKey, by *ecdsa.PrivateKey) *x509.Certificate {
		c.NotBefore, c.NotAfter = at.Add(-time.Hour), at.AddDate(10, 0, 0)
		der, err := x509.CreateCertificate(rand.Reader, c, parent, pub, by)
		if err != nil {
			t.Fatal(err)
		}
		out, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	rootKey, leafKey := key(), key()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Invented Root"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	root := issue(template, template, &rootKey.PublicKey, rootKey)
	// The extended key usage is critical, as RFC 3161, 2.3 asks and openssl checks.
	leaf := issue(&x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Invented Time"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true,
			Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08}}}}, root, &leafKey.PublicKey, rootKey)
	a := &Authority{RootPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})}
	stamp := func(w http.ResponseWriter, q *timestamp.Request) {
		ts := timestamp.Timestamp{HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Time: at, Nonce: q.Nonce,
			Policy: []int{1, 3, 6, 1, 4, 1, 99999, 1}, AddTSACertificate: q.Certificates, Certificates: []*x509.Certificate{root}}
		answer, err := ts.CreateResponseWithOpts(leaf, leafKey, crypto.SHA256)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(answer)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.Asked++
		raw, _ := io.ReadAll(r.Body)
		q, err := timestamp.ParseRequest(raw)
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
		case a.Answer != nil:
			a.Answer(w, q)
		default:
			stamp(w, q)
		}
	}))
	t.Cleanup(srv.Close)
	a.URL, a.Roots = srv.URL, x509.NewCertPool()
	a.Roots.AddCert(root)
	return a
}
