package text

import (
	"bytes"
	"strconv"
	"strings"

	"vigie/matchers/dump"
)

// Records may be written one value a line, "key: value", with a blank line or a
// row of dashes between records: address books, LDIF, the vertical output of
// database clients, the logs of stealers.

// blockStyle is how such records are written.
type blockStyle struct {
	sep     byte     // between key and value
	keys    []string // of the sample, as they come
	byBlank bool     // a blank line ends a record
	section bool     // a name in brackets stands above each record, and says which it is
	counted bool     // each key says which record it is of: client.12.name
	client  bool     // a database client wrote it: NULL is none, a count stands below
}

// Bounds on keys. What has more is no list of records.
const (
	maxKey       = 40 // bytes
	maxBlockKeys = 64 // different ones in the sample
	blockLines   = 2000
)

// keyOf returns key and value of a line, if it has both.
func keyOf(line []byte, sep byte) (key, value []byte, ok bool) {
	line = trimBlank(line)
	i := bytes.IndexByte(line[:min(len(line), maxKey+1)], sep)
	if i < 1 {
		return nil, nil, false
	}
	key, value = trimBlank(line[:i]), line[i+1:]
	if sep == ':' && bytes.HasPrefix(value, []byte{':'}) && bytes.Contains(value[1:], []byte("::")) {
		return nil, nil, false // a row of values
	}
	if len(key) == 0 || !isLetter(key[0]) || bytes.Contains(key, column) || sep == ':' && len(value) > 0 && value[0] != ' ' && value[0] != '\t' && value[0] != ':' {
		return nil, nil, false
	}
	for _, c := range key {
		if !isLetter(c) && !isDigit(c) && !isOne(c, " _-./()'#") {
			return nil, nil, false
		}
	}
	return key, trimBlank(bytes.TrimPrefix(value, []byte{':'})), true
}

// column is what parts two pairs that a form has on one line.
var column = []byte("   ")

// nextPair parts a line of a form at its second pair: "Nom : Léo      Sexe : M".
// A line that begins with no pair is parted within a record only: banners hold
// pairs too.
func nextPair(line []byte, sep byte, within bool) (first, rest []byte) {
	line = trimBlank(line)
	if _, _, ok := keyOf(line, sep); sep != ':' || !ok && !within || !bytes.Contains(line, column) {
		return line, nil
	}
	for i := 0; ; {
		n := bytes.Index(line[i:], column)
		if n < 0 {
			return line, nil
		}
		rest = trimBlank(line[i+n:])
		if _, _, ok := keyOf(rest, sep); ok {
			return line[:i+n], rest
		}
		i = len(line) - len(rest)
	}
}

// parts tells a line that only parts records: "=====", "-=-", "*** 1. row ***".
func parts(line []byte) bool {
	line = trimBlank(line)
	if len(line) < 3 || isLetter(line[0]) || isDigit(line[0]) {
		return false
	}
	same := 0
	for same < len(line) && line[same] == line[0] {
		same++
	}
	return same >= 3 || bytes.HasPrefix(line, []byte("-[ RECORD")) || len(bytes.Trim(line, "-=_*#~+")) == 0
}

// isRowMark tells the line that the client of MySQL writes over each row.
func isRowMark(line []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(trimBlank(line), "*"), []byte(" 1. row *"))
}

// sectionOf returns the name of a section of a settings file: [2000], [[client]].
func sectionOf(line []byte) (name []byte, ok bool) {
	line = trimBlank(bytes.TrimRight(line, "\r"))
	if len(line) < 3 || line[0] != '[' || line[len(line)-1] != ']' || len(line) > 2*maxKey {
		return nil, false
	}
	name = bytes.Trim(line, "[]")
	return name, len(name) > 0 && bytes.IndexByte(name, '"') < 0 && bytes.IndexByte(name, ',') < 0
}

// sectionColumn names the column of sections.
const sectionColumn = "section"

// countedKey cuts the key of a flattened list, client.12.name, into its record and
// the name within it.
func countedKey(key []byte) (record, name []byte, ok bool) {
	for i := 1; i < len(key); i++ {
		if key[i-1] != '.' || !isDigit(key[i]) {
			continue
		}
		for i < len(key) && isDigit(key[i]) {
			i++
		}
		if i+1 < len(key) && key[i] == '.' {
			return key[:i], key[i+1:], true
		}
	}
	return nil, key, false
}

// blocks tells whether a sample is written so: few keys, each of which comes
// again and again, and mostly with the same key behind it.
func blocks(s *sample) (blockStyle, bool) {
	for _, sep := range []byte(":=|") {
		if b, ok := blocksBy(s, sep); ok {
			return b, true
		}
	}
	return blockStyle{}, false
}

func blocksBy(s *sample, sep byte) (blockStyle, bool) {
	b := blockStyle{sep: sep, client: isRowMark(s.parts[0])}
	counts, follows := map[string]int{}, map[[2]string]int{}
	var lines, keyed, breaks int
	before, broke := "", true
	var inLists []string // names of flattened lists
	members := 0
	sections := map[string]bool{}
	for line := range bytes.SplitSeq(s.parts[0], []byte{s.newline}) {
		line = trimBlank(bytes.Trim(line, "\r\n"))
		name, section := sectionOf(line)
		if section && len(sections) <= 2 {
			sections[string(name)] = true
		}
		if len(line) == 0 || section || parts(line) {
			if !broke {
				breaks++
			}
			broke, before = true, ""
			continue
		}
		broke = false
		if lines++; lines > blockLines {
			break
		}
		for first, rest := nextPair(line, sep, before != ""); len(first) > 0; first, rest = nextPair(rest, sep, true) {
			key, value, ok := keyOf(first, sep)
			if !ok || sep == '|' && bytes.IndexByte(value, '|') >= 0 {
				continue
			}
			keyed++
			_, name, member := countedKey(key)
			k := string(name)
			if member {
				members++
			}
			if counts[k]++; counts[k] == 1 {
				if b.keys = append(b.keys, k); len(b.keys) > maxBlockKeys {
					return b, false
				}
				if member {
					inLists = append(inLists, k)
				}
			}
			follows[[2]string{before, k}]++
			before = k
		}
	}
	if keyed < 4 || keyed*4 < lines*3 || len(b.keys) < 2 || keyed < 2*len(b.keys) || sep == '|' && breaks == 0 {
		return b, false
	}
	usual := map[string]int{}
	for pair, n := range follows {
		usual[pair[0]] = max(usual[pair[0]], n)
	}
	steady := 0
	for _, n := range usual {
		steady += n
	}
	if b.counted = members*4 >= keyed*3; b.counted {
		b.keys = append([]string{sectionColumn}, inLists...)
		return b, steady*10 >= keyed*6
	}
	b.byBlank = breaks > 0 && keyed >= 2*breaks
	if b.section = len(sections) > 2; b.section {
		b.keys = append([]string{sectionColumn}, b.keys...)
	}
	return b, steady*10 >= keyed*6
}

// record gathers the values of one record.
type record struct {
	names  []string
	index  map[string]int
	values [][]byte
	set    []bool
	first  int // column of the first key, -1 before it
	last   int // column of the key before
	broken bool
	cells  [][]byte
}

// beginKeyed begins a table whose columns are named by keys.
func (o *feed) beginKeyed(keys []string) (*record, error) {
	rec := &record{index: map[string]int{}, first: -1}
	for _, k := range keys {
		rec.add(k)
		o.info.Columns = append(o.info.Columns, string(o.decode.Decode(nil, []byte(k))))
	}
	return rec, o.begin()
}

// blocks reads records of one value a line.
func (o *feed) blocks(sp *splitter, b blockStyle) error {
	o.info.Dialect.Delimiter, o.info.Dialect.Quote, o.info.Dialect.Escape = string(b.sep), "", ""
	o.info.Header = dump.HeaderNo
	rec, err := o.beginKeyed(b.keys)
	if err != nil {
		return err
	}
	err = o.lines(sp, func(line []byte, after bool) error {
		if parts(line) {
			return o.finish(rec)
		}
		if name, ok := sectionOf(line); ok && b.byBlank {
			if err := o.finish(rec); err != nil || !b.section {
				return err
			}
			return o.keyed(rec, []byte(sectionColumn), name)
		}
		if after && b.byBlank {
			if err := o.finish(rec); err != nil {
				return err
			}
		}
		for first, rest := nextPair(line, b.sep, rec.first >= 0); len(first) > 0; first, rest = nextPair(rest, b.sep, true) {
			if err := o.pairOf(rec, b, first); err != nil {
				return err
			}
		}
		return nil
	}, func(string) { rec.broken = true })
	if err != nil {
		return err
	}
	if err := o.finish(rec); err != nil {
		return err
	}
	return o.flush()
}

// pairOf takes a key and its value, or a line without.
func (o *feed) pairOf(rec *record, b blockStyle, line []byte) error {
	key, value, ok := keyOf(line, b.sep)
	switch {
	case !ok && (b.counted || b.client && clientLine(line)):
		return o.aside(line)
	case !ok:
		return o.loose(rec, line)
	case b.client && string(value) == "NULL":
		return nil
	case b.counted:
		return o.member(rec, line, key, unquoted(value, b.sep))
	}
	return o.keyed(rec, key, unquoted(value, b.sep))
}

// member takes a line of a flattened list. Other settings are running text.
func (o *feed) member(r *record, line, key, value []byte) error {
	of, name, ok := countedKey(key)
	if !ok {
		return o.aside(line)
	}
	if place := r.index[sectionColumn]; !r.set[place] || !bytes.Equal(r.values[place], of) {
		if err := o.finish(r); err != nil {
			return err
		}
		if err := o.keyed(r, []byte(sectionColumn), of); err != nil {
			return err
		}
	}
	return o.keyed(r, name, value)
}

// unquoted takes the quotes off a value of a settings file, and writes its \u00e9 as
// what it stands for.
func unquoted(v []byte, sep byte) []byte {
	if sep == '=' && bytes.Contains(v, []byte(`\u`)) {
		if text, err := strconv.Unquote(`"` + strings.ReplaceAll(string(v), `"`, `\"`) + `"`); err == nil {
			v = []byte(text)
		}
	}
	if n := len(v); sep == '=' && n > 1 && isOne(v[0], `"'`) && v[n-1] == v[0] && bytes.IndexByte(v[1:n-1], v[0]) < 0 {
		return v[1 : n-1]
	}
	return v
}

func (r *record) add(name string) {
	r.index[name] = len(r.names)
	r.names = append(r.names, name)
	r.values, r.set = append(r.values, nil), append(r.set, false)
}

// keyed takes a line with a key. The first key of a record begins the next
// record when it comes again; others have several values.
func (o *feed) keyed(r *record, key, value []byte) error {
	i, known := r.index[string(key)]
	if !known {
		if len(r.names) >= dump.MaxColumns {
			r.broken = true
			return nil
		}
		i = len(r.names)
		r.add(string(key))
		o.rows.Extend([]string{string(o.decode.Decode(nil, key))})
	}
	if r.set[i] && i == r.first {
		if err := o.finish(r); err != nil {
			return err
		}
	}
	if r.first < 0 {
		r.first = i
	}
	if r.set[i] {
		r.values[i] = append(r.values[i], "; "...)
	}
	r.set[i], r.last = true, i
	r.join(value)
	return nil
}

// loose takes a line without key: it goes on with the value before, or else it
// stands outside of the records.
func (o *feed) loose(r *record, line []byte) error {
	if r.first < 0 {
		o.buf = o.buf[:0]
		return o.visitor.Text(outsideTable, append(o.value(line), '\n'))
	}
	if len(r.values[r.last]) > 0 {
		r.values[r.last] = append(r.values[r.last], '\n')
	}
	r.join(trimBlank(line))
	return nil
}

func (r *record) join(value []byte) {
	if len(r.values[r.last])+len(value) > dump.MaxField {
		r.broken = true
		return
	}
	r.values[r.last] = append(r.values[r.last], value...)
}

// finish gives the record, if there is one, and begins another.
func (o *feed) finish(r *record) error {
	if r.first < 0 && !r.broken {
		return nil
	}
	r.cells = r.cells[:0]
	for i, v := range r.values {
		switch {
		case !r.set[i]:
			v = nil
		case v == nil:
			v = []byte{}
		}
		r.cells = append(r.cells, v)
	}
	var err error
	if r.broken {
		o.rows.Refuse(codeField)
	} else {
		err = o.row(r.cells, nil)
	}
	for i := range r.values {
		r.values[i], r.set[i] = r.values[i][:0], false
	}
	r.first, r.broken = -1, false
	return err
}
