package object

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/net/html"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// htmlFormat reads web pages: their tables, and all else as running text without
// its tags.
type htmlFormat struct{}

func (htmlFormat) Name() string { return "html" }

// Sniff knows a page by how it begins. It is less sure than who reads pages that
// are saved as spreadsheets.
func (htmlFormat) Sniff(f *dump.File) float64 {
	b, _ := beginning(f)
	b = bytes.ToLower(bytes.TrimLeft(b, " \t\r\n"))
	for len(b) > 0 && bytes.HasPrefix(b, []byte("<!--")) {
		_, rest, ok := bytes.Cut(b, []byte("-->"))
		if !ok {
			return 0
		}
		b = bytes.TrimLeft(rest, " \t\r\n")
	}
	if bytes.HasPrefix(b, []byte("<?xml")) {
		if i := bytes.Index(b, []byte("<html")); i < 0 || i > 1<<10 {
			return 0
		}
		return 0.8
	}
	for _, s := range []string{"<!doctype html", "<html", "<head>", "<head ", "<body", "<table", "<meta ", "<title>"} {
		if bytes.HasPrefix(b, []byte(s)) {
			return 0.8
		}
	}
	for _, s := range []string{"<div", "<p>", "<p ", "<span", "<ul", "<ol", "<h1", "<h2", "<style", "<script", "<center", "<form"} {
		if bytes.HasPrefix(b, []byte(s)) && bytes.Contains(b, []byte("</")) {
			return 0.7
		}
	}
	return 0
}

// Bounds of pages.
const (
	maxToken   = 4 << 20 // bytes
	maxInner   = 8       // tables within tables
	maxSpan    = 1_000   // columns of a cell
	textPieces = 32 << 10
	heldRows   = 2 // of a table that may be there for its looks
	pageText   = "page"
)

// Read gives the tables and the text of a page.
func (htmlFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	g := guess(f)
	z := html.NewTokenizer(charset.NewReader(&until{ctx, f.Stream()}, g.Name))
	z.SetMaxBuf(maxToken)
	p := &page{v: v, encoding: g.Name, decode: charset.NewDecoder(g)}
	for {
		var err error
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return p.end(z.Err())
		case html.TextToken:
			err = p.text(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			err = p.tag(z, kind)
		}
		if err != nil {
			return err
		}
	}
}

// until reads until the context ends.
type until struct {
	ctx context.Context
	r   io.Reader
}

func (u *until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

// page is the page that is read.
type page struct {
	v        dump.Visitor
	encoding string
	decode   *charset.Decoder
	prose    []byte // outside of tables
	space    bool   // one is due in prose
	mute     string // the element whose text is not for people
	open     []*grid
	deeper   int // tables nested too deep
	tables   int
}

// grid is a table of a page.
type grid struct {
	rows   dump.Rows
	held   [][][]byte
	heads  bool // the first row is made of headers only
	cells  [][]byte
	cell   []byte
	in     bool // a cell is open
	inRow  bool
	th, td int
	span   int
	space  bool
	down   []int // rows for which a cell above covers the column
	tall   int
	large  bool
	bytes  int
}

func (p *page) end(err error) error {
	p.deeper = 0
	for len(p.open) > 0 {
		if e := p.shut(); e != nil {
			return e
		}
	}
	if e := p.flush(); e != nil {
		return e
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, html.ErrBufferExceeded):
		p.v.Unread("", dump.CodeTooLarge, "a part of the page without tags is larger than 4 MiB")
		return nil
	}
	return err
}

func (p *page) top() *grid {
	if len(p.open) == 0 || p.deeper > 0 {
		return nil
	}
	return p.open[len(p.open)-1]
}

// text takes text, its white space collapsed as browsers do.
func (p *page) text(b []byte) error {
	if p.mute != "" {
		return nil
	}
	if g := p.top(); g != nil && g.in {
		if g.bytes += len(b); g.bytes > maxRecord || len(g.cell) > maxField {
			g.large = true
			return nil
		}
		g.cell, g.space = collapse(g.cell, b, g.space)
		return nil
	}
	p.prose, p.space = collapse(p.prose, b, p.space)
	if len(p.prose) > textPieces {
		return p.flush()
	}
	return nil
}

func collapse(dst, b []byte, space bool) ([]byte, bool) {
	for _, c := range b {
		if blank(c) || c == '\f' {
			space = true
			continue
		}
		if space && len(dst) > 0 && dst[len(dst)-1] != '\n' {
			dst = append(dst, ' ')
		}
		space = false
		dst = append(dst, c)
	}
	return dst, space
}

// flush tells the text until here.
func (p *page) flush() error {
	b := bytes.TrimSpace(p.prose)
	p.prose, p.space = p.prose[:0], false
	if len(b) == 0 {
		return nil
	}
	return p.v.Text(pageText, append(p.decode.Decode(nil, b), '\n'))
}

func (p *page) tag(z *html.Tokenizer, kind html.TokenType) error {
	raw, more := z.TagName()
	name, closing := string(raw), kind == html.EndTagToken
	switch name {
	case "script", "style", "noscript", "template", "svg":
		switch {
		case closing && p.mute == name:
			p.mute = ""
		case kind == html.StartTagToken && p.mute == "":
			p.mute = name
		}
		return nil
	case "table":
		return p.table(closing)
	case "tr", "td", "th":
		if g := p.top(); g != nil && p.mute == "" {
			return p.part(g, z, name, more, closing)
		}
	case "br", "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "hr", "title", "option", "blockquote", "pre", "section", "article":
		p.line()
	}
	return nil
}

// line begins a line.
func (p *page) line() {
	if g := p.top(); g != nil && g.in {
		if len(g.cell) > 0 && g.cell[len(g.cell)-1] != '\n' {
			g.cell = append(g.cell, '\n')
		}
		g.space = false
	} else if n := len(p.prose); n > 0 && p.prose[n-1] != '\n' {
		p.prose, p.space = append(p.prose, '\n'), false
	}
}

func (p *page) table(closing bool) error {
	switch {
	case closing && p.deeper > 0:
		p.deeper--
	case closing && len(p.open) > 0:
		return p.shut()
	case closing:
	case len(p.open) >= maxInner:
		p.deeper++
	default:
		if g := p.top(); g != nil {
			g.endCell()
		}
		p.open = append(p.open, &grid{})
	}
	return nil
}

// part takes the tags of rows and cells.
func (p *page) part(g *grid, z *html.Tokenizer, name string, more, closing bool) error {
	if name == "tr" {
		err := p.endRow(g)
		g.inRow = !closing
		return err
	}
	g.endCell()
	if closing {
		return nil
	}
	g.inRow, g.in, g.space = true, true, false
	g.span, g.tall = 1, 1
	if name == "th" {
		g.th++
	} else {
		g.td++
	}
	for n := 0; more && n < 64; n++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		if v, err := strconv.Atoi(string(value)); err == nil && v > 0 {
			switch string(key) {
			case "colspan":
				g.span = min(v, maxSpan)
			case "rowspan":
				g.tall = min(v, maxSpan)
			}
		}
	}
	return nil
}

// endCell puts the cell that is open into the row.
func (g *grid) endCell() {
	if !g.in {
		return
	}
	g.in = false
	g.covered()
	v := bytes.Clone(bytes.TrimSpace(g.cell))
	if v == nil {
		v = []byte{}
	}
	g.cell = g.cell[:0]
	for i := range g.span {
		if len(g.cells) >= maxColumns {
			g.large = true
			return
		}
		if g.tall > 1 {
			for len(g.down) <= len(g.cells) {
				g.down = append(g.down, 0)
			}
			g.down[len(g.cells)] = g.tall
		}
		if i > 0 {
			v = nil
		}
		g.cells = append(g.cells, v)
	}
}

// covered leaves out the columns that cells above cover.
func (g *grid) covered() {
	for len(g.cells) < len(g.down) && g.down[len(g.cells)] > 0 {
		g.cells = append(g.cells, nil)
	}
}

func (p *page) endRow(g *grid) error {
	if !g.inRow {
		return nil
	}
	g.endCell()
	g.covered()
	heads := g.th > 0 && g.td == 0
	cells, large := g.cells, g.large
	g.cells, g.inRow, g.large, g.th, g.td, g.bytes = nil, false, false, 0, 0, 0
	for i := range g.down {
		g.down[i] = max(0, g.down[i]-1)
	}
	switch {
	case large:
		return p.refuse(g)
	case len(cells) == 0:
		return nil
	case g.rows != nil:
		p.decode.Row(cells)
		return g.rows.Row(cells)
	}
	if len(g.held) == 0 {
		g.heads = heads
	}
	if g.held = append(g.held, cells); len(g.held) < heldRows {
		return nil
	}
	return p.begin(g)
}

func (p *page) refuse(g *grid) error {
	if g.rows == nil {
		if err := p.begin(g); err != nil || g.rows == nil {
			return err
		}
	}
	g.rows.Refuse(dump.CodeTooLarge)
	return nil
}

// begin tells of a table, and of the rows that were held.
func (p *page) begin(g *grid) error {
	if p.tables++; p.tables > maxTables {
		return dump.Refuse(dump.CodeTooMany, "it has more tables than are read")
	}
	info := dump.TableInfo{Name: fmt.Sprintf("table %d", p.tables), Encoding: p.encoding}
	if g.heads {
		info.Header = dump.HeaderYes
	}
	var err error
	if g.rows, err = p.v.Table(info); err != nil {
		return err
	}
	for _, cells := range g.held {
		p.decode.Row(cells)
		if err := g.rows.Row(cells); err != nil {
			return err
		}
	}
	g.held = nil
	return nil
}

// shut ends the innermost table. One of a single row is there for its looks:
// what is in it is text.
func (p *page) shut() error {
	g := p.top()
	err := p.endRow(g)
	p.open = p.open[:len(p.open)-1]
	for _, cells := range g.held {
		for _, v := range cells {
			if len(v) > 0 {
				p.prose = append(append(p.prose, v...), '\n')
			}
		}
	}
	if err == nil && len(p.prose) > textPieces {
		err = p.flush()
	}
	return err
}
