package store

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checkpointName names the key and the log of a checkpoint.
const checkpointName = "vigie/audit"

// Checkpoint signs the log as it is now: a note (golang.org/x/mod/sumdb/note)
// that holds the log's name, the number of entries and the root of their RFC
// 6962 tree. Kept where the server's administrator cannot reach, it shows any
// later cut or rewriting (decisions.md 14).
func (s *Store) Checkpoint(ctx context.Context) ([]byte, error) {
	size, err := one(ctx, s.r, scanInt, `SELECT coalesce(max(seq), 0) FROM audit`)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	root, err := tlog.TreeHash(size, treeReader(ctx, s.r))
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	skey, _ := s.checkpointKeys()
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	return note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", checkpointName, size, root)}, signer)
}

// VerifierKey is the public key of checkpoints, as note.NewVerifier reads it.
// It may be published.
func (s *Store) VerifierKey() string {
	_, vkey := s.checkpointKeys()
	return vkey
}

// checkpointKeys derives the same Ed25519 key each time.
func (s *Store) checkpointKeys() (skey, vkey string) {
	seed := s.keys.Secret("audit checkpoint")
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(checkpointName, public)
	if err != nil {
		panic("store: an Ed25519 key of the wrong length") // its length is constant
	}
	const ed25519Algorithm = 1
	hash := strings.SplitN(vkey, "+", 3)[1]
	return "PRIVATE+KEY+" + checkpointName + "+" + hash + "+" +
		base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, seed...)), vkey
}

// openCheckpoint checks the signature and returns what was signed.
func (s *Store) openCheckpoint(raw []byte) (tlog.Tree, error) {
	v, err := note.NewVerifier(s.VerifierKey())
	if err != nil {
		return tlog.Tree{}, err
	}
	n, err := note.Open(raw, note.VerifierList(v))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 3 || lines[0] != checkpointName {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", checkpointName)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}
