// Package blob keeps whole objects under keys, in a directory or in a bucket of
// any S3 service: letters handed over to a printer, evidence held where this
// server's administrator cannot rewrite it, public pages. One suite, blobtest,
// holds both to the same promises:
//
//   - an object is there whole and durable, or not at all;
//   - without Replace the first writer of a key wins, however many there are,
//     and a hand-over repeated after a doubt is known to be one;
//   - an object under retention or legal hold is not deleted. A bucket with
//     object lock holds that against everybody; a directory against this
//     program alone.
//
// Keys are digests or opaque identifiers and never hold personal data: they
// stand in errors and in the access logs of other people's servers.
package blob

import (
	"context"
	"io"
	"iter"
	"regexp"
	"time"

	"vigie/internal/breach"
)

// Store keeps objects. Its methods may be called concurrently, from several
// processes too. An error that wraps breach.ErrTemporary may pass by itself;
// breach.ErrNotFound, ErrForbidden and ErrInvalid mean what they say. No error
// carries a credential or a value.
type Store interface {
	// Put keeps the size bytes of body under key. If the key is taken and
	// Replace is not set, what is there stays and made is false; a lock that was
	// asked for is then added to it.
	Put(ctx context.Context, key string, body io.ReaderAt, size int64, o Options) (made bool, err error)
	// Open streams an object; the caller closes it. Bytes that are not those
	// that were kept end in an error where the store can tell.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Stat tells what is known of an object without reading it.
	Stat(ctx context.Context, key string) (Info, error)
	// List yields keys that begin with prefix and sort behind after, in byte
	// order, with their sizes; locks are left out.
	List(ctx context.Context, prefix, after string) iter.Seq2[Info, error]
	// Delete removes an object, all its versions included. One that is not
	// there is fine; one that is locked is a breach.RefusedError "locked".
	Delete(ctx context.Context, key string) error
	// Lock prolongs the retention of an object; it never shortens it.
	Lock(ctx context.Context, key string, until time.Time) error
	// Hold sets or lifts the legal hold on an object.
	Hold(ctx context.Context, key string, on bool) error
}

// Options say how an object is kept.
type Options struct {
	Replace     bool
	ContentType string        // as served from a bucket; empty: application/octet-stream
	CacheFor    time.Duration // how long readers may keep it; zero: says nothing
	Until       time.Time     // not deleted before; zero: no retention
}

// Info describes an object.
type Info struct {
	Key   string
	Size  int64     // bytes
	At    time.Time // when it was kept
	Until time.Time // retention; zero: none
	Hold  bool
}

// MaxKey is the length of the longest key, in bytes.
const MaxKey = 300

// keyShape leaves no way out of a directory and no hidden name.
var keyShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$`)

// CheckKey refuses what cannot be a key: names of A-Z a-z 0-9 . _ -, none of
// which begins with a mark, joined by single slashes.
func CheckKey(key string) error {
	if len(key) > MaxKey || !keyShape.MatchString(key) {
		return &breach.RefusedError{Code: "key", What: "object key", Hint: "names of letters, digits, . _ and -, joined by /"}
	}
	return nil
}

// locked is the refusal to delete.
func locked(key string) error {
	return &breach.RefusedError{Code: "locked", What: "object " + key, Hint: "it is under retention or legal hold"}
}
