package document

import (
	"bufio"
	"compress/flate"
	"compress/lzw"
	"errors"
	"io"

	tiff "golang.org/x/image/tiff/lzw"
)

// errPicture is for streams whose filters give pictures.
var errPicture = errors.New("pdf: a picture")

// unpack undoes a stream's encryption and filters (ISO 32000-1 section 7.4). The
// reader ends early where the stream is damaged.
func (d *pdfFile) unpack(s *pdfStream) (io.Reader, error) {
	if d.budget -= 4 << 10; d.budget < 0 { // a stream costs, however short
		return nil, errBudget
	}
	r := io.Reader(io.NewSectionReader(s.raw, 0, s.raw.Size()))
	if d.crypt != nil && !s.plain && s.dict["Type"] != pdfName("XRef") {
		r = d.crypt.stream(r, s)
	}
	filters, params := d.list(s.dict, "Filter", "F"), d.list(s.dict, "DecodeParms", "DP")
	if len(filters) > 8 {
		return nil, errDamaged
	}
	for i, f := range filters {
		var p pdfDict
		if i < len(params) {
			p = d.dict(params[i])
		}
		name, _ := d.resolve(f).(pdfName)
		var err error
		if r, err = d.filter(r, string(name), p); err != nil {
			return nil, err
		}
	}
	return &metered{r: r, d: d, left: MaxInflated}, nil
}

// list is a value that may be one or several.
func (d *pdfFile) list(dict pdfDict, keys ...string) pdfArray {
	for _, key := range keys {
		switch v := d.resolve(dict[key]).(type) {
		case nil:
		case pdfArray:
			return v
		case pdfString: // F may name a file outside, which is not read
		default:
			return pdfArray{v}
		}
	}
	return nil
}

func (d *pdfFile) filter(r io.Reader, name string, p pdfDict) (io.Reader, error) {
	switch name {
	case "FlateDecode", "Fl":
		return d.predictor(d.inflate(r), p), nil
	case "LZWDecode", "LZW":
		if n, ok := d.number(p["EarlyChange"]); ok && n == 0 {
			return d.predictor(lzw.NewReader(r, lzw.MSB, 8), p), nil
		}
		return d.predictor(tiff.NewReader(r, tiff.MSB, 8), p), nil
	case "ASCIIHexDecode", "AHx":
		return &hexReader{r: bufio.NewReader(r)}, nil
	case "ASCII85Decode", "A85":
		return &ascii85Reader{r: bufio.NewReader(r)}, nil
	case "RunLengthDecode", "RL":
		return &runReader{r: bufio.NewReader(r)}, nil
	case "Crypt":
		return r, nil
	}
	return nil, errPicture
}

// An inflater undoes deflate and goes back to its file when it is done: pages
// have a stream or more each, and its tables are large.
type inflater struct {
	d     *pdfFile
	buf   *bufio.Reader
	flate io.ReadCloser
	err   error
}

const maxSpare = 8

func (d *pdfFile) inflate(r io.Reader) *inflater {
	z := &inflater{d: d}
	if n := len(d.spare); n > 0 {
		*z = d.spare[n-1]
		d.spare = d.spare[:n-1]
		z.buf.Reset(r)
	} else {
		z.buf = bufio.NewReader(r)
	}
	if head, _ := z.buf.Peek(2); len(head) == 2 && head[0]&15 == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		_, _ = z.buf.Discard(2) // they were peeked at
	}
	if z.flate == nil {
		z.flate = flate.NewReader(z.buf)
	} else if err := z.flate.(flate.Resetter).Reset(z.buf, nil); err != nil {
		z.err = err
	}
	return z
}

func (z *inflater) Read(p []byte) (int, error) {
	if z.err != nil {
		return 0, z.err
	}
	n, err := z.flate.Read(p)
	if z.err = err; err != nil && len(z.d.spare) < maxSpare {
		z.d.spare = append(z.d.spare, inflater{d: z.d, buf: z.buf, flate: z.flate})
		z.buf, z.flate = nil, nil
	}
	return n, err
}

// metered counts what comes out of streams.
type metered struct {
	r    io.Reader
	d    *pdfFile
	left int64
}

func (m *metered) Read(p []byte) (int, error) {
	if err := m.d.ctx.Err(); err != nil {
		return 0, err
	}
	if m.left <= 0 || m.d.budget <= 0 {
		return 0, errBudget
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	m.d.budget -= int64(n)
	if err != nil && err != io.EOF {
		m.d.warn(WarnDamaged)
		err = io.EOF
	}
	return n, err
}

type hexReader struct{ r *bufio.Reader }

func (h *hexReader) Read(p []byte) (int, error) {
	for n := range p {
		v, digits := 0, 0
		for digits < 2 {
			c, err := h.r.ReadByte()
			if err != nil || c == '>' {
				if digits == 0 {
					return n, io.EOF
				}
				v <<= 4
				break
			}
			if x := unhex(c); x >= 0 {
				v, digits = v<<4|x, digits+1
			}
		}
		p[n] = byte(v)
	}
	return len(p), nil
}

// ascii85Reader decodes base 85 (section 7.4.3).
type ascii85Reader struct {
	r    *bufio.Reader
	out  []byte
	buf  [4]byte
	done bool
}

func (a *ascii85Reader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(a.out) == 0 && !a.group() {
			break
		}
		k := copy(p[n:], a.out)
		a.out, n = a.out[k:], n+k
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (a *ascii85Reader) group() bool {
	var v uint32
	n := 0
	for n < 5 && !a.done {
		c, err := a.r.ReadByte()
		switch {
		case err != nil || c == '~':
			a.done = true
		case c == 'z' && n == 0:
			a.buf = [4]byte{}
			a.out = a.buf[:]
			return true
		case c >= '!' && c <= 'u':
			v = v*85 + uint32(c-'!')
			n++
		}
	}
	if n < 2 {
		return false
	}
	for i := n; i < 5; i++ {
		v = v*85 + 84
	}
	a.buf = [4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
	a.out = a.buf[:n-1]
	return true
}

// runReader undoes run lengths (section 7.4.5).
type runReader struct {
	r      *bufio.Reader
	left   int
	repeat bool
	c      byte
}

func (a *runReader) Read(p []byte) (int, error) {
	for n := range p {
		if a.left == 0 {
			c, err := a.r.ReadByte()
			if err != nil || c == 128 {
				return n, io.EOF
			}
			a.left, a.repeat = int(c)+1, false
			if c > 128 {
				a.left, a.repeat = 257-int(c), true
				if a.c, err = a.r.ReadByte(); err != nil {
					return n, io.EOF
				}
			}
		}
		a.left--
		if !a.repeat {
			c, err := a.r.ReadByte()
			if err != nil {
				return n, io.EOF
			}
			a.c = c
		}
		p[n] = a.c
	}
	return len(p), nil
}

// predictor undoes the differences between rows (section 7.4.4.4). Text has none;
// cross-reference streams do.
func (d *pdfFile) predictor(r io.Reader, p pdfDict) io.Reader {
	kind, _ := d.number(p["Predictor"])
	if kind < 10 {
		return r // the one of TIFF is for pictures
	}
	get := func(key string, usual float64) float64 {
		if n, ok := d.number(p[key]); ok {
			return n
		}
		return usual
	}
	colors, bits, columns := get("Colors", 1), get("BitsPerComponent", 8), get("Columns", 1)
	width := (colors*bits*columns + 7) / 8
	if colors < 1 || bits < 1 || columns < 1 || width > 1<<20 {
		return r
	}
	n := int(width)
	return &pngReader{r: r, back: max(1, int(colors*bits)/8), row: make([]byte, n+1), above: make([]byte, n)}
}

// pngReader undoes the filters of PNG (its section 9), row by row.
type pngReader struct {
	r          io.Reader
	back       int // bytes of a pixel
	row, above []byte
	out        []byte
}

func (g *pngReader) Read(p []byte) (int, error) {
	if len(g.out) == 0 {
		n, err := io.ReadFull(g.r, g.row)
		if n < 2 {
			return 0, err
		}
		g.undo(g.row[0], g.row[1:n])
		copy(g.above, g.row[1:n])
		g.out = g.above[:n-1]
	}
	n := copy(p, g.out)
	g.out = g.out[n:]
	return n, nil
}

func (g *pngReader) undo(kind byte, row []byte) {
	for i := range row {
		var left, corner int
		if i >= g.back {
			left, corner = int(row[i-g.back]), int(g.above[i-g.back])
		}
		up := int(g.above[i])
		switch kind {
		case 1:
			row[i] += byte(left)
		case 2:
			row[i] += byte(up)
		case 3:
			row[i] += byte((left + up) / 2)
		case 4:
			row[i] += byte(paeth(left, up, corner))
		}
	}
}

func paeth(a, b, c int) int {
	pa, pb, pc := abs(b-c), abs(a-c), abs(a+b-2*c)
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func abs(n int) int { return max(n, -n) }
