package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"vigie/internal/breach"
)

// dumpName keeps identifiers from naming a path of their own.
var dumpName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$`)

// PutDump seals and keeps an acquired file as it streams in, and returns the
// digest ("sha256:<hex>") and size in bytes of what was received. Nothing is
// kept unless all of it is. Putting a dump that is held already reads nothing
// from r: a retry after a crash is harmless. who and why go to custody.
func (v *Vault) PutDump(ctx context.Context, id breach.DumpID, who, why string, r io.Reader) (digest string, size int64, err error) {
	if !dumpName.MatchString(string(id)) {
		return "", 0, fmt.Errorf("keeping a dump: malformed identifier: %w", breach.ErrInvalid)
	}
	if _, err := os.Stat(v.dumpPath(id)); err == nil {
		if digest, size, err = v.digestDump(ctx, id); err != nil {
			return "", 0, fmt.Errorf("keeping dump %s: the copy held already: %w", id, err)
		}
		why += " (held already)"
	} else if digest, size, err = v.seal(ctx, id, r); err != nil {
		return "", 0, fmt.Errorf("keeping dump %s: %w", id, err)
	}
	err = v.custody.AddCustody(ctx, breach.Custody{
		Subject: string(id), Event: "acquired", Who: who, Why: why, Digest: digest, At: v.now()})
	if err != nil {
		return "", 0, fmt.Errorf("entering dump %s in custody: %w", id, err)
	}
	return digest, size, nil
}

func (v *Vault) seal(ctx context.Context, id breach.DumpID, r io.Reader) (string, int64, error) {
	p, err := v.create(v.dumpDir(), string(id)+sealedSuffix, "dump "+string(id))
	if err != nil {
		return "", 0, err
	}
	defer p.discard()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(p, sum), io.LimitReader(ctxReader{ctx, r}, v.MaxDump+1))
	if err != nil {
		return "", 0, err
	}
	if n > v.MaxDump {
		return "", 0, &breach.RefusedError{Code: "too-large", What: "dump " + string(id),
			Hint: fmt.Sprintf("the limit is %d bytes", v.MaxDump)}
	}
	if err := p.commit(); err != nil {
		return "", 0, err
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), n, nil
}

// OpenedDump is a dump in plaintext, in memory alone, a piece at a time.
type OpenedDump struct {
	*io.SectionReader
	io.Closer
}

// OpenDump opens a dump for reading, in order or at random, after custody knows
// who did and why. Damage shows as an error of reading; unauthenticated bytes
// are never returned.
func (v *Vault) OpenDump(ctx context.Context, id breach.DumpID, who, why string) (*OpenedDump, error) {
	rc, err := v.openDump(id)
	if err != nil {
		return nil, err
	}
	err = v.custody.AddCustody(ctx, breach.Custody{
		Subject: string(id), Event: "opened", Who: who, Why: why, At: v.now()})
	if err != nil {
		_ = rc.Close()
		return nil, fmt.Errorf("entering dump %s in custody: %w", id, err)
	}
	return rc, nil
}

func (v *Vault) openDump(id breach.DumpID) (*OpenedDump, error) {
	if !dumpName.MatchString(string(id)) {
		return nil, fmt.Errorf("opening a dump: malformed identifier: %w", breach.ErrInvalid)
	}
	label := "dump " + string(id)
	f, err := openFile(v.dumpPath(id), label)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var r *io.SectionReader
		if r, err = v.keys.ReaderAt(f, info.Size(), label); err == nil {
			return &OpenedDump{r, f}, nil
		}
	}
	_ = f.Close()
	return nil, fmt.Errorf("opening %s: %w", label, err)
}

func openFile(path, label string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("opening %s: %w", label, breach.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", label, err)
	}
	return f, nil
}

// unseal opens a sealed file of the vault.
func (v *Vault) unseal(path, label string) (io.ReadCloser, error) {
	f, err := openFile(path, label)
	if err != nil {
		return nil, err
	}
	r, err := v.keys.Reader(f, label)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("opening %s: %w", label, err)
	}
	return sealed{r, f}, nil
}

func (v *Vault) digestDump(ctx context.Context, id breach.DumpID) (string, int64, error) {
	rc, err := v.openDump(id)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = rc.Close() }()
	sum := sha256.New()
	n, err := io.Copy(sum, ctxReader{ctx, rc})
	if err != nil {
		return "", 0, err
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), n, nil
}

func (v *Vault) dumpPath(id breach.DumpID) string {
	return filepath.Join(v.dumpDir(), string(id)+sealedSuffix)
}

// sealed reads plaintext and closes the file beneath.
type sealed struct {
	io.Reader
	io.Closer
}

// ctxReader stops a copy when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
