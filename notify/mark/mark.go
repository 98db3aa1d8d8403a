// Package mark makes what proves a message genuine, and checks it.
//
// A code copied from one real letter must not make a million false ones look
// genuine: a mark is bound to its channel, its batch, its day and its letter,
// and checks out for nothing else. It has two forms. The payload, in a
// DataMatrix, bears an Ed25519 signature (RFC 8032), which anybody who has the
// public key checks without asking, at a strength of 128 bits. The code, in
// letters, holds 60 bits of an HMAC (RFC 2104): nobody can check it but the
// service, which counts the questions, bounds them, and raises an alarm when
// one code is asked about from many places.
package mark

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base32"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// Mark is what a message is bound to.
type Mark struct {
	Channel breach.Channel
	Batch   string
	Day     time.Time // the day alone counts
	Key     string    // the message's key, which names nobody
}

// Signer makes marks.
type Signer struct {
	private ed25519.PrivateKey
	secret  []byte // of the codes
}

// NewSigner takes a seed of 32 bytes; the secret of the codes derives from it.
func NewSigner(seed []byte) (*Signer, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("mark: a seed has %d bytes: %w", ed25519.SeedSize, breach.ErrInvalid)
	}
	secret, err := hkdf.Key(sha256.New, seed, nil, "vigie mark code", 32)
	if err != nil {
		return nil, fmt.Errorf("mark: %w", err)
	}
	return &Signer{ed25519.NewKeyFromSeed(seed), secret}, nil
}

// Public is the key that checks payloads, for anybody to have.
func (s *Signer) Public() ed25519.PublicKey { return s.private.Public().(ed25519.PublicKey) }

const (
	version = "VIGIE1"
	day     = "20060102"
	bits    = 60 // of a code: 2^60 over the codes of 1.6 million letters leaves 2^39 guesses a hit
	letters = bits / 5
)

// crockford leaves out letters that are read as digits or as each other.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var crockford = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

func (m Mark) text() (string, error) {
	if err := notify.CheckKey(m.Key); err != nil {
		return "", err
	}
	if err := notify.CheckKey(m.Batch); err != nil {
		return "", fmt.Errorf("batch: %w", err)
	}
	return strings.Join([]string{version, string(m.Channel), m.Batch, m.Day.UTC().Format(day), m.Key}, " "), nil
}

// Payload is the signed text for a DataMatrix.
func (s *Signer) Payload(m Mark) (string, error) {
	t, err := m.text()
	if err != nil {
		return "", err
	}
	return t + " " + base64.RawURLEncoding.EncodeToString(ed25519.Sign(s.private, []byte(t))), nil
}

// Code is the readable form: three groups of four letters and digits.
func (s *Signer) Code(m Mark) (string, error) {
	t, err := m.text()
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, s.secret)
	_, _ = h.Write([]byte(t)) // a hash takes everything
	c := crockford.EncodeToString(h.Sum(nil))
	return strings.Join([]string{c[:4], c[4:8], c[8:letters]}, "-"), nil
}

// Clean is a code as somebody typed it, in the form in which codes are kept:
// twelve capitals. O is read as 0, I and L as 1. What is no code becomes one
// that nobody has, so that every question costs the same.
func Clean(typed string) string {
	out := make([]byte, 0, letters)
	for _, c := range []byte(typed[:min(len(typed), maxTyped)]) {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		switch c {
		case '-', ' ', '.':
			continue
		case 'O':
			c = '0'
		case 'I', 'L':
			c = '1'
		}
		if len(out) == letters || !strings.ContainsRune(alphabet, rune(c)) {
			return nobody
		}
		out = append(out, c)
	}
	if len(out) != letters {
		return nobody
	}
	return string(out)
}

const (
	maxTyped = 64
	nobody   = "UUUUUUUUUUUU" // U is no letter of the alphabet
)

// PublicPEM is the public key as tools read it (RFC 8410).
func (s *Signer) PublicPEM() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(s.Public())
	if err != nil {
		return nil, fmt.Errorf("mark: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// ParsePublic reads what PublicPEM writes.
func ParsePublic(text []byte) (ed25519.PublicKey, error) {
	refused := &breach.RefusedError{Code: "not-a-key", What: "public key", Hint: "want an Ed25519 key in PEM"}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, refused
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	public, ok := key.(ed25519.PublicKey)
	if err != nil || !ok {
		return nil, refused
	}
	return public, nil
}

// maxPayload bounds what is read of a DataMatrix.
const maxPayload = 1024

// Read checks the signature of a payload and returns what it is bound to. It
// refuses with code "forged"; whoever calls compares channel, batch and day
// with the message in hand, as Genuine does.
func Read(public ed25519.PublicKey, payload string) (Mark, error) {
	forged := &breach.RefusedError{Code: "forged", What: "mark", Hint: "the signature is not the team's"}
	i := strings.LastIndexByte(payload, ' ')
	if i < 0 || len(payload) > maxPayload || len(public) != ed25519.PublicKeySize {
		return Mark{}, forged
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(payload[i+1:])
	// A decoder passes over ends of lines: only what we would write is ours.
	if err != nil || base64.RawURLEncoding.EncodeToString(signature) != payload[i+1:] || !ed25519.Verify(public, []byte(payload[:i]), signature) {
		return Mark{}, forged
	}
	f := strings.Split(payload[:i], " ")
	if len(f) != 5 || f[0] != version {
		return Mark{}, forged
	}
	at, err := time.Parse(day, f[3])
	if err != nil {
		return Mark{}, forged
	}
	return Mark{breach.Channel(f[1]), f[2], at, f[4]}, nil
}

// Genuine tells whether a payload is that of a message: its channel, batch,
// day and key. The refusal's code tells what does not fit: forged, channel,
// batch, day or key.
func Genuine(public ed25519.PublicKey, payload string, want Mark) error {
	got, err := Read(public, payload)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		code string
		same bool
	}{
		{"channel", got.Channel == want.Channel}, {"batch", got.Batch == want.Batch},
		{"day", got.Day.Format(day) == want.Day.UTC().Format(day)}, {"key", got.Key == want.Key},
	} {
		if !c.same {
			return &breach.RefusedError{Code: c.code, What: "mark", Hint: "it is genuine, and of another message"}
		}
	}
	return nil
}
