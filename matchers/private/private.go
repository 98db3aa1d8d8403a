// Package private lets the owner of a registry find its people in a leak that
// somebody else holds, without either showing the other what it need not see.
//
// The watch team offers the leak sealed row by row: each row under a key of its
// own, and that key under every token of the row, a token being a blocking key
// such as surname, given name and birth date by sound. What a token is worth is
// an oblivious pseudorandom function (RFC 9497, OPRF mode, ristretto255) under a
// key that only the watch team holds. The owner asks for the worth of its own
// people's tokens, blinded; the watch team evaluates them without learning
// which they are; the owner then opens the rows that share a token with one of
// its people, compares them at home, and can open no other.
//
//	watch team                         owner
//	Offer ── rows, entries ──────────► keeps it
//	       ◄── blinded tokens ──────── Ask
//	Answer ── evaluated tokens ──────► Open: the rows that share a token
//
// Nothing of the registry leaves but the number of its tokens. An owner could
// ask for tokens of people who are not in its registry: so the number it may
// ask for is bounded, and said in the audit. This holds for parties that follow
// the protocol and are curious about what they receive.
//
// Every entry of the offer has a tag of its own, even where two rows share a
// token, so that counting tags tells nothing: frequencies are what breaks
// encodings such as Bloom filters (Vidanage, Christen, Ranbaduge and Schnell, "A
// graph matching attack on privacy-preserving record linkage", CIKM 2020).
package private

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cloudflare/circl/oprf"

	"vigie/internal/breach"
)

// The limits of an exchange.
const (
	maxHeader   = 4 << 10
	maxBody     = 1 << 20   // bytes of a row
	maxRows     = 5_000_000 // of an offer, whose tokens are counted in memory
	maxTokens   = 1 << 31   // of an ask
	maxRow      = 256       // tokens of a row
	batchSize   = 128       // tokens evaluated at once
	elementSize = 32        // bytes of a ristretto255 element
)

var suite = oprf.SuiteRistretto255

// Terms are what both parties must know of an offer before they make tokens.
type Terms struct {
	ID     string `json:"id"`     // of the offer
	Kinds  uint32 `json:"kinds"`  // of tokens, as linkage names them
	People int64  `json:"people"` // the largest registry that the kinds are fine enough for
}

// Key is the watch team's secret of one offer. Without it nobody learns what a
// token is worth, and the offer stays shut for good.
type Key struct{ private *oprf.PrivateKey }

// NewKey makes a key from a source of randomness.
func NewKey(random io.Reader) (*Key, error) {
	k, err := oprf.GenerateKey(suite, random)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return &Key{k}, nil
}

// MarshalBinary returns the secret, to be sealed.
func (k *Key) MarshalBinary() ([]byte, error) { return k.private.MarshalBinary() }

// UnmarshalBinary reads what MarshalBinary wrote.
func (k *Key) UnmarshalBinary(b []byte) error {
	k.private = new(oprf.PrivateKey)
	if err := k.private.UnmarshalBinary(suite, b); err != nil {
		return fmt.Errorf("reading the key of an offer: %w: %w", breach.ErrInvalid, err)
	}
	return nil
}

// input is a token as the function takes it.
func input(token uint64) []byte { return binary.BigEndian.AppendUint64(nil, token) }

const (
	tagSize = 16
	keySize = 16
)

// lock is what the n-th row with a token is found and opened by: a tag, and a
// pad over the key of the row.
func lock(worth []byte, n uint32) (tag [tagSize]byte, pad [keySize]byte) {
	h := hmac.New(sha256.New, worth)
	h.Write([]byte("vigie private row"))
	h.Write(binary.BigEndian.AppendUint32(nil, n))
	sum := h.Sum(nil)
	copy(tag[:], sum)
	copy(pad[:], sum[tagSize:])
	return tag, pad
}

// The kinds of files, by their first line.
const (
	magicOffer  = "vigie private offer 1\n"
	magicAsk    = "vigie private ask 1\n"
	magicAnswer = "vigie private answer 1\n"
)

// ReadTerms reads the terms at the head of an offer, an ask or an answer.
func ReadTerms(r io.Reader) (Terms, error) {
	b := bufio.NewReaderSize(r, maxHeader)
	line, err := b.ReadSlice('\n')
	switch string(line) {
	case magicOffer, magicAsk, magicAnswer:
	default:
		return Terms{}, errors.Join(notOne("an exchange"), ignoreEOF(err))
	}
	return readTerms(b)
}

func readHeader(r *bufio.Reader, magic, what string) (Terms, error) {
	line, err := r.ReadSlice('\n')
	if string(line) != magic {
		return Terms{}, errors.Join(notOne(what), ignoreEOF(err))
	}
	return readTerms(r)
}

func readTerms(r *bufio.Reader) (t Terms, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return t, damaged("the terms")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return t, damaged("the terms")
	}
	if id, err := hex.DecodeString(t.ID); err != nil || len(id) != 16 || t.Kinds == 0 || t.People <= 0 {
		return t, damaged("the terms")
	}
	return t, nil
}

func writeHeader(w io.Writer, magic string, t Terms) error {
	raw, err := json.Marshal(t)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", magic, raw)
	return err
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, bufio.ErrBufferFull) {
		return nil
	}
	return err
}

func notOne(what string) error {
	return &breach.RefusedError{Code: "not-" + what[3:], What: "file", Hint: "it is not " + what + " of vigie private"}
}

func damaged(what string) error {
	return &breach.RefusedError{Code: "damaged", What: what, Hint: "the file is cut or changed: ask for it again"}
}

func other(a, b Terms) error {
	if a == b {
		return nil
	}
	return &breach.RefusedError{Code: "other-offer", What: "file", Hint: "it belongs to another offer: " + b.ID}
}
