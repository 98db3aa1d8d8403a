package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vigie/internal/blob"
	"vigie/internal/breach"
)

// A remote holds copies of what rests in the vault, as it rests there: sealed.
//
//	checkpoints/<size>.checkpoint, .tsr
//	warc/<name>/<base>.age     a pack and the base it rests on, or "none"
//
// Nothing in it is ever replaced: a file that is written anew on another base
// has another name. So it may lie under retention that nobody can shorten.
// Dumps are not copied: destroying one must destroy it (see DestroyDump).
type remote struct {
	store  blob.Store
	keep   time.Duration
	copied map[string]bool // WARC files known to be there; nil: not asked yet
}

const (
	remoteWARC = "warc/"
	remoteNone = "none"
	// fetchPatience is how long fetching a file back may take.
	fetchPatience = 10 * time.Minute
)

// CopyTo makes the vault keep copies in a store, each under retention for keep
// if that is above zero, and read back from there what is missing here.
func (v *Vault) CopyTo(store blob.Store, keep time.Duration) {
	v.remote = &remote{store: store, keep: keep}
}

func (r *remote) options(now time.Time) blob.Options {
	if r.keep <= 0 {
		return blob.Options{}
	}
	return blob.Options{Until: now.Add(r.keep)}
}

func remotePack(name, base string) string {
	if base == noBase {
		base = remoteNone
	}
	return remoteWARC + name + "/" + base + sealedSuffix
}

// Copy copies what is not at the remote yet: WARC files and checkpoints. A file
// is durable here before it is copied, so that a remote that refuses loses
// nothing; the next call goes on. It returns how many it copied.
func (v *Vault) Copy(ctx context.Context) (n int, err error) {
	r := v.remote
	if r == nil {
		return 0, nil
	}
	v.copying.Lock()
	defer v.copying.Unlock()
	if r.copied == nil {
		there, err := r.packs(ctx)
		if err != nil {
			return 0, err
		}
		r.copied = map[string]bool{}
		for _, c := range there {
			r.copied[c.name] = true
		}
	}
	names, _, err := v.List()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if v.isCopied(name) {
			continue
		}
		made, err := v.copyWARC(ctx, name, r.options(v.now()))
		if errors.Is(err, breach.ErrNotFound) {
			continue // destroyed meanwhile
		}
		if err != nil {
			return n, fmt.Errorf("copying %s: %w", name, err)
		}
		if made {
			n++
		}
	}
	list, err := v.Checkpoints()
	if err != nil {
		return n, err
	}
	for _, c := range list {
		if err := v.copyNote(ctx, c); err != nil {
			return n, err
		}
	}
	return n, nil
}

// copied is a copy of a WARC file.
type copied struct {
	blob.Info
	name, base string
}

// packs lists the copies of WARC files.
func (r *remote) packs(ctx context.Context) (list []copied, err error) {
	for info, err := range r.store.List(ctx, remoteWARC, "") {
		if err != nil {
			return nil, fmt.Errorf("listing the copies of the evidence: %w", err)
		}
		name, base, ok := strings.Cut(strings.TrimPrefix(info.Key, remoteWARC), "/")
		if ok && warcName(name) {
			list = append(list, copied{info, name, strings.TrimSuffix(base, sealedSuffix)})
		}
	}
	return list, nil
}

func (v *Vault) isCopied(name string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.remote.copied[name]
}

func (v *Vault) copyWARC(ctx context.Context, name string, o blob.Options) (bool, error) {
	pack, base, err := v.openPack(name)
	if err != nil {
		return false, err
	}
	_ = pack.Close()
	f, err := openFile(v.warcPath(name), "warc "+name)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	made, err := v.remote.store.Put(ctx, remotePack(name, base), f, info.Size(), o)
	if err != nil {
		return false, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.remote.copied[name] = true
	return made, nil
}

// copyNote copies a checkpoint and its time stamp. Another one of that name is a
// conflict: another log was anchored there, or this one was rewritten.
func (v *Vault) copyNote(ctx context.Context, c Checkpoint) error {
	put := func(suffix string, data []byte) (made bool, key string, err error) {
		key = anchors + "/" + anchorName(c.Size) + suffix
		made, err = v.remote.store.Put(ctx, key, bytes.NewReader(data), int64(len(data)), v.remote.options(v.now()))
		return made, key, err
	}
	made, key, err := put(noteSuffix, c.Note)
	if err != nil {
		return fmt.Errorf("copying checkpoint %d: %w", c.Size, err)
	}
	if !made {
		there, err := v.remote.read(ctx, key, mostNote)
		if err != nil {
			return fmt.Errorf("comparing checkpoint %d: %w", c.Size, err)
		}
		if !bytes.Equal(there, c.Note) {
			return fmt.Errorf("the copy of checkpoint %d is of another log: %w", c.Size, breach.ErrConflict)
		}
	}
	if c.Token == nil {
		return nil
	}
	if _, _, err = put(tokenSuffix, c.Token); err != nil {
		return fmt.Errorf("copying the time stamp of checkpoint %d: %w", c.Size, err)
	}
	return nil
}

func (r *remote) read(ctx context.Context, key string, limit int64) ([]byte, error) {
	rc, err := r.store.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rc.Close() }()
	return io.ReadAll(io.LimitReader(rc, limit))
}

// fetch brings a file back that is missing here. It is what was copied, sealed:
// who changed it at the remote is found out when it is opened.
func (v *Vault) fetch(ctx context.Context, name string) error {
	r := v.remote
	if r == nil {
		return fmt.Errorf("opening warc %s: %w", name, breach.ErrNotFound)
	}
	var newest blob.Info
	for info, err := range r.store.List(ctx, remoteWARC+name+"/", "") {
		if err != nil {
			return fmt.Errorf("fetching %s: %w", name, err)
		}
		if newest.Key == "" || info.At.After(newest.At) {
			newest = info
		}
	}
	if newest.Key == "" {
		return fmt.Errorf("opening warc %s: %w", name, breach.ErrNotFound)
	}
	rc, err := r.store.Open(ctx, newest.Key)
	if err != nil {
		return fmt.Errorf("fetching %s: %w", name, err)
	}
	defer func() { _ = rc.Close() }()
	f, err := v.open(v.warcDir(), tempPrefix+"*")
	if err != nil {
		return diskError(err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = io.Copy(f, rc)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("fetching %s: %w", name, diskError(err))
	}
	if err := os.Link(f.Name(), v.warcPath(name)); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("fetching %s: %w", name, diskError(err))
	}
	return syncDir(filepath.Dir(v.warcPath(name)))
}

// recover fetches what the ledger knows and is missing here. What the remote
// has not either is left to be reported.
func (v *Vault) recover(ctx context.Context, ledger Ledger) error {
	if v.remote == nil {
		return nil
	}
	known, err := ledger.Held(ctx)
	if err != nil {
		return err
	}
	for name := range known {
		if !warcName(name) || v.has(name) {
			continue
		}
		if err := v.fetch(ctx, name); err != nil && !errors.Is(err, breach.ErrNotFound) {
			return err
		}
	}
	return nil
}
