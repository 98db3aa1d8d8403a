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

// Checkpoint signs the audit log as it is now: a note of C2SP tlog-checkpoint
// (golang.org/x/mod/sumdb/note) that holds the log's name, the number of
// entries and the root of their RFC 6962 tree. Kept where the server's
// administrator cannot reach, it shows any later cut or rewriting.
func (s *Store) Checkpoint(ctx context.Context) ([]byte, error) {
	return s.checkpoint(ctx, auditLog)
}

// CustodyCheckpoint signs the chain of custody as it is now, as Checkpoint
// does the audit log, by another key.
func (s *Store) CustodyCheckpoint(ctx context.Context) ([]byte, error) {
	return s.checkpoint(ctx, custodyLog)
}

// VerifierKey is the public key of checkpoints of the audit log, as
// note.NewVerifier reads it. It may be published.
func (s *Store) VerifierKey() string {
	_, vkey := s.checkpointKeys(auditLog)
	return vkey
}

// CustodyVerifierKey is the same for the chain of custody.
func (s *Store) CustodyVerifierKey() string {
	_, vkey := s.checkpointKeys(custodyLog)
	return vkey
}

func (s *Store) checkpoint(ctx context.Context, l treelog) ([]byte, error) {
	size, err := one(ctx, s.r, scanInt, `SELECT coalesce(max(seq), 0) FROM `+l.table)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	root, err := tlog.TreeHash(size, l.reader(ctx, s.r))
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	skey, _ := s.checkpointKeys(l)
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	return note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", l.origin, size, root)}, signer)
}

// checkpointKeys derives the same Ed25519 key of a log each time.
func (s *Store) checkpointKeys(l treelog) (skey, vkey string) {
	seed := s.keys.Secret(l.secret)
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(l.origin, public)
	if err != nil {
		panic("store: an Ed25519 key of the wrong length") // its length is constant
	}
	const ed25519Algorithm = 1
	hash := strings.SplitN(vkey, "+", 3)[1]
	return "PRIVATE+KEY+" + l.origin + "+" + hash + "+" +
		base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, seed...)), vkey
}

// openCheckpoint checks the signature and returns what was signed.
func (s *Store) openCheckpoint(l treelog, raw []byte) (tlog.Tree, error) {
	_, vkey := s.checkpointKeys(l)
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	n, err := note.Open(raw, note.VerifierList(v))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 3 || lines[0] != l.origin {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", l.origin)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}
