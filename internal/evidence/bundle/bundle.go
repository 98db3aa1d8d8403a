// Package bundle puts the evidence of an incident together for someone who has
// no Vigie: a court, an investigator, the other party. It is a zip archive, to
// be encrypted by whoever calls, in which everything is checked with public
// tools alone:
//
//	index.html     what is in it, in French and English, to be read
//	VERIFY.txt     how to check it: age, sha256sum, openssl, warcio, python3
//	verify.py      a check of all proofs by Python's standard library
//	warc/          WARC files, a gzip member a record
//	dump/          the stolen file, where it was asked for
//	custody/       links of the chain of custody, each with its proof
//	checkpoint/    the signed checkpoint that the proofs lead to, its time stamp
//	capture.wacz   the same captures for replay viewers, where it was asked for
//	SHA256SUMS     a digest of each of these
//
// Captured pages stay inside WARC files: nothing in the bundle shows them live.
package bundle

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"time"

	"vigie/internal/breach"
	"vigie/internal/evidence"
)

// Content is what a bundle is made of.
type Content struct {
	Incident breach.Incident
	Title    string // of the post that the incident began with
	Reason   string // why it is exported
	By       string // who exports
	At       time.Time
	Files    []File // WARC files
	Dump     *File  // nil: not exported
	Chain    []breach.Inclusion
	Point    evidence.Checkpoint
	Key      string    // of the checkpoint, as note.NewVerifier reads it
	Stamped  time.Time // zero where there is no time stamp
	WACZ     bool
	Software string // what exports, with its version
}

// File is one exhibit. What Open gives must have the digest, or the bundle is
// not made.
type File struct {
	Name     string
	Digest   string // "sha256:<hex>", as custody has it
	Captures []breach.Capture
	Open     func() (io.ReadCloser, error)
}

//go:embed VERIFY.txt
var howTo []byte

//go:embed verify.py
var script []byte

// Write writes the bundle as a zip archive.
func Write(ctx context.Context, w io.Writer, c Content) error {
	b := &builder{ctx: ctx, zip: zip.NewWriter(w), at: c.At}
	steps := []func(*builder, Content) error{
		writeWARCs, writeDump, writeCustody, writeCheckpoint, writeWACZ,
		func(b *builder, c Content) error { return b.put("index.html", c.index) },
		func(b *builder, _ Content) error { return b.bytes("VERIFY.txt", howTo) },
		func(b *builder, _ Content) error { return b.bytes("verify.py", script) },
		writeSums,
	}
	for _, step := range steps {
		if err := step(b, c); err != nil {
			return fmt.Errorf("exporting incident %s: %w", c.Incident.ID, err)
		}
	}
	if err := b.zip.Close(); err != nil {
		return fmt.Errorf("exporting incident %s: %w", c.Incident.ID, err)
	}
	return nil
}

// builder writes files into the archive and remembers their digests.
type builder struct {
	ctx  context.Context
	zip  *zip.Writer
	at   time.Time
	sums []sum
}

type sum struct {
	name, digest string
	size         int64
}

func (b *builder) put(name string, write func(io.Writer) error) error {
	_, err := b.putAs(name, zip.Deflate, write)
	return err
}

func (b *builder) putAs(name string, method uint16, write func(io.Writer) error) (sum, error) {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: b.at})
	if err != nil {
		return sum{}, err
	}
	m := &measured{w: w, sum: sha256.New()}
	if err := write(m); err != nil {
		return sum{}, fmt.Errorf("%s: %w", name, err)
	}
	s := sum{name, hex.EncodeToString(m.sum.Sum(nil)), m.n}
	b.sums = append(b.sums, s)
	return s, nil
}

func (b *builder) bytes(name string, data []byte) error {
	return b.put(name, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// exhibit copies a file that custody knows.
func (b *builder) exhibit(dir string, f File) error {
	s, err := b.putAs(dir+f.Name, zip.Deflate, func(w io.Writer) error {
		r, err := f.Open()
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }()
		_, err = io.Copy(w, stoppable{b.ctx, r})
		return err
	})
	if err == nil && "sha256:"+s.digest != f.Digest {
		err = fmt.Errorf("%s is not what custody took in: %w", f.Name, breach.ErrConflict)
	}
	return err
}

func writeWARCs(b *builder, c Content) error {
	for _, f := range c.Files {
		if err := b.exhibit("warc/", f); err != nil {
			return err
		}
	}
	return nil
}

func writeDump(b *builder, c Content) error {
	if c.Dump == nil {
		return nil
	}
	return b.exhibit("dump/", *c.Dump)
}

func writeSums(b *builder, _ Content) error {
	return b.put("SHA256SUMS", func(w io.Writer) error {
		for _, s := range b.sums {
			if _, err := fmt.Fprintf(w, "%s  %s\n", s.digest, s.name); err != nil {
				return err
			}
		}
		return nil
	})
}

// measured counts and digests what is written.
type measured struct {
	w   io.Writer
	sum hash.Hash
	n   int64
}

func (m *measured) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	_, _ = m.sum.Write(p[:n])
	m.n += int64(n)
	return n, err
}

// stoppable ends a copy with its context.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
