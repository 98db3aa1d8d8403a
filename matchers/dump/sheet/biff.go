package sheet

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf16"
	"unicode/utf8"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// Records of BIFF ([MS-XLS] 2.3) that say something about cells.
const (
	recFormula    = 0x06
	recEOF        = 0x0a
	recDate1904   = 0x22
	recFilePass   = 0x2f
	recContinue   = 0x3c
	recCodePage   = 0x42
	recColInfo    = 0x7d
	recBoundSheet = 0x85
	recMulRK      = 0xbd
	recMulBlank   = 0xbe
	recRString    = 0xd6
	recXF         = 0xe0
	recMerged     = 0xe5
	recSST        = 0xfc
	recLabelSST   = 0xfd
	recBlank      = 0x201
	recNumber     = 0x203
	recLabel      = 0x204
	recBoolErr    = 0x205
	recString     = 0x207
	recRow        = 0x208
	recRK         = 0x27e
	recBOF        = 0x809
	recFormat     = 0x41e
)

// records reads the records of a BIFF stream one after another.
type records struct {
	ctx   context.Context
	src   io.ReaderAt
	off   int64
	limit int64
	id    uint16
	data  []byte

	buf      []byte // read ahead
	pos, lim int
	count    int
}

func newRecords(ctx context.Context, src io.ReaderAt, off, limit int64) *records {
	return &records{ctx: ctx, src: src, off: off, limit: limit, buf: make([]byte, 128<<10)}
}

// ahead makes n bytes stand in the buffer.
func (r *records) ahead(n int) bool {
	if r.lim-r.pos >= n {
		return true
	}
	r.lim = copy(r.buf, r.buf[r.pos:r.lim])
	r.pos = 0
	got, _ := r.src.ReadAt(r.buf[r.lim:min(int64(len(r.buf)), int64(r.lim)+max(0, r.limit-r.off))], r.off)
	r.off += int64(got)
	r.lim += got
	return r.lim >= n
}

// next reads a record; false at the end of the stream, io.ErrUnexpectedEOF
// within one.
func (r *records) next() (bool, error) {
	if r.count++; r.count%4096 == 0 && r.ctx.Err() != nil {
		return false, r.ctx.Err()
	}
	if !r.ahead(4) {
		return false, nil
	}
	b := r.buf[r.pos:]
	n := int(le16(b[2:]))
	if !r.ahead(4 + n) {
		return false, errCut
	}
	b = r.buf[r.pos:]
	r.id, r.data = le16(b), b[4:4+n:4+n]
	r.pos += 4 + n
	return true, nil
}

// peek is the identifier of the record that follows.
func (r *records) peek() uint16 {
	if !r.ahead(4) {
		return 0
	}
	return le16(r.buf[r.pos:])
}

// biff is a workbook of Excel 5 to 2003.
type biff struct {
	ctx     context.Context
	opt     Options
	v       dump.Visitor
	src     io.ReaderAt
	size    int64
	wide    bool // BIFF8
	in1904  bool
	decoder *charset.Decoder
	named   map[int]format
	formats []format // by XF
	strings stringTable
	sheets  []biffSheet
	filler  int
	scratch []byte // for decoding
}

type biffSheet struct {
	name  string
	at    int64
	state byte // 1 hidden, 2 very hidden
}

// globals reads what stands before the sheets.
func (b *biff) globals() error {
	b.named = map[int]format{}
	b.codePage(1252)
	r := newRecords(b.ctx, b.src, 0, b.size)
	ok, err := r.next()
	if err != nil {
		return err
	}
	if !ok || r.id != recBOF || len(r.data) < 4 {
		return dump.Refuse(dump.CodeNoReader, "it is a workbook of Excel 4 or before, or none: open it in a spreadsheet program and save it as xlsx")
	}
	b.wide = le16(r.data) >= 0x600
	for {
		ok, err := r.next()
		if err != nil || !ok || r.id == recEOF {
			return err
		}
		if err := b.global(r); err != nil {
			return err
		}
	}
}

func (b *biff) global(r *records) error {
	d := r.data
	switch {
	case r.id == recFilePass:
		return errLocked
	case r.id == recSST && len(d) >= 8:
		return b.sharedStrings(r)
	case r.id == recDate1904 && len(d) >= 2:
		b.in1904 = le16(d) != 0
	case r.id == recCodePage && len(d) >= 2:
		b.codePage(int(le16(d)))
	case r.id == recXF && len(d) >= 4 && len(b.formats) < 1<<16:
		id := int(le16(d[2:]))
		f, ok := b.named[id]
		if f2 := builtin(id); !ok || f2.kind == dated || f2.kind == elapsed {
			f = f2
		}
		f.notify = f.kind
		b.formats = append(b.formats, f)
	case r.id == recFormat && len(d) >= 4 && len(b.named) < 1<<16:
		b.named[int(le16(d))] = parseFormat(string(b.text(nil, d[2:], b.wide)))
	case r.id == recBoundSheet && len(d) >= 8 && d[5] == 0 && len(b.sheets) < dump.MaxEntries:
		name := b.text(nil, d[6:], false)
		b.sheets = append(b.sheets, biffSheet{string(name), int64(le32(d)), d[4] & 3})
	}
	return nil
}

// codePage sets the encoding of BIFF5's strings.
func (b *biff) codePage(n int) {
	name := "windows-1252"
	switch {
	case n == 437 || n == 850 || n == 852 || n == 866:
		name = fmt.Sprintf("cp%d", n)
		if n == 866 {
			name = "ibm866"
		}
	case n == 874 || n >= 1250 && n <= 1258:
		name = fmt.Sprintf("windows-%d", n)
	case n == 932:
		name = "shift_jis"
	case n == 936:
		name = "gbk"
	case n == 949:
		name = "euc-kr"
	case n == 950:
		name = "big5"
	case n == 10000 || n == 32768:
		name = "macintosh"
	}
	b.decoder = charset.NewDecoder(charset.Guess{Name: name, Fallback: "windows-1252"})
}

// text decodes a string that begins with its length: of two bytes when long, else
// of one. In BIFF8 a byte of flags follows: 1 says UTF-16, else Latin-1.
func (b *biff) text(dst, d []byte, long bool) []byte {
	skip := 1
	if long {
		skip = 2
	}
	if len(d) < skip+1 {
		return dst
	}
	n := int(d[0])
	if long {
		n = int(le16(d))
	}
	d = d[skip:]
	if !b.wide {
		return append(dst, b.decoder.Decode(b.scratch[:0], d[:min(n, len(d))])...)
	}
	if d[0]&1 == 0 {
		return appendLatin(dst, d[1:min(n+1, len(d))])
	}
	return appendUTF16(dst, d[1:min(2*n+1, len(d))])
}

func appendLatin(dst, d []byte) []byte {
	for _, c := range d {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}

func appendUTF16(dst, d []byte) []byte {
	for i := 0; i+1 < len(d); i += 2 {
		r := rune(le16(d[i:]))
		if utf16.IsSurrogate(r) && i+3 < len(d) {
			if pair := utf16.DecodeRune(r, rune(le16(d[i+2:]))); pair != utf8.RuneError {
				r = pair
				i += 2
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// sharedStrings reads the string table, which goes on in CONTINUE records. A
// string may be cut anywhere; when it is cut within its characters the rest
// begins with flags of its own.
func (b *biff) sharedStrings(r *records) error {
	c := &continued{r: r, d: r.data[8:]}
	var value []byte
	var units []byte
	for count := le32(r.data[4:]); count > 0; count-- {
		head, err := c.take(3)
		if err != nil {
			return b.stringsEnded(err)
		}
		n, flags := int(le16(head)), head[2]
		skip := 0
		if flags&8 != 0 {
			if head, err = c.take(2); err != nil {
				return b.stringsEnded(err)
			}
			skip = 4 * int(le16(head))
		}
		if flags&4 != 0 {
			if head, err = c.take(4); err != nil {
				return b.stringsEnded(err)
			}
			skip += int(min(le32(head), math.MaxInt32))
		}
		units = units[:0] // whole before it is decoded: a pair may be cut too
		for n > 0 {
			if len(c.d) == 0 {
				if err := c.more(); err != nil {
					return b.stringsEnded(err)
				}
				if len(c.d) > 0 {
					flags, c.d = c.d[0], c.d[1:]
				}
				continue
			}
			if flags&1 == 0 {
				m := min(n, len(c.d))
				for _, low := range c.d[:m] {
					units = append(units, low, 0)
				}
				n, c.d = n-m, c.d[m:]
				continue
			}
			m := min(n, len(c.d)/2)
			if m == 0 { // half a unit: damaged
				c.d = nil
				continue
			}
			units = append(units, c.d[:2*m]...)
			n, c.d = n-m, c.d[2*m:]
		}
		value = appendUTF16(value[:0], units)
		if err := c.skip(skip); err != nil {
			return b.stringsEnded(err)
		}
		if !b.strings.add(value) {
			b.v.Unread("SST", dump.CodeTooLarge, "save the sheets as CSV")
			return nil
		}
	}
	return nil
}

func (b *biff) stringsEnded(err error) error {
	if errors.Is(err, errNoMore) {
		b.v.Unread("SST", dump.CodeDamaged, "open it in a spreadsheet program and save it again")
		return nil
	}
	return err
}

// continued reads through a record and the CONTINUE records behind it.
type continued struct {
	r *records
	d []byte
}

var errNoMore = errors.New("the record does not go on")

func (c *continued) more() error {
	if c.r.peek() != recContinue {
		return errNoMore
	}
	_, err := c.r.next()
	c.d = c.r.data
	return err
}

func (c *continued) take(n int) ([]byte, error) {
	if len(c.d) >= n {
		b := c.d[:n]
		c.d = c.d[n:]
		return b, nil
	}
	var b []byte
	for len(b) < n {
		if len(c.d) == 0 {
			if err := c.more(); err != nil {
				return nil, err
			}
			continue
		}
		m := min(n-len(b), len(c.d))
		b = append(b, c.d[:m]...)
		c.d = c.d[m:]
	}
	return b, nil
}

func (c *continued) skip(n int) error {
	for n > len(c.d) {
		n -= len(c.d)
		if err := c.more(); err != nil {
			return err
		}
	}
	c.d = c.d[n:]
	return nil
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
