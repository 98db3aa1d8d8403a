package object

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// Ways to leave the middle of a value.
var (
	errEnd  = errors.New("object: the file ends")
	errLost = errors.New("object: not where it seemed to be")
)

// reader walks through JSON and gives what is a table.
type reader struct {
	w       *window.Window
	o       *output
	known   map[string]class // by path
	first   class            // of the values of the file
	several bool             // they stand behind each other
	lines   bool             // each is on a line of its own
	relaxed bool
	told    bool // running text was
	depth   int
	key     []byte   // of the map's member that is read, nil outside of maps
	id      []byte   // that an order of Elasticsearch gave to the next record
	heads   []string // names of columns that stand beside rows
	last    *table
	lost    bool   // the file is damaged: records are read wherever they seem to begin
	opening []byte // how the last record begins, to find the next one behind damage
	rec     record
	again   int // bytes looked at again because of damage
}

// peek returns the next byte that is no space, 0 at the end.
func (j *reader) peek() byte {
	for {
		s := scan{b: j.w.Buf, i: j.w.Pos}
		c := s.peek()
		j.relaxed = j.relaxed || s.relaxed
		j.w.Pos = s.i
		switch {
		case c != 0:
			return c
		case s.fault == broken:
			return '/'
		case j.w.More():
		case j.w.Last:
			return 0
		default:
			j.w.Pos = len(j.w.Buf) // a comment larger than a record
		}
	}
}

// values reads the values of the file.
func (j *reader) values() error {
	for {
		err := j.value(j.peek())
		if errors.Is(err, errLost) {
			err = j.resume()
		}
		if err != nil {
			return err
		}
	}
}

func (j *reader) value(c byte) error {
	switch {
	case c == 0:
		return errEnd
	case j.lost:
		return j.found(c)
	case c == ',' || c == ';' || c == ')':
		j.w.Pos++
		return nil
	case c != '{' && c != '[':
		return errLost
	}
	if j.first == unknown {
		j.decide()
	}
	switch {
	case c == '[' && j.first == isRow:
		return j.row("")
	case c == '[':
		return j.array("")
	case j.first == isOrder:
		return j.order()
	case j.first == isRecord:
		return j.record("")
	}
	return j.object("")
}

// decide says what the first value is, and whether it is the only one.
func (j *reader) decide() {
	s := &scan{b: j.w.Ahead(lookAhead)}
	x := s.look(0)
	if s.fault == fine {
		end := s.i
		c := s.peek()
		if c == ',' {
			s.i++
			c = s.peek()
		}
		j.several = c == x.kind
		j.lines = j.several && bytes.IndexByte(s.b[:end], '\n') < 0 && bytes.IndexByte(s.b[end:s.i], '\n') >= 0
	}
	switch {
	case x.kind == '[' && j.several && !x.table:
		j.first = isRow
	case x.kind == '[':
		j.first = isWrapper
	default:
		j.first = x.classify(j.several)
		j.known[""] = j.first
	}
}

// class says what the object that comes next is.
func (j *reader) class(path string) class {
	if c := j.known[path]; c != unknown {
		return c
	}
	if len(j.known) > 4*maxTables || j.depth > maxWrapped {
		return isRecord
	}
	s := &scan{b: j.w.Ahead(lookAhead)}
	c := s.look(0).classify(false)
	j.known[path] = c
	return c
}

// object reads an object that is no part of a record.
func (j *reader) object(path string) error {
	switch j.class(path) {
	case isWrapper, isMap:
		return j.members(path)
	}
	return j.record(path)
}

// members reads the members of a wrapper or of a map.
func (j *reader) members(path string) error {
	if j.depth++; j.depth > maxNesting {
		return dump.Refuse(dump.CodeTooDeep, "its objects are nested too deep")
	}
	outer, heads := j.key, j.heads
	defer func() { j.key, j.heads = outer, heads; j.depth-- }()
	j.w.Pos++
	j.heads = nil
	mapped := j.known[path] == isMap
	for first := true; ; first = false {
		key, err := j.member(first)
		if err != nil || key == nil {
			return err
		}
		if mapped {
			j.key = slices.Clone(key)
			err = j.entry(path)
		} else {
			err = j.wrapped(path, j.o.name(key[:min(len(key), maxName)]))
		}
		if err != nil {
			return err
		}
	}
}

// entry reads a member of a map.
func (j *reader) entry(path string) error {
	switch j.peek() {
	case '{':
		return j.record(path)
	case '[':
		return j.array(path)
	case 0:
		return j.cut()
	}
	return j.scalar(path, true)
}

// wrapped reads a member of a wrapper.
func (j *reader) wrapped(path, key string) error {
	at := join(path, key)
	switch j.peek() {
	case '{':
		if j.class(at) == isRecord {
			return j.aside(at, key)
		}
		return j.object(at)
	case '[':
		if isHeads(key) && j.names() {
			return nil
		}
		return j.array(at)
	case 0:
		return j.cut()
	}
	return j.scalar(at, false)
}

// member goes to the next member of an object and takes its key, nil at the
// end.
func (j *reader) member(first bool) (key []byte, err error) {
	for {
		s := scan{b: j.w.Buf, i: j.w.Pos}
		if !s.next('}', first) && s.fault == fine {
			j.w.Pos = s.i
			return nil, nil
		}
		if raw, escaped, ok := s.key(); ok {
			j.relaxed = j.relaxed || s.relaxed
			j.w.Pos = s.i
			if escaped {
				return unescape([]byte{}, raw), nil
			}
			return raw, nil
		}
		switch {
		case s.fault == short && j.w.More():
		case s.fault == short && j.w.Last:
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

// array reads an array that is no part of a record: a table.
func (j *reader) array(path string) error {
	if j.depth++; j.depth > maxNesting {
		return dump.Refuse(dump.CodeTooDeep, "its arrays are nested too deep")
	}
	defer func() { j.depth-- }()
	j.w.Pos++
	for first := true; ; first = false {
		c := j.peek()
		if c == ',' && !first {
			j.w.Pos++
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
			j.w.Pos++
			return nil
		case '{':
			if path == "" && j.exported() {
				err = j.export()
			} else {
				err = j.record(path)
			}
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

// skip passes over a value of any size.
func (j *reader) skip() error {
	depth, quote, escaped := 0, byte(0), false
	for {
		for i, c := range j.w.Rest() {
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
			if depth == 0 && c != ',' { // a number ends before what follows it
				i++
			}
			j.w.Pos += i
			return nil
		}
		if !j.w.Next() {
			return j.cut()
		}
	}
}

// cut says that the file ends before its end.
func (j *reader) cut() error {
	j.w.Pos = len(j.w.Buf)
	if j.w.Err == nil {
		j.o.warn(dump.CodeCut)
	}
	return errEnd
}

// parentOf is the path of the wrapper around a path.
func parentOf(path string) string {
	return path[:max(0, strings.LastIndexByte(path, '.'))]
}
