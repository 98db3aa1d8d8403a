package text

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
)

// What tools do to a whole file on the way: DOS ends it with Ctrl-Z, a
// spreadsheet that reads a CSV file as one column quotes every line once more,
// and R writes the names of its rows under no header.

// dosEnd leaves out the Ctrl-Z behind the last byte of a file.
type dosEnd struct {
	r    io.Reader
	held bool
}

const ctrlZ = 0x1a

func (d *dosEnd) Read(p []byte) (int, error) {
	if len(p) < 2 {
		return d.r.Read(p)
	}
	from := 0
	if d.held {
		p[0], from = ctrlZ, 1
	}
	n, err := d.r.Read(p[from:])
	if n == 0 && errors.Is(err, io.EOF) {
		return 0, err
	}
	n += from
	if d.held = n > 0 && p[n-1] == ctrlZ && (n > from || err == nil); d.held {
		n--
	}
	return n, err
}

// wrapped tells lines that are each a row of CSV within one quoted value: all
// begin and end with a quote, and hold doubled quotes around values, or no quote
// and as many delimiters each.
func wrapped(text []byte, whole bool) bool {
	if !bytes.HasPrefix(text, []byte(`"`)) {
		return false
	}
	const delims = ",;\t|"
	lines, around := 0, 0
	var first, same [len(delims)]int
	for line := range bytes.Lines(text) {
		if line[len(line)-1] != '\n' && !whole {
			break
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			continue
		}
		if _, ok := unwrap(nil, line); !ok {
			return false
		}
		lines++
		for _, sign := range []string{`"",""`, `"";""`, "\"\"\t\"\"", `"",`, `,""`, `"";`, `;""`} {
			if bytes.Contains(line, []byte(sign)) {
				around++
				break
			}
		}
		for i := range delims {
			n := bytes.Count(line, []byte{delims[i]}) - bytes.Count(line, []byte{delims[i], ' '})
			if lines == 1 {
				first[i] = n
			}
			if n == first[i] && n > 1 {
				same[i]++
			}
		}
	}
	return lines >= 3 && max(around, slices.Max(same[:]))*10 >= lines*9
}

// unwrap appends what one quoted value holds.
func unwrap(dst, line []byte) ([]byte, bool) {
	n := len(line)
	if n < 2 || line[0] != '"' || line[n-1] != '"' {
		return dst, false
	}
	for i := 1; i < n-1; i++ {
		if line[i] == '"' {
			if i++; i == n-1 || line[i] != '"' {
				return dst, false
			}
		}
		dst = append(dst, line[i])
	}
	return dst, true
}

// edged tells lines that (nearly) all begin and end with a bar, as people draw
// tables: the bars part values, and nothing stands beyond the first and the last.
func edged(text []byte) bool {
	lines, edges, bars := 0, 0, 0
	for line := range bytes.Lines(text[:min(len(text), sampleHead)]) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		lines++
		if _, ok := unedged(nil, line); ok {
			edges++
			bars += bytes.Count(line, []byte{'|'}) - 1
		}
	}
	return edges > 1 && edges*20 >= lines*19 && bars > edges
}

// unedged appends what stands between the first bar and the last.
func unedged(dst, line []byte) ([]byte, bool) {
	line = trimBlank(line)
	n := len(line)
	if n < 3 || line[0] != '|' || line[n-1] != '|' || line[1] == '|' || line[n-2] == '|' && line[n-3] == '|' {
		return dst, false
	}
	return append(dst, line[1:n-1]...), true
}

// unwrapper takes off what stands around every line of a stream. A line that has
// none stays.
type unwrapper struct {
	r    *bufio.Reader
	off  func(dst, line []byte) ([]byte, bool)
	line []byte
	out  []byte
	err  error
}

func (u *unwrapper) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		u.fill()
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// fill takes a line, or what of a long one fits: that is no row.
func (u *unwrapper) fill() {
	part, err := u.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		u.out = append(u.line[:0], part...)
		return
	}
	u.err = err
	body := bytes.TrimRight(part, "\r\n")
	out, ok := u.off(u.line[:0], body)
	if !ok {
		out = append(out[:0], body...)
	}
	u.line = out
	u.out = append(out, part[len(body):]...)
}

// rowNames tells a header that has one name less than every row has values, the
// first of which count the rows: R's write.table names no column for them.
func (s *sample) rowNames(sh shape) bool {
	if sh.width < 3 || len(s.parts) == 0 {
		return false
	}
	sp := splitBytes(bytes.Clone(s.parts[0]), sh.dialect)
	for n := range 20 {
		cells, code, err := sp.next()
		switch {
		case err != nil:
			return n > 2
		case code != "":
			return false
		case n == 0 && (len(cells) != sh.width-1 || !names(cells)):
			return false
		case n > 0 && (len(cells) != sh.width || string(cells[0]) != strconv.Itoa(n)):
			return false
		}
	}
	return true
}

// around says what to take off every line of a text; nil is nothing.
func around(text []byte, whole bool) func(dst, line []byte) ([]byte, bool) {
	switch {
	case wrapped(text, whole):
		return unwrap
	case edged(text):
		if _, ok := ruled(newSample(text, whole)); !ok {
			return unedged
		}
	}
	return nil
}

// isNull is what MySQL, PostgreSQL and Hive write for NULL in text.
func isNull(v []byte) bool { return len(v) == 2 && v[0] == '\\' && v[1] == 'N' }

// meant writes values as what they stand for: NULL, the text of a formula that
// keeps a spreadsheet from reading a number, the brackets of logs.
func (o *feed) meant(cells [][]byte) [][]byte {
	if o.brackets {
		cells = bracketed(cells)
	}
	for i, v := range cells {
		switch n := len(v); {
		case o.nulls && isNull(v):
			cells[i] = nil
		case o.formulas && n > 2 && v[0] == '=' && v[1] == '"' && v[n-1] == '"' && bytes.IndexByte(v[2:n-1], '"') < 0:
			cells[i] = v[2 : n-1]
		}
	}
	return cells
}

// bracketSpan is how many pieces a value in brackets may be cut to.
const bracketSpan = 4

// bracketed joins what blanks cut within brackets: [10/Feb/2024:06:07:56 +0100].
func bracketed(cells [][]byte) [][]byte {
	out := cells[:0]
	for i := 0; i < len(cells); i++ {
		v := cells[i]
		if len(v) > 1 && v[0] == '[' {
			for k := i; k < min(len(cells), i+bracketSpan); k++ {
				if last := cells[k]; len(last) > 0 && last[len(last)-1] == ']' {
					v = bytes.Join(cells[i:k+1], []byte{' '})
					v, i = v[1:len(v)-1], k
					break
				}
			}
		}
		out = append(out, v)
	}
	return out
}

// inBrackets tells that (nearly) every line of a sample holds a value in brackets
// that blanks cut.
func inBrackets(s *sample) bool {
	lines, cut := 0, 0
	s.each(func(line []byte) bool {
		lines++
		if i := bytes.Index(line, []byte(" [")); i >= 0 {
			if j := bytes.IndexByte(line[i:], ']'); j > 0 && bytes.IndexByte(line[i+2:i+j], ' ') >= 0 {
				cut++
			}
		}
		return lines < 200
	})
	return cut*10 >= lines*9
}

// banner counts the lines before a list of credentials that are none: they lack
// the delimiter, and begin with a sign or are sentences.
func (s *sample) banner(delim []byte) (n int) {
	found := false
	s.each(func(line []byte) bool {
		line = trimBlank(line)
		if bytes.Contains(line, delim) {
			found = true
			return false
		}
		n++
		return n <= titleRows && (isOne(line[0], "#*=-~_+[<>!/(") || bytes.Count(line, []byte{' '}) > 2)
	})
	if !found || n > titleRows {
		return 0
	}
	return n
}
