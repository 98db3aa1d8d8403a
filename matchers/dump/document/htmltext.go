package document

import (
	"bytes"
	"io"
	"strings"
)

// htmlText gives the text of HTML, as mail holds it: what a reader sees, with lines
// where blocks end, and the addresses behind links of mail.
func htmlText(p *prose, r io.Reader) {
	x := newScanner(r)
	x.html = true
	for p.err == nil {
		switch x.next() {
		case xmlStart:
			switch name := strings.ToLower(string(x.name)); name {
			case "script", "style":
				if !x.empty {
					x.passOver(name)
				}
			case "br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "hr", "title":
				p.line()
			case "td", "th":
				p.word()
			case "a":
				if to, ok := strings.CutPrefix(x.attr("href"), "mailto:"); ok {
					to, _, _ = strings.Cut(to, "?")
					p.word()
					p.string(to)
					p.word()
				}
			}
		case xmlText:
			htmlPiece(p, x.text)
		case xmlEnd:
			switch strings.ToLower(string(x.name)) {
			case "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "title", "blockquote":
				p.line()
			case "td", "th":
				p.word()
			}
		case xmlDone:
			return
		}
	}
}

// htmlPiece adds text with its runs of blanks as one.
func htmlPiece(p *prose, text []byte) {
	text = bytes.ReplaceAll(text, []byte("\u00a0"), []byte(" "))
	for len(text) > 0 {
		n := 0
		for n < len(text) && text[n] > ' ' {
			n++
		}
		p.text(text[:n])
		if n < len(text) {
			p.word()
			n++
		}
		text = text[n:]
	}
}

// passOver reads up to the end of an element whose content is no HTML.
func (x *scanner) passOver(name string) {
	end := "</" + name
	matched := 0
	for matched < len(end) {
		c, err := x.r.ReadByte()
		if err != nil {
			return // next meets it again
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		switch c {
		case end[matched]:
			matched++
		case '<':
			matched = 1
		default:
			matched = 0
		}
	}
	_ = x.readTag() // next meets its error again
}
