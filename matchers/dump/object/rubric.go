package object

import (
	"bytes"
	"context"

	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// rubricFormat reads the social declarations of French employers: DSN, and the
// DADS-U and N4DS before it (net-entreprises.fr, Cahier technique de la DSN). A
// line is a rubric and its value, S21.G00.30.002,'DURAND'; the rubrics of a
// person follow each other, that person's contracts and pay behind them.
type rubricFormat struct{}

func (rubricFormat) Name() string { return "dsn" }

// rubricSize is the length of S21.G00.30.002.
const rubricSize = 14

// Sniff looks for rubrics in all of the first lines.
func (rubricFormat) Sniff(f *dump.File) float64 {
	b, _ := beginning(f)
	for n := range 20 {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		if len(rest) == 0 && n > 1 {
			return 0.97
		}
		if _, _, ok := rubricOf(line); !ok {
			return 0
		}
		b = rest
	}
	return 0.97
}

// rubricOf cuts a line into its rubric and its value.
func rubricOf(line []byte) (name, value []byte, ok bool) {
	line = bytes.TrimRight(line, "\r ")
	if len(line) < rubricSize+3 || !dump.IsRubric(string(line[:rubricSize])) {
		return nil, nil, false
	}
	name, value = line[:rubricSize], line[rubricSize:]
	if value[0] != ',' || value[1] != '\'' || value[len(value)-1] != '\'' {
		return nil, nil, false
	}
	return name, value[2 : len(value)-1], true
}

// Blocks of rubrics of a person, and how those begin that end what is said of one.
var (
	personBlocks = []string{"S21.G00.30", "S30.G01.00"}
	closing      = []string{"S10.", "S20.", "S21.G00.0", "S21.G00.1", "S21.G00.2", "S21.G00.8", "S21.G00.9", "S80.", "S89.", "S90."}
)

func (rubricFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	w, o := open(ctx, f, v, windowStart)
	d := &declaration{heads: o.table("declaration"), people: o.table("people")}
	l := &lines{w: w}
	for {
		line, big, ok := l.next()
		if !ok {
			break
		}
		name, value, ok := rubricOf(line)
		switch {
		case big:
			d.to().bad = dump.CodeTooLarge
		case ok:
			if err := d.take(name, value); err != nil {
				return err
			}
		case len(bytes.TrimSpace(line)) > 0:
			if err := o.text("", "", line); err != nil {
				return err
			}
		}
	}
	if err := d.people.give(); err != nil {
		return err
	}
	if err := d.heads.give(); err != nil {
		return err
	}
	return w.Err
}

// declaration is what is read of one: a row for each person, and one for what is
// said of the employer and of who sent it.
type declaration struct {
	heads, people *table
	within        bool // a person's rubrics
	size          int  // bytes of the row
	last          string
}

func (d *declaration) to() *table {
	if d.within {
		return d.people
	}
	return d.heads
}

// take puts a rubric into its row. A person begins where the block of persons
// does, or begins again.
func (d *declaration) take(name, value []byte) error {
	rubric := string(name)
	switch {
	case hasAny(rubric, personBlocks):
		if !d.within || !hasAny(d.last, personBlocks) || rubric <= d.last {
			if err := d.people.give(); err != nil {
				return err
			}
			d.within, d.size = true, 0
		}
	case hasAny(rubric, closing):
		if d.within {
			if err := d.people.give(); err != nil {
				return err
			}
			d.within, d.size = false, 0
		}
		if rubric < "S20." && d.last >= "S20." {
			if err := d.heads.give(); err != nil {
				return err
			}
			d.size = 0
		}
	}
	d.last = rubric
	t := d.to()
	if d.size += len(value); d.size > maxRecord {
		t.bad = dump.CodeTooLarge
		return nil
	}
	t.put(t.column(rubric), t.keep(value))
	return nil
}

func hasAny(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if len(s) >= len(p) && s[:len(p)] == p {
			return true
		}
	}
	return false
}

// segmentLines reads what ends with one of some bytes, and is not the rest of a
// character that another byte releases.
type segmentLines struct {
	w       *window.Window
	ends    string
	release byte
}

// next returns a segment, which holds until the next call. One larger than a
// record is passed over and told by big.
func (s *segmentLines) next() (segment []byte, big, ok bool) {
	for from := 0; ; {
		b := s.w.Rest()
		end := s.find(b, from)
		switch {
		case end >= 0:
			s.w.Pos += end + 1
			return b[:end], big, true
		case s.w.More():
			from = max(0, len(b)-1)
			if s.release != 0 {
				from = 0
			}
		case s.w.Last:
			s.w.Pos = len(s.w.Buf)
			return b, big, len(b) > 0
		default:
			big, from = true, 0
			s.w.Pos = len(s.w.Buf)
		}
	}
}

func (s *segmentLines) find(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		switch {
		case s.release != 0 && b[i] == s.release:
			i++
		case b[i] == s.ends[0] || len(s.ends) > 1 && b[i] == s.ends[1]:
			return i
		}
	}
	return -1
}
