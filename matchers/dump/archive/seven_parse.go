package archive

import (
	"encoding/binary"
	"math"
)

// Properties of a 7z header (7-Zip source, DOC/7zFormat.txt).
const (
	k7End = iota
	k7Header
	k7ArchiveProperties
	k7AdditionalStreams
	k7MainStreams
	k7Files
	k7PackInfo
	k7UnpackInfo
	k7SubStreams
	k7Size
	k7CRC
	k7Folder
	k7CodersUnpackSize
	k7NumUnpackStreams
	k7EmptyStream
	k7EmptyFile
	k7Anti
	k7Names
	k7CTime
	k7ATime
	k7MTime
	k7Attributes
	k7Comment
	k7EncodedHeader
)

// maxHeader bounds a 7z header, packed or not, in bytes: a hundred thousand
// entries with long names take a third of it.
const maxHeader = 32 << 20

// maxCoders bounds the steps of unpacking one folder.
const maxCoders = 8

// sevenParser reads a header in memory. After the first thing that is wrong it
// reads zeros, and bad is set.
type sevenParser struct {
	p    []byte
	bad  bool
	most int // entries and folders kept
}

func (s *sevenParser) bytes(n uint64) []byte {
	if n > uint64(len(s.p)) {
		s.bad, s.p = true, nil
		return nil
	}
	out := s.p[:n]
	s.p = s.p[n:]
	return out
}

func (s *sevenParser) byte() byte {
	if b := s.bytes(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (s *sevenParser) uint32() uint32 {
	if b := s.bytes(4); len(b) == 4 {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// number reads 7z's number: the ones that lead the first byte count the bytes
// after it.
func (s *sevenParser) number() uint64 {
	first := s.byte()
	var v uint64
	for i := uint(0); i < 8; i++ {
		mask := byte(0x80) >> i
		if first&mask == 0 {
			return v | uint64(first&(mask-1))<<(8*i)
		}
		v |= uint64(s.byte()) << (8 * i)
	}
	return v
}

// size reads a number that has to fit the sizes of Go.
func (s *sevenParser) size() int64 {
	n := s.number()
	if n > math.MaxInt64 {
		s.bad = true
		return 0
	}
	return int64(n)
}

// count reads a number of things, of which the header holds a byte each at
// least.
func (s *sevenParser) count() int {
	n := s.number()
	if n > uint64(len(s.p))+1 {
		s.bad, s.p = true, nil
		return 0
	}
	return int(n)
}

// bits reads n bits, the highest first. Only the first most are looked at.
func (s *sevenParser) bits(n int) func(int) bool {
	p := s.bytes(uint64(n+7) / 8)
	return func(i int) bool { return i>>3 < len(p) && p[i>>3]&(0x80>>(i&7)) != 0 }
}

// maybeBits reads bits that may be all set.
func (s *sevenParser) maybeBits(n int) func(int) bool {
	if s.byte() != 0 {
		return func(int) bool { return true }
	}
	return s.bits(n)
}

// digests reads checksums and calls each with those that are defined.
func (s *sevenParser) digests(n int, each func(i int, crc uint32)) {
	defined := s.maybeBits(n)
	for i := 0; i < n && !s.bad; i++ {
		if defined(i) {
			each(i, s.uint32())
		}
	}
}

// sevenCoder is a step of unpacking.
type sevenCoder struct {
	id      string
	in, out int
	props   []byte
}

// sevenFolder is a chain of coders with the packed streams it takes.
type sevenFolder struct {
	coders    []sevenCoder
	binds     [][2]int // in, out
	packed    []int    // inputs that are packed streams
	sizes     []int64  // of each output
	crc       uint32
	hasCRC    bool
	firstPack int
	streams   int // files in it
}

// main is the output that is bound to no input: the folder's own.
func (f *sevenFolder) main() int {
	for out := len(f.sizes) - 1; out >= 0; out-- {
		bound := false
		for _, b := range f.binds {
			bound = bound || b[1] == out
		}
		if !bound {
			return out
		}
	}
	return -1
}

func (f *sevenFolder) size() int64 {
	if i := f.main(); i >= 0 {
		return f.sizes[i]
	}
	return 0
}

// sevenStreams is what a header says of the packed bytes.
type sevenStreams struct {
	packOffsets []int64 // where each packed stream begins, and the last ends
	folders     []sevenFolder
	subs        []sevenSub
}

// sevenSub is a file's part of a folder.
type sevenSub struct {
	size   int64
	crc    uint32
	hasCRC bool
}

func (s *sevenParser) streams() (st sevenStreams) {
	for !s.bad {
		switch s.byte() {
		case k7End:
			if st.subs == nil {
				s.wholeFolders(&st)
			}
			return st
		case k7PackInfo:
			s.packInfo(&st)
		case k7UnpackInfo:
			s.unpackInfo(&st)
		case k7SubStreams:
			s.subStreams(&st)
		default:
			s.bad = true
		}
	}
	return st
}

func (s *sevenParser) packInfo(st *sevenStreams) {
	at := s.size() + 32
	n := s.count()
	for !s.bad {
		switch s.byte() {
		case k7End:
			return
		case k7Size:
			st.packOffsets = append(st.packOffsets, at)
			for i := 0; i < n && !s.bad; i++ {
				if at += s.size(); at < 0 {
					s.bad = true
				}
				st.packOffsets = append(st.packOffsets, at)
			}
		case k7CRC:
			s.digests(n, func(int, uint32) {})
		default:
			s.bad = true
		}
	}
}

func (s *sevenParser) unpackInfo(st *sevenStreams) {
	if s.byte() != k7Folder {
		s.bad = true
	}
	n := s.count()
	if s.byte() != 0 || n > s.most { // folders kept elsewhere
		s.bad = true
	}
	pack := 0
	for i := 0; i < n && !s.bad; i++ {
		f := s.folder()
		f.firstPack = pack
		pack += len(f.packed)
		st.folders = append(st.folders, f)
	}
	if s.byte() != k7CodersUnpackSize {
		s.bad = true
	}
	for i := range st.folders {
		f := &st.folders[i]
		for range f.coders {
			f.sizes = append(f.sizes, s.size())
		}
		if f.main() < 0 {
			s.bad = true
		}
	}
	for !s.bad {
		switch s.byte() {
		case k7End:
			return
		case k7CRC:
			s.digests(n, func(i int, crc uint32) { st.folders[i].crc, st.folders[i].hasCRC = crc, true })
		default:
			s.bad = true
		}
	}
}

// folder reads the coders of a folder. Those with several outputs do not exist
// any more.
func (s *sevenParser) folder() (f sevenFolder) {
	n, ins := s.count(), 0
	if n < 1 || n > maxCoders {
		s.bad = true
		return f
	}
	for range n {
		flags := s.byte()
		c := sevenCoder{id: string(s.bytes(uint64(flags & 0xf))), in: 1, out: 1}
		if flags&0x10 != 0 {
			c.in, c.out = s.count(), s.count()
		}
		if flags&0x20 != 0 {
			c.props = s.bytes(s.number())
		}
		if c.out != 1 || c.in < 1 || c.in > maxCoders || flags&0xc0 != 0 {
			s.bad = true
			return f
		}
		ins += c.in
		f.coders = append(f.coders, c)
	}
	bound := make([]bool, ins)
	for range n - 1 {
		in, out := s.number(), s.number()
		if in >= uint64(ins) || out >= uint64(n) || bound[in] {
			s.bad = true
			return f
		}
		bound[in] = true
		f.binds = append(f.binds, [2]int{int(in), int(out)})
	}
	if packs := ins - (n - 1); packs > 1 {
		for range packs {
			f.packed = append(f.packed, int(s.number()))
		}
		return f
	}
	for i, is := range bound {
		if !is {
			f.packed = append(f.packed, i)
		}
	}
	return f
}

// wholeFolders makes every folder one file.
func (s *sevenParser) wholeFolders(st *sevenStreams) {
	for i := range st.folders {
		f := &st.folders[i]
		f.streams = 1
		st.subs = append(st.subs, sevenSub{f.size(), f.crc, f.hasCRC})
	}
}

func (s *sevenParser) subStreams(st *sevenStreams) {
	for i := range st.folders {
		st.folders[i].streams = 1
	}
	id := s.byte()
	total := len(st.folders)
	if id == k7NumUnpackStreams {
		total = 0
		for i := range st.folders {
			n := s.number()
			if n > uint64(len(s.p))+1 || total+int(n) > maxHeader {
				s.bad = true
				return
			}
			st.folders[i].streams = int(n)
			total += int(n)
		}
		id = s.byte()
	}
	if total > s.most { // told by the number of files: more than are read
		total = s.most
	}
	st.subs = make([]sevenSub, 0, total)
	s.subSizes(st, id == k7Size)
	if id == k7Size {
		id = s.byte()
	}
	for ; id != k7End && !s.bad; id = s.byte() {
		if id != k7CRC {
			s.bad = true
			return
		}
		s.subDigests(st)
	}
}

// subSizes reads the sizes of the files in each folder: the last is what the
// others leave.
func (s *sevenParser) subSizes(st *sevenStreams, given bool) {
	for i := range st.folders {
		f := &st.folders[i]
		left := f.size()
		for j := range f.streams {
			size := left
			if j < f.streams-1 {
				if !given {
					s.bad = true
				}
				size = s.size()
			}
			if left -= size; left < 0 {
				s.bad = true
			}
			if s.bad {
				return
			}
			sub := sevenSub{size: size}
			if f.streams == 1 {
				sub.crc, sub.hasCRC = f.crc, f.hasCRC
			}
			if len(st.subs) < s.most {
				st.subs = append(st.subs, sub)
			}
		}
	}
}

// subDigests reads the checksums of the files whose folder's is not theirs.
func (s *sevenParser) subDigests(st *sevenStreams) {
	var index []int32
	n, at := 0, 0
	for _, f := range st.folders {
		if f.streams != 1 || !f.hasCRC {
			n += f.streams
			for j := 0; j < f.streams && at+j < len(st.subs); j++ {
				index = append(index, int32(at+j))
			}
		}
		at += f.streams
	}
	s.digests(n, func(i int, crc uint32) {
		if i < len(index) {
			st.subs[index[i]].crc, st.subs[index[i]].hasCRC = crc, true
		}
	})
}
