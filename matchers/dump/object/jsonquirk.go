package object

import (
	"bytes"
	"strings"

	"vigie/matchers/dump"
)

// maxAgain bounds the bytes that are looked at a second time because of damage,
// so that reading stays linear.
const maxAgain = 256 << 20

// refuse counts a row that cannot be read, and goes to where the next may be.
// at is where parsing ended.
func (j *reader) refuse(t *table, f fault, at int) error {
	code := dump.CodeDamaged
	switch f {
	case wide_:
		code = dump.CodeTooLarge
	case deep:
		code = dump.CodeTooDeep
	case short:
		if j.w.Err != nil {
			return errEnd
		}
		code = dump.CodeCut
	}
	if err := t.refuse(code); err != nil {
		return err
	}
	switch f {
	case short:
		return j.cut()
	case broken:
		if j.again += at - j.w.Pos; j.again > maxAgain {
			j.w.Pos = at
		}
		return errLost
	}
	return j.skip()
}

// resume goes to where the next record seems to begin.
func (j *reader) resume() error {
	j.o.warn(dump.CodeDamaged)
	j.lost = true
	j.w.Pos = min(j.w.Pos+1, len(j.w.Buf))
	for {
		if at := j.start(j.w.Rest()); at >= 0 {
			j.w.Pos += at
			return nil
		}
		if !j.w.Next() {
			return errEnd
		}
	}
}

// start is where in b a record seems to begin, -1 if it does nowhere: at a line's
// beginning, and where the same key comes as in the record before. It looks at
// little more than what is before that place, for it may be called for every
// record.
func (j *reader) start(b []byte) int {
	for n := min(len(b), 512); ; n = min(len(b), 2*n) {
		if at := j.startIn(b[:n]); at >= 0 || n == len(b) {
			return at
		}
	}
}

func (j *reader) startIn(b []byte) int {
	best := -1
	for _, sign := range [][]byte{[]byte("\n{"), []byte("\n["), j.opening, []byte("},{")} {
		if len(sign) < 2 || sign[0] == '}' && len(j.opening) > 1 {
			continue
		}
		i := bytes.Index(b, sign)
		if i < 0 {
			continue
		}
		b = b[:min(len(b), i+len(sign))]
		if best = i; sign[0] != '{' {
			best += len(sign) - 1
		}
	}
	return best
}

// opening is how a record begins, up to the end of its first key.
func opening(b []byte) []byte {
	i := bytes.IndexByte(b, ':')
	if i < 0 || i > 100 {
		return nil
	}
	return b[:i+1]
}

// found reads what stands behind damage, where nobody knows how deep it is.
func (j *reader) found(c byte) error {
	path := ""
	if j.last != nil && !j.several {
		path = j.last.name
	}
	switch c {
	case '{':
		if j.several {
			return j.object("")
		}
		return j.record(path)
	case '[':
		return j.row(path)
	case ',', ';', ')', ']', '}':
		j.w.Pos++
		return nil
	}
	s := scan{b: j.w.Ahead(1 << 10)}
	raw, escaped, ok := s.key()
	if !ok || len(raw) > maxName {
		return errLost
	}
	if escaped {
		raw = unescape(nil, raw)
	}
	name := j.o.name(raw)
	j.w.Pos += s.i
	return j.wrapped(parentOf(path), name)
}

// exported tells an element of what phpMyAdmin exports:
//
//	[{"type":"header",..},{"type":"database",..},{"type":"table","name":"users","database":"d","data":[..]}]
func (j *reader) exported() bool {
	b := j.w.Ahead(256)
	for _, kind := range []string{`header","version":`, `database","name":`, `table","name":`} {
		if bytes.HasPrefix(b, []byte(`{"type":"`+kind)) {
			return true
		}
	}
	return false
}

// export reads such an element.
func (j *reader) export() error {
	if !bytes.HasPrefix(j.w.Rest(), []byte(`{"type":"table"`)) {
		return j.skip()
	}
	j.w.Pos++
	name := "table"
	for first := true; ; first = false {
		key, err := j.member(first)
		if err != nil || key == nil {
			return err
		}
		isName := string(key) == "name"
		switch c := j.peek(); {
		case c == '[':
			err = j.array(name)
		case isName && c == '"':
			s := scan{b: j.w.Ahead(2 * maxName)}
			if raw, _, ok := s.quoted(); ok && len(raw) <= maxName {
				name = j.o.name(unescape(nil, raw))
			}
			err = j.skip()
		default:
			err = j.skip()
		}
		if err != nil {
			return err
		}
	}
}

// order reads what goes before a record in the bulk files of Elasticsearch,
// {"index": {"_id": ".."}}, or such a record.
func (j *reader) order() error {
	s := scan{b: j.w.Ahead(lookAhead)}
	if x := s.look(0); !x.ordering() || s.fault != fine {
		return j.record("")
	}
	j.id = nil
	t := &table{o: j.o, index: map[string]int{}, root: &node{}}
	p, f := j.attempt(t, func(p *record) bool { return p.object(t.root) })
	if f != fine {
		return j.skip()
	}
	j.w.Pos = p.i
	for i, name := range t.names {
		if strings.HasSuffix(name, "._id") {
			j.id = bytes.Clone(t.cells[i])
		}
	}
	return nil
}
