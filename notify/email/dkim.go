package email

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

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

// signed are the fields under the signature. Each is named once more than it
// stands in the message, so that nobody can add another (RFC 6376 8.15).
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

// sign makes a DKIM-Signature for each key. The body is canonical as written
// ("simple": ASCII lines that end with CRLF, no empty line at the end), the
// header is "relaxed", since relays fold it anew. The digests are shared.
func sign(keys []DKIM, fields []field, body []byte, date time.Time) ([]field, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	digest := sha256.Sum256(body)
	bh := base64.StdEncoding.EncodeToString(digest[:])
	names, head := headers(fields)
	var out []field
	for _, k := range keys {
		if err := k.check(); err != nil {
			return nil, err
		}
		algorithm := "rsa-sha256"
		if _, ok := k.Signer.Public().(ed25519.PublicKey); ok {
			algorithm = "ed25519-sha256"
		}
		value := "v=1; a=" + algorithm + "; c=relaxed/simple; d=" + k.Domain + ";\r\n s=" + k.Selector +
			"; t=" + strconv.FormatInt(date.Unix(), 10) + ";\r\n h=" + names + ";\r\n bh=" + bh + ";\r\n b="
		sum := sha256.Sum256([]byte(head + "dkim-signature:" + relax(value)))
		opts := crypto.SignerOpts(crypto.SHA256)
		if algorithm == "ed25519-sha256" { // signs the digest as its message (RFC 8463 3)
			opts = crypto.Hash(0)
		}
		sig, err := k.Signer.Sign(rand.Reader, sum[:], opts)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", k.Selector, err)
		}
		out = append(out, field{"DKIM-Signature", value + foldBase64(sig)})
	}
	return out, nil
}

// headers returns the h= list, folded, and the canonical fields it names.
func headers(fields []field) (names, canonical string) {
	var h, text strings.Builder
	column := 0
	name := func(s string) {
		if h.Len() > 0 {
			h.WriteByte(':')
			if column += len(s) + 1; column > 60 {
				h.WriteString("\r\n  ")
				column = 0
			}
		}
		h.WriteString(s)
	}
	for _, n := range signed {
		for _, f := range fields {
			if strings.EqualFold(f.name, n) {
				name(n)
				text.WriteString(strings.ToLower(n) + ":" + relax(f.value) + "\r\n")
			}
		}
		name(n)
	}
	return h.String(), text.String()
}

// relax is the relaxed canonical form of a field's value (RFC 6376 3.4.2).
func relax(s string) string { return strings.Join(strings.Fields(s), " ") }

func foldBase64(sig []byte) string {
	s := base64.StdEncoding.EncodeToString(sig)
	var b bytes.Buffer
	for len(s) > 72 {
		b.WriteString(s[:72] + "\r\n ")
		s = s[72:]
	}
	b.WriteString(s)
	return b.String()
}
