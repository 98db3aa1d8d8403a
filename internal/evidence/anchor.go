package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"vigie/internal/breach"
)

// Notary signs the log that custody is written in, as it is now.
type Notary interface {
	CustodyCheckpoint(ctx context.Context) ([]byte, error)
}

// Checkpoint is a signed note over the chain of custody: its name, its length,
// the root of its tree (C2SP tlog-checkpoint).
type Checkpoint struct {
	Size  int64
	Note  []byte
	Token []byte // RFC 3161 response over Note; nil while there is none
}

const (
	anchors     = "checkpoints" // directory
	noteSuffix  = ".checkpoint"
	tokenSuffix = ".tsr"
	// mostNote bounds a checkpoint, in bytes: three lines and some signatures.
	mostNote = 64 << 10
)

// Anchor keeps a checkpoint of the chain of custody as it is now, in the vault
// and in the copies, which are directories outside this server's reach, and has
// the newest one time-stamped if there is an authority. What is in the chain by
// then existed before the time of the stamp. An error says what is still to be
// done; what was kept stays, and the next call goes on from there.
func (v *Vault) Anchor(ctx context.Context, log Notary, tsa *Authority, copies ...string) (Checkpoint, error) {
	note, err := log.CustodyCheckpoint(ctx)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("anchoring the evidence: %w", err)
	}
	c := Checkpoint{Note: note}
	if c.Size, err = NoteSize(note); err != nil {
		return c, fmt.Errorf("anchoring the evidence: %w", err)
	}
	if err := v.keepNote(v.anchorDir(), &c); err != nil {
		return c, fmt.Errorf("keeping a checkpoint: %w", err)
	}
	if tsa != nil && c.Token == nil {
		c.Token, err = tsa.Stamp(ctx, c.Note)
		if err == nil {
			err = v.keepFile(v.anchorDir(), anchorName(c.Size)+tokenSuffix, c.Token)
		}
		if err != nil {
			err = fmt.Errorf("time-stamping checkpoint %d: %w", c.Size, err)
		}
	}
	for _, dir := range copies {
		if cerr := v.keepNote(dir, &c); cerr != nil {
			err = errors.Join(err, fmt.Errorf("copying checkpoint %d: %w", c.Size, cerr))
		}
	}
	if v.remote != nil {
		err = errors.Join(err, v.copyNote(ctx, c))
	}
	return c, err
}

func (v *Vault) anchorDir() string { return filepath.Join(v.dir, anchors) }

// anchorName sorts by size.
func anchorName(size int64) string { return fmt.Sprintf("%012d", size) }

// keepNote writes a checkpoint that is not there yet, and its token; a token
// that is there is read.
func (v *Vault) keepNote(dir string, c *Checkpoint) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return diskError(err)
	}
	if err := v.keepFile(dir, anchorName(c.Size)+noteSuffix, c.Note); err != nil {
		return err
	}
	if c.Token != nil {
		return v.keepFile(dir, anchorName(c.Size)+tokenSuffix, c.Token)
	}
	token, err := os.ReadFile(filepath.Join(dir, anchorName(c.Size)+tokenSuffix))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	c.Token = token
	return err
}

// keepFile writes a small file durably, once. One of that name with other bytes
// is a conflict: another log was anchored there.
func (v *Vault) keepFile(dir, name string, data []byte) error {
	path := filepath.Join(dir, name)
	if old, err := os.ReadFile(path); err == nil && !strings.HasSuffix(name, tokenSuffix) {
		if !bytes.Equal(old, data) {
			return fmt.Errorf("%s is of another log: %w", name, breach.ErrConflict)
		}
		return nil
	} else if err == nil {
		return nil // one token is as good as another
	}
	f, err := v.open(dir, tempPrefix+"*")
	if err != nil {
		return diskError(err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return diskError(err)
	}
	return syncDir(dir)
}

// Checkpoints lists what Anchor has kept, the oldest first.
func (v *Vault) Checkpoints() ([]Checkpoint, error) { return Checkpoints(v.dir) }

// Checkpoints lists those of the vault in a directory, without opening it.
func Checkpoints(vault string) ([]Checkpoint, error) {
	names, err := filepath.Glob(filepath.Join(vault, anchors, "*"+noteSuffix))
	if err != nil {
		return nil, fmt.Errorf("listing checkpoints: %w", err)
	}
	slices.Sort(names)
	var out []Checkpoint
	for _, name := range names {
		note, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a checkpoint: %w", err)
		}
		c := Checkpoint{Note: note}
		if c.Size, err = NoteSize(note); err != nil {
			return nil, fmt.Errorf("reading %s: %w", filepath.Base(name), err)
		}
		token, err := os.ReadFile(strings.TrimSuffix(name, noteSuffix) + tokenSuffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("reading a time stamp: %w", err)
		}
		c.Token = token
		out = append(out, c)
	}
	return out, nil
}

// NoteSize reads the number of entries that a checkpoint is signed for. It does
// not check the signature.
func NoteSize(note []byte) (int64, error) {
	lines := strings.SplitN(string(note[:min(len(note), mostNote)]), "\n", 4)
	if len(lines) < 4 {
		return 0, fmt.Errorf("a checkpoint of %d lines: %w", len(lines), breach.ErrInvalid)
	}
	n, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || n < 0 || lines[1] != strconv.FormatInt(n, 10) {
		return 0, fmt.Errorf("a checkpoint without a size: %w", breach.ErrInvalid)
	}
	return n, nil
}
