package sheet

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"io"
	"strings"

	"vigie/matchers/dump"
)

// ods reads spreadsheets of OpenDocument (ISO/IEC 26300): zipped (.ods) and as
// one XML file (.fods).
type ods struct{ Options }

func (ods) Name() string { return "ods" }

// Sniff looks for the media type, which stands first in both.
func (ods) Sniff(f *dump.File) float64 {
	head := f.Head[:min(len(f.Head), 4096)]
	if zipName(head) == "mimetype" && le16(head[8:]) == 8 { // packed, against the rules
		r := flate.NewReader(bytes.NewReader(head[min(len(head), 38+int(le16(head[28:]))):]))
		media := make([]byte, 64)
		n, _ := io.ReadFull(r, media)
		head = append(bytes.Clone(head), media[:n]...)
	}
	switch {
	case !bytes.Contains(head, []byte("application/vnd.oasis.opendocument.spreadsheet")):
		return 0
	case zipName(head) == "mimetype", bytes.Contains(head, []byte("<office:document")):
		return sure
	}
	return 0
}

var errEnough = errors.New("what follows is not read")

// Read reads every table of a document.
func (o ods) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	d := &document{opt: o.Options, v: v, hidden: map[string]bool{}, filler: maxFiller}
	if !bytes.HasPrefix(f.Head, []byte("PK")) {
		return d.ended(d.read(newScanner(&stopping{ctx, f.Stream()})))
	}
	b, err := openBook(ctx, f, v, o.Options)
	if err != nil {
		return err
	}
	locked := false
	_, err = b.scan("META-INF/manifest.xml", func(x *scanner) error {
		for {
			k, err := x.next()
			if k == end || err != nil {
				return err
			}
			locked = locked || k == open && string(x.name) == "encryption-data"
		}
	})
	if locked {
		return errLocked
	}
	if err = say(v, "META-INF/manifest.xml", err); err != nil {
		return err
	}
	found, err := b.scan("content.xml", d.read)
	if err == nil && !found {
		return errDamaged
	}
	return d.ended(err)
}

// stopping stops when the context ends.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s *stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// document is an OpenDocument spreadsheet being read.
type document struct {
	opt    Options
	v      dump.Visitor
	hidden map[string]bool // styles of hidden tables
	filler int
	tables int
	name   string // of the table being read
}

// ended tells what broke a table off; nothing was read when there is none.
func (d *document) ended(err error) error {
	if errors.Is(err, errEnough) {
		return nil
	}
	if d.tables == 0 {
		return err
	}
	return say(d.v, d.name, err)
}

func (d *document) read(x *scanner) error {
	style := ""
	for {
		k, err := x.next()
		if k == end || err != nil {
			return err
		}
		if k != open {
			continue
		}
		switch string(x.name) {
		case "style":
			style = string(x.get("name"))
		case "table-properties":
			if string(x.get("display")) == "false" && len(d.hidden) < dump.MaxEntries {
				d.hidden[style] = true
			}
		case "tracked-changes", "dde-links", "scripts", "settings", "meta":
			err = x.pass()
		case "table":
			err = d.table(x)
		}
		if err != nil {
			return err
		}
	}
}

// table reads a table: its columns, then its rows.
func (d *document) table(x *scanner) error {
	if d.tables++; d.tables > 1 && d.opt.DropHidden {
		d.v.Warn(WarnSheets)
		return errEnough
	}
	if d.tables > MaxSheets {
		d.v.Unread("", dump.CodeTooMany, "it has more sheets than are read: save the others in another book")
		return errEnough
	}
	d.name = string(x.get("name"))
	hidden := d.hidden[string(x.get("style-name"))]
	rows, err := d.v.Table(dump.TableInfo{Name: d.name, Encoding: "utf-8", Hidden: hidden})
	if err != nil {
		return err
	}
	t := &odsTable{opt: d.opt, g: grid{rows: rows, filler: &d.filler, notify: d.opt.DropHidden, limit: MaxColumn, maxRun: MaxBlank, hidden: &columnSet{}, next: 1}, number: 1}
	if d.opt.DropHidden {
		t.g.trimmed, t.g.maxRun = true, MaxRow
	} else if hidden {
		t.g.warn(WarnSheet)
	}
	if x.empty {
		return nil
	}
	for level := x.level; ; {
		k, err := x.next()
		switch {
		case k == end || err != nil:
			return err
		case k == shut && x.level < level:
			return nil
		case k != open:
			continue
		}
		switch string(x.name) {
		case "table-column":
			if collapsed(x) && !d.opt.DropHidden {
				t.g.warn(WarnColumns)
			}
		case "table-row":
			err = t.row(x)
		case "shapes", "forms", "named-expressions", "conditional-formats":
			err = x.pass()
		}
		if err != nil {
			return err
		}
	}
}

func collapsed(x *scanner) bool {
	v := string(x.get("visibility"))
	return v == "collapse" || v == "filter"
}

// odsTable is a table being read.
type odsTable struct {
	opt    Options
	g      grid
	line   line
	number int // of the next row, from 1
	began  bool
	cell   odsCell
}

// row reads a row and gives it as often as it is repeated.
func (t *odsTable) row(x *scanner) error {
	repeat := max(1, x.number("number-rows-repeated", 1))
	if collapsed(x) && !t.opt.DropHidden {
		t.g.warn(WarnRows)
	}
	if err := t.cells(x); err != nil {
		return err
	}
	first := !t.began
	t.began = true
	if t.opt.DropHidden {
		if first {
			if n := lastSaid(&t.line); n > 0 {
				t.g.limit = max(n, minLimit)
			}
		}
		if *t.g.filler <= 0 {
			return nil
		}
		*t.g.filler--
		t.number++
		return t.g.put(t.number-1, &t.line)
	}
	if first {
		t.g.pad = min(lastSaid(&t.line), maxPad)
	}
	from := t.number
	t.number = min(from+min(repeat, MaxRow), MaxRow+1)
	if t.line.blank() && !t.line.over {
		return nil
	}
	if from > MaxRow {
		t.g.rows.Refuse(dump.CodeDamaged)
		return nil
	}
	for r := from; r < t.number; r++ {
		if r > from {
			if *t.g.filler < len(t.line.cells) {
				t.g.warn(WarnBlank)
				return nil
			}
			*t.g.filler -= len(t.line.cells) + 1
		}
		if err := t.g.put(r, &t.line); err != nil {
			return err
		}
	}
	return nil
}

func lastSaid(l *line) int {
	for c := len(l.cells) - 1; c >= 0; c-- {
		if said(l.at(c)) {
			return c + 1
		}
	}
	return 0
}

// cells reads the cells of a row. Blank ones are counted, not laid out.
func (t *odsTable) cells(x *scanner) error {
	l := &t.line
	l.reset()
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
		case k != open:
			continue
		}
		covered := string(x.name) == "covered-table-cell"
		if !covered && string(x.name) != "table-cell" {
			continue
		}
		repeat := min(max(1, x.number("number-columns-repeated", 1)), MaxColumn)
		from := len(l.buf)
		if err := t.cell.read(x); err != nil {
			return err
		}
		if covered && t.opt.DropHidden {
			continue
		}
		if l.buf = t.cell.render(l.buf, t.opt); len(l.buf) > from {
			for c := col; c < min(col+repeat, MaxColumn); c++ {
				l.put(c, from)
			}
			if col >= MaxColumn {
				l.over = true
			}
		}
		col = min(col+repeat, MaxColumn)
	}
}

// odsCell is a cell being read.
type odsCell struct {
	kind, value, currency []byte
	text                  []byte
}

// read takes a cell's value and its paragraphs, without those of its comments.
func (c *odsCell) read(x *scanner) error {
	c.kind = append(c.kind[:0], x.get("value-type")...)
	c.currency = append(c.currency[:0], x.get("currency")...)
	c.value, c.text = c.value[:0], c.text[:0]
	for _, name := range []string{"value", "date-value", "time-value", "boolean-value", "string-value"} {
		if v := x.get(name); v != nil {
			c.value = append(c.value, v...)
			break
		}
	}
	if x.empty {
		_, err := x.next()
		return err
	}
	paragraphs, inside := 0, 0
	for level := x.level; ; {
		k, err := x.next()
		if k == end || err != nil {
			return err
		}
		switch k {
		case text:
			if inside > 0 {
				c.add(x.text)
			}
		case shut:
			if x.level < level {
				return nil
			}
			if string(x.name) == "p" {
				inside = max(0, inside-1)
			}
		case open:
			switch string(x.name) {
			case "annotation", "table": // a comment, a table within the cell
				if err := x.pass(); err != nil {
					return err
				}
			case "p":
				if inside++; paragraphs > 0 {
					c.add([]byte{'\n'})
				}
				paragraphs++
			case "s":
				c.add(bytes.Repeat([]byte{' '}, min(max(1, x.number("c", 1)), 4096)))
			case "tab":
				c.add([]byte{'\t'})
			case "line-break":
				c.add([]byte{'\n'})
			}
		}
	}
}

func (c *odsCell) add(b []byte) {
	if len(c.text) < MaxCell {
		c.text = append(c.text, b...)
	}
}

// render writes the cell as people see it, or as Notify's converter does.
func (c *odsCell) render(dst []byte, o Options) []byte {
	switch string(c.kind) {
	case "float", "percentage":
		return c.number(dst, o)
	case "currency":
		dst = append(dst, c.value...)
		if len(c.currency) > 0 {
			dst = append(append(dst, ' '), c.currency...)
		}
		return dst
	case "boolean":
		return o.truth(dst, string(c.value) == "true")
	case "date":
		return odsDate(dst, string(c.value), o.DropHidden)
	case "time":
		return odsTime(dst, string(c.value), o)
	}
	if len(c.text) == 0 && !o.DropHidden {
		return append(dst, c.value...)
	}
	return append(dst, c.text...)
}

func odsDate(dst []byte, v string, notify bool) []byte {
	v = strings.Replace(v, "T", " ", 1)
	whole, fraction, _ := strings.Cut(v, ".")
	if !notify {
		whole = strings.TrimSuffix(whole, " 00:00:00")
	}
	dst = append(dst, whole...)
	fraction = fraction[:min(len(fraction), 6)]
	if strings.Trim(fraction, "0") == "" {
		return dst
	}
	dst = append(append(dst, '.'), fraction...)
	for i := len(fraction); notify && i < 6; i++ {
		dst = append(dst, '0')
	}
	return dst
}
