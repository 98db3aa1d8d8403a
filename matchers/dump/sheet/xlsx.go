package sheet

import (
	"context"
	"path"
	"strings"

	"vigie/matchers/dump"
)

// xlsx reads workbooks of Office Open XML (ECMA-376): .xlsx, .xlsm and their
// templates, transitional and strict.
type xlsx struct{ Options }

func (xlsx) Name() string { return "xlsx" }

// Read reads every sheet of a workbook.
func (o xlsx) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	b, err := openBook(ctx, f, v, o.Options)
	if err != nil {
		return err
	}
	w, err := b.workbook()
	if err != nil {
		return err
	}
	return w.read()
}

// workbook is what has to be known before a sheet is read.
type workbook struct {
	*book
	sheets  []sheetPart
	strings *stringTable
	formats []format
	in1904  bool
}

type sheetPart struct {
	name, part string
	hidden     bool
	very       bool
}

// relations are the parts that a part refers to, by identifier.
type relation struct{ target, kind string }

func (b *book) relations(name string) (map[string]relation, error) {
	dir, file := path.Split(name)
	all := map[string]relation{}
	_, err := b.scan(dir+"_rels/"+file+".rels", func(x *scanner) error {
		for {
			k, err := x.next()
			if k == end || err != nil {
				return err
			}
			if k != open || string(x.name) != "Relationship" || len(all) > dump.MaxEntries || string(x.get("TargetMode")) == "External" {
				continue
			}
			target := strings.ReplaceAll(string(x.get("Target")), `\`, "/")
			if !strings.HasPrefix(target, "/") {
				target = dir + target
			}
			all[string(x.get("Id"))] = relation{strings.TrimPrefix(path.Clean(target), "/"), path.Base(string(x.get("Type")))}
		}
	})
	return all, err
}

func (b *book) workbook() (*workbook, error) {
	name := "xl/workbook.xml"
	top, err := b.relations("")
	if err != nil {
		return nil, err
	}
	for _, r := range top {
		if r.kind == "officeDocument" && b.parts[strings.ToLower(r.target)] != nil {
			name = r.target
		}
	}
	if strings.HasSuffix(strings.ToLower(name), ".bin") || b.parts["xl/workbook.bin"] != nil {
		return nil, dump.Refuse(dump.CodeNoReader, "this is a binary workbook (xlsb): save it as xlsx, or its sheets as CSV")
	}
	refs, err := b.relations(name)
	if err != nil {
		return nil, err
	}
	w := &workbook{book: b}
	found, err := b.scan(name, func(x *scanner) error { return w.index(x, refs) })
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, errDamaged
	}
	var styles, shared string
	for _, r := range refs {
		switch r.kind {
		case "styles":
			styles = r.target
		case "sharedStrings":
			shared = r.target
		}
	}
	if w.formats, err = b.styles(styles); err != nil {
		return nil, err
	}
	w.strings, err = b.readStrings(shared)
	return w, err
}

// index reads the workbook's list of sheets.
func (w *workbook) index(x *scanner, refs map[string]relation) error {
	for {
		k, err := x.next()
		if k == end || err != nil {
			return err
		}
		if k != open {
			continue
		}
		switch string(x.name) {
		case "workbookPr":
			w.in1904 = x.is("date1904")
		case "sheet":
			r := refs[string(x.get("id"))]
			if r.kind != "worksheet" { // charts, dialogs, macros of old
				continue
			}
			if len(w.sheets) >= dump.MaxEntries {
				return dump.Refuse(dump.CodeTooMany, "it has more sheets than anybody made")
			}
			state := string(x.get("state"))
			w.sheets = append(w.sheets, sheetPart{string(x.get("name")), r.target, state == "hidden" || state == "veryHidden", state == "veryHidden"})
		}
	}
}

// styles reads the number format of each cell style.
func (b *book) styles(name string) ([]format, error) {
	var formats []format
	named := map[int]format{}
	_, err := b.scan(name, func(x *scanner) error {
		in := false
		for {
			k, err := x.next()
			if k == end || err != nil {
				return err
			}
			switch {
			case string(x.name) == "cellXfs" && k != text:
				in = k == open
			case k != open:
			case string(x.name) == "numFmt" && len(named) < 1<<16:
				named[x.number("numFmtId", -1)] = parseFormat(string(x.get("formatCode")))
			case string(x.name) == "xf" && in && len(formats) < 1<<20:
				id := x.number("numFmtId", 0)
				f, ok := named[id]
				if !ok {
					f = builtin(id)
				}
				formats = append(formats, f)
			}
		}
	})
	return formats, err
}

// read gives every sheet as a table; as Notify does, only the first one that
// is not hidden.
func (w *workbook) read() error {
	for i, s := range w.sheets {
		if w.opt.DropHidden && s.hidden && !s.very {
			w.dropHidden()
			continue
		}
		if i >= MaxSheets {
			w.v.Unread("", dump.CodeTooMany, "it has more sheets than are read: save the others in another book")
			return nil
		}
		if err := say(w.v, s.name, w.sheet(s)); err != nil {
			return err
		}
		if w.opt.DropHidden {
			if i+1 < len(w.sheets) {
				w.v.Warn(WarnSheets)
			}
			return nil
		}
	}
	return nil
}

// sheet reads a sheet twice: first for its extent, hidden columns and merged
// cells (which stand behind the cells), then for its rows.
func (w *workbook) sheet(s sheetPart) error {
	x := &extent{notify: w.opt.DropHidden, firstRow: 1}
	if err := w.survey(s, x); err != nil {
		return err
	}
	if w.opt.DropHidden && len(x.merged) > 0 { // what is covered says nothing there
		again := *x
		again.firstRow, again.header, again.rows, again.columns = 1, 0, 0, 0
		again.covered = newMerges(x.merged, &w.filler)
		again.merged = nil
		if err := w.survey(s, &again); err != nil {
			return err
		}
		again.merged = x.merged
		x = &again
	}
	if w.opt.DropHidden { // its library knows no sheet without a cell
		x.rows, x.columns = max(x.rows, 1), max(x.columns, 1)
	}
	rows, err := w.v.Table(dump.TableInfo{Name: s.name, Encoding: "utf-8", Hidden: s.hidden})
	if err != nil {
		return err
	}
	g := &grid{rows: rows, filler: &w.filler, merges: newMerges(x.merged, &w.filler), hidden: &x.hiddenColumns, next: 1, limit: MaxColumn, pad: min(x.columns, maxPad), maxRun: MaxBlank}
	if w.opt.DropHidden {
		g.notify, g.limit, g.maxRun, g.next = true, x.columns, MaxRow, x.firstRow
	} else {
		x.tell(g, s.hidden)
		g.hidden = &columnSet{}
	}
	return w.rows(s, x, g)
}

func (w *workbook) reader(g *extent) *sheetXML {
	return &sheetXML{opt: w.opt, strings: w.strings, formats: w.formats, in1904: w.in1904,
		column: g.column, merge: g.merge, refuse: func(string) {}, row: g.row}
}

func (w *workbook) survey(s sheetPart, x *extent) error {
	found, err := w.scan(s.part, w.reader(x).read)
	if err == nil && !found {
		return errDamaged
	}
	return err
}

func (w *workbook) rows(s sheetPart, x *extent, g *grid) error {
	in := w.reader(x)
	in.column, in.merge, in.refuse = func(int, int, bool) {}, func(merged) {}, g.rows.Refuse
	in.row = func(r int, hidden bool, l *line) error {
		switch {
		case w.opt.DropHidden && r > x.rows:
			return nil
		case w.opt.DropHidden && hidden:
			w.dropHidden()
			return g.pass(r, l)
		case !w.opt.DropHidden && l.blank() && !l.over && (g.merges == nil || g.merges.enter(r) == 0):
			return nil
		}
		return g.put(r, l)
	}
	_, err := w.scan(s.part, in.read)
	if err == nil && w.opt.DropHidden {
		err = g.blank(x.rows + 1)
	}
	if g.merges != nil && g.merges.cut {
		g.warn(WarnMerged)
	}
	return err
}

// extent is what is learnt of a sheet by reading it once.
type extent struct {
	notify        bool
	firstRow      int // the first that is not left out
	header        int // columns to the last of the header that says something
	limit         int
	rows, columns int // to the last that say something, within the limit
	hiddenColumns columnSet
	anyColumn     bool
	anyRow        bool
	merged        []merged
	tooMany       bool
	covered       *merges
	began         bool
}

func (x *extent) column(from, to int, hidden bool) {
	if !hidden || to < from {
		return
	}
	x.anyColumn = true
	if x.notify { // its library knows a group of columns by the first one
		to = from
	}
	x.hiddenColumns.add(from, to)
}

func (x *extent) merge(m merged) {
	if x.tooMany = len(x.merged) >= MaxMerges; !x.tooMany {
		x.merged = append(x.merged, m)
	}
}

func (x *extent) row(r int, hidden bool, l *line) error {
	if hidden {
		x.anyRow = true
		if x.notify {
			if r == x.firstRow {
				x.firstRow++
			}
			return nil
		}
	}
	if x.covered != nil {
		x.covered.enter(r)
	}
	if !x.began {
		x.began = true
		if r == x.firstRow {
			x.header = x.last(r, l, MaxColumn)
		}
		x.limit = max(x.header, minLimit)
	}
	if n := x.last(r, l, x.limit); n > 0 {
		x.rows, x.columns = max(x.rows, r), max(x.columns, n)
	}
	return nil
}

// last is how many columns there are to the last cell within a limit that says
// something.
func (x *extent) last(r int, l *line, limit int) int {
	for c := min(len(l.cells), limit) - 1; c >= 0; c-- {
		if said(l.at(c)) && (!x.notify || !x.hiddenColumns.has(c)) && !x.covered.inner(r, c) {
			return c + 1
		}
	}
	return 0
}

// tell warns of what is hidden.
func (x *extent) tell(g *grid, sheet bool) {
	if sheet {
		g.warn(WarnSheet)
	}
	if x.anyRow {
		g.warn(WarnRows)
	}
	if x.anyColumn {
		g.warn(WarnColumns)
	}
	if x.tooMany {
		g.warn(WarnMerged)
	}
}
