package seal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
)

// ring is the keys themselves, as the files of a key directory hold them.
type ring struct {
	Identities []byte `json:"identities"`
	Fields     []byte `json:"fields"`
	Digest     []byte `json:"digest"`
}

func newRing() (r ring, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return r, fmt.Errorf("generating identity: %w", err)
	}
	r.Identities = []byte(id.String() + "\n")
	if r.Fields, err = newKeyset(keyset.NewHandle(aead.AES256GCMKeyTemplate())); err != nil {
		return r, err
	}
	r.Digest, err = newKeyset(keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate()))
	return r, err
}

// readRing reads the files of a key directory.
func readRing(dir string) (r ring, err error) {
	for _, f := range []struct {
		name string
		into *[]byte
	}{{identityFile, &r.Identities}, {fieldFile, &r.Fields}, {digestFile, &r.Digest}} {
		if *f.into, err = os.ReadFile(filepath.Join(dir, f.name)); err != nil {
			return r, fmt.Errorf("reading keys: %w", err)
		}
	}
	return r, nil
}

// open puts the keys to work.
func (r ring) open() (*Keyring, error) {
	ids, err := age.ParseIdentities(bytes.NewReader(r.Identities))
	if err != nil {
		return nil, fmt.Errorf("parsing %s: %w: %w", identityFile, ErrKey, err)
	}
	newest, ok := ids[len(ids)-1].(*age.X25519Identity)
	if !ok {
		return nil, fmt.Errorf("parsing %s: the last identity is not an X25519 one", identityFile)
	}
	fh, err := readKeyset(fieldFile, r.Fields)
	if err != nil {
		return nil, err
	}
	fields, err := aead.New(fh)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w: %w", fieldFile, ErrKey, err)
	}
	dh, err := readKeyset(digestFile, r.Digest)
	if err != nil {
		return nil, err
	}
	digests, err := prf.NewPRFSet(dh)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w: %w", digestFile, ErrKey, err)
	}
	return &Keyring{identities: ids, recipient: newest.Recipient(), fields: fields, digests: digests}, nil
}

// rotate adds a new identity and a new field key, used from now on.
func (r *ring) rotate() error {
	h, err := readKeyset(fieldFile, r.Fields)
	if err != nil {
		return err
	}
	m := keyset.NewManagerFromHandle(h)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("adding a field key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return fmt.Errorf("setting the field key: %w", err)
	}
	if r.Fields, err = newKeyset(m.Handle()); err != nil {
		return err
	}
	next, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("generating identity: %w", err)
	}
	r.Identities = append(r.Identities, next.String()+"\n"...)
	return nil
}
