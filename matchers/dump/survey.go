package dump

import (
	"bytes"
	"fmt"
	"slices"
)

// pendingRows and pendingBytes bound the first rows of a table that are held
// until its width and its header are decided.
const (
	pendingRows  = 500
	pendingBytes = 1 << 20
)

// survey is the handler behind Inspect: it studies every table.
type survey struct {
	o       *Options
	members []*memberSeen
	byPath  map[string]*memberSeen
	unreads []Unread
	lost    int // parts that could not be read, listed or not
	tables  []*surveyed
	open    []*surveyed // whose file is being read
	byKey   map[[2]string]*surveyed
	texts   *textSurvey
	cells   int // columns under study
	clues   Clues
	same    coherence
	sketch  Sketch
	last    *surveyed // the table that was begun last
	before  int64     // rows of the others
	watch   *canaryWatch
}

// memberSeen is a file that was begun.
type memberSeen struct {
	path, format string
	depth        int
	code, hint   string // of a refusal
	warnings     []string
	texts        int64 // pieces of running text
}

func newSurvey(o *Options) *survey {
	return &survey{o: o, byPath: map[string]*memberSeen{}, byKey: map[[2]string]*surveyed{}, texts: newTextSurvey(o), watch: newCanaryWatch(o.Canaries)}
}

func (s *survey) begin(f *File, format string) {
	m := &memberSeen{path: f.Path, format: format, depth: f.Depth}
	s.members = append(s.members, m)
	s.byPath[f.Path] = m
}

func (s *survey) unread(path, code, hint string) {
	m := s.byPath[path]
	if m != nil && m.code == "" {
		m.code, m.hint = code, hint
	}
	if code == CodeEmpty && path != "" {
		return // nothing is missing of a file with nothing in it
	}
	s.lost++
	if len(s.unreads) < maxListed {
		s.unreads = append(s.unreads, Unread{path, code + ": " + hint})
	}
}

func (s *survey) warn(f *File, code string) {
	if m := s.byPath[f.Path]; m != nil && !slices.Contains(m.warnings, code) {
		m.warnings = append(m.warnings, code)
	}
}

func (s *survey) text(f *File, where string, text []byte) error {
	if m := s.byPath[f.Path]; m != nil {
		m.texts++
	}
	s.texts.add(where, text)
	return nil
}

func (s *survey) rows() int64 {
	n := s.before
	if s.last != nil {
		n += s.last.row + int64(len(s.last.pending))
	}
	return n
}

func (s *survey) table(f *File, info TableInfo) (Rows, error) {
	key := [2]string{f.Path, info.Name}
	if t := s.byKey[key]; t != nil {
		return t, nil
	}
	if len(s.tables) >= MaxTables || s.cells >= maxStudied {
		return nil, Refuse(CodeTooMany, fmt.Sprintf("more than %d tables", MaxTables))
	}
	s.before = s.rows()
	t := &surveyed{s: s, info: info, member: f.Path}
	s.last = t
	t.delimiter = info.Dialect.Delimiter
	if info.Columns != nil {
		t.info.Columns = nil
		t.width(0)
		t.Extend(info.Columns)
		t.named = true
	}
	s.tables, s.open = append(s.tables, t), append(s.open, t)
	s.byKey[key] = t
	return t, nil
}

// surveyed is one table under study.
type surveyed struct {
	grid
	s       *survey
	info    TableInfo
	member  string
	cols    []*column
	samples [][]string
	ready   bool // width and header are decided
	headed  int  // rows of header
	pending [][][]byte
	held    int // bytes pending
	warned  []string
	scratch []byte
	roles   roles
	repeats duplicates
	lines   cutLines
	hashes  [linesAtOnce]uint64
	kept    *TableLayout // once the table's file has ended
}

// Row studies a row.
func (t *surveyed) Row(cells [][]byte) error {
	if !t.ready {
		row := make([][]byte, len(cells))
		for i, v := range cells {
			row[i] = slices.Clone(v)
			t.held += len(v)
		}
		t.pending = append(t.pending, row)
		if len(t.pending) >= pendingRows || t.held >= pendingBytes {
			t.decide()
		}
		return nil
	}
	t.study(cells)
	return nil
}

// study adds a row to its columns.
func (t *surveyed) study(cells [][]byte) {
	f := t.fit(cells)
	if f == nil {
		if t.bare && !t.isHeader(cells) {
			t.s.texts.add(besideRows, joined(cells))
		}
		return
	}
	h := uint64(len(f))
	for i, v := range f {
		h = joinHash(h, t.cols[i].add(v, t.row, t.s.o))
	}
	t.repeats.add(mix(h))
	if t.s.watch != nil {
		t.s.watch.look(t, f)
	}
	t.rest(f)
}

// rest takes from a row what is not its columns'.
func (t *surveyed) rest(f [][]byte) {
	if t.row <= sampleRows {
		t.sample(f)
	}
	if v := t.feature(f); v != nil {
		t.s.sketch.add(v)
	}
	if t.beside() {
		t.s.clues.look(f)
		t.s.same.look(f, t.roles)
	}
}

// beside tells a row whose values are compared with each other.
func (t *surveyed) beside() bool { return t.row <= compareFirst || t.row%compareEvery == 0 }

// Rows are compared with themselves in so many of the first, and in one of so
// many behind.
const (
	compareFirst = 5_000
	compareEvery = 512
)

// sampleRows is in how many of the first rows samples are looked for.
const sampleRows = 200

func (t *surveyed) sample(f [][]byte) {
	for i, v := range f {
		if v = clean(v); len(v) > 0 && len(t.samples[i]) < maxSamples && len(v) <= 256 {
			t.samples[i] = append(t.samples[i], string(v))
		}
	}
}

// Extend names further columns.
func (t *surveyed) Extend(columns []string) {
	for _, name := range columns {
		if len(t.columns) >= MaxColumns || t.s.cells >= maxStudied {
			return
		}
		t.width(len(t.columns) + 1)
		t.columns[len(t.columns)-1].Name = t.nameOf(name, len(t.columns))
	}
	t.header = append(t.header, columns...)
}

// width makes the table so many columns wide.
func (t *surveyed) width(n int) {
	for len(t.columns) < min(n, MaxColumns) && t.s.cells < maxStudied {
		t.columns = append(t.columns, Column{Name: fmt.Sprintf("column_%d", len(t.columns)+1)})
		t.cols = append(t.cols, newColumns(1)...)
		t.samples = append(t.samples, nil)
		t.s.cells++
	}
}

// nameOf keeps a header as a column's name, unless it may be a value: names are
// shown, logged and kept.
func (t *surveyed) nameOf(h string, n int) string {
	h = string(appendText(nil, []byte(h)))
	if h == "" || len(h) > 120 || isValueName(h, t.s.o) {
		return fmt.Sprintf("column_%d", n)
	}
	return h
}

// decide settles width and header from the first rows, and studies them.
func (t *surveyed) decide() {
	t.ready = true
	rows := make([][]string, len(t.pending))
	widths := make([]int, len(t.pending))
	for i, r := range t.pending {
		rows[i], widths[i] = stringsOf(r), len(r)
	}
	if !t.named {
		t.width(usual(widths))
		switch t.info.Header {
		case HeaderYes:
			t.skip = min(1, len(rows))
		case HeaderUnknown:
			lead := preambleOf(rows, len(t.columns), t.s.o)
			t.skip = lead + headerOf(rows[lead:], t.s.o)
			for _, r := range t.pending[:lead] {
				t.s.texts.add(besideRows, joined(r))
			}
			if lead > 0 {
				t.Warn(WarningPreamble)
			}
		}
	}
	t.headed = t.skip
	if t.skip > 0 {
		t.header = rows[t.skip-1]
		for i := range min(len(t.columns), len(t.header)) {
			t.columns[i].Name = t.nameOf(t.header[i], i+1)
		}
	}
	t.sketch(rows[t.skip:])
	t.info.Dialect.Header = t.skip > 0 || t.named
	for _, r := range t.pending {
		t.study(r)
	}
	t.pending, t.held = nil, 0
}

// besideRows is where the text of rows stands that are no data.
const besideRows = "beside the table"

func joined(cells [][]byte) []byte { return append(bytes.Join(cells, []byte{' '}), '\n') }

// sketch guesses the meanings from the first rows, for rows that are too wide.
func (t *surveyed) sketch(rows [][]string) {
	cols := newColumns(len(t.columns))
	for n, row := range rows {
		if len(row) != len(cols) {
			continue
		}
		for i, v := range row {
			cols[i].add([]byte(v), int64(n), t.s.o)
		}
	}
	for i, c := range understand(cols, t.names(), t.s.o) {
		t.columns[i].Shape = c.Meaning
	}
	t.roles = rolesOf(t.columns)
}

func (g *grid) names() []string {
	names := make([]string, len(g.columns))
	for i, c := range g.columns {
		names[i] = c.Name
	}
	return names
}

// Refuse counts a row that the format cannot read.
func (t *surveyed) Refuse(code string) {
	t.row++
	t.refuse(code)
}

// Warn notes a warning about the table.
func (t *surveyed) Warn(code string) {
	if !slices.Contains(t.warned, code) {
		t.warned = append(t.warned, code)
	}
}

// layout says what the table showed so far. It changes nothing, so that it may
// be asked before the end too.
func (t *surveyed) layout() TableLayout {
	if t.kept != nil {
		return *t.kept
	}
	cols := make([]*column, len(t.cols))
	for i, c := range t.cols {
		x := *c
		cols[i] = &x
	}
	l := TableLayout{Member: t.member, Name: t.info.Name, Encoding: t.info.Encoding, Dialect: t.info.Dialect,
		Columns: understand(cols, t.names(), t.s.o), Rows: t.row, Refused: t.refused, Again: t.again, Skip: t.headed, Hidden: t.info.Hidden,
		Warnings: slices.Clone(t.warned), samples: t.samples}
	l.Warnings = append(l.Warnings, destroyed(l.Columns)...)
	l.classes = countClasses(l.Columns, cols)
	for i := range l.Columns {
		l.Columns[i].Shape = t.columns[i].Shape
		l.quality = append(l.quality, cols[i].quality(t.row-total(t.refused), l.Columns[i], t.s.o))
	}
	l.Quality = tableQuality(l.quality, &t.repeats)
	if t.again > 0 {
		l.Warnings = append(l.Warnings, WarningHeaderAgain)
	}
	if m := t.s.byPath[t.member]; m != nil && m.format == "csv" && len(cols) == 1 && isUnparted(l.Columns[0], cols[0]) {
		l.Warnings = append(l.Warnings, WarningUnparted)
	}
	if total(t.refused)*20 > t.row {
		l.Warnings = append(l.Warnings, WarningManyRefused)
	}
	return l
}

// end concludes the tables of a file that was read and lets go of what studying
// them took.
func (s *survey) end(f *File) {
	still := s.open[:0]
	for _, t := range s.open {
		if t.member != f.Path {
			still = append(still, t)
			continue
		}
		if !t.ready {
			t.decide()
		}
		l := t.layout()
		t.kept = &l
		s.cells -= len(t.cols)
		t.cols, t.lines, t.scratch, t.repeats = nil, cutLines{}, nil, duplicates{}
	}
	s.open = still
}

func total(m map[string]int64) int64 {
	var n int64
	for _, x := range m {
		n += x
	}
	return n
}

// usual is the commonest width, the wider of two; the later half decides, since
// titles and notes stand before a table.
func usual(widths []int) int {
	count := map[int]int{}
	for _, w := range widths[len(widths)/2:] {
		count[w]++
	}
	best := 0
	for w, n := range count {
		if n > count[best] || n == count[best] && w > best {
			best = w
		}
	}
	return best
}
