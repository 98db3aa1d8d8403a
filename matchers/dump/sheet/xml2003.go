package sheet

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"vigie/matchers/dump"
)

// xml2003 reads SpreadsheetML, the XML that Excel 2003 saved and that web sites
// still export under the name of .xls. A merged cell's value stands in its
// first cell alone.
type xml2003 struct{ Options }

func (xml2003) Name() string { return "xml-spreadsheet" }

// Sniff looks for the namespace of the workbook.
func (xml2003) Sniff(f *dump.File) float64 {
	head := f.Head[:min(len(f.Head), 8192)]
	if bytes.Contains(head, []byte("urn:schemas-microsoft-com:office:spreadsheet")) && bytes.Contains(head, []byte("Workbook")) && !bytes.Contains(bytes.ToLower(head), []byte("<html")) {
		return sure
	}
	return 0
}

// Read reads every worksheet.
func (o xml2003) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	b := &book2003{opt: o.Options, v: v, styles: map[string]format{}, filler: maxFiller}
	err := b.read(newScanner(&stopping{ctx, f.Stream()}))
	if b.sheets == 0 {
		return err
	}
	return say(v, b.name, err)
}

type book2003 struct {
	opt    Options
	v      dump.Visitor
	styles map[string]format
	filler int
	sheets int
	name   string
	g      *grid

	line  line
	value []byte
	row   int // the last one
	kind  string
}

func (b *book2003) read(x *scanner) error {
	style := ""
	for {
		k, err := x.next()
		if k == end || err != nil {
			return err
		}
		switch {
		case k != open:
			continue
		case string(x.name) == "Style":
			style = string(x.get("ID"))
		case string(x.name) == "NumberFormat" && len(b.styles) < 1<<16:
			b.styles[style] = parseFormat(string(x.get("Format")))
		case string(x.name) == "Worksheet":
			err = b.begin(x)
		case string(x.name) == "Table" && b.g != nil:
			err = b.table(x)
		case string(x.name) == "Visible" && b.g != nil: // stands behind the table
			if k, err = x.next(); k == text && strings.Contains(string(x.text), "Hidden") {
				b.g.warn(WarnSheet)
			}
		}
		if err != nil {
			return err
		}
	}
}

func (b *book2003) begin(x *scanner) error {
	b.name = string(x.get("Name"))
	if b.sheets++; b.sheets > MaxSheets {
		return dump.Refuse(dump.CodeTooMany, "it has more sheets than are read: save the others in another book")
	}
	rows, err := b.v.Table(dump.TableInfo{Name: b.name, Encoding: "utf-8"})
	b.g = &grid{rows: rows, filler: &b.filler, limit: MaxColumn, maxRun: MaxBlank, hidden: &columnSet{}, next: 1}
	b.row = 0
	return err
}

func (b *book2003) table(x *scanner) error {
	if x.empty {
		return nil
	}
	column := 0
	for level := x.level; ; {
		k, err := x.next()
		switch {
		case k == end || err != nil:
			return err
		case k == shut && x.level < level:
			return nil
		case k != open:
		case string(x.name) == "Column":
			column = min(x.number("Index", column+1), MaxColumn)
			last := min(column+max(0, x.number("Span", 0)), MaxColumn)
			if x.is("Hidden") {
				b.hideColumns(column-1, last-1)
			}
			column = last
		case string(x.name) == "Row":
			if err := b.readRow(x); err != nil {
				return err
			}
		}
	}
}

func (b *book2003) hideColumns(from, to int) {
	if b.opt.DropHidden {
		b.g.warn(WarnDropped)
		b.g.hidden.add(from, to)
		return
	}
	b.g.warn(WarnColumns)
}

func (b *book2003) readRow(x *scanner) error {
	b.row = x.number("Index", b.row+1)
	hidden := x.is("Hidden")
	at := b.row
	b.row = min(max(b.row, 0)+max(0, min(x.number("Span", 0), MaxRow)), MaxRow+1)
	b.line.reset()
	if err := b.cells(x); err != nil {
		return err
	}
	switch {
	case at < 1 || at > MaxRow:
		b.g.rows.Refuse(dump.CodeDamaged)
		return nil
	case hidden && b.opt.DropHidden:
		b.g.warn(WarnDropped)
		return b.g.pass(at, &b.line)
	case hidden:
		b.g.warn(WarnRows)
	}
	if b.line.blank() && !b.line.over {
		return nil
	}
	if b.g.pad == 0 && b.g.next == 1 {
		b.g.pad = min(lastSaid(&b.line), maxPad)
	}
	return b.g.put(at, &b.line)
}

func (b *book2003) cells(x *scanner) error {
	if x.empty {
		_, err := x.next()
		return err
	}
	col := 0
	for level := x.level; ; {
		k, err := x.next()
		switch {
		case k == end || err != nil:
			return err
		case k == shut && x.level < level:
			return nil
		case k != open || string(x.name) != "Cell":
			continue
		}
		col = min(max(0, x.number("Index", col+1)-1), MaxColumn)
		across := max(0, min(x.number("MergeAcross", 0), MaxColumn))
		style := b.styles[string(x.get("StyleID"))]
		if err := b.cell(x); err != nil {
			return err
		}
		if len(b.value) > 0 {
			from := len(b.line.buf)
			b.render(style)
			b.line.put(col, from)
		}
		col = min(col+1+across, MaxColumn)
	}
}

// cell reads the data of a cell, without that of its comment.
func (b *book2003) cell(x *scanner) error {
	b.value, b.kind = b.value[:0], ""
	data := false
	for level := x.level; ; {
		k, err := x.next()
		if k == end || err != nil {
			return err
		}
		switch k {
		case text:
			if data && len(b.value) < MaxCell {
				b.value = append(b.value, x.text...)
			}
		case shut:
			if x.level < level {
				return nil
			}
			data = data && string(x.name) != "Data"
		case open:
			switch string(x.name) {
			case "Data":
				data, b.kind = true, string(x.get("Type"))
			case "Comment", "PhoneticText":
				if err := x.pass(); err != nil {
					return err
				}
			}
		}
	}
}

func (b *book2003) render(style format) {
	l, v := &b.line, b.value
	switch b.kind {
	case "Number":
		v = bytes.TrimSpace(v)
		if f, err := strconv.ParseFloat(string(v), 64); err == nil {
			if style.kind == dated || style.kind == elapsed { // a number all the same
				style = format{}
			}
			l.buf = Options{}.number(l.buf, v, f, style, false)
			return
		}
	case "Boolean":
		l.buf = Options{}.truth(l.buf, string(bytes.TrimSpace(v)) == "1")
		return
	case "DateTime":
		l.buf = odsDate(l.buf, string(bytes.TrimSpace(v)), false)
		return
	}
	l.buf = append(l.buf, v...)
}
