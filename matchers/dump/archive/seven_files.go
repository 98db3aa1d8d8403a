package archive

import (
	"encoding/binary"
	"unicode/utf16"

	"vigie/matchers/dump"
)

// sevenFiles is the list of files, kept as the header has it.
type sevenFiles struct {
	n          int
	names      []byte // UTF-16LE, each ended by a zero
	attributes []byte
	empty      func(int) bool // has no stream
	emptyFile  func(int) bool // of those without: a file, not a directory
	hasAttr    func(int) bool
}

func (s *sevenParser) files() sevenFiles {
	no := func(int) bool { return false }
	f := sevenFiles{n: s.count(), empty: no, emptyFile: no, hasAttr: no}
	empties := 0
	for !s.bad {
		property := s.byte()
		if property == k7End {
			return f
		}
		in := sevenParser{p: s.bytes(s.number())}
		switch property {
		case k7EmptyStream:
			f.empty = in.bits(f.n)
			for i := range f.n {
				if f.empty(i) {
					empties++
				}
			}
		case k7EmptyFile:
			f.emptyFile = in.bits(empties)
		case k7Names:
			in.bad = in.bad || in.byte() != 0
			f.names = in.p
		case k7Attributes:
			f.hasAttr = in.maybeBits(f.n)
			in.bad = in.bad || in.byte() != 0
			f.attributes = in.p
		}
		s.bad = s.bad || in.bad
	}
	return f
}

// name takes the next name.
func (f *sevenFiles) name() string {
	var units []uint16
	for len(f.names) >= 2 {
		u := binary.LittleEndian.Uint16(f.names)
		f.names = f.names[2:]
		if u == 0 {
			break
		}
		if len(units) < 8*maxName {
			units = append(units, u)
		}
	}
	return string(utf16.Decode(units))
}

// attribute takes the next attributes, of file i.
func (f *sevenFiles) attribute(i int) uint32 {
	if !f.hasAttr(i) || len(f.attributes) < 4 {
		return 0
	}
	a := binary.LittleEndian.Uint32(f.attributes)
	f.attributes = f.attributes[4:]
	return a
}

// header reads a whole header.
func (s *sevenParser) header() (st sevenStreams, f sevenFiles, err error) {
	for !s.bad {
		switch s.byte() {
		case k7End:
			return st, f, nil
		case k7ArchiveProperties:
			for !s.bad && s.byte() != k7End {
				s.bytes(s.number())
			}
		case k7AdditionalStreams:
			return st, f, refused(dump.CodeNoReader)
		case k7MainStreams:
			st = s.streams()
		case k7Files:
			f = s.files()
		default:
			s.bad = true
		}
	}
	return st, f, errDamaged
}
