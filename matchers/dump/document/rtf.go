package document

import (
	"bytes"
	"context"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"vigie/matchers/dump"
)

// rtf is the Rich Text Format (Microsoft, version 1.9.1).
type rtf struct{}

// Name is "rtf".
func (rtf) Name() string { return "rtf" }

// Sniff knows its mark.
func (rtf) Sniff(f *dump.File) float64 {
	if bytes.HasPrefix(bytes.TrimLeft(f.Head[:min(len(f.Head), 64)], "\xef\xbb\xbf \r\n"), []byte("{\\rtf")) {
		return sure
	}
	return 0
}

// Read reads the text in one pass.
func (rtf) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	out := newProse(ctx, v)
	out.at("body")
	readRTF(out, f.Stream(), nil)
	return say(v, "", out.flush())
}

// maxGroups is how deep groups are told apart; those beyond are read as one.
const maxGroups = 1000

// rtfGroup is what a group changes until it ends.
type rtfGroup struct {
	skip  bool // its text is none of the document
	html  bool // its text is HTML that the RTF was made of (MS-OXRTFEX)
	plain bool // its text is what a reader of that HTML would not see
	field bool // it is a property, which ends a line
	uc    int  // bytes that stand for a character said by \u
}

// rtfReader holds a group and the bytes of a character.
type rtfReader struct {
	out    *prose
	grids  *grids
	l      *lexer
	groups []rtfGroup
	deep   int
	now    rtfGroup
	first  bool // right behind a {
	star   bool // behind \*
	left   int  // bytes that stand for what \u said
	high   rune // of a pair of surrogates
	page   encoding.Encoding
	bytes  []byte // of the code page, not yet decoded
	row    bool
	table  bool
	html   io.Writer // takes the HTML, when wanted
}

// readRTF gives the text of RTF to out; html takes the HTML that it was made of.
func readRTF(out *prose, r io.Reader, html io.Writer) {
	x := &rtfReader{out: out, grids: newGrids(out), l: newLexer(r, 32<<10), page: charmap.Windows1252, html: html}
	x.now.uc = 1
	for out.err == nil {
		c, ok := x.l.next()
		if !ok {
			break
		}
		switch c {
		case '{':
			x.flush()
			x.open()
		case '}':
			x.flush()
			x.close()
		case '\\':
			x.control()
		case '\r', '\n':
		default:
			x.byte(c)
		}
	}
	x.flush()
	x.endTable()
}

func (x *rtfReader) open() {
	x.first, x.left = true, 0
	if len(x.groups) >= maxGroups {
		x.deep++
		return
	}
	x.groups = append(x.groups, x.now)
}

func (x *rtfReader) close() {
	x.first, x.left = false, 0
	if x.now.field && x.deep == 0 {
		x.grids.line()
	}
	n := len(x.groups)
	switch {
	case x.deep > 0:
		x.deep--
	case n > 0:
		x.now, x.groups = x.groups[n-1], x.groups[:n-1]
	}
}

// byte takes a byte of text.
func (x *rtfReader) byte(c byte) {
	x.first = false
	switch {
	case x.left > 0:
		x.left--
	case x.now.skip:
	default:
		x.high = 0
		if x.bytes = append(x.bytes, c); len(x.bytes) >= 4<<10 && c < 0x80 {
			x.flush()
		}
	}
}

// flush decodes the bytes held.
func (x *rtfReader) flush() {
	if len(x.bytes) == 0 {
		return
	}
	b, err := x.page.NewDecoder().Bytes(x.bytes)
	if err != nil {
		b = x.bytes
	}
	x.text(b)
	x.bytes = x.bytes[:0]
}

func (x *rtfReader) text(b []byte) {
	if x.html != nil && !x.now.plain {
		if _, err := x.html.Write(b); err != nil {
			x.out.err = err
		}
		return
	}
	if x.now.html {
		return
	}
	x.grids.text(b)
}

func (x *rtfReader) rune(r rune) {
	x.flush()
	if !x.now.skip {
		x.text([]byte(string(r)))
	}
}

// control reads what follows a backslash.
func (x *rtfReader) control() {
	c, ok := x.l.next()
	if !ok {
		return
	}
	if c|0x20 < 'a' || c|0x20 > 'z' {
		x.symbol(c)
		return
	}
	var name [32]byte
	n := 0
	for ; ok && c|0x20 >= 'a' && c|0x20 <= 'z'; c, ok = x.l.next() {
		if n < len(name) {
			name[n] = c
			n++
		}
	}
	value, given, sign := 0, false, 1
	if ok && c == '-' {
		sign = -1
		c, ok = x.l.next()
	}
	for ; ok && isDigit(c); c, ok = x.l.next() {
		given = true
		if value < 1<<30/10 {
			value = value*10 + int(c-'0')
		}
	}
	if ok && c != ' ' {
		x.l.back()
	}
	x.word(string(name[:n]), value*sign, given)
	x.first, x.star = false, false
}

func (x *rtfReader) symbol(c byte) {
	switch c {
	case '\'':
		a, _ := x.l.next()
		b, _ := x.l.next()
		if unhex(a) >= 0 && unhex(b) >= 0 {
			x.byte(byte(unhex(a)<<4 | unhex(b)))
		}
	case '*':
		x.star = true
		return
	case '~':
		x.byte(' ')
	case '_':
		x.byte('-')
	case '-', ':', '|':
	case '\r', '\n':
		x.line()
	default:
		x.byte(c)
	}
}

func (x *rtfReader) line() {
	x.flush()
	switch {
	case x.now.skip:
	case x.html != nil:
		x.text([]byte("\n"))
	case !x.now.html:
		x.grids.line()
	}
}

// word runs a control word.
func (x *rtfReader) word(name string, value int, given bool) {
	switch name {
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "colorschememapping", "datastore", "latentstyles",
		"listtable", "listoverridetable", "rsidtbl", "generator", "xmlnstbl", "filetbl", "nonshppict", "objdata", "blipuid", "mmathPr":
		x.flush()
		x.now.skip = true
		return
	case "fldinst", "result", "footnote", "annotation", "shptxt", "objattph", "shpinst", "shprslt", "author", "title", "company":
		x.flush() // read although it may be marked as optional
		if x.now.skip && (name == "author" || name == "title" || name == "company") {
			x.now.skip, x.now.field = false, true
			x.grids.line()
		}
		return
	case "htmltag":
		x.flush()
		x.now.html = true
		return
	case "htmlrtf":
		x.flush()
		x.now.plain = !given || value != 0
		return
	}
	if x.star {
		x.flush()
		x.now.skip = true
		return
	}
	x.mark(name, value, given)
}

// mark runs a control word that is text, or says how text is read.
func (x *rtfReader) mark(name string, value int, given bool) {
	switch name {
	case "par", "line", "sect", "page":
		x.line()
	case "tab":
		x.byte('\t')
	case "u":
		x.unicode(rune(uint16(value)))
	case "uc":
		x.now.uc = min(max(value, 0), 8)
	case "ansicpg":
		x.page = codePage(value)
	case "mac":
		x.page = charmap.Macintosh
	case "pc":
		x.page = charmap.CodePage437
	case "pca":
		x.page = charmap.CodePage850
	case "bin":
		for ; value > 0; value-- {
			if _, ok := x.l.next(); !ok {
				return
			}
		}
	case "emdash":
		x.rune('—')
	case "endash":
		x.rune('–')
	case "bullet":
		x.rune('•')
	case "lquote", "rquote":
		x.rune('’')
	case "ldblquote":
		x.rune('«')
	case "rdblquote":
		x.rune('»')
	case "trowd", "cell", "row":
		x.flush()
		x.tableMark(name)
	case "pard":
		if x.table && !x.row {
			x.endTable()
		}
	}
}

// tableMark takes the marks of tables: rows are defined, and their cells end.
func (x *rtfReader) tableMark(name string) {
	if x.now.skip || x.html != nil {
		return
	}
	if !x.table {
		x.table = true
		x.grids.open()
	}
	if !x.row {
		x.row = true
		x.grids.startRow()
		x.grids.startCell()
	}
	switch name {
	case "cell":
		x.grids.endCell()
		x.grids.startCell()
	case "row":
		x.grids.endRow()
		x.row = false
	}
}

func (x *rtfReader) endTable() {
	if x.table {
		x.grids.close()
		x.table, x.row = false, false
	}
}

// unicode takes a character by its number, UTF-16 as two.
func (x *rtfReader) unicode(r rune) {
	x.left = 0
	high := x.high
	x.high = 0
	switch {
	case r >= 0xd800 && r < 0xdc00:
		x.high = r
	case r >= 0xdc00 && r < 0xe000:
		if high != 0 {
			x.rune((high-0xd800)<<10 + (r - 0xdc00) + 0x10000)
		}
	default:
		x.rune(r)
	}
	x.left = x.now.uc
}

// codePage is one of Windows' code pages.
func codePage(n int) encoding.Encoding {
	switch n {
	case 437:
		return charmap.CodePage437
	case 850:
		return charmap.CodePage850
	case 852:
		return charmap.CodePage852
	case 866:
		return charmap.CodePage866
	case 874:
		return charmap.Windows874
	case 932:
		return japanese.ShiftJIS
	case 936:
		return simplifiedchinese.GBK
	case 949:
		return korean.EUCKR
	case 950:
		return traditionalchinese.Big5
	case 1250:
		return charmap.Windows1250
	case 1251:
		return charmap.Windows1251
	case 1253:
		return charmap.Windows1253
	case 1254:
		return charmap.Windows1254
	case 1255:
		return charmap.Windows1255
	case 1256:
		return charmap.Windows1256
	case 1257:
		return charmap.Windows1257
	case 1258:
		return charmap.Windows1258
	case 10000:
		return charmap.Macintosh
	}
	return charmap.Windows1252
}
