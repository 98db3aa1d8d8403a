package sheet

import (
	"context"
	"errors"
	"math"
	"time"
	"vigie/internal/cfb"

	"vigie/matchers/dump"
)

const biffColumns = 256 // of a sheet

// errorTexts are what cells show for an error ([MS-XLS] 2.5.10).
var errorTexts = map[byte]string{0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}

// read gives every sheet as a table; as Notify does, only the first one that
// is not hidden.
func (b *biff) read() error {
	for i, s := range b.sheets {
		if i >= MaxSheets {
			b.v.Unread("", dump.CodeTooMany, "it has more sheets than are read: save the others in another book")
			return nil
		}
		if b.opt.DropHidden && s.state != 0 {
			b.v.Warn(WarnDropped)
			continue
		}
		if err := say(b.v, s.name, b.sheet(s)); err != nil {
			return err
		}
		if b.opt.DropHidden {
			if i+1 < len(b.sheets) {
				b.v.Warn(WarnSheets)
			}
			return nil
		}
	}
	return nil
}

// sheetReader gives the rows of a sheet as its cells come: in order of rows.
type sheetReader struct {
	*biff
	g       grid
	line    line
	row     int // being read, from 1; 0 before the first
	began   bool
	pending int // the cell of a formula whose text follows; -1 without
}

func (b *biff) sheet(s biffSheet) error {
	rows, err := b.v.Table(dump.TableInfo{Name: s.name, Encoding: "utf-8", Hidden: s.state != 0})
	if err != nil {
		return err
	}
	r := &sheetReader{biff: b, pending: -1, g: grid{rows: rows, filler: &b.filler, notify: b.opt.DropHidden, limit: MaxColumn, maxRun: MaxBlank, hidden: &columnSet{}, next: 1}}
	if b.opt.DropHidden {
		r.g.trimmed, r.g.maxRun = true, MaxRow
	} else {
		if s.state != 0 {
			r.g.warn(WarnSheet)
		}
		var all []merged
		if err := b.each(s, func(in *records) error { all = appendMerged(all, in); return nil }); err != nil {
			return err
		}
		r.g.merges = newMerges(all, &b.filler)
	}
	err = b.each(s, r.record)
	if e := r.flush(); err == nil {
		err = e
	}
	return err
}

// each gives the records of a sheet, without those of the charts within.
func (b *biff) each(s biffSheet, fn func(*records) error) error {
	if s.at >= b.size {
		return errCut
	}
	in := newRecords(b.ctx, b.src, s.at, b.size)
	for depth := 0; ; {
		ok, err := in.next()
		switch {
		case err != nil:
			return err
		case !ok:
			return errCut
		case in.id == recBOF:
			depth++
		case depth == 0:
			return errDamaged
		case in.id == recEOF:
			if depth--; depth == 0 {
				return nil
			}
		case depth == 1:
			if err := fn(in); err != nil {
				return err
			}
		}
	}
}

func appendMerged(all []merged, in *records) []merged {
	if in.id != recMerged || len(in.data) < 2 {
		return all
	}
	for d := in.data[2:]; len(d) >= 8 && len(all) < MaxMerges; d = d[8:] {
		m := merged{top: int(le16(d)) + 1, bottom: int(le16(d[2:])) + 1, left: int(le16(d[4:])), right: int(le16(d[6:]))}
		if m.top <= m.bottom && m.left <= m.right && m.right < biffColumns {
			all = append(all, m)
		}
	}
	return all
}

// record takes a record of the sheet.
func (r *sheetReader) record(in *records) error {
	d := in.data
	switch in.id {
	case recColInfo:
		if len(d) >= 10 && d[8]&1 != 0 && !r.opt.DropHidden {
			r.g.warn(WarnColumns)
		}
		return nil
	case recRow:
		if len(d) >= 14 && d[12]&0x20 != 0 && !r.opt.DropHidden {
			r.g.warn(WarnRows)
		}
		return nil
	case recString:
		if r.pending >= 0 {
			from := len(r.line.buf)
			r.line.buf = append(r.line.buf, r.longText(in)...)
			r.line.put(r.pending, from)
			r.pending = -1
		}
		return nil
	case recFormula, recNumber, recLabel, recRString, recLabelSST, recBoolErr, recRK, recMulRK, recBlank, recMulBlank:
	default:
		return nil
	}
	if len(d) < 6 {
		return nil
	}
	row, col := int(le16(d))+1, int(le16(d[2:]))
	if row != r.row {
		if err := r.flush(); err != nil {
			return err
		}
		r.row = row
	}
	if col >= biffColumns {
		r.line.over = true
		return nil
	}
	r.pending = -1
	r.cell(in, col)
	return nil
}

// flush gives the row that was read.
func (r *sheetReader) flush() error {
	if r.row == 0 {
		return nil
	}
	defer r.line.reset()
	if !r.began {
		r.began = true
		n := 0
		if r.row == 1 {
			n = lastSaid(&r.line)
		}
		switch {
		case !r.opt.DropHidden:
			r.g.pad = n
		case n > 0:
			r.g.limit = max(n, minLimit)
		}
	}
	if !r.opt.DropHidden && r.line.blank() && !r.line.over {
		return nil
	}
	return r.g.put(r.row, &r.line)
}

// cell takes the cells of a record.
func (r *sheetReader) cell(in *records, col int) {
	d := in.data
	l := &r.line
	from := len(l.buf)
	switch {
	case in.id == recMulRK:
		for d = d[4:]; len(d) >= 8 && col < biffColumns; d, col = d[6:], col+1 {
			from = len(l.buf)
			r.number(rk(le32(d[2:])), int(le16(d)))
			l.put(col, from)
		}
		return
	case in.id == recNumber && len(d) >= 14:
		r.number(float(d[6:]), int(le16(d[4:])))
	case in.id == recRK && len(d) >= 10:
		r.number(rk(le32(d[6:])), int(le16(d[4:])))
	case in.id == recLabelSST && len(d) >= 10:
		s, ok := r.strings.get(int(le32(d[6:])))
		l.over = l.over || !ok
		l.buf = append(l.buf, s...)
	case in.id == recLabel && len(d) >= 8, in.id == recRString && len(d) >= 8:
		l.buf = r.text(l.buf, d[6:], true)
	case in.id == recBoolErr && len(d) >= 8:
		r.flag(d[6], d[7] != 0)
	case in.id == recFormula && len(d) >= 14:
		r.result(d[6:14], int(le16(d[4:])), col)
	}
	if len(l.buf) > from {
		l.put(col, from)
	}
}

// result takes what a formula came to ([MS-XLS] 2.5.133).
func (r *sheetReader) result(d []byte, xf, col int) {
	if le16(d[6:]) != 0xffff {
		r.number(float(d), xf)
		return
	}
	switch d[0] {
	case 0:
		r.pending = col
	case 1:
		r.flag(d[2], false)
	case 2:
		r.flag(d[2], true)
	}
}

func (r *sheetReader) flag(v byte, isError bool) {
	l := &r.line
	switch {
	case isError && r.opt.DropHidden:
		l.buf = append(l.buf, "#N/A"...)
	case isError:
		l.buf = append(l.buf, errorTexts[v]...)
	case r.opt.DropHidden && v != 0:
		l.buf = append(l.buf, '1')
	case r.opt.DropHidden:
		l.buf = append(l.buf, '0')
	default:
		l.buf = r.opt.truth(l.buf, v != 0)
	}
}

func (r *sheetReader) number(f float64, xf int) {
	var how format
	if xf < len(r.formats) {
		how = r.formats[xf]
	}
	if r.opt.DropHidden && how.kind != dated && how.kind != elapsed {
		how = format{}
	}
	if r.opt.DropHidden && how.kind != plain {
		r.line.buf = xlsDate(r.line.buf, f, r.in1904)
		return
	}
	r.line.buf = r.opt.number(r.line.buf, nil, f, how, r.in1904)
}

// xlsDate writes a date as Notify's converter does for xls: dates alone without
// a time of day, moments to the second.
func xlsDate(dst []byte, f float64, in1904 bool) []byte {
	t, ok := civil(f, in1904)
	if !ok || f < 0 {
		return pythonNumber(dst, nil, f)
	}
	t = t.Round(time.Second)
	switch {
	case f == 0:
		return append(dst, "1900-01-01 00:00:00"...)
	case f < 1:
		return t.AppendFormat(dst, time.TimeOnly)
	case t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0:
		return t.AppendFormat(dst, time.DateOnly)
	}
	return t.AppendFormat(dst, time.DateTime)
}

// longText decodes the text of a STRING record and of its CONTINUE records.
func (r *sheetReader) longText(in *records) []byte {
	if len(in.data) < 3 {
		return nil
	}
	n := int(le16(in.data))
	out := r.text(nil, in.data, true)
	if !r.wide {
		return out
	}
	unit := 1 + int(in.data[2]&1)
	for n -= (len(in.data) - 3) / unit; n > 0 && in.peek() == recContinue; {
		if ok, err := in.next(); !ok || err != nil || len(in.data) < 2 {
			break
		}
		d := in.data[1:]
		if unit = 1 + int(in.data[0]&1); unit == 1 {
			out = appendLatin(out, d[:min(n, len(d))])
		} else {
			out = appendUTF16(out, d[:min(2*n, len(d))])
		}
		n -= len(d) / unit
	}
	return out
}

func float(d []byte) float64 {
	return math.Float64frombits(uint64(le32(d)) | uint64(le32(d[4:]))<<32)
}

// rk is a number in 30 bits ([MS-XLS] 2.5.217).
func rk(v uint32) float64 {
	f := math.Float64frombits(uint64(v&^3) << 32)
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

// xls reads workbooks of Excel 5 to 2003, and refuses encrypted ones of every
// Office, which are compound files too.
type xls struct{ Options }

func (xls) Name() string { return "xls" }

// Sniff looks for the names of a workbook's streams in the directory of the
// compound file, and for a bare BIFF stream.
func (xls) Sniff(f *dump.File) float64 {
	if len(f.Head) > 8 && string(f.Head[:2]) == "\x09\x08" && f.Head[3] == 0 && (f.Head[5] == 5 || f.Head[5] == 6) {
		return 0.9
	}
	if len(f.Head) < 516 || string(f.Head[:8]) != cfb.Magic {
		return 0
	}
	switch {
	case holds(f.Head, "Workbook"), holds(f.Head, "Book"), holds(f.Head, "EncryptedPackage"):
		return sure
	case string(f.Head[512:514]) == "\x09\x08" && f.Head[515] == 0: // its first sector begins a workbook
		return sure
	case !f.Whole && (extension(f) == ".xls" || extension(f) == ".xlt"):
		return 0.9
	}
	return 0
}

// holds says whether a directory entry of that name stands in b.
func holds(b []byte, name string) bool {
	entry := make([]byte, 0, 64)
	for _, c := range []byte(name) {
		entry = append(entry, c, 0)
	}
	entry = append(entry, 0, 0)
	for at := 512; at+128 <= len(b); at += 128 {
		if string(b[at:at+len(entry)]) == string(entry) && int(le16(b[at+64:])) == len(entry) {
			return true
		}
	}
	return false
}

// Read reads every sheet of a workbook.
func (o xls) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	src, err := f.Source()
	if err != nil {
		return err
	}
	b := &biff{ctx: ctx, opt: o.Options, v: v, src: src, size: src.Size(), filler: maxFiller, scratch: make([]byte, 0, 4096)}
	if string(f.Head[:min(8, len(f.Head))]) == cfb.Magic {
		c, err := cfb.Open(src, src.Size())
		switch {
		case errors.Is(err, cfb.ErrCut):
			return errCut
		case errors.Is(err, cfb.ErrLarge):
			return errLarge
		case err != nil:
			return errDamaged
		}
		if c.Find("EncryptedPackage") != nil {
			return errLocked
		}
		s := c.Find("Workbook")
		if s == nil {
			s = c.Find("Book")
		}
		if s == nil {
			return dump.Refuse(dump.CodeNoReader, "it is an old Office document, no workbook: save it as CSV")
		}
		b.src, b.size = s, s.Size()
	}
	if err := b.globals(); err != nil {
		return err
	}
	if len(b.sheets) == 0 { // a bare sheet
		b.sheets = []biffSheet{{}}
	}
	return b.read()
}
