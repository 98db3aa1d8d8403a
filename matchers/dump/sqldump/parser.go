package sqldump

import (
	"bytes"
	"strings"

	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// parser goes through a dump statement by statement.
type parser struct {
	w         *window.Window
	lexer     // of values; b is the window's rest
	tables    *tables
	v         dump.Visitor
	cells     []cell
	delimiter string
	header    []byte // the last INSERT up to its values, as written
	into      *table
	columns   []string
	form      form
	noEscapes bool // NO_BACKSLASH_ESCAPES
	rescanned int  // bytes looked at again after damage
	cutTold   bool
	unclosed  bool // a comment never ends
}

// run reads to the end of the file.
func (p *parser) run() error {
	for p.w.Err == nil {
		if p.again() {
			if err := p.fill(); err != nil {
				return err
			}
			continue
		}
		more, err := p.statement()
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	if p.w.Err != nil {
		return p.w.Err
	}
	if p.unclosed {
		p.v.Warn(dump.CodeCut)
		p.v.Unread("", dump.CodeCut, "a comment never ends: what stands behind its beginning is not read")
	}
	return p.tables.rest()
}

// again says whether the next statement begins as the last INSERT did, and goes
// to its values: dumps of one INSERT a row are read as fast as others.
func (p *parser) again() bool {
	b := p.w.Rest()
	i := 0
	for i < len(b) && space(b[i]) {
		i++
	}
	if len(p.header) == 0 || !bytes.HasPrefix(b[i:], p.header) {
		return false
	}
	p.w.Pos += i + len(p.header)
	return true
}

// cursor reads from the window's next byte.
func (p *parser) cursor() *cursor {
	p.b, p.last = p.w.Rest(), p.w.Last
	return &cursor{lexer: lexer{b: p.b, last: p.last, esc: p.esc, noDollar: p.noDollar, unclosed: &p.unclosed}}
}

// fetch reads on, and says whether anything changed by that.
func (p *parser) fetch() bool {
	before := p.w.Last
	more := p.w.More() || !before && p.w.Last
	p.b, p.last = p.w.Rest(), p.w.Last
	return more
}

// parse applies f to what is there, again and again until it is there whole, and
// passes over what f took. It says no when that is larger than the window.
func (p *parser) parse(f func(*cursor)) bool {
	for {
		c := p.cursor()
		f(c)
		if !c.short {
			p.w.Pos += c.i
			return true
		}
		if !p.fetch() {
			return false
		}
	}
}

// statement reads one statement, or what comes before one.
func (p *parser) statement() (bool, error) {
	c := p.cursor()
	t := c.peek()
	for c.short {
		if !p.fetch() {
			p.giant()
			return true, nil
		}
		c = p.cursor()
		t = c.peek()
	}
	p.banner(c.b[:t.start])
	p.w.Pos += t.start
	if p.delimiter != ";" && bytes.HasPrefix(p.w.Rest(), []byte(p.delimiter)) {
		p.w.Pos += len(p.delimiter)
		return true, nil
	}
	switch t.kind {
	case kindEnd:
		return false, nil
	case kindPunct:
		return true, p.stray(c.b[t.start])
	case kindWord:
		return true, p.keyword(string(bytes.ToUpper(c.text(t)[:min(t.end-t.start, 16)])))
	}
	return true, p.skip()
}

// stray is a statement that begins with no word: commands of the programs that
// run scripts are lines.
func (p *parser) stray(c byte) error {
	switch c {
	case ';', ',', ')', '(':
		p.w.Pos++
		return nil
	case '\\', '.', '/', '!', '?':
		return p.line()
	}
	return p.skip()
}

func (p *parser) keyword(word string) error {
	switch word {
	case "INSERT", "REPLACE", "UPSERT", "MERGE":
		return p.insert()
	case "COPY":
		return p.copy()
	case "CREATE":
		return p.create()
	case "ALTER":
		return p.alter()
	case "DELIMITER":
		return p.setDelimiter()
	case "SET":
		return p.set()
	case "USE", "\\CONNECT":
		return p.use()
	case "BEGIN", "GO", "THEN", "ELSE":
		p.w.Pos += len(word)
		return nil
	case "PRAGMA":
		p.dialect(escapesOff)
	case "LOCK":
		p.dialect(escapesOn)
	case "REM", "REMARK", "PROMPT", "CONN", "CONNECT", "SPOOL", "WHENEVER", "EXIT", "QUIT", "DEFINE", "PRINT", "ECHO":
		return p.line()
	}
	if word[0] == '#' || word[0] == '@' {
		return p.line()
	}
	return p.skip()
}

// line passes over the rest of a line.
func (p *parser) line() error {
	p.through("\n")
	return nil
}

// through passes over everything up to and with end.
func (p *parser) through(end string) {
	for {
		if i := bytes.Index(p.w.Rest(), []byte(end)); i >= 0 {
			p.w.Pos += i + len(end)
			return
		}
		p.w.Pos = max(p.w.Pos, len(p.w.Buf)-len(end)+1)
		if !p.fetch() {
			p.w.Pos = len(p.w.Buf)
			p.unclosed = p.unclosed || end == "*/"
			return
		}
	}
}

// walk is what to do at a token of a statement that is passed over.
type walk uint8

const (
	walkOn     walk = iota
	walkTo          // the statement ends before the token
	walkBehind      // it ends with it
)

// stream goes over tokens, however many and however large.
func (p *parser) stream(values bool, f func(*cursor, token) walk) error {
	for {
		c := p.cursor()
		c.values = values
		for {
			t := c.next(c.i)
			if t.kind == kindMore {
				break
			}
			if t.kind == kindEnd {
				p.w.Pos += t.end
				return nil
			}
			switch f(c, t) {
			case walkTo:
				p.w.Pos += t.start
				return nil
			case walkBehind:
				p.w.Pos += t.end
				return nil
			}
			c.i = t.end
		}
		p.w.Pos += c.i
		if !p.fetch() {
			p.giant()
		}
	}
}

// skip passes over the rest of a statement. One whose end is missing (SQL
// Server needs none, SQL*Plus's commands have none) ends where a line begins
// with a statement that dumps are made of.
func (p *parser) skip() error {
	first := true
	return p.stream(false, func(c *cursor, t token) walk {
		defer func() { first = false }()
		if w := p.ends(c, t); w != walkOn {
			return w
		}
		if !first && p.delimiter == ";" && t.kind == kindWord && c.lineStart(t) && isAny(c.text(t), "insert", "create", "copy", "replace", "alter", "drop", "set", "use") {
			return walkTo
		}
		return walkOn
	})
}

// ends says whether a statement ends at the token t.
func (p *parser) ends(c *cursor, t token) walk {
	b := c.b[t.start:t.end]
	switch {
	case p.delimiter != ";":
		if t.kind == kindPunct && bytes.HasPrefix(c.b[t.start:], []byte(p.delimiter)) {
			return walkTo
		}
		if t.kind == kindWord && bytes.HasSuffix(b, []byte(p.delimiter)) {
			return walkBehind
		}
		if t.kind == kindWord && c.lineStart(t) && isAny(b, "delimiter") {
			return walkTo
		}
	case t.kind == kindPunct && b[0] == ';':
		return walkBehind
	case t.kind == kindWord && isAny(b, "go") && c.lineStart(t):
		return walkBehind
	case t.kind == kindPunct && b[0] == '/' && c.lineStart(t) && (t.end == len(c.b) || space(c.b[t.end])):
		return walkBehind
	}
	return walkOn
}

// pass passes over a row that is too large to be kept, from behind its
// opening parenthesis.
func (p *parser) pass() error {
	depth := 0
	return p.stream(true, func(c *cursor, t token) walk {
		if t.kind == kindPunct {
			switch c.b[t.start] {
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					return walkBehind
				}
			}
		}
		return walkOn
	})
}

// giant passes over a token that is larger than the window.
func (p *parser) giant() {
	b := p.w.Rest()
	i := 0
	for i < len(b) && space(b[i]) {
		i++
	}
	if i == len(b) {
		p.w.Pos = len(p.w.Buf)
		p.fetch()
		return
	}
	q := bytes.IndexAny(b[i:min(len(b), i+64)], "'\"`[$")
	switch {
	case bytes.HasPrefix(b[i:], []byte("--")):
		p.through("\n")
	case bytes.HasPrefix(b[i:], []byte("/*")):
		p.w.Pos += i + 2
		p.through("*/")
	case q < 0:
		p.w.Pos = len(p.w.Buf)
		p.fetch()
	case b[i+q] == '$':
		n := bytes.IndexByte(b[i+q+1:min(len(b), i+q+65)], '$')
		p.w.Pos += i + q + n + 2
		p.through(string(b[i+q : i+q+n+2]))
	case q > 0 && b[i+q-1]|0x20 == 'q' && i+q+1 < len(b):
		closing := b[i+q+1]
		if k := strings.IndexByte("[{(<", closing); k >= 0 {
			closing = "]})>"[k]
		}
		p.w.Pos += i + q + 2
		p.through(string([]byte{closing, '\''}))
	default:
		p.w.Pos += i + q + 1
		p.literalEnd(b[i+q], q == 1 && b[i]|0x20 == 'e')
	}
}

// literalEnd passes over the rest of a literal that is larger than the window.
func (p *parser) literalEnd(q byte, escaped bool) {
	esc := p.esc
	if escaped {
		esc = escapesOn
	}
	if q == '[' {
		q, esc = ']', escapesOff
	}
	for {
		p.b, p.last = p.w.Rest(), p.w.Last
		if end, _ := p.quoted(0, q, esc); end >= 0 {
			p.w.Pos += end
			return
		}
		p.w.Pos += p.resume
		if !p.fetch() {
			p.w.Pos = len(p.w.Buf)
			return
		}
	}
}
