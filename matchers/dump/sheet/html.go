package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// htmlTable reads the tables of an HTML page: what web sites export under the
// name of .xls. Each table that has rows is a table, one within another too. A
// cell that spans several stands in its first one.
type htmlTable struct{ Options }

func (htmlTable) Name() string { return "html-table" }

// Sniff is sure of a page that Excel wrote or whose name is a spreadsheet's, and
// leaves other pages to who knows them better.
func (htmlTable) Sniff(f *dump.File) float64 {
	head := bytes.ToLower(f.Head[:min(len(f.Head), 64<<10)])
	head = bytes.ReplaceAll(head, []byte{0}, nil) // UTF-16
	start := bytes.TrimLeft(bytes.TrimPrefix(bytes.TrimPrefix(head, []byte("\ufeff")), []byte("\xff\xfe")), " \t\r\n")
	page := false
	for _, s := range []string{"<!doctype html", "<html", "<table", "<head", "<meta", "<style", "<body", "<!--"} {
		page = page || bytes.HasPrefix(start, []byte(s))
	}
	if !page || !bytes.Contains(head, []byte("<table")) {
		return 0
	}
	if strings.HasPrefix(extension(f), ".xl") || bytes.Contains(head, []byte("urn:schemas-microsoft-com:office:excel")) || bytes.Contains(head, []byte("application/vnd.ms-excel")) {
		return 0.9
	}
	return 0.55
}

// maxNested is how deep tables stand within tables before they are left alone.
const maxNested = 8

// Read reads every table of a page.
func (o htmlTable) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	guess := charset.Detect(f.Head, f.Whole)
	z := html.NewTokenizer(charset.NewReader(&stopping{ctx, f.Stream()}, guess.Name))
	z.SetMaxBuf(4 << 20)
	p := &htmlPage{opt: o.Options, v: v, encoding: guess.Name, filler: maxFiller}
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return p.ended(z.Err())
		case html.TextToken:
			p.text(z.Raw())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			if err := p.tag(z, kind == html.EndTagToken); err != nil {
				return err
			}
		}
	}
}

type htmlPage struct {
	opt      Options
	v        dump.Visitor
	encoding string
	filler   int
	tables   int
	open     []*openTable
	ignored  int // tables nested too deep
}

type openTable struct {
	name   string
	g      grid
	line   line
	number int
	col    int
	span   int
	hidden bool
	inRow  bool
	inCell bool
	from   int
	blank  bool // a space is due
}

func (p *htmlPage) ended(err error) error {
	for len(p.open) > 0 {
		if e := p.shut(); e != nil {
			return e
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, html.ErrBufferExceeded):
		return say(p.v, "", errLarge)
	}
	return err
}

func (p *htmlPage) top() *openTable {
	if len(p.open) == 0 || p.ignored > 0 {
		return nil
	}
	return p.open[len(p.open)-1]
}

func (p *htmlPage) tag(z *html.Tokenizer, closing bool) error {
	name, more := z.TagName()
	tag := string(name)
	if tag == "table" {
		return p.table(closing)
	}
	t := p.top()
	if t == nil {
		return nil
	}
	switch tag {
	case "tr":
		err := p.endRow()
		if !closing {
			t.inRow = true
			_, t.hidden = p.attributes(z, more)
		}
		return err
	case "td", "th":
		t.endCell()
		if !closing {
			t.span, _ = p.attributes(z, more)
			t.inRow, t.inCell, t.from, t.blank = true, true, len(t.line.buf), false
		}
	case "br", "p", "div", "li":
		if t.inCell && len(t.line.buf) > t.from && (tag == "br" || !closing) {
			t.line.buf, t.blank = append(t.line.buf, '\n'), false
		}
	}
	return nil
}

// attributes are how many columns a cell spans and whether it is hidden.
func (p *htmlPage) attributes(z *html.Tokenizer, more bool) (span int, hidden bool) {
	span = 1
	for n := 0; more && n < maxAttrs; n++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "colspan":
			if v, err := strconv.Atoi(string(value)); err == nil {
				span = max(1, min(v, 1000))
			}
		case "style":
			hidden = strings.Contains(strings.ReplaceAll(string(value), " ", ""), "display:none")
		}
	}
	return span, hidden
}

func (p *htmlPage) table(closing bool) error {
	switch {
	case closing && p.ignored > 0:
		p.ignored--
	case closing && len(p.open) > 0:
		return p.shut()
	case closing:
	case len(p.open) >= maxNested:
		p.ignored++
	default:
		if t := p.top(); t != nil { // the cell it stands in ends here
			t.endCell()
		}
		t := &openTable{}
		t.g = grid{filler: &p.filler, limit: MaxColumn, maxRun: MaxBlank, hidden: &columnSet{}, next: 1}
		p.open = append(p.open, t)
	}
	return nil
}

func (p *htmlPage) shut() error {
	err := p.endRow()
	if p.open = p.open[:len(p.open)-1]; err != nil {
		return err
	}
	if t := p.top(); t != nil {
		t.g.rows = nil // another table was given between
	}
	return nil
}

func (t *openTable) endCell() {
	if !t.inCell {
		return
	}
	t.inCell = false
	t.line.buf = bytes.TrimRight(t.line.buf, "\n")
	if len(t.line.buf) < t.from {
		t.line.buf = t.line.buf[:t.from]
	}
	if len(t.line.buf) > t.from {
		t.line.put(t.col, t.from)
	}
	t.col = min(t.col+t.span, MaxColumn)
}

// endRow gives the row that was read, of the innermost table.
func (p *htmlPage) endRow() error {
	t := p.top()
	if t == nil || !t.inRow {
		return nil
	}
	t.endCell()
	l := &t.line
	defer func() { l.reset(); t.inRow, t.col = false, 0 }()
	if t.hidden && p.opt.DropHidden || l.blank() && !l.over {
		return nil
	}
	if t.g.rows == nil {
		if t.name == "" {
			if p.tables++; p.tables > MaxSheets {
				return dump.Refuse(dump.CodeTooMany, "it has more tables than are read")
			}
			t.name = fmt.Sprintf("table %d", p.tables)
			t.g.pad = min(lastSaid(l), maxPad)
		}
		rows, err := p.v.Table(dump.TableInfo{Name: t.name, Encoding: p.encoding})
		if err != nil {
			return err
		}
		t.g.rows = rows
	}
	if t.hidden {
		t.g.warn(WarnRows)
	}
	t.number++
	return t.g.put(t.number, l)
}

// text takes text of a cell, its white space collapsed as browsers do.
func (p *htmlPage) text(raw []byte) {
	t := p.top()
	if t == nil || !t.inCell || len(t.line.buf)-t.from > MaxCell {
		return
	}
	for _, c := range []byte(html.UnescapeString(string(raw))) {
		if space(c) || c == '\f' {
			t.blank = len(t.line.buf) > t.from && t.line.buf[len(t.line.buf)-1] != '\n'
			continue
		}
		if t.blank {
			t.line.buf, t.blank = append(t.line.buf, ' '), false
		}
		t.line.buf = append(t.line.buf, c)
	}
}
