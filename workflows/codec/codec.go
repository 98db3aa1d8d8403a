// Package codec keeps what leaves the process for Temporal unreadable to the
// server: inputs, results, heartbeats and failures, at rest and on the wire.
//
// A payload is compressed when that pays, then sealed with AES-256-GCM under a
// random nonce. Its metadata names the key, so that keys can change: one
// writes, several read; deleting a key erases what it wrote. The namespace is
// bound in as associated data (NIST SP 800-38D): a payload carried into
// another namespace does not open. Nothing narrower is bound, since a
// schedule's input is sealed before its workflow has an ID.
//
// Workflow IDs, type names, queue names and identities stay readable: they
// must never hold personal data.
package codec

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

// Metadata of a sealed payload.
const (
	encoding    = "binary/vigie-aes256gcm"
	metadataKey = "vigie-key" // hex key identifier
)

// SecretBytes is the least length of a secret.
const SecretBytes = 32

// Errors of Decode.
var (
	ErrPlain  = errors.New("payload is not encrypted")
	ErrKey    = errors.New("payload is sealed with a key that is not at hand")
	ErrBroken = errors.New("payload does not open")
)

// Codec seals and opens payloads. It is safe for concurrent use.
type Codec struct {
	write string // key identifier
	keys  map[string]cipher.AEAD
	bound []byte
}

var _ converter.PayloadCodec = (*Codec)(nil)

// New returns a codec for a namespace that seals with the first secret and
// opens with it and the older ones. A secret is 32 random bytes or more.
func New(namespace string, secret []byte, older ...[]byte) (*Codec, error) {
	c := &Codec{keys: map[string]cipher.AEAD{}, bound: []byte("vigie payload 1 " + namespace)}
	for i, s := range append([][]byte{secret}, older...) {
		id, aead, err := derive(s)
		if err != nil {
			return nil, fmt.Errorf("payload key %d: %w", i+1, err)
		}
		if i == 0 {
			c.write = id
		}
		c.keys[id] = aead
	}
	return c, nil
}

// derive makes a key and its public name from a secret. The name says nothing
// about the key.
func derive(secret []byte) (string, cipher.AEAD, error) {
	if len(secret) < SecretBytes {
		return "", nil, fmt.Errorf("a secret of %d bytes, at least %d needed", len(secret), SecretBytes)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "vigie payload key 1", 32)
	if err != nil {
		return "", nil, err
	}
	id, err := hkdf.Key(sha256.New, secret, nil, "vigie payload key name 1", 8)
	if err != nil {
		return "", nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return hex.EncodeToString(id), aead, err
}

// Encode seals payloads with the writing key.
func (c *Codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("encoding payload: %w", err)
		}
		packed, err := pack(plain)
		if err != nil {
			return nil, fmt.Errorf("compressing payload: %w", err)
		}
		out[i] = &commonpb.Payload{
			Metadata: map[string][]byte{
				converter.MetadataEncoding: []byte(encoding),
				metadataKey:                []byte(c.write),
			},
			Data: c.keys[c.write].Seal(nil, nil, packed, c.bound),
		}
	}
	return out, nil
}

// Decode opens payloads. One that is not sealed is refused: whoever can reach
// the server must not be able to slip an input in.
func (c *Codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		var err error
		if out[i], err = c.open(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Codec) open(p *commonpb.Payload) (*commonpb.Payload, error) {
	if string(p.GetMetadata()[converter.MetadataEncoding]) != encoding {
		return nil, ErrPlain
	}
	aead, ok := c.keys[string(p.GetMetadata()[metadataKey])]
	if !ok {
		return nil, ErrKey
	}
	packed, err := aead.Open(nil, nil, p.GetData(), c.bound)
	if err != nil {
		return nil, ErrBroken
	}
	plain, err := unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	out := new(commonpb.Payload)
	if err := proto.Unmarshal(plain, out); err != nil {
		return nil, fmt.Errorf("%w: not a payload inside", ErrBroken)
	}
	return out, nil
}
