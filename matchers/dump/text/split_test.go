package text

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vigie/matchers/dump"
)

var comma = dialect{delim: []byte(","), quote: '"', escape: '"', newline: '\n'}

// rows reads everything; a refused row is its code in angle brackets.
func split(t testing.TB, r io.Reader, d dialect) [][]string {
	t.Helper()
	return splitWide(t, r, d, 0)
}

func splitWide(t testing.TB, r io.Reader, d dialect, width int) [][]string {
	t.Helper()
	var out [][]string
	s := newSplitter(r, d)
	s.width = width
	for {
		f, code, err := s.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		row := make([]string, 0, len(f))
		for _, v := range f {
			row = append(row, string(v))
		}
		if code != "" {
			row = []string{"<" + code + ">"}
		}
		out = append(out, row)
	}
}

func TestSplit(t *testing.T) {
	with := func(change func(*dialect)) dialect { d := comma; change(&d); return d }
	backslash := with(func(d *dialect) { d.escape = '\\' })
	tests := []struct {
		name, text string
		dialect    dialect
		want       [][]string
	}{
		{"plain", "a,b\nc,d\n", comma, [][]string{{"a", "b"}, {"c", "d"}}},
		{"no end of line", "a,b\nc,d", comma, [][]string{{"a", "b"}, {"c", "d"}}},
		{"CRLF and blank lines", "a,b\r\n\r\n\nc,d\r\n", comma, [][]string{{"a", "b"}, {"c", "d"}}},
		{"CR only", "a,b\rc,\"d\re\"\r", with(func(d *dialect) { d.newline = '\r' }), [][]string{{"a", "b"}, {"c", "d\re"}}},
		{"empty values", ",,\n\"\",,\"\"\n", comma, [][]string{{"", "", ""}, {"", "", ""}}},
		{"delimiter in quotes", "\"a,b\",c\n", comma, [][]string{{"a,b", "c"}}},
		{"line break in quotes", "\"a\r\nb\",c\r\nd,e\n", comma, [][]string{{"a\r\nb", "c"}, {"d", "e"}}},
		{"doubled quotes", "\"\"\"a\"\"b\",\"\"\"\"\n", comma, [][]string{{`"a"b`, `"`}}},
		{"quotes inside", "\"he said \"hi\" to me\",x\n", comma, [][]string{{`he said "hi" to me`, "x"}}},
		{"quote in the middle", "5\"3,x\n", comma, [][]string{{`5"3`, "x"}}},
		{"backslash", `"a\"b","c\\",d` + "\n", backslash, [][]string{{`a"b`, `c\`, "d"}}},
		{"quote never closed", "\"a,b\nc,d\n", comma, [][]string{{`"a`, "b"}, {"c", "d"}}},
		{"last quote never closed", "a,b\nc,\"d", comma, [][]string{{"a", "b"}, {"c", `"d`}}},
		{"blanks around quotes", "a, \"b, c\" ,d\n", comma, [][]string{{"a", "b, c", "d"}}},
		{"quoted end of file", "a,\"b\"", comma, [][]string{{"a", "b"}}},
		{"two-byte delimiter", "a||\"b||c\"||d\ne||f||g\n", with(func(d *dialect) { d.delim = []byte("||") }), [][]string{{"a", "b||c", "d"}, {"e", "f", "g"}}},
		{"one column", "a b\n\"c,d\"\n", with(func(d *dialect) { d.delim = nil }), [][]string{{"a b"}, {"c,d"}}},
		{"no quotes", "\"a,b\n", with(func(d *dialect) { d.quote = 0 }), [][]string{{`"a`, "b"}}},
		{"too many columns", strings.Repeat(",", dump.MaxColumns) + "\na,b\n", comma, [][]string{{"<" + codeColumns + ">"}, {"a", "b"}}},
		{"too many quoted columns", "\"a\"" + strings.Repeat(",", dump.MaxColumns) + "\na,b\n", comma, [][]string{{"<" + codeColumns + ">"}, {"a", "b"}}},
		{"as many columns as allowed", strings.Repeat(",", dump.MaxColumns-1) + "\n", comma, [][]string{make([]string, dump.MaxColumns)}},
		{"value too long", strings.Repeat("x", dump.MaxField+1) + ",b\nc,d\n", comma, [][]string{{"<" + codeField + ">"}, {"c", "d"}}},
		{"row too long", strings.Repeat("x,", dump.MaxRecord) + "\nc,d\n", comma, [][]string{{"<" + codeRecord + ">"}, {"c", "d"}}},
		{"row too long with quotes", "\"a\"," + strings.Repeat("x,", dump.MaxRecord) + "\nc,d\n", comma, [][]string{{"<" + codeRecord + ">"}, {"c", "d"}}},
		{"row too long without end", strings.Repeat("x", 3*dump.MaxRecord), comma, [][]string{{"<" + codeRecord + ">"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, split(t, strings.NewReader(tt.text), tt.dialect)); d != "" {
				t.Error(d)
			}
			if len(tt.text) < 1000 {
				if d := cmp.Diff(tt.want, split(t, iotest.OneByteReader(strings.NewReader(tt.text)), tt.dialect)); d != "" {
					t.Errorf("byte by byte: %s", d)
				}
			}
		})
	}
}

// A quote in the last column that opens no value must not swallow rows, which
// would be as wide as the table.
func TestQuoteInTheLastColumn(t *testing.T) {
	text := "a,b,\"Foo\" is x\nc,d,e\nf,g,\"two\nlines\"\nh,i,a \"bar\"\n"
	want := [][]string{{"a", "b", "\"Foo\" is x"}, {"c", "d", "e"}, {"f", "g", "two\nlines"}, {"h", "i", "a \"bar\""}}
	if d := cmp.Diff(want, splitWide(t, strings.NewReader(text), comma, 3)); d != "" {
		t.Error(d)
	}
}

// A file in which every line opens a quote must not be read again for each.
func TestQuotesThatNeverCloseAreReadOnce(t *testing.T) {
	text := strings.Repeat("\"x y z\n", 3*dump.MaxField/8)
	n := 0
	s := newSplitter(strings.NewReader(text), comma)
	for {
		f, _, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if string(f[0]) != "\"x y z" {
			t.Fatalf("row %d = %q", n, f)
		}
		n++
	}
	if n != 3*dump.MaxField/8 {
		t.Errorf("%d rows", n)
	}
}

func TestSplitReportsReadErrors(t *testing.T) {
	s := newSplitter(io.MultiReader(strings.NewReader("a,b\nc"), iotest.ErrReader(io.ErrClosedPipe)), comma)
	var err error
	for err == nil {
		_, _, err = s.next()
	}
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

// Whatever is written in a dialect is read back, in any piece size.
func TestSplitRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dialect{
			delim:   []byte(rapid.SampledFrom([]string{",", ";", "\t", "|", ":", "||", "~", "^", "\x1f"}).Draw(t, "delim")),
			quote:   rapid.SampledFrom([]byte{'"', '\''}).Draw(t, "quote"),
			newline: '\n',
		}
		d.escape = rapid.SampledFrom([]byte{d.quote, '\\'}).Draw(t, "escape")
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")
		cell := rapid.StringOfN(rapid.RuneFrom([]rune(`ab é"'\,;|:~`+"\t\n\r")), 0, 12, -1)
		want := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 5), 1, 20).Draw(t, "rows")
		var b bytes.Buffer
		for _, row := range want {
			for i, v := range row {
				if i > 0 {
					b.Write(d.delim)
				}
				b.WriteString(quoteValue(v, d))
			}
			b.WriteString(end)
		}
		size := rapid.IntRange(1, 50).Draw(t, "size")
		got := split(&testing.T{}, &pieces{&b, size}, d)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// quoteValue writes a value so that no reader can doubt it.
func quoteValue(v string, d dialect) string {
	q, e := string(d.quote), string(d.escape)
	if d.escape == '\\' {
		v = strings.ReplaceAll(v, `\`, `\\`)
	}
	return q + strings.ReplaceAll(v, q, e+q) + q
}

// pieces gives a reader's bytes size at a time.
type pieces struct {
	r    io.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), p.size)]) }

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"", "\n", "a,b\nc,d", "\"a\"\"b\",c\r\n", "\"", "\"\"\"", "a\rb", ",,,\n\"x", "\\\"", "a||b\n\"||\"", strings.Repeat("\"\n", 50), "a,\"x\nb,\"c\"\n", "a\rb,c,d\r,\n", "\" \" ,\n ", "\n\"\"\r\"\"\r\""} {
		f.Add([]byte(seed), uint8(0), uint8(7), uint8(0))
	}
	f.Fuzz(func(t *testing.T, text []byte, which, size, width uint8) {
		ds := []dialect{comma, {delim: []byte("||"), quote: '"', escape: '\\', newline: '\n'},
			{quote: '\'', escape: '\'', newline: '\r'}, {delim: []byte("\t"), newline: '\n'}, {delim: []byte(","), quote: '"', escape: '"', newline: '\r', padded: true},
			{delim: []byte(" "), quote: '"', escape: '"', newline: '\n', runs: true}, {delim: []byte(":"), newline: '\n', limit: 2}}
		d := ds[int(which)%len(ds)]
		whole := splitWide(t, bytes.NewReader(text), d, int(width)%5)
		inPieces := splitWide(t, &pieces{bytes.NewReader(text), int(size) + 1}, d, int(width)%5)
		if diff := cmp.Diff(whole, inPieces); diff != "" {
			t.Errorf("the size of the reads matters: %s", diff)
		}
		// Nothing but delimiters, ends, quotes, escapes and blanks gets lost, and
		// nothing is made up.
		drop := string(d.delim) + "\r\n \t\\;|," + string(d.quote)
		keep := func(b string) string {
			out := make([]byte, 0, len(b))
			for i := range len(b) {
				if strings.IndexByte(drop, b[i]) < 0 {
					out = append(out, b[i])
				}
			}
			return string(out)
		}
		var all strings.Builder
		for _, row := range whole {
			all.WriteString(strings.Join(row, ""))
		}
		want, got := keep(string(text)), keep(all.String())
		if want != got {
			t.Errorf("rows joined are not the text: %q, want %q", got, want)
		}
	})
}
