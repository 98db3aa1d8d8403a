package text

import (
	"context"
	"io"

	"vigie/matchers/dump"
)

// layout is how rows stand in a file.
type layout struct {
	dialect dialect
	several bool // perhaps several tables
	rows    func(*feed, *splitter) error
}

// layout tells it.
func (o *feed) layout(s *sample) layout {
	l := layout{dialect: dialect{newline: s.newline}}
	if headed, ok := ruled(s); ok {
		l.several = true
		l.rows = func(o *feed, sp *splitter) error { return o.ruled(sp, headed) }
		return l
	}
	if p, ok := pairsOf(s); ok {
		// Names over rows as wide as they are make a table, whatever is in its values.
		if sh := detect(s, o.decode); sh.fit < 0.9 || !sh.names && (!sh.quoted || !sh.typed || sh.width < 3) {
			l.rows = func(o *feed, sp *splitter) error { return o.pairs(sp, p) }
			return l
		}
	}
	if b, ok := blocks(s); ok {
		l.rows = func(o *feed, sp *splitter) error { return o.blocks(sp, b) }
		return l
	}
	sh := detect(s, o.decode)
	if !sh.sep {
		if place := sh.logins(s); place != noLink {
			l.rows = func(o *feed, sp *splitter) error { return o.links(sp, place) }
			return l
		}
	}
	if !sh.list && !sh.single() && (sh.width < 4 || string(sh.delim) == " " || sh.score < doubtful) {
		var starts []int
		x := fixed(s)
		if x != nil {
			starts = x.starts
		}
		if r := glued(s, starts); r != nil && (x == nil || x.header == "") && (sh.width < 2 || string(sh.delim) == " " || (r.proved > 1 || r.even && r.proved > 0) && r.most > 3*sh.width) {
			l.rows = func(o *feed, sp *splitter) error { return o.records(sp, r) }
			return l
		}
		if starts != nil && (sh.width < 2 || string(sh.delim) == " " || len(starts) >= 2*sh.width) {
			l.rows = func(o *feed, sp *splitter) error { return o.fixedRows(sp, x) }
			return l
		}
	}
	if sh.ragged {
		if kinds := rowKinds(s, sh); kinds != nil {
			l.dialect = sh.dialect
			l.rows = func(o *feed, sp *splitter) error { return o.kinds(sp, kinds) }
			return l
		}
	}
	l.dialect, l.several = sh.dialect, sh.ragged
	l.rows = func(o *feed, sp *splitter) error { return o.delimited(sp, sh, s) }
	return l
}

// counter is a visitor that counts tables.
type counter struct{ tables int }

func (c *counter) Table(dump.TableInfo) (dump.Rows, error)              { c.tables++; return c, nil }
func (*counter) Member(context.Context, string, int64, io.Reader) error { return nil }
func (*counter) Text(string, []byte) error                              { return nil }
func (*counter) Unread(string, string, string)                          {}
func (*counter) Row([][]byte) error                                     { return nil }
func (*counter) Extend([]string)                                        {}
func (*counter) Refuse(string)                                          {}
func (*counter) Warn(string)                                            {}
