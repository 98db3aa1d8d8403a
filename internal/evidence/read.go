package evidence

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The bounds of what a WARC file of any tool may ask for.
const (
	maxHeader = 1 << 20 // bytes of one record's header
	maxFields = 1000
)

// Record is one record as it is read. Block must be read before the next
// record is asked for; what is left of it is skipped.
type Record struct {
	Offset int64 // of the record, or of the gzip member that holds it
	Header Header
	Length int64     // of the block, as the header says
	Block  io.Reader // exactly Length bytes, or an error
	raw    []byte    // the header as it stands, with its empty line
}

// Reader reads the records of a WARC file, plain or compressed as gzip in one
// member a record or in any other way.
type Reader struct {
	in        *counter
	gz        *gzip.Reader
	member    int64         // offset of the gzip member at hand
	br        *bufio.Reader // uncompressed; nil between members
	spare     *bufio.Reader
	inMember  int   // records begun in the member at hand
	used      int64 // of br's bytes, for plain files
	lineStart bool  // in a plain file, resync stands behind a line's end
	zipped    bool
	last      *Record

	arc    int     // fields of a record's line, in an ARC file
	strict *strict // nil: gzip members of any form
	many   bool    // a member holds more than one record
}

// strict tells whether gzip members are those that a memberWriter writes.
type strict struct {
	raw, form hash.Hash
	member    *memberWriter
}

// faultError is a defect of a file at a place.
type faultError struct {
	offset int64
	kind   string
}

func (e *faultError) Error() string { return fmt.Sprintf("offset %d: %s", e.offset, e.kind) }

// NewReader looks at the first bytes to tell plain from compressed.
func NewReader(r io.Reader) *Reader {
	in := &counter{br: bufio.NewReaderSize(r, 16<<10)}
	magic, _ := in.br.Peek(2)
	w := &Reader{in: in, zipped: bytes.Equal(magic, []byte{0x1f, 0x8b}), spare: bufio.NewReaderSize(nil, 16<<10)}
	if !w.zipped {
		w.br = bufio.NewReaderSize(in, 16<<10)
	}
	return w
}

// Next returns the next record, io.EOF at a clean end, or the fault found. After
// a fault in a compressed file reading can go on with the next member.
func (w *Reader) Next() (*Record, error) {
	if err := w.finish(); err != nil {
		return nil, err
	}
	for {
		if w.br == nil {
			if err := w.nextMember(); err != nil {
				return nil, err
			}
		}
		b, err := w.br.Peek(1)
		if err == io.EOF && w.zipped && len(b) == 0 {
			if err := w.endMember(); err != nil {
				return nil, err
			}
			continue
		}
		if err == io.EOF {
			return nil, io.EOF
		}
		if err != nil {
			return nil, w.fault("gzip")
		}
		return w.record()
	}
}

// Taken is how many bytes of the file have been taken: its length, once Next has
// returned io.EOF.
func (w *Reader) Taken() int64 {
	if w.zipped {
		return w.in.n
	}
	return w.used
}

// finish skips what is left of the last record and asks for its end.
func (w *Reader) finish() error {
	r := w.last
	w.last = nil
	if r == nil {
		return nil
	}
	if _, err := io.Copy(io.Discard, r.Block); err != nil {
		return w.blockFault(r, err)
	}
	if w.arc > 0 {
		w.arcEnd()
		return nil
	}
	var end [4]byte
	n, err := io.ReadFull(w.br, end[:])
	w.used += int64(n)
	if err != nil || string(end[:]) != "\r\n\r\n" {
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return w.faultAt(r.Offset, "gzip")
		}
		return w.faultAt(r.Offset, "record-end")
	}
	return nil
}

func (w *Reader) blockFault(r *Record, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return w.faultAt(r.Offset, "length")
	}
	return w.faultAt(r.Offset, "gzip")
}

func (w *Reader) nextMember() error {
	if _, err := w.in.br.Peek(1); err == io.EOF {
		return io.EOF
	}
	w.member = w.in.n
	var err error
	if w.in.sum = nil; w.strict != nil {
		w.strict.raw.Reset()
		w.in.sum, w.in.held = w.strict.raw, w.in.held[:0]
	}
	if w.gz == nil {
		w.gz, err = gzip.NewReader(w.in)
	} else {
		err = w.gz.Reset(w.in)
	}
	if err != nil {
		return w.fault("gzip")
	}
	w.gz.Multistream(false)
	w.br = w.spare
	w.inMember = 0
	if w.strict == nil {
		w.spare.Reset(w.gz)
		return nil
	}
	w.strict.form.Reset()
	w.strict.member.reset(w.strict.form)
	w.spare.Reset(io.TeeReader(w.gz, w.strict.member))
	return nil
}

// endMember is called where a member's checksum was right.
func (w *Reader) endMember() error {
	w.br = nil
	if w.strict == nil {
		return nil
	}
	w.in.flush()
	if err := w.strict.member.Close(); err != nil || !bytes.Equal(w.strict.raw.Sum(nil), w.strict.form.Sum(nil)) {
		return w.fault("gzip-form")
	}
	return nil
}

// resync looks for the next record after a fault and tells whether there is
// one: the next gzip member, or in a plain file the next line that begins like
// a record.
func (w *Reader) resync() bool {
	w.last = nil
	if !w.zipped {
		return w.resyncPlain()
	}
	w.br = nil
	for {
		b, err := w.in.br.Peek(4)
		if err != nil && len(b) < 4 {
			return false
		}
		if b[0] == 0x1f && b[1] == 0x8b && b[2] == 8 && b[3] < 0x20 {
			return true
		}
		if _, err := w.in.ReadByte(); err != nil {
			return false
		}
	}
}

func (w *Reader) resyncPlain() bool {
	for {
		if b, _ := w.br.Peek(5); string(b) == "WARC/" && w.lineStart {
			return true
		}
		line, err := w.br.ReadSlice('\n')
		w.used += int64(len(line))
		w.lineStart = err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return false
		}
	}
}

// record reads a header; the stream stands at its first byte.
func (w *Reader) record() (*Record, error) {
	r := &Record{Offset: w.offset()}
	w.lineStart = false
	if w.inMember++; w.zipped && w.inMember > 1 {
		w.many = true
	}
	line, err := w.line(r)
	if err != nil {
		return nil, err
	}
	if w.arc > 0 || r.Offset == 0 && strings.HasPrefix(line, "filedesc://") {
		return w.arcRecord(r, line)
	}
	if !slices.Contains(versions(), line) {
		return nil, w.faultAt(r.Offset, "version")
	}
	for {
		line, err := w.line(r)
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		if (line[0] == ' ' || line[0] == '\t') && len(r.Header) > 0 { // folded
			r.Header[len(r.Header)-1].Value += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsFunc(line, control) || len(r.Header) >= maxFields {
			return nil, w.faultAt(r.Offset, "header")
		}
		r.Header = append(r.Header, Field{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
	if n := bytes.Count(r.raw, []byte("\r\n")); n > 0 && n != bytes.Count(r.raw, []byte("\n")) {
		return nil, w.faultAt(r.Offset, "header") // lines that end in two ways
	}
	r.Length, err = strconv.ParseInt(r.Header.Value("Content-Length"), 10, 64)
	if err != nil || r.Length < 0 {
		return nil, w.faultAt(r.Offset, "content-length")
	}
	w.begin(r)
	return r, nil
}

// begin makes a record's block readable.
func (w *Reader) begin(r *Record) {
	r.Block = blockReader{w, &io.LimitedReader{R: w.br, N: r.Length}}
	w.last = r
}

// versions are the first lines of a record: the standard's, and those of the
// drafts that archives still hold.
func versions() []string {
	return []string{"WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17", "WARC/0.16"}
}

func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// line reads one header line, without its CRLF.
func (w *Reader) line(r *Record) (string, error) {
	var b []byte
	for {
		part, err := w.br.ReadSlice('\n')
		b = append(b, part...)
		w.used += int64(len(part))
		if len(r.raw)+len(b) > maxHeader {
			return "", w.faultAt(r.Offset, "header")
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == io.EOF {
			return "", w.faultAt(r.Offset, "header")
		}
		if err != nil {
			return "", w.faultAt(r.Offset, "gzip")
		}
		r.raw = append(r.raw, b...)
		return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), nil
	}
}

func (w *Reader) offset() int64 {
	if w.zipped {
		return w.member
	}
	return w.used
}

func (w *Reader) fault(kind string) error { return w.faultAt(w.offset(), kind) }

func (w *Reader) faultAt(offset int64, kind string) error {
	w.last = nil
	return &faultError{offset, kind}
}

// blockReader counts, and makes an early end an error.
type blockReader struct {
	w *Reader
	r *io.LimitedReader
}

func (b blockReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.w.used += int64(n)
	if err == io.EOF && b.r.N > 0 {
		return n, io.ErrUnexpectedEOF
	}
	return n, err
}

// counter counts the compressed bytes taken; gzip takes no more than it needs
// from an io.ByteReader.
type counter struct {
	br   *bufio.Reader
	n    int64
	sum  hash.Hash // of what was taken, if not nil
	held []byte    // taken a byte at a time and not hashed yet
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.br.Read(p)
	c.n += int64(n)
	if c.sum != nil {
		c.flush()
		_, _ = c.sum.Write(p[:n])
	}
	return n, err
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.br.ReadByte()
	if err != nil {
		return b, err
	}
	c.n++
	if c.sum != nil {
		if c.held = append(c.held, b); len(c.held) == 4<<10 {
			c.flush()
		}
	}
	return b, nil
}

func (c *counter) flush() {
	_, _ = c.sum.Write(c.held)
	c.held = c.held[:0]
}
