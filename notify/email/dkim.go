package email

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"

	"vigie/internal/breach"
)

// minRSA is the least length of an RSA key in bits. RFC 8301 3.2 forbids
// signing with less than 1024 and recommends 2048.
const minRSA = 2048

// DKIM is a signing key (RFC 6376): RSA of at least 2048 bits or Ed25519 (RFC
// 8463). The message carries one signature for each key. Ed25519 costs a
// fiftieth of RSA, yet the largest mailbox providers still do not verify it
// (measured by others on Gmail, Microsoft and Yahoo up to June 2026) and treat
// such a message as unsigned: sign with RSA, or with both, until they do, and
// with Ed25519 alone only towards a relay that adds its own RSA signature.
type DKIM struct {
	Domain   string
	Selector string
	Signer   crypto.Signer
}

// signed are the fields under the signature. They are named twice, once more
// than each stands in the message, so that nobody can add another (RFC 6376
// 8.15).
var signed = []string{"From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", "Content-Language", "Auto-Submitted"}

// check refuses a key that verifiers would not accept.
func (d DKIM) check() error {
	if !atoms(d.Domain) || !atoms(d.Selector) {
		return &breach.RefusedError{Code: "dkim-name", What: "DKIM key", Hint: "domain and selector are names of the DNS"}
	}
	switch pub := publicKey(d.Signer).(type) {
	case ed25519.PublicKey:
		return nil
	case *rsa.PublicKey:
		if pub.N.BitLen() >= minRSA {
			return nil
		}
	}
	return &breach.RefusedError{Code: "dkim-key", What: "DKIM key " + d.Selector,
		Hint: fmt.Sprintf("want Ed25519 or RSA of at least %d bits (RFC 8301)", minRSA)}
}

func publicKey(s crypto.Signer) crypto.PublicKey {
	if s == nil {
		return nil
	}
	return s.Public()
}

func atoms(s string) bool {
	return s != "" && len(s) <= 253 && strings.IndexFunc(s, func(c rune) bool {
		return c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	}) < 0
}

// sign puts a DKIM-Signature for each key before a message. The body is
// canonical as written ("simple": ASCII lines that end with CRLF, no empty line
// at the end), the header is "relaxed", since relays fold it anew.
func sign(keys []DKIM, message []byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(message) + 1024*len(keys))
	for _, k := range keys {
		if err := k.check(); err != nil {
			return nil, err
		}
		s, err := dkim.NewSigner(&dkim.SignOptions{Domain: k.Domain, Selector: k.Selector, Signer: k.Signer,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationSimple,
			HeaderKeys: slices.Concat(signed, signed)})
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", k.Selector, err)
		}
		_, err = s.Write(message)
		if err := errors.Join(err, s.Close()); err != nil {
			return nil, fmt.Errorf("key %s: %w", k.Selector, err)
		}
		out.WriteString(s.Signature())
	}
	out.Write(message)
	return out.Bytes(), nil
}
