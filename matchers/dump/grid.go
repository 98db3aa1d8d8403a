package dump

import (
	"slices"
	"strings"
)

// Codes of refused rows, beside those of the formats.
const (
	codeMany = "too-many-values"
	codeFew  = "too-few-values"
)

// grid brings the rows of one table to its width and leaves out what is no data:
// the header, where it stands first and where it comes again.
type grid struct {
	columns   []Column
	delimiter string
	header    []string // as found, to know it when it comes again
	skip      int      // header rows still to come
	row       int64    // data rows passed, refused ones included
	refused   map[string]int64
	again     int64 // repetitions of the header
	named     bool  // the format names the columns: each row is a record
	bare      bool  // the row before was none
}

// fit returns the values of a data row, as many as there are columns at most,
// or nil for a row that is none or cannot be read.
func (g *grid) fit(cells [][]byte) [][]byte {
	if g.skip > 0 {
		g.skip--
		return nil
	}
	if g.isHeader(cells) {
		g.again++
		g.bare = true
		return nil
	}
	if g.furnished(cells) {
		return nil
	}
	g.row++
	width := len(g.columns)
	if len(cells) > width {
		if cells = g.realign(cells); cells == nil {
			g.refuse(codeMany)
			return nil
		}
	}
	if len(cells)*2 < width {
		g.refuse(codeFew)
		return nil
	}
	return cells
}

func (g *grid) refuse(code string) {
	if g.refused == nil {
		g.refused = map[string]int64{}
	}
	g.refused[code]++
}

// isHeader finds the header repeated between rows, as reports do.
func (g *grid) isHeader(f [][]byte) bool {
	if len(g.header) == 0 || len(f) != len(g.header) || string(f[0]) != g.header[0] {
		return false
	}
	return slices.EqualFunc(f, g.header, func(v []byte, h string) bool { return string(v) == h })
}

// realign brings a row with too many values to the width of the table: empty
// values at the end are dropped, and a delimiter that stands within a value
// (unquoted: "3, rue des Lilas") is undone where exactly one way of joining
// puts every value that has a shape of its own into its column. nil means
// that there is no such way.
func (g *grid) realign(f [][]byte) [][]byte {
	width := len(g.columns)
	for len(f) > width && len(f[len(f)-1]) == 0 {
		f = f[:len(f)-1]
	}
	extra := len(f) - width
	if extra == 0 {
		return f
	}
	if extra > 3 || g.delimiter == "" {
		return nil
	}
	at, best := -1, 0
	tie := false
	for i := range width {
		n := g.fitting(f, i, extra)
		switch {
		case n > best:
			at, best, tie = i, n, false
		case n == best:
			tie = true
		}
	}
	if at < 0 || tie || best < 2 {
		return nil
	}
	joined := []byte(strings.Join(stringsOf(f[at:at+extra+1]), g.delimiter))
	out := append(slices.Clone(f[:at]), joined)
	return append(out, f[at+extra+1:]...)
}

// fitting counts the values with a shape that land in their column when
// column i takes extra values more; a value in a wrong column counts against.
func (g *grid) fitting(f [][]byte, i, extra int) int {
	n := 0
	for j := range g.columns {
		k := j
		if j > i {
			k += extra
		}
		var ok bool
		v := clean(f[k])
		switch g.columns[j].Shape {
		case email:
			ok = isEmail(v)
		case birthDate, MeaningDate:
			ok = parseDate(v).plausible()
		case phone:
			ok = isPhone(v)
		case postcode, birthCommune, MeaningCommune:
			ok = len(v) == 5 && countDigits(v) >= 4
		case sex:
			ok = sexOf(v) != ""
		case street:
			// The joined value is the likeliest to hold a delimiter.
			if j == i {
				n++
			}
			continue
		default:
			continue
		}
		switch {
		case ok && j != i:
			n += 2
		case len(v) > 0:
			n -= 2
		}
	}
	return n
}

func stringsOf(f [][]byte) []string {
	out := make([]string, len(f))
	for i, v := range f {
		out[i] = string(v)
	}
	return out
}
