package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"vigie/matchers/dump"
)

// maxKDF is the largest exponent of rounds that a rar 5 archive may ask for to
// derive a key; rar itself takes 15.
const maxKDF = 18

// largeWindow is where a window is large, in bytes.
const largeWindow = 4 << 20

// rarWalk goes from block header to block header before anything is unpacked.
// It finds volumes, dictionaries that are too large and where the archive ends,
// and cuts out the files that may not be unpacked, so that those behind them can.
type rarWalk struct {
	in     *intake
	size   int64
	window int64 // largest dictionary allowed
	most   int

	version int
	sealed  bool // the headers are encrypted: nothing more is known
	solid   bool
	endless bool // the last file was packed for a version before 3, which wrote no end block
	files   int
	dict    int64 // largest dictionary among the files kept
	refused []rarRefused
	prefix  int64        // signature and main header, which every group starts with
	groups  [][][2]int64 // what the library is given of the file, each with a reader of its own
	apart   bool         // the next file begins a group
	code    string       // why the walk did not reach the archive's end
}

type rarRefused struct{ name, code string }

// rarBlock is a block as far as the walk looks at it.
type rarBlock struct {
	from, to  int64 // with its data
	kind      byte
	flags     uint64
	dict      int64
	kdf       byte
	split     bool
	name      string
	encrypted bool
}

// Kinds of blocks, as version 5 numbers them.
const (
	rarMain = iota + 1
	rarFileBlock
	rarService
	rarEncryption
	rarEnd
	rarOther
)

// run walks the archive.
func (w *rarWalk) run(ctx context.Context) error {
	magic := make([]byte, 8)
	if _, err := w.in.ReadAt(magic, 0); err != nil {
		return io.ErrUnexpectedEOF
	}
	at := int64(len(rar4Magic))
	w.version = 4
	if string(magic) == rar5Magic {
		at, w.version = int64(len(rar5Magic)), 5
	}
	w.prefix, w.groups = at, [][][2]int64{nil}
	for ctx.Err() == nil {
		b, err := w.block(at)
		if err != nil && w.endless && at == w.size {
			return nil
		}
		if err != nil {
			w.code = codeOf(err)
			w.add(at, max(at, w.size))
			return nil
		}
		done, err := w.judge(b)
		if done || err != nil {
			return err
		}
		at = b.to
	}
	return ctx.Err()
}

// judge decides what becomes of a block.
func (w *rarWalk) judge(b rarBlock) (done bool, err error) {
	refuse := ""
	switch b.kind {
	case rarMain:
		w.solid = b.flags&4 != 0
		if b.flags&1 != 0 {
			return true, refused(dump.CodeSplit)
		}
		if w.sealed = b.encrypted; !w.sealed && b.to <= w.size && w.files == 0 {
			w.prefix = b.to
			return false, nil
		}
	case rarEncryption:
		w.sealed = true
		if b.kdf > maxKDF {
			return true, refused(dump.CodeTooLarge)
		}
	case rarFileBlock:
		w.files++
		refuse = w.judgeFile(b)
	case rarEnd:
		w.add(b.from, min(b.to, w.size))
		return true, nil
	}
	if w.sealed || w.files > w.most { // the library counts on from here
		w.add(b.from, w.size)
		return true, nil
	}
	if b.to > w.size {
		w.code = dump.CodeCut
		w.add(b.from, w.size)
		return true, nil
	}
	if refuse != "" {
		w.refused = append(w.refused, rarRefused{b.name, refuse})
		return false, nil
	}
	w.group(b)
	w.add(b.from, b.to)
	return false, nil
}

// group gives a file with a large window a group of its own: the library clears
// the largest window it ever had for every file, which takes hours for a large
// one and many small ones. Solid files need those before them.
func (w *rarWalk) group(b rarBlock) {
	if w.solid || b.kind != rarFileBlock {
		return
	}
	if large := b.dict > largeWindow; large || w.apart {
		w.groups = append(w.groups, nil)
		w.apart = large
	}
}

// judgeFile says why a file may not be unpacked.
func (w *rarWalk) judgeFile(b rarBlock) string {
	switch {
	case b.split:
		return dump.CodeSplit
	case b.dict > w.window || b.kdf > maxKDF:
		return dump.CodeTooLarge
	}
	w.dict = max(w.dict, b.dict)
	return ""
}

// add keeps a part of the file, joined to the one before it.
func (w *rarWalk) add(from, to int64) {
	group := &w.groups[len(w.groups)-1]
	if n := len(*group); n > 0 && (*group)[n-1][1] == from {
		(*group)[n-1][1] = to
		return
	}
	*group = append(*group, [2]int64{from, to})
}

// stream is a group as an archive of its own; all of them together for -1.
func (w *rarWalk) stream(group int) io.Reader {
	parts := []io.Reader{w.in.section(0, w.prefix)}
	for i, g := range w.groups {
		for _, k := range g {
			if i == group || group < 0 {
				parts = append(parts, w.in.section(k[0], k[1]-k[0]))
			}
		}
	}
	return io.MultiReader(parts...)
}

func (w *rarWalk) block(at int64) (rarBlock, error) {
	if w.version == 5 {
		return w.block5(at)
	}
	return w.block4(at)
}

// block4 reads a header of version 4: checksum of 16 bits, type, flags, size.
func (w *rarWalk) block4(at int64) (rarBlock, error) {
	p := make([]byte, 64+300)
	n, _ := w.in.ReadAt(p, at)
	p = p[:n]
	if n < 7 {
		return rarBlock{}, io.ErrUnexpectedEOF
	}
	le := binary.LittleEndian
	flags, size := le.Uint16(p[3:]), int64(le.Uint16(p[5:]))
	b := rarBlock{from: at, to: at + size, kind: rarOther, flags: uint64(flags)}
	if size < 7 {
		return b, errDamaged
	}
	if flags&0x8000 != 0 && n >= 11 {
		b.to += int64(le.Uint32(p[7:]))
	}
	switch p[2] {
	case 0x73:
		b.kind, b.encrypted = rarMain, flags&0x80 != 0
		b.flags = uint64(flags&1 | flags>>1&4)
	case 0x74:
		b.kind, b.split = rarFileBlock, flags&3 != 0
		if n < 32 {
			return b, io.ErrUnexpectedEOF
		}
		w.endless = p[24] < 29
		name := 32
		if flags&0x100 != 0 && n >= 40 {
			b.to += int64(le.Uint32(p[32:])) << 32
			name = 40
		}
		if window := flags & 0xe0 >> 5; window < 7 {
			b.dict = 0x10000 << window
		}
		end := min(name+int(le.Uint16(p[26:])), len(p))
		raw, _, _ := bytes.Cut(p[min(name, end):end], []byte{0})
		b.name = decodeName(raw)
	case 0x7b:
		b.kind = rarEnd
	}
	if b.to < at {
		return b, errDamaged
	}
	return b, nil
}

// block5 reads a header of version 5: checksum, size, type, flags, and what the
// flags say (RAR 5.0 archive format, rarlab.com/technote.htm).
func (w *rarWalk) block5(at int64) (rarBlock, error) {
	p := make([]byte, 512)
	n, _ := w.in.ReadAt(p, at)
	if n < 7 {
		return rarBlock{}, io.ErrUnexpectedEOF
	}
	v := &rarVints{p: p[4:n]}
	size := int64(v.next())
	header := at + int64(n-len(v.p)) + size
	if v.bad || size < 2 || size > 2<<20 {
		return rarBlock{}, errDamaged
	}
	v.p = v.p[:min(int64(len(v.p)), size)]
	b := rarBlock{from: at, to: header, kind: rarOther}
	kind := v.next()
	flags := v.next()
	var extra int64
	if flags&1 != 0 {
		extra = int64(v.next())
	}
	if flags&2 != 0 {
		b.to += int64(v.next())
	}
	b.split = flags&0x18 != 0
	if kind >= rarMain && kind <= rarEnd {
		b.kind = byte(kind)
	}
	switch b.kind {
	case rarMain:
		b.flags = v.next()
	case rarEncryption:
		v.next()
		v.next()
		b.kdf = v.byte()
	case rarFileBlock:
		w.file5(&b, v)
		if extra > 0 && extra < size {
			w.extra5(&b, header-extra, extra)
		}
	}
	if v.bad || b.to < at {
		return b, errDamaged
	}
	return b, nil
}

// file5 reads the dictionary's size and the name.
func (w *rarWalk) file5(b *rarBlock, v *rarVints) {
	flags := v.next()
	size := v.next()
	v.next() // attributes
	if flags&2 != 0 {
		v.skip(4) // time
	}
	if flags&4 != 0 {
		v.skip(4) // CRC
	}
	info := v.next()
	v.next() // host system
	n := v.next()
	b.name = string(v.p[:min(n, uint64(len(v.p)))])
	if flags&1 != 0 || info>>7&7 == 0 { // a directory, or stored
		return
	}
	b.dict = 0x20000 << (info >> 10 & 15)
	if info&0x3f == 1 { // version 7 of the format has 5 bits and a fraction
		b.dict = 0x20000 << (info >> 10 & 31)
		b.dict += b.dict / 32 * int64(info>>15&31)
	}
	if !w.solid && flags&8 == 0 {
		b.dict = min(b.dict, int64(size))
	}
}

// extra5 looks for the encryption record in the extra area.
func (w *rarWalk) extra5(b *rarBlock, at, n int64) {
	p := make([]byte, min(n, 4096))
	m, _ := w.in.ReadAt(p, at)
	v := &rarVints{p: p[:m]}
	for !v.bad && len(v.p) > 0 {
		size := v.next()
		if size > uint64(len(v.p)) {
			return
		}
		record := &rarVints{p: v.p[:size]}
		v.p = v.p[size:]
		if record.next() == 1 {
			record.next()
			record.next()
			b.encrypted, b.kdf = true, record.byte()
		}
	}
}

// rarVints reads numbers of 7 bits a byte, the lowest first.
type rarVints struct {
	p   []byte
	bad bool
}

func (v *rarVints) next() uint64 {
	n, size := binary.Uvarint(v.p)
	if size <= 0 || n > 1<<62 {
		v.bad, v.p = true, nil
		return 0
	}
	v.p = v.p[size:]
	return n
}

func (v *rarVints) skip(n int) {
	if n > len(v.p) {
		v.bad, v.p = true, nil
		return
	}
	v.p = v.p[n:]
}

func (v *rarVints) byte() byte {
	if len(v.p) == 0 {
		v.bad = true
		return 0
	}
	b := v.p[0]
	v.p = v.p[1:]
	return b
}
