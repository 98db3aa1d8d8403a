package bundle

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/evidence"
)

// writeCustody writes each link as the text that its leaf is the hash of, and
// its proof: the link's index and the size of the tree, then a hash a line from
// the leaf up.
func writeCustody(b *builder, c Content) error {
	for _, in := range c.Chain {
		name := fmt.Sprintf("custody/%06d", in.Seq)
		if err := b.bytes(name+".txt", in.Text); err != nil {
			return err
		}
		err := b.put(name+".proof", func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%d %d\n", in.Seq-1, c.Point.Size)
			for _, h := range in.Path {
				if err == nil {
					_, err = fmt.Fprintln(w, hex.EncodeToString(h[:]))
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// writeCheckpoint writes the signed note, and its parts in the forms that
// openssl takes.
func writeCheckpoint(b *builder, c Content) error {
	text, signature, err := splitNote(c.Point.Note)
	if err != nil {
		return err
	}
	key, err := pemKey(c.Key)
	if err != nil {
		return err
	}
	files := []struct {
		name string
		data []byte
	}{
		{"checkpoint.txt", c.Point.Note}, {"signed.txt", text}, {"signature.bin", signature},
		{"key.txt", []byte(c.Key + "\n")}, {"key.pem", key},
	}
	if c.Point.Token != nil {
		certs, err := evidence.TokenCertificates(c.Point.Token)
		if err != nil {
			return err
		}
		files = append(files, struct {
			name string
			data []byte
		}{"timestamp.tsr", c.Point.Token}, struct {
			name string
			data []byte
		}{"timestamp-certificates.pem", certs})
	}
	for _, f := range files {
		if err := b.bytes("checkpoint/"+f.name, f.data); err != nil {
			return err
		}
	}
	return nil
}

// splitNote takes a note apart: what is signed, and the first signature without
// the hash of its key (C2SP signed-note).
func splitNote(note []byte) (text, signature []byte, err error) {
	text, lines, ok := bytes.Cut(note, []byte("\n\n"))
	fields := strings.Fields(string(lines))
	if !ok || len(fields) < 3 {
		return nil, nil, fmt.Errorf("the checkpoint is not signed: %w", breach.ErrInvalid)
	}
	raw, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || len(raw) != 4+ed25519.SignatureSize {
		return nil, nil, fmt.Errorf("the checkpoint is not signed by Ed25519: %w", breach.ErrInvalid)
	}
	return append(bytes.Clone(text), '\n'), raw[4:], nil
}

// pemKey turns name+hash+base64 into what openssl reads.
func pemKey(vkey string) ([]byte, error) {
	parts := strings.SplitN(vkey, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return nil, fmt.Errorf("the key of checkpoints is malformed: %w", breach.ErrInvalid)
	}
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(raw[1:]))
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}
