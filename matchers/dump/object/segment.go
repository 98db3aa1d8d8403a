package object

import (
	"bytes"
	"context"
	"strconv"

	"vigie/matchers/dump"
)

// segmentFormat reads messages of segments: HL7 v2, what hospitals' systems tell
// each other, and UN/EDIFACT (ISO 9735). A segment has a name and fields, a field
// may have components. A message is a row, whose columns are called as the
// standards call them: PID-5.1 is the surname of a patient. Fields that have no
// component in the beginning of a file are one value: PID-7.
type segmentFormat struct{ hl7 bool }

func (s segmentFormat) Name() string {
	if s.hl7 {
		return "hl7"
	}
	return "edifact"
}

// syntax is how a file parts what it holds.
type syntax struct {
	first                      string // the segment that begins a message
	ends                       string
	field, part, again, escape byte
}

// syntaxOf reads it off the beginning of a file.
func (s segmentFormat) syntaxOf(b []byte) (syntax, bool) {
	b = bytes.TrimLeft(b, "\x0b \r\n") // of the protocol that carries HL7
	if s.hl7 {
		if i := bytes.Index(b[:min(len(b), 4096)], []byte("MSH|")); i > 0 && (bytes.HasPrefix(b, []byte("FHS|")) || bytes.HasPrefix(b, []byte("BHS|"))) {
			b = b[i:]
		}
		if len(b) < 9 || string(b[:3]) != "MSH" || isWord(b[3]) || b[8] != b[3] && b[7] != b[3] {
			return syntax{}, false
		}
		return syntax{"MSH", "\r\n", b[3], b[4], b[5], b[6]}, true
	}
	x := syntax{"UNH", "'", '+', ':', '*', '?'}
	if len(b) > 9 && string(b[:3]) == "UNA" {
		x.part, x.field, x.escape, x.ends = b[3], b[4], b[6], string(b[8:9])
		b = bytes.TrimLeft(b[9:], "\r\n ")
	}
	return x, len(b) > 8 && string(b[:3]) == "UNB" && b[3] == x.field && !isWord(x.ends[0])
}

func isWord(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c <= ' ' }

func (s segmentFormat) Sniff(f *dump.File) float64 {
	b, _ := beginning(f)
	if _, ok := s.syntaxOf(b); ok {
		return 0.97
	}
	return 0
}

func (s segmentFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	w, o := open(ctx, f, v, windowStart)
	x, ok := s.syntaxOf(w.Rest())
	if !ok {
		return dump.Refuse(dump.CodeDamaged, "its first segment is not as its standard has it")
	}
	l := &segmentLines{w: w, ends: x.ends}
	if !s.hl7 {
		l.release = x.escape
	}
	m := &message{syntax: x, hl7: s.hl7, whole: o.table(""), parted: map[string]bool{}}
	m.t = m.whole
	m.look(w.Rest()[:min(len(w.Rest()), sniffed)])
	if !s.hl7 {
		m.leads(w.Rest()[:min(len(w.Rest()), sniffed)])
	}
	for {
		segment, big, ok := l.next()
		if !ok {
			break
		}
		if big {
			m.t.bad = dump.CodeTooLarge
		} else if err := m.take(segment); err != nil {
			return err
		}
	}
	if err := m.t.give(); err != nil {
		return err
	}
	return w.Err
}

// message is the message that is read.
type message struct {
	syntax
	hl7    bool
	t      *table          // whose row is filled
	whole  *table          // of messages
	parted map[string]bool // fields that have components
	leader string          // the segment that begins a group, each of which is a row
	group  *table          // of these
	size   int
}

// leastGroups is how many groups a message has to hold for each to be a row.
const leastGroups = 3

// look finds out which fields have components.
func (m *message) look(b []byte) {
	for len(b) > 0 {
		var segment []byte
		if m.hl7 {
			i := bytes.IndexAny(b, m.ends)
			if i < 0 {
				return
			}
			segment, b = b[:i], b[i+1:]
		} else {
			segment, b, _ = m.cut(b, m.ends[0])
		}
		m.fields(segment, func(name string, value []byte) {
			if bytes.IndexByte(value, m.part) >= 0 && len(m.parted) < maxColumns {
				m.parted[name] = true
			}
		})
	}
}

// leads finds the segment that begins the groups of a message: NAD+FL for each of
// those on board. It is the first that comes again and again before the message ends.
func (m *message) leads(b []byte) {
	times, order := map[string]int{}, []string(nil)
	for rest := b; len(rest) > 0 && m.leader == ""; {
		var segment []byte
		segment, rest, _ = m.cut(rest, m.ends[0])
		name := m.nameOf(segment)
		if name == m.first {
			clear(times)
			order = order[:0]
			continue
		}
		if times[name]++; times[name] == 1 && len(order) < maxColumns {
			order = append(order, name)
		}
		if times[name] < leastGroups {
			continue
		}
		for _, first := range order {
			if times[first] > 1 {
				m.leader = first
				break
			}
		}
	}
}

// nameOf is the name of a segment and what it is about: NAD.FL.
func (m *message) nameOf(segment []byte) string {
	tag, rest, _ := m.cut(bytes.Trim(segment, "\r\n "), m.field)
	about, _, _ := m.cut(rest, m.field)
	about, _, _ = m.cut(about, m.part)
	return string(tag) + "." + string(about)
}

// fields gives each field of a segment that has a value, by its name.
func (m *message) fields(segment []byte, give func(name string, value []byte)) {
	segment = bytes.Trim(segment, "\r\n \x0b\x1c")
	tag, rest, _ := m.cut(segment, m.field)
	if len(tag) != 3 || !isWord(tag[0]) || !isWord(tag[2]) {
		return
	}
	name, n := string(tag), 1
	if m.hl7 && (name == "MSH" || name == "FHS" || name == "BHS") {
		_, rest, _ = m.cut(rest, m.field) // the delimiters themselves
		n = 3
	}
	for first := true; rest != nil; n++ {
		var v []byte
		v, rest, _ = m.cut(rest, m.field)
		if first && !m.hl7 {
			about, rest, _ := m.cut(v, m.part)
			if n := len(about); n > 0 && n <= 3 && (n > 1 || rest != nil) && isWord(about[0]) && isWord(about[n-1]) {
				name += "." + string(about) // who or what it is about: NAD+BY, DTM+137:20240102
			}
		}
		if first = false; len(v) > 0 && !bytes.Equal(v, []byte(`""`)) {
			give(name+"-"+strconv.Itoa(n), v)
		}
	}
}

// closesGroups tells the segments that end a message, a group of messages or a file,
// and those that count what was in it.
func closesGroups(name string) bool {
	switch name[:min(len(name), 3)] {
	case "UNT", "UNE", "UNZ", "CNT", "UNS":
		return true
	}
	return false
}

// cut cuts at a byte that is not released by another. rest is nil at the end.
func (m *message) cut(b []byte, at byte) (value, rest []byte, found bool) {
	if m.hl7 {
		return bytes.Cut(b, []byte{at})
	}
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case m.escape:
			i++
		case at:
			return b[:i], b[i+1:], true
		}
	}
	return b, nil, false
}

// take puts the fields of a segment into the row of its message.
func (m *message) take(segment []byte) error {
	if bytes.HasPrefix(bytes.TrimLeft(segment, "\r\n \x0b\x1c"), []byte(m.first)) {
		if err := m.t.give(); err != nil {
			return err
		}
		m.t, m.size = m.whole, 0
	}
	if m.leader != "" {
		switch name := m.nameOf(segment); {
		case name == m.leader:
			if err := m.t.give(); err != nil {
				return err
			}
			if m.group == nil {
				m.group = m.whole.o.table(m.leader)
			}
			m.t, m.size = m.group, 0
		case m.t == m.group && closesGroups(name):
			if err := m.t.give(); err != nil {
				return err
			}
			m.t, m.size = m.whole, 0
		}
	}
	if m.size += len(segment); m.size > maxRecord {
		m.t.bad = dump.CodeTooLarge
		return nil
	}
	m.fields(segment, m.put)
	return nil
}

// put puts a field, which may come several times and have components.
func (m *message) put(name string, value []byte) {
	for value != nil && m.t.bad == "" {
		one := value
		if m.hl7 && m.again != m.escape {
			one, value, _ = m.cut(value, m.again)
		} else {
			value = nil
		}
		if !m.parted[name] {
			m.keep(name, one)
			continue
		}
		for n := 1; one != nil; n++ {
			var part []byte
			if part, one, _ = m.cut(one, m.part); len(part) > 0 {
				m.keep(name+"."+strconv.Itoa(n), part)
			}
		}
	}
}

func (m *message) keep(name string, value []byte) {
	m.t.put(m.t.column(name), m.plain(value))
}

// plain is a value without what releases or replaces characters.
func (m *message) plain(v []byte) []byte {
	from := len(m.t.arena)
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c != m.escape:
			m.t.arena = append(m.t.arena, c)
		case !m.hl7:
			if i++; i < len(v) {
				m.t.arena = append(m.t.arena, v[i])
			}
		case i+2 < len(v) && v[i+2] == m.escape && bytes.IndexByte([]byte("FSTRE"), v[i+1]) >= 0:
			m.t.arena = append(m.t.arena, map[byte]byte{'F': m.field, 'S': m.part, 'T': '&', 'R': m.again, 'E': m.escape}[v[i+1]])
			i += 2
		default:
			m.t.arena = append(m.t.arena, c)
		}
	}
	return m.t.arena[from:len(m.t.arena):len(m.t.arena)]
}
