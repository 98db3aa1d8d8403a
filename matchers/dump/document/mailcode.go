package document

import (
	"bytes"
	"io"
	"mime"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"vigie/internal/charset"
)

// base64Reader decodes base64 and passes over whatever is none of it: lines that
// are cut, spaces, several texts in sequence.
type base64Reader struct {
	r    io.Reader
	bits uint32
	n    int // sextets in bits
	in   [4 << 10]byte
	buf  [4<<10 + 8]byte
	out  []byte // of buf: decoded and not yet read
	err  error
}

func (d *base64Reader) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		var k int
		k, d.err = d.r.Read(d.in[:])
		d.out = d.decode(d.buf[:0], d.in[:k])
		if d.err != nil {
			d.out = d.flush(d.out)
		}
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// decode appends to out what in says.
func (d *base64Reader) decode(out, in []byte) []byte {
	for _, c := range in {
		var v uint32
		switch {
		case c >= 'A' && c <= 'Z':
			v = uint32(c - 'A')
		case c >= 'a' && c <= 'z':
			v = uint32(c-'a') + 26
		case c >= '0' && c <= '9':
			v = uint32(c-'0') + 52
		case c == '+' || c == '-':
			v = 62
		case c == '/' || c == '_':
			v = 63
		case c == '=':
			out = d.flush(out)
			continue
		default:
			continue
		}
		d.bits = d.bits<<6 | v
		if d.n++; d.n == 4 {
			out = append(out, byte(d.bits>>16), byte(d.bits>>8), byte(d.bits))
			d.n, d.bits = 0, 0
		}
	}
	return out
}

// flush gives the bytes of a group that is not full.
func (d *base64Reader) flush(out []byte) []byte {
	switch d.n {
	case 2:
		out = append(out, byte(d.bits>>4))
	case 3:
		out = append(out, byte(d.bits>>10), byte(d.bits>>2))
	}
	d.n, d.bits = 0, 0
	return out
}

// quotedReader decodes quoted-printable (RFC 2045 section 6.7); what is wrongly
// quoted stays.
type quotedReader struct {
	r    io.Reader
	held []byte // what a block ended within: "=", "=C", "=\r"
	in   [4 << 10]byte
	out  []byte // decoded and not yet read
	err  error
}

func (d *quotedReader) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		kept := copy(d.in[:], d.held)
		var k int
		k, d.err = d.r.Read(d.in[kept:])
		d.held = d.held[:0]
		d.out = d.decode(d.in[:0], d.in[:kept+k])
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// decode appends to out, which may be where in is, what in says.
func (d *quotedReader) decode(out, in []byte) []byte {
	for len(in) > 0 {
		i := bytes.IndexByte(in, '=')
		if i < 0 {
			return append(out, in...)
		}
		out, in = append(out, in[:i]...), in[i:]
		if len(in) < 3 && d.err == nil {
			d.held = append(d.held, in...)
			return out
		}
		switch {
		case len(in) > 1 && in[1] == '\n':
			in = in[2:]
		case len(in) > 2 && in[1] == '\r' && in[2] == '\n':
			in = in[3:]
		case len(in) > 2 && unhex(in[1]) >= 0 && unhex(in[2]) >= 0:
			out = append(out, byte(unhex(in[1])<<4|unhex(in[2])))
			in = in[3:]
		default:
			out, in = append(out, '='), in[1:]
		}
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// decodeBody undoes a transfer encoding.
func decodeBody(r io.Reader, encoding string) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return &base64Reader{r: r}
	case "quoted-printable":
		return &quotedReader{r: r}
	}
	return r
}

// decodeText decodes text from the charset that a part names. A charset that
// its first bytes belie (or that is none, or ASCII) is guessed.
func decodeText(r io.Reader, name string, head []byte, whole bool) io.Reader {
	r = io.MultiReader(bytes.NewReader(head), r)
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "default":
		if utf8.Valid(head[:cutLetter(head)]) && !bytes.Contains(head, []byte("\x1b")) {
			return r
		}
		name = charset.Detect(head, whole).Name
	}
	return charset.NewReader(r, whatwg(name))
}

// whatwg is the name by which package charset knows an encoding.
func whatwg(label string) string {
	if e, err := htmlindex.Get(label); err == nil {
		if name, err := htmlindex.Name(e); err == nil {
			return name
		}
	}
	return strings.ToLower(label)
}

// cutLetter is the length of b without a letter that is cut at its end.
func cutLetter(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// field is a header's value in UTF-8: its encoded words decoded (RFC 2047), and
// raw bytes guessed.
func field(s string) string {
	if !utf8.ValidString(s) {
		b := []byte(s)
		decoded, err := io.ReadAll(charset.NewReader(bytes.NewReader(b), charset.Detect(b, true).Name))
		if err == nil {
			s = string(decoded)
		}
	}
	if !strings.Contains(s, "=?") {
		return s
	}
	words := mime.WordDecoder{CharsetReader: func(name string, r io.Reader) (io.Reader, error) {
		return charset.NewReader(r, whatwg(name)), nil
	}}
	if decoded, err := words.DecodeHeader(s); err == nil {
		return strings.ToValidUTF8(decoded, "\ufffd")
	}
	return s
}

// media is a content type with its parameters, as far as they can be read.
func media(s string) (kind string, params map[string]string) {
	if len(s) > 8<<10 {
		s = s[:8<<10]
	}
	kind, params, err := mime.ParseMediaType(s)
	if err == nil {
		return kind, params
	}
	kind, rest, _ := strings.Cut(s, ";")
	params = map[string]string{}
	for _, p := range strings.Split(rest, ";") {
		key, value, _ := strings.Cut(p, "=")
		if key = strings.ToLower(strings.TrimSpace(key)); key != "" {
			params[key] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return strings.ToLower(strings.TrimSpace(kind)), params
}

// fileName is what a message calls an attachment; a member's name, never a path.
func fileName(disposition, kind map[string]string) string {
	for _, s := range []string{disposition["filename"], kind["name"]} {
		s = strings.Map(func(r rune) rune {
			if r < ' ' {
				return -1
			}
			return r
		}, field(s))
		if s = path.Base(strings.ReplaceAll(s, `\`, "/")); s != "." && s != "/" && s != ".." {
			return s[:min(len(s), 255)]
		}
	}
	return ""
}
