package object

import (
	"bytes"
	"errors"
	"slices"

	"vigie/matchers/dump"
)

// Ways to leave the middle of a value.
var (
	errEnd  = errors.New("object: the file ends")
	errLost = errors.New("object: not where it seemed to be")
)

// reader walks through JSON and gives what is a table.
type reader struct {
	w       *window
	o       *output
	known   map[string]class // by path
	several bool             // several values stand behind each other
	lines   bool             // each on a line of its own
	relaxed bool
	told    bool   // running text was
	key     []byte // of the map's member that is read, nil outside of maps
	last    *table
	opening []byte // how the last record begins, to find the next one behind damage
	again   int    // bytes looked at again because of damage
	depth   int
}

// maxAgain bounds the bytes that are looked at a second time because of damage,
// so that reading stays linear.
const maxAgain = 256 << 20

// peek returns the next byte that is no space, 0 at the end.
func (j *reader) peek() byte {
	for {
		s := scan{b: j.w.buf, i: j.w.pos}
		c := s.peek()
		j.relaxed = j.relaxed || s.relaxed
		if c != 0 || s.fault == broken {
			j.w.pos = s.i
			if c == 0 {
				c = '/'
			}
			return c
		}
		if s.b[min(j.w.pos, len(s.b)):] != nil && s.i == len(s.b) && !s.relaxed {
			j.w.pos = s.i
		}
		if !j.w.more() {
			if j.w.last {
				return 0
			}
			j.w.pos = len(j.w.buf) // a comment larger than a record
		}
	}
}

// read reads the values of the file.
func (j *reader) read() error {
	for {
		c := j.peek()
		var err error
		switch c {
		case 0:
			return nil
		case ',', ';', ')', ']', '}': // lists that lost their beginning
			j.w.pos++
			if j.opening == nil {
				j.o.warn(dump.CodeDamaged)
			}
		case '{':
			j.decide()
			err = j.object("", nil)
		case '[':
			err = j.array("")
		default:
			err = errLost
		}
		if errors.Is(err, errLost) {
			err = j.resume()
		}
		if err != nil {
			return err
		}
	}
}

// decide says what the first value is, and whether it is the only one.
func (j *reader) decide() {
	if j.known[""] != unknown {
		return
	}
	s := &scan{b: j.w.ahead(lookAhead)}
	x := s.look(0)
	if s.fault == fine {
		end := s.i
		c := s.peek()
		j.several = c == '{' || c == ','
		j.lines = j.several && bytes.IndexByte(s.b[:end], '\n') < 0 && bytes.IndexByte(s.b[end:s.i], '\n') >= 0
	}
	j.known[""] = x.classify(j.several)
}

// class says what the object that comes next is.
func (j *reader) class(path string) class {
	if c := j.known[path]; c != unknown {
		return c
	}
	if len(j.known) > 4*maxTables || j.depth > maxWrapped {
		return isRecord
	}
	s := &scan{b: j.w.ahead(lookAhead)}
	c := s.look(0).classify(false)
	j.known[path] = c
	return c
}

// object reads an object that is no part of a record.
func (j *reader) object(path string, parent *table) error {
	switch j.class(path) {
	case isWrapper, isMap:
		return j.members(path)
	}
	return j.record(path)
}

// members reads the members of a wrapper or of a map.
func (j *reader) members(path string) error {
	j.w.pos++
	mapped := j.known[path] == isMap
	outer := j.key
	defer func() { j.key = outer; j.depth-- }()
	if j.depth++; j.depth > maxNesting {
		return dump.Refuse(dump.CodeTooDeep, "its objects are nested too deep")
	}
	for first := true; ; first = false {
		key, err := j.member(first)
		if err != nil || key == nil {
			return err
		}
		at := join(path, j.o.name(key[:min(len(key), maxName)]))
		if mapped {
			at = path
			j.key = slices.Clone(key)
			if outer != nil {
				j.key = append(append(slices.Clone(outer), '.'), key...)
			}
		}
		switch j.peek() {
		case '{':
			if mapped {
				err = j.record(path)
			} else {
				err = j.object(at, nil)
			}
		case '[':
			err = j.array(at)
		case 0:
			err = j.cut()
		default:
			err = j.scalar(at, mapped)
		}
		if err != nil {
			return err
		}
	}
}

// member goes to the next member of an object and takes its key, nil at the
// end.
func (j *reader) member(first bool) (key []byte, err error) {
	for {
		s := scan{b: j.w.buf, i: j.w.pos}
		if !s.next('}', first) && s.fault == fine {
			j.w.pos = s.i
			return nil, nil
		}
		if raw, escaped, ok := s.key(); ok {
			j.relaxed = j.relaxed || s.relaxed
			j.w.pos = s.i
			if escaped {
				return unescape([]byte{}, raw), nil
			}
			return raw, nil
		}
		switch {
		case s.fault == short && j.w.more():
		case s.fault == short && j.w.last:
			return nil, j.cut()
		default:
			return nil, errLost
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// cut says that the file ends before its end.
func (j *reader) cut() error {
	j.w.pos = len(j.w.buf)
	if j.w.err == nil {
		j.o.warn(dump.CodeCut)
	}
	return errEnd
}

// array reads an array that is no part of a record: a table.
func (j *reader) array(path string) error {
	j.w.pos++
	if j.depth++; j.depth > maxNesting {
		return dump.Refuse(dump.CodeTooDeep, "its arrays are nested too deep")
	}
	defer func() { j.depth-- }()
	for first := true; ; first = false {
		c := j.peek()
		if c == ',' && !first {
			j.w.pos++
			if c = j.peek(); c == ']' {
				j.relaxed = true
			}
		} else if !first && c != ']' && c != 0 {
			return errLost
		}
		var err error
		switch c {
		case 0:
			return j.cut()
		case ']':
			j.w.pos++
			return nil
		case '{':
			err = j.record(path)
		case '[':
			err = j.row(path)
		default:
			err = j.scalar(path, true)
		}
		if err != nil {
			return err
		}
	}
}

// attempt parses what comes next, again whenever more of it has been read.
func (j *reader) attempt(t *table, parse func(p *record) bool) (*record, fault) {
	for {
		p := &record{t: t, scan: scan{b: j.w.buf, i: j.w.pos, lines: j.lines}}
		if t != nil && j.key != nil {
			t.put(t.column("_key"), j.key)
		}
		ok := parse(p)
		j.relaxed = j.relaxed || p.relaxed && ok
		switch {
		case ok:
			return p, fine
		case p.fault == short && j.w.more():
		case p.fault == short && !j.w.last:
			return p, wide_
		default:
			return p, p.fault
		}
		if t != nil {
			t.drop()
		}
	}
}

// record reads an object that is a row.
func (j *reader) record(path string) error {
	t := j.o.table(path)
	if t == nil {
		return j.skip()
	}
	j.last = t
	p, f := j.attempt(t, func(p *record) bool { return p.object(t.root) })
	if f != fine {
		return j.refuse(t, f)
	}
	return j.give(t, p)
}

// give gives a record and the rows of the lists in it.
func (j *reader) give(t *table, p *record) error {
	var id []byte
	if len(p.children) > 0 {
		id = t.id()
	}
	j.opening = append(j.opening[:0], opening(p.b[j.w.pos:p.i])...)
	j.w.pos = p.i
	if err := t.give(); err != nil {
		return err
	}
	return j.lists(t, p, id, 1)
}

// lists gives the objects of lists that did not become columns.
func (j *reader) lists(parent *table, p *record, id []byte, depth int) error {
	for _, c := range p.children {
		t := j.o.table(join(parent.name, c.name))
		if t == nil {
			continue
		}
		t.root.inList = true
		for _, at := range c.at {
			t.put(t.column("_parent"), id)
			q := &record{t: t, scan: scan{b: p.b, i: at.from, lines: p.lines}}
			if !q.object(t.root) {
				if err := t.refuse(dump.CodeDamaged); err != nil {
					return err
				}
				continue
			}
			var own []byte
			if len(q.children) > 0 {
				own = t.id()
			}
			if err := t.give(); err != nil {
				return err
			}
			if depth < 4 {
				if err := j.lists(t, q, own, depth+1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// opening is how a record begins, up to the end of its first key.
func opening(b []byte) []byte {
	i := bytes.IndexByte(b, ':')
	if i < 0 || i > 100 {
		return b[:1]
	}
	return b[:i+1]
}

// row reads an array that is a row. One that holds objects is a list within a
// list.
func (j *reader) row(path string) error {
	in := scan{b: j.w.buf, i: j.w.pos + 1}
	if c := in.peek(); c == '{' {
		return j.array(path)
	}
	t := j.o.table(path)
	if t != nil && t.rows != nil && len(t.names) > 0 {
		t = j.o.table(join(path, "rows"))
	}
	if t == nil {
		return j.skip()
	}
	var cells [][]byte
	_, f := j.attempt(nil, func(p *record) bool {
		t.arena = t.arena[:0]
		p.t = t
		cells = cells[:0]
		p.i++
		for first := true; p.next(']', first); first = false {
			v, ok := p.cell()
			if !ok {
				return false
			}
			cells = append(cells, v)
		}
		if p.fault == fine {
			j.w.pos = p.i
		}
		return p.fault == fine
	})
	if f != fine {
		return j.refuse(t, f)
	}
	return t.list(cells)
}

// cell is a value of a row that is an array.
func (p *record) cell() (v []byte, ok bool) {
	switch p.peek() {
	case 0:
		return nil, false
	case '[':
		from := p.i
		ok = p.skip()
		return p.b[from:p.i], ok
	case '{':
		if v, ok = p.typed(); ok {
			return v, true
		}
		if p.fault != fine {
			return nil, false
		}
		from := p.i
		ok = p.skip()
		return p.b[from:p.i], ok
	}
	raw, escaped, ok := p.scalar()
	return p.text(raw, escaped), ok
}

// list gives a row whose columns have no names.
func (t *table) list(cells [][]byte) (err error) {
	if t.rows == nil {
		t.rows, err = t.o.v.Table(dump.TableInfo{Name: t.name, Encoding: t.o.encoding})
		if err != nil {
			return err
		}
	}
	if len(cells) == 0 {
		return nil
	}
	t.count++
	if len(cells) > maxColumns || slices.ContainsFunc(cells, func(v []byte) bool { return len(v) > maxField }) {
		t.rows.Refuse(dump.CodeTooLarge)
		return nil
	}
	t.o.decode.Row(cells)
	return t.rows.Row(cells)
}

// scalar reads a value that stands for itself: a row of one value within an
// array or a map, running text elsewhere.
func (j *reader) scalar(path string, row bool) error {
	t := (*table)(nil)
	if row {
		if t = j.o.table(path); t == nil {
			return j.skip()
		}
	}
	var v []byte
	p, f := j.attempt(t, func(p *record) bool {
		raw, escaped, ok := p.scalar()
		if escaped {
			raw = unescape(nil, raw)
		}
		v = raw
		return ok
	})
	switch {
	case f != fine && t != nil:
		return j.refuse(t, f)
	case f == wide_:
		return j.skip()
	case f == short:
		return j.cut()
	case f != fine:
		return errLost
	}
	j.w.pos = p.i
	if t == nil {
		j.told = j.told || len(v) > 0
		return j.o.text("", path, v)
	}
	t.put(t.column("value"), v)
	return t.give()
}

// refuse counts a row that cannot be read, and goes to where the next may be.
func (j *reader) refuse(t *table, f fault) error {
	code := dump.CodeDamaged
	switch f {
	case wide_:
		code = dump.CodeTooLarge
	case deep:
		code = dump.CodeTooDeep
	case short:
		code = dump.CodeCut
	}
	if f == short && j.w.err != nil {
		return errEnd
	}
	if err := t.refuse(code); err != nil {
		return err
	}
	switch f {
	case short:
		return j.cut()
	case broken:
		return errLost
	}
	return j.skip()
}

// skip passes over a value of any size.
func (j *reader) skip() error {
	depth, quote, escaped := 0, byte(0), false
	for {
		b := j.w.rest()
		for i, c := range b {
			switch {
			case escaped:
				escaped = false
			case quote != 0:
				escaped = c == '\\'
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '{' || c == '[':
				depth++
			case c == '}' || c == ']':
				depth--
			case c != ',':
				continue
			}
			if quote != 0 || depth > 0 || escaped {
				continue
			}
			// A scalar ends before what follows it, all others with their last byte.
			if depth == 0 && c != ',' {
				i++
			}
			j.w.pos += i
			return nil
		}
		if !j.w.next() {
			return j.cut()
		}
	}
}

// resume goes to where the next record seems to begin.
func (j *reader) resume() error {
	j.o.warn(dump.CodeDamaged)
	for first := true; ; first = false {
		b := j.w.rest()
		if first && len(b) > 0 {
			b = b[1:]
			j.w.pos++
		}
		at := j.start(b)
		if at >= 0 {
			j.w.pos += at
			return nil
		}
		if !j.w.next() {
			return j.w.err
		}
	}
}

// start is where in b a record seems to begin, -1 if it does nowhere.
func (j *reader) start(b []byte) int {
	_ = slices.Index[[]byte]
	best := -1
	for _, sign := range [][]byte{[]byte("\n{"), []byte("\n["), j.opening} {
		if len(sign) == 0 {
			continue
		}
		if i := bytes.Index(b, sign); i >= 0 {
			if sign[0] == '\n' {
				i++
			}
			if best < 0 || i < best {
				best, b = i, b[:min(len(b), i+100)]
			}
		}
	}
	return best
}
