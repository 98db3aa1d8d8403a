package evidence

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"

	"vigie/internal/breach"
)

// Authority is a time-stamp authority (RFC 3161) that is spoken to over HTTP
// (3.4 there).
type Authority struct {
	URL    string
	Roots  *x509.CertPool // whom to trust; nil: the answer's own certificate, unchecked
	Client *http.Client   // nil: one with a limit of 30 s
}

// mostToken bounds an authority's answer, in bytes.
const mostToken = 256 << 10

// Stamp asks for a token over data and checks it. The answer is returned as it
// came, for others to check. A failure is breach.ErrTemporary: the authority
// may be asked again.
func (a *Authority) Stamp(ctx context.Context, data []byte) ([]byte, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, err
	}
	query, err := timestamp.CreateRequest(bytes.NewReader(data), &timestamp.RequestOptions{Hash: crypto.SHA256, Certificates: true, Nonce: nonce})
	if err != nil {
		return nil, fmt.Errorf("asking for a time stamp: %w", err)
	}
	answer, err := a.post(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("asking for a time stamp: %w: %w", breach.ErrTemporary, err)
	}
	ts, err := a.check(answer, data)
	if err != nil {
		return nil, fmt.Errorf("a time stamp was given that does not hold: %w: %w", breach.ErrTemporary, err)
	}
	if ts.Nonce == nil || ts.Nonce.Cmp(nonce) != 0 {
		return nil, fmt.Errorf("a time stamp was given for another request: %w", breach.ErrTemporary)
	}
	return answer, nil
}

func (a *Authority) post(ctx context.Context, query []byte) ([]byte, error) {
	client := a.Client
	if client == nil {
		client = &http.Client{Timeout: 30 * time.Second}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, mostToken+1))
	switch {
	case err != nil:
		return nil, err
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the authority answers with status %d", resp.StatusCode)
	case len(answer) > mostToken:
		return nil, fmt.Errorf("the authority answers with more than %d bytes", mostToken)
	}
	return answer, nil
}

// StampedAt checks a token over data and returns its time.
func (a *Authority) StampedAt(token, data []byte) (time.Time, error) {
	ts, err := a.check(token, data)
	if err != nil {
		return time.Time{}, fmt.Errorf("checking a time stamp: %w: %w", breach.ErrInvalid, err)
	}
	return ts.Time.UTC(), nil
}

func (a *Authority) check(token, data []byte) (*timestamp.Timestamp, error) {
	ts, err := timestamp.ParseResponse(token) // checks the signature, if a certificate is there
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	if ts.HashAlgorithm != crypto.SHA256 || !bytes.Equal(ts.HashedMessage, sum[:]) {
		return nil, errors.New("it is of other bytes")
	}
	if len(ts.Certificates) == 0 {
		return nil, errors.New("it lacks the authority's certificate")
	}
	if a == nil || a.Roots == nil {
		return ts, nil
	}
	return ts, trusted(ts, a.Roots)
}

// trusted checks that whoever signed the token may stamp, and leads to one of
// the roots at the time of the stamp.
func trusted(ts *timestamp.Timestamp, roots *x509.CertPool) error {
	signed, err := pkcs7.Parse(ts.RawToken)
	if err != nil {
		return err
	}
	signer := signed.GetOnlySigner()
	if signer == nil {
		return errors.New("it has no one signer")
	}
	between := x509.NewCertPool()
	for _, c := range ts.Certificates {
		between.AddCert(c)
	}
	_, err = signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: ts.Time,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	return err
}

// TokenCertificates gives the certificates of a token as PEM, for openssl's
// -untrusted.
func TokenCertificates(token []byte) ([]byte, error) {
	ts, err := timestamp.ParseResponse(token)
	if err != nil {
		return nil, fmt.Errorf("reading a time stamp: %w: %w", breach.ErrInvalid, err)
	}
	var out []byte
	for _, c := range ts.Certificates {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out, nil
}
