package document

import (
	"context"
	"encoding/binary"
	"errors"
	"path"
	"strings"
	"unicode/utf16"
	"vigie/internal/cfb"

	"golang.org/x/text/encoding/charmap"

	"vigie/matchers/dump"
)

// doc is Word's format of 1997 to 2003 ([MS-DOC]).
type doc struct{}

// Name is "doc".
func (doc) Name() string { return "doc" }

// Sniff looks for the text's stream in the directory.
func (doc) Sniff(f *dump.File) float64 {
	switch ext := strings.ToLower(path.Ext(f.Path)); {
	case cfb.HoldsName(f.Head, "WordDocument"):
		return sure
	case strings.HasPrefix(string(f.Head), cfb.Magic) && len(f.Head) > 514 && le16(f.Head[512:]) == 0xa5ec: // its first sector begins one
		return sure
	case !f.Whole && strings.HasPrefix(string(f.Head), cfb.Magic) && (ext == ".doc" || ext == ".dot"):
		return 0.95
	}
	return 0
}

// Offsets in the file information block ([MS-DOC] section 2.5).
const (
	fibFlags = 0x0a
	fibClx   = 0x1a2
	fibSize  = 0x1aa
)

// Read reads the text by its table of pieces: body, notes, headers, comments and text
// boxes in sequence.
func (doc) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	src, err := f.Source()
	if err != nil {
		return err
	}
	c, err := openCompound(src)
	if err != nil {
		return err
	}
	streams := map[string]cfb.Entry{}
	for _, at := range c.Children(0, map[uint32]bool{}) {
		streams[c.Entries[at].Name] = c.Entries[at]
	}
	main := c.Open(streams["WordDocument"])
	fib := make([]byte, fibSize)
	if _, err := main.ReadAt(fib, 0); err != nil || le16(fib) != 0xa5ec {
		return dump.Refuse(dump.CodeNoReader, "it was written by a Word before 1997: open it and save it as docx")
	}
	flags := le16(fib[fibFlags:])
	if flags&0x100 != 0 {
		return errLocked
	}
	name := "0Table"
	if flags&0x200 != 0 {
		name = "1Table"
	}
	out := newProse(ctx, v)
	out.at("body")
	if _, ok := streams["Macros"]; ok {
		out.warn(WarnMacros)
	}
	table := c.Open(streams[name])
	at, size := int64(le32(fib[fibClx:])), int64(le32(fib[fibClx+4:]))
	if at >= table.Size() || size > table.Size()-at || size > 64<<20 {
		return errDamaged
	}
	clx := make([]byte, size)
	if _, err := table.ReadAt(clx, at); err != nil {
		return errDamaged
	}
	for len(clx) > 3 && clx[0] == 1 { // formatting of pieces
		clx = clx[min(len(clx), 3+int(le16(clx[1:]))):]
	}
	if len(clx) < 5 || clx[0] != 2 {
		return errDamaged
	}
	readPieces(out, main, clx[5:])
	return say(v, "", out.flush())
}

// readPieces reads the text by a PlcPcd ([MS-DOC] section 2.8.35): where each piece
// begins, then what it is.
func readPieces(out *prose, main *cfb.Stream, plc []byte) {
	n := (len(plc) - 4) / 12
	buf := make([]byte, 32<<10)
	left := main.Size() // pieces do not overlap: no more is read than there is
	for i := 0; i < n && out.err == nil; i++ {
		chars := int64(le32(plc[4*i+4:])) - int64(le32(plc[4*i:]))
		fc := le32(plc[4*(n+1)+8*i+2:])
		at, bytesEach := int64(fc&0x3fffffff), int64(2)
		if fc&0x40000000 != 0 {
			at, bytesEach = at/2, 1
		}
		size := min(chars*bytesEach, left)
		left -= max(size, 0)
		for size > 0 && out.err == nil {
			k, err := main.ReadAt(buf[:min(size, int64(len(buf)))], at)
			if bytesEach == 1 {
				wordChars(out, latin(buf[:k]))
			} else {
				wordChars(out, wide(buf[:k]))
			}
			at, size = at+int64(k), size-int64(k)
			if err != nil {
				out.warn(WarnDamaged)
				break
			}
		}
	}
}

func latin(b []byte) []rune {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = charmap.Windows1252.DecodeByte(c)
	}
	return runes
}

func wide(b []byte) []rune {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, le16(b))
	}
	return utf16.Decode(units)
}

// wordChars gives text with Word's marks for what they stand for.
func wordChars(out *prose, runes []rune) {
	b := make([]byte, 0, 4*len(runes))
	for _, r := range runes {
		switch {
		case r == '\r' || r == '\v' || r == '\f':
			b = append(b, '\n')
		case r == 7:
			b = append(b, '\t')
		case r == 0x1e:
			b = append(b, '-')
		case r == 0x1f || r == 0xad:
		case r == 0x13 || r == 0x14 || r == 0x15: // a field's code and its result
			b = append(b, ' ')
		case r >= ' ' || r == '\t':
			b = append(b, string(r)...)
		}
	}
	out.text(b)
}

// openCompound opens a compound file; its errors are this package's.
func openCompound(src dump.Source) (*cfb.File, error) {
	c, err := cfb.Open(src, src.Size())
	switch {
	case errors.Is(err, cfb.ErrCut):
		return nil, errCut
	case errors.Is(err, cfb.ErrLarge):
		return nil, errLarge
	case err != nil:
		return nil, errDamaged
	}
	return c, nil
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
