package evidence

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"vigie/internal/breach"
)

// A WARC file rests as a pack: inside the seal a line that names its base, or
// "-", and the plain records as zstd (RFC 8878). The base is an earlier visit of
// the same source; its records are the compressor's dictionary. A site that
// shows today what it showed yesterday costs little that way, and each file is
// made again, bit for bit, from itself and one other.
const (
	packMagic = "vigie pack 1 "
	noBase    = "-"

	// mostDictionary is how many bytes of a base serve as dictionary.
	mostDictionary = 4 << 20
	// mostBuilt is how many packs share a base: what one damaged file can cost.
	mostBuilt = 64
	// worthwhile is how small a pack must stay beside its base; the visit after a
	// larger one makes a new base.
	worthwhile = 3 // a third
)

// packWriter writes a pack into a sealed file.
type packWriter struct {
	file  *pending
	zip   *zstd.Encoder
	base  string
	count counted
}

// counted counts what passes.
type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (v *Vault) createPack(name, base string, dictionary []byte) (*packWriter, error) {
	f, err := v.create(v.warcDir(), name+sealedSuffix, "warc "+name)
	if err != nil {
		return nil, err
	}
	p := &packWriter{file: f, base: base, count: counted{w: f}}
	opts := []zstd.EOption{zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window(len(dictionary))), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false)}
	if base != noBase {
		opts = append(opts, zstd.WithEncoderDictRaw(1, dictionary))
	}
	if p.zip, err = zstd.NewWriter(&p.count, opts...); err == nil {
		_, err = io.WriteString(&p.count, packMagic+base+"\n")
	}
	if err != nil {
		p.discard()
		return nil, err
	}
	return p, nil
}

// window is how far back the compressor looks, in bytes: over the dictionary
// and as much again. It is also what it takes of memory.
func window(dictionary int) int {
	return min(max(1<<20, 1<<bits.Len(uint(2*dictionary))), 2*mostDictionary)
}

func (p *packWriter) Write(b []byte) (int, error) {
	n, err := p.zip.Write(b)
	return n, diskError(err)
}

func (p *packWriter) commit() error {
	if err := p.zip.Close(); err != nil {
		p.discard()
		return diskError(err)
	}
	return p.file.commit()
}

func (p *packWriter) discard() { p.file.discard() }

// errDamaged is a sealed file that opens and does not hold what it should.
var errDamaged = fmt.Errorf("damaged evidence: %w", breach.ErrInvalid)

// openPlain opens the records of a WARC file of the vault, uncompressed.
func (v *Vault) openPlain(name string) (io.ReadCloser, error) {
	rc, base, err := v.openPack(name)
	if err != nil {
		return nil, err
	}
	opts := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(2 * mostDictionary)}
	if base != noBase {
		dictionary, err := v.dictionary(base)
		if err != nil {
			_ = rc.Close()
			return nil, err
		}
		opts = append(opts, zstd.WithDecoderDictRaw(1, dictionary))
	}
	z, err := zstd.NewReader(rc, opts...)
	if err != nil {
		_ = rc.Close()
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	return sealed{z, closers{z.Close, rc}}, nil
}

// openPack opens a pack behind its first line.
func (v *Vault) openPack(name string) (rc io.ReadCloser, base string, err error) {
	if !warcName(name) {
		return nil, "", fmt.Errorf("opening evidence: malformed name: %w", breach.ErrInvalid)
	}
	file, err := v.unseal(v.warcPath(name), "warc "+name)
	if errors.Is(err, breach.ErrNotFound) && v.remote != nil {
		ctx, cancel := context.WithTimeout(context.Background(), fetchPatience)
		defer cancel()
		if err = v.fetch(ctx, name); err == nil {
			file, err = v.unseal(v.warcPath(name), "warc "+name)
		}
	}
	if err != nil {
		return nil, "", err
	}
	br := bufio.NewReader(file)
	line, err := br.ReadSlice('\n')
	base, ours := strings.CutPrefix(strings.TrimSuffix(string(line), "\n"), packMagic)
	if err != nil || !ours || base != noBase && !warcName(base) {
		_ = file.Close()
		return nil, "", fmt.Errorf("opening %s: %w", name, errDamaged)
	}
	return sealed{br, file}, base, nil
}

// dictionary reads a base, which has none itself.
func (v *Vault) dictionary(base string) ([]byte, error) {
	rc, deeper, err := v.openPack(base)
	if err != nil {
		return nil, fmt.Errorf("reading a base: %w", err)
	}
	_ = rc.Close()
	if deeper != noBase {
		return nil, fmt.Errorf("base %s has a base: %w", base, errDamaged)
	}
	plain, err := v.openPlain(base)
	if err != nil {
		return nil, fmt.Errorf("reading a base: %w", err)
	}
	defer func() { _ = plain.Close() }()
	dictionary, err := io.ReadAll(io.LimitReader(plain, mostDictionary))
	if err != nil {
		return nil, fmt.Errorf("reading base %s: %w", base, err)
	}
	return dictionary, nil
}

type closers struct {
	first func()
	then  io.Closer
}

func (c closers) Close() error {
	c.first()
	return c.then.Close()
}

// OpenWARC opens a WARC file of the vault, by its name, as it was made: gzip, a
// member a record. Custody is told when it leaves, see Export.
func (v *Vault) OpenWARC(name string) (io.ReadCloser, error) {
	plain, err := v.openPlain(name)
	if err != nil {
		return nil, err
	}
	r, w := io.Pipe()
	go func() {
		err := zipRecords(w, plain)
		_ = plain.Close()
		_ = w.CloseWithError(err)
	}()
	return r, nil
}

// zipRecords writes plain records as gzip members.
func zipRecords(dst io.Writer, plain io.Reader) error {
	m := newMember(io.Discard)
	for in := NewReader(plain); ; {
		r, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		m.reset(dst)
		_, _ = m.Write(r.raw)
		if _, err := io.Copy(m, r.Block); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		_, _ = io.WriteString(m, recordEnd)
		if err := m.Close(); err != nil {
			return err
		}
	}
}

// head is what the next visit of a source may build on. It is a hint: one that
// is lost or wrong costs a larger file.
type head struct {
	base  string
	bytes int64 // of the base's pack
	built int   // packs on it
}

func (v *Vault) headPath(src breach.SourceID) string {
	sum := sha256.Sum256([]byte(src))
	return filepath.Join(v.warcDir(), headPrefix+hex.EncodeToString(sum[:8]))
}

// basis chooses the base of a source's next pack.
func (v *Vault) basis(src breach.SourceID) (head, []byte) {
	var h head
	raw, err := os.ReadFile(v.headPath(src))
	if err != nil {
		return head{base: noBase}, nil
	}
	if _, err := fmt.Sscanf(string(raw), "%s %d %d\n", &h.base, &h.bytes, &h.built); err != nil || h.built >= mostBuilt {
		return head{base: noBase}, nil
	}
	dictionary, err := v.dictionary(h.base)
	if err != nil || len(dictionary) < 8 {
		return head{base: noBase}, nil
	}
	return h, dictionary
}

// built notes a pack that is durable now.
func (v *Vault) built(src breach.SourceID, h head, name string, size int64) {
	switch {
	case h.base == noBase:
		h = head{base: name, bytes: size}
	case size > h.bytes/worthwhile:
		h.built = mostBuilt
	default:
		h.built++
	}
	temp := v.headPath(src) + tempPrefix
	text := fmt.Sprintf("%s %d %d\n", h.base, h.bytes, h.built)
	if os.WriteFile(temp, []byte(text), 0o600) == nil {
		_ = os.Rename(temp, v.headPath(src))
	}
}

// repack writes a file anew, on another base or on none. Its records, and so
// all its digests, stay as they are.
func (v *Vault) repack(ctx context.Context, name, base string) error {
	plain, err := v.openPlain(name)
	if err != nil {
		return err
	}
	defer func() { _ = plain.Close() }()
	var dictionary []byte
	if base != noBase {
		if dictionary, err = v.dictionary(base); err != nil {
			return err
		}
	}
	p, err := v.createPack(name, base, dictionary)
	if err != nil {
		return err
	}
	defer p.discard()
	if _, err := io.Copy(p, ctxReader{ctx, plain}); err != nil {
		return diskError(err)
	}
	p.file.replace = true
	return p.commit()
}

// warcName tells whether a name is one that Begin gives.
func warcName(name string) bool {
	id, ok := strings.CutSuffix(name, warcSuffix)
	return ok && dumpName.MatchString(id)
}

func (v *Vault) warcPath(name string) string { return filepath.Join(v.warcDir(), name+sealedSuffix) }
