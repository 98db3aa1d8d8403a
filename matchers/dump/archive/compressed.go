package archive

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"vigie/matchers/dump"
)

const gzipMagic = "\x1f\x8b\x08" // with the one method there is

// compressed is a compression that holds one file: a container with one member.
type compressed struct {
	name   string
	suffix map[string]string // what a suffix becomes
	sniff  func(head []byte) float64
	open   func(b *box, r *bufio.Reader, warn func()) (io.Reader, error)
	limits limits
}

func compressions() []compressed {
	return []compressed{
		{name: "gzip", suffix: map[string]string{".gz": "", ".gzip": "", ".z": "", ".tgz": ".tar", ".taz": ".tar", ".svgz": ".svg"}, sniff: magic(gzipMagic), open: openGzip},
		{name: "bzip2", suffix: map[string]string{".bz2": "", ".bz": "", ".tbz2": ".tar", ".tbz": ".tar"}, sniff: sniffBzip2, open: openBzip2},
		{name: "xz", suffix: map[string]string{".xz": "", ".txz": ".tar"}, sniff: magic(xzMagic), open: openXZ},
		{name: "lzma", suffix: map[string]string{".lzma": "", ".tlz": ".tar"}, sniff: sniffLZMA, open: openLZMA},
		{name: "zstd", suffix: map[string]string{".zst": "", ".zstd": "", ".tzst": ".tar"}, sniff: sniffZstd, open: openZstd},
		{name: "lz4", suffix: map[string]string{".lz4": "", ".tlz4": ".tar"}, sniff: magic("\x04\x22\x4d\x18"), open: openLZ4},
		{name: "compress", suffix: map[string]string{".z": "", ".taz": ".tar", ".tz": ".tar"}, sniff: magic("\x1f\x9d"), open: openLZW},
	}
}

func magic(s string) func([]byte) float64 {
	return func(head []byte) float64 {
		if bytes.HasPrefix(head, []byte(s)) {
			return 0.9
		}
		return 0
	}
}

// Name is the compression's name.
func (c compressed) Name() string { return c.name }

// Sniff knows a compression by its first bytes.
func (c compressed) Sniff(f *dump.File) float64 { return c.sniff(f.Head) }

// Read gives the one member, under the file's name without its suffix.
func (c compressed) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	in := &intake{r: f.Stream()}
	b := newBox(ctx, v, c.limits, in)
	r := bufio.NewReaderSize(in, 1<<16)
	if _, err := r.Peek(1); errors.Is(err, io.EOF) {
		return b.finish(nil)
	}
	var plain io.Reader
	err := safely(func() (err error) {
		plain, err = c.open(b, r, func() { v.Warn("trailing-garbage") })
		return err
	})
	if err == nil {
		b.entries++
		err = b.memberWhole(b.labels.label(c.inner(f.Path, plain)), -1, plain)
	}
	return b.finish(err)
}

// inner is the name of what is compressed. A dump has no path of its own here;
// gzip may keep the name that the file had.
func (c compressed) inner(file string, plain io.Reader) string {
	if file == "" {
		if g, ok := plain.(*gzipReader); ok && g.z.Name != "" {
			return decodeName([]byte(g.z.Name))
		}
		return "content"
	}
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	ext := path.Ext(name)
	if to, ok := c.suffix[strings.ToLower(ext)]; ok && len(ext) < len(name) {
		return strings.TrimSuffix(name, ext) + to
	}
	return name
}

// openGzip joins the members of a gzip file (RFC 1952, 2.2) and goes on behind
// one whose checksum is wrong.
func openGzip(_ *box, r *bufio.Reader, warn func()) (io.Reader, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gzipReader{z: z, r: r, warn: warn}, nil
}

type gzipReader struct {
	z       *gzip.Reader
	r       *bufio.Reader
	warn    func()
	damaged bool // a member had a wrong checksum
}

func (g *gzipReader) Read(p []byte) (int, error) {
	n, err := g.z.Read(p)
	switch {
	case errors.Is(err, gzip.ErrChecksum):
		g.damaged = true
	case errors.Is(err, io.EOF):
	default:
		return n, err
	}
	return n, g.next()
}

// next begins the next member, or ends.
func (g *gzipReader) next() error {
	err := io.EOF
	switch head, _ := g.r.Peek(3); {
	case string(head) == gzipMagic:
		err = g.z.Reset(g.r)
		g.z.Multistream(false)
	case len(head) > 0 && strings.HasPrefix(gzipMagic, string(head)):
		err = io.ErrUnexpectedEOF
	case len(head) > 0:
		g.skipGarbage()
	}
	if errors.Is(err, io.EOF) && g.damaged {
		return errDamaged
	}
	return err
}

// skipGarbage warns of what stands behind the last member, unless it is the
// zeros that fill a tape's block.
func (g *gzipReader) skipGarbage() {
	for {
		c, err := g.r.ReadByte()
		if err != nil {
			return
		}
		if c != 0 {
			g.warn()
			return
		}
	}
}

func sniffBzip2(head []byte) float64 {
	if len(head) < 10 || string(head[:3]) != "BZh" || head[3] < '1' || head[3] > '9' {
		return 0
	}
	if m := string(head[4:10]); m == "\x31\x41\x59\x26\x53\x59" || m == "\x17\x72\x45\x38\x50\x90" {
		return 0.95
	}
	return 0.2
}

func openBzip2(_ *box, r *bufio.Reader, warn func()) (io.Reader, error) {
	return &bzip2Reader{bzip2.NewReader(r), warn}, nil
}

type bzip2Reader struct {
	r    io.Reader
	warn func()
}

func (b *bzip2Reader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if errors.Is(err, bzip2.StructuralError("bad magic value in continuation file")) {
		b.warn()
		err = io.EOF
	}
	return n, err
}

func openXZ(b *box, r *bufio.Reader, warn func()) (io.Reader, error) {
	return newXZReader(b, r, warn), nil
}

// sniffLZMA knows .lzma files, which have no signature, by what encoders write:
// lc=3 lp=0 pb=2, a dictionary of 2^n or 3*2^n, and a size that can be.
func sniffLZMA(head []byte) float64 {
	if len(head) < 14 || head[0] != 0x5d || head[13] != 0 {
		return 0
	}
	dict := binary.LittleEndian.Uint32(head[1:])
	size := binary.LittleEndian.Uint64(head[5:])
	for n := 12; n < 32; n++ {
		if (dict == 1<<n || dict == 3<<(n-1)) && (size == 1<<64-1 || size < 1<<40) {
			return 0.6
		}
	}
	return 0
}

func openLZMA(b *box, r *bufio.Reader, _ func()) (io.Reader, error) {
	head := make([]byte, 13)
	if err := readPart(r, head); err != nil {
		return nil, err
	}
	return b.lzma(r, head, int64(binary.LittleEndian.Uint64(head[5:])))
}

func sniffZstd(head []byte) float64 {
	if len(head) < 4 {
		return 0
	}
	m := binary.LittleEndian.Uint32(head)
	if m == 0xfd2fb528 {
		return 0.9
	}
	if m&^0xf == 0x184d2a50 && bytes.Contains(head, []byte("\x28\xb5\x2f\xfd")) { // skippable frames first
		return 0.85
	}
	return 0
}

func openZstd(b *box, r *bufio.Reader, warn func()) (io.Reader, error) {
	z, err := b.zstd(r)
	return &zstdFile{z, warn}, err
}

type zstdFile struct {
	r    io.Reader
	warn func()
}

func (z *zstdFile) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	if errors.Is(err, zstd.ErrMagicMismatch) {
		z.warn()
		err = io.EOF
	}
	return n, err
}

// openLZ4 joins lz4 frames.
func openLZ4(_ *box, r *bufio.Reader, warn func()) (io.Reader, error) {
	return &lz4Reader{z: lz4.NewReader(r), r: r, warn: warn}, nil
}

type lz4Reader struct {
	z    *lz4.Reader
	r    *bufio.Reader
	warn func()
}

func (l *lz4Reader) Read(p []byte) (int, error) {
	n, err := l.z.Read(p)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	switch head, _ := l.r.Peek(4); {
	case string(head) == "\x04\x22\x4d\x18":
		l.z.Reset(l.r)
		err = nil
	case len(head) > 0:
		l.warn()
	}
	return n, err
}
