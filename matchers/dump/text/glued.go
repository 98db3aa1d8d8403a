package text

import (
	"slices"
	"strings"
	"unicode/utf8"

	"vigie/internal/ident"
)

// Columns of fixed width may stand without a blank between them, as files that
// funds, banks and mainframes send each other: what proves itself at a place of
// (nearly) all lines is a value, and so is what changes its kind at a place.

// Bounds of what is told so.
const (
	gluedLeast  = 12 // lines of a kind
	gluedNarrow = 16 // characters of a line
	gluedWidth  = 1024
)

// grid is lines of one kind, a row of characters each, blanks to the longest.
type grid struct {
	rows  []string // Latin-1 of a kind: a byte a character, 0xff for those above
	width int
	at    []place
	taken []bool // what proves itself: no column begins within
	first []bool // a column begins here
	// parted says that blanks part columns: words within one stand apart as well.
	parted bool
}

// place is what stands at a position in all lines.
type place struct {
	filled, digits, letters float64 // shares of the lines; of the latter, of the filled
	zeros                   float64 // share of the digits
	distinct                int
	top                     float64 // share of the most frequent character
}

// flat writes a line as a byte a character.
func flat(line []byte) string {
	if ascii(line) || !utf8.Valid(line) {
		return string(line)
	}
	out := make([]byte, 0, len(line))
	for _, r := range string(line) {
		if r >= utf8.RuneSelf {
			r = 0xe9 // a letter, as nearly all are
		}
		out = append(out, byte(r))
	}
	return string(out)
}

func newGrid(rows []string) *grid {
	g := &grid{rows: rows}
	for _, r := range rows {
		g.width = max(g.width, min(len(r), gluedWidth))
	}
	g.at = make([]place, g.width)
	g.taken, g.first = make([]bool, g.width+1), make([]bool, g.width+1)
	for p := range g.at {
		var counts [256]int
		n := 0
		for _, r := range rows {
			if p < len(r) && r[p] != ' ' {
				counts[r[p]]++
				n++
			}
		}
		g.at[p] = placeOf(&counts, n, len(rows))
	}
	return g
}

func placeOf(counts *[256]int, n, rows int) (x place) {
	if n == 0 {
		return x
	}
	most := 0
	digits, letters := 0, 0
	for c, k := range counts {
		if k == 0 {
			continue
		}
		x.distinct++
		most = max(most, k)
		switch {
		case isDigit(byte(c)):
			digits += k
		case isLetter(byte(c)):
			letters += k
		}
	}
	x.filled, x.top = float64(n)/float64(rows), float64(most)/float64(n)
	x.digits, x.letters = float64(digits)/float64(n), float64(letters)/float64(n)
	if digits > 0 {
		x.zeros = float64(counts['0']) / float64(digits)
	}
	return x
}

// purity is how much the lines are alike: the share of the commonest class of
// characters at a position, over all positions.
func (g *grid) purity() float64 {
	sum := 0.0
	for _, x := range g.at {
		sum += max(1-x.filled, x.filled*x.digits, x.filled*x.letters, x.filled*(1-x.digits-x.letters))
	}
	return sum / float64(max(g.width, 1))
}

// proof is a value that tells itself: so many characters, and how many of the
// lines that have any have to hold one.
type proof struct {
	size  int
	share float64
	is    func(string) bool
	// letter says that its last character is one of many letters.
	letter bool
}

// proofs are tried in this order, the least likely by chance first.
var proofs = []proof{
	{27, 0.8, func(s string) bool { _, ok := ident.CheckIBAN([]byte(s)); return ok && s[:2] == "FR" }, false},
	{16, 0.6, func(s string) bool { _, ok := ident.CheckNIR([]byte(s)); return ok && s[13] == ' ' }, false},
	{15, 0.6, func(s string) bool { _, ok := ident.CheckNIR([]byte(s)); return ok }, false},
	{14, 0.8, func(s string) bool { _, ok := ident.CheckSIRET([]byte(s)); return ok && s[:5] != "00000" }, false},
	{13, 0.8, func(s string) bool { _, ok := ident.CheckSPI([]byte(s)); return ok && digitsOnly(s) }, false},
	{13, 0.95, isNIR, false},
	{11, 0.97, func(s string) bool { return ident.IsBIC([]byte(s)) }, false},
	{8, 0.97, func(s string) bool { return ident.IsBIC([]byte(s)) && s[4:6] == "FR" }, false},
	{9, 0.95, func(s string) bool { _, ok := ident.CheckSIREN([]byte(s)); return ok && digitsOnly(s) }, false}, // and FINESS
	{10, 0.97, func(s string) bool { return s[2] == s[5] && isOne(s[2], "/-.") && isDay(s[:2], s[3:5], s[6:]) }, false},
	{10, 0.97, func(s string) bool { return s[4] == '-' && s[7] == '-' && isDay(s[8:], s[5:7], s[:4]) }, false},
	{8, 0.97, func(s string) bool { return isDay(s[6:], s[4:6], s[:4]) }, false},
	{8, 0.97, func(s string) bool { return isDay(s[:2], s[2:4], s[4:]) }, false},
	{10, 0.97, func(s string) bool { return s[0] == '0' && s[1] > '0' && digitsOnly(s) }, false},
	{8, 0.97, func(s string) bool { return digitsOnly(s[:7]) && isLetter(s[7]) }, true},
	{6, 0.98, func(s string) bool { return isDay(s[4:], s[2:4], "19"+s[:2]) }, false},
	{6, 0.98, func(s string) bool { return isDay(s[:2], s[2:4], "19"+s[4:]) }, false},
}

// opening is how many characters (nearly) all lines begin with: what tells their
// kind, where these are few.
func (g *grid) opening() int {
	n := 0
	for n < g.width && g.at[n].filled == 1 && g.at[n].distinct == 1 && (g.at[n].digits == 1) == (g.at[0].digits == 1) && g.at[n].digits+g.at[n].letters == 1 {
		n++
	}
	if n > maxTag {
		n = 2
	}
	return n
}

// isCommune tells the INSEE code of a commune, or of a country abroad.
func isCommune(s string) bool {
	if s[0] == '2' && (s[1] == 'A' || s[1] == 'B') {
		return digitsOnly(s[2:])
	}
	return digitsOnly(s) && s[:2] != "00" && s[:2] != "96" && s[:2] != "20"
}

// communes begins a column where (nearly) all lines hold the code of a commune, and
// some one of Corsica: digits alone would prove nothing.
func (g *grid) communes(p int) {
	if p+5 > g.width || slices.Contains(g.taken[p:p+5], true) || g.at[p+1].digits == 1 || g.at[p+1].digits < 0.5 || !g.proves(p, proof{5, 0.98, isCommune, false}) {
		return
	}
	for i := p; i < p+5; i++ {
		g.taken[i] = true
	}
	g.first[p], g.first[p+5] = true, true
}

// isNIR tells a NIR without its key, of a month of the calendar.
func isNIR(s string) bool {
	p, ok := ident.ParseNIR([]byte(s))
	return ok && p.Month >= 1 && p.Month <= 12 && (s[0] == '1' || s[0] == '2')
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func isDay(day, month, year string) bool {
	if !digitsOnly(day) || !digitsOnly(month) || !digitsOnly(year) {
		return false
	}
	n := func(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
	century := n(year)
	return n(day) >= 1 && n(day) <= 31 && n(month) >= 1 && n(month) <= 12 && (century == 19 || century == 20)
}

// prove marks the values that tell themselves, and tells how many there are.
func (g *grid) prove() (n int) {
	for _, k := range proofs {
		for p := 0; p+k.size <= g.width; p++ {
			if k.letter && !g.closes(p+k.size-1) || slices.Contains(g.taken[p:p+k.size], true) || !g.proves(p, k) {
				continue
			}
			n++
			for i := p; i < p+k.size; i++ {
				g.taken[i] = true
			}
			g.first[p], g.first[p+k.size] = true, true
			p += k.size - 1
		}
	}
	return n
}

// closes tells a letter that no word goes on behind.
func (g *grid) closes(p int) bool {
	return g.at[p].distinct >= 5 && (p+1 == g.width || g.at[p+1].letters < 0.9 || g.at[p+1].distinct <= 3 || g.at[p+1].filled < 0.02)
}

// proves tells that lines hold a proof at a position: nearly all that have
// something there, and these are several values.
func (g *grid) proves(p int, k proof) bool {
	var good, bad int
	distinct := map[string]bool{}
	for _, r := range g.rows {
		if p+k.size > len(r) {
			continue
		}
		switch v := r[p : p+k.size]; {
		case isBlank(v):
		case k.is(v):
			good++
			distinct[v] = true
		case strings.Trim(v, "0") != "" && !k.is(known(v)):
			bad++
		}
		if float64(bad) > float64(len(g.rows))*(1-k.share)+1 {
			return false
		}
	}
	return good*3 >= len(g.rows) && float64(good) >= k.share*float64(good+bad) && len(distinct) >= min(5, good/3)
}

// known writes a date of which the day or the month is not known, and has zeros for
// it, as one that is: registers of deaths have many.
func known(v string) string {
	if len(v) != 8 || !digitsOnly(v) {
		return v
	}
	if century := v[:2]; century == "19" || century == "20" {
		return v[:4] + strings.ReplaceAll(v[4:6], "00", "01") + strings.ReplaceAll(v[6:], "00", "01")
	}
	return strings.ReplaceAll(v[:2], "00", "01") + strings.ReplaceAll(v[2:4], "00", "01") + v[4:]
}

func isBlank(s string) bool {
	for i := range len(s) {
		if s[i] != ' ' {
			return false
		}
	}
	return true
}

// begins tells that a column begins at a position, by what stands there and
// before it.
func (g *grid) begins(p int) bool {
	if g.first[p] || p == 0 {
		return true
	}
	if g.taken[p] && g.taken[p-1] {
		return false
	}
	a, b := g.at[p-1], g.at[p]
	digits := a.digits > 0.9 && b.digits > 0.9
	switch {
	case b.filled < 0.02:
		return false
	case a.filled < 0.02:
		return b.filled > 0.25 || !g.apart(p)
	case !digits && b.filled > 0.95 && b.letters > 0.9 && b.distinct >= 8 && b.top < 0.4 && a.letters > 0.5 && g.few(p):
		return true
	case digits && b.filled > a.filled:
		return false // a number that ends at the right
	case !g.parted && b.filled > a.filled+0.25 && b.filled > 1.5*a.filled && !g.apart(p):
		return true // behind words that blanks fill up
	case min(a.filled, b.filled) < 0.5:
		return g.kindChanges(a, b) && b.filled > a.filled+0.1
	case g.kindChanges(a, b):
		return a.distinct > 1 || a.digits > 0.9 // a fixed letter opens a code
	case digits && b.zeros > 0.6 && a.zeros < 0.3 && a.distinct > 1, b.zeros*b.digits > 0.9 && a.distinct >= 8 && a.top < 0.4:
		return !g.endsInZeros(p) // zeros in front of the next number
	}
	if min(a.filled, b.filled) < 0.98 || min(a.letters, b.letters) < 0.95 {
		return false
	}
	return b.distinct <= 2 && a.distinct >= 8 // letters that say little, behind any
}

// few tells a code of up to four values that stands in front of a position.
func (g *grid) few(p int) bool {
	from := p - 1
	for from > 0 && !g.begins(from) {
		if from--; p-from > 6 {
			return false
		}
	}
	if g.taken[from] {
		return false
	}
	values := map[string]bool{}
	for _, r := range g.rows {
		if p <= len(r) {
			if values[r[from:p]] = true; len(values) > 4 {
				return false
			}
		}
	}
	return true
}

// endsInZeros tells digits that end in zeros as well, as many postcodes do.
func (g *grid) endsInZeros(p int) bool {
	for p+1 < g.width && g.at[p+1].digits > 0.9 && g.at[p+1].filled > 0.5 && !g.first[p+1] {
		p++
	}
	return g.at[p].zeros > 0.5
}

// apart tells a word that one blank parts from what stands before it, in most of
// the lines in which it begins here: what fills up a column is longer.
func (g *grid) apart(p int) bool {
	begin, single := 0, 0
	for _, r := range g.rows {
		if p >= len(r) || r[p] == ' ' || r[p-1] != ' ' {
			continue
		}
		begin++
		if p > 1 && r[p-2] != ' ' {
			single++
		}
	}
	return single*10 >= begin*7
}

// kindChanges tells digits behind letters, or the reverse.
func (g *grid) kindChanges(a, b place) bool {
	return a.digits > 0.98 && b.letters > 0.95 || a.letters > 0.95 && b.digits > 0.98
}

// columns are where columns begin. proved is how many values proved themselves.
func (g *grid) columns() (starts []int, proved int) {
	proved = g.prove()
	for p := range g.width {
		g.communes(p)
	}
	for p := 5; p < g.width; p++ {
		g.postcode(p)
	}
	for p := range g.width {
		if g.begins(p) {
			g.first[p] = true
			starts = append(starts, p)
		}
	}
	return g.filled(starts), proved
}

// filled leaves out columns that are blank in all lines: what fills up a column is
// part of it.
func (g *grid) filled(starts []int) []int {
	out := starts[:0]
	for i, p := range starts {
		to := g.width
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		if p == 0 || slices.ContainsFunc(g.at[p:to], func(x place) bool { return x.filled > 0 }) {
			out = append(out, p)
		}
	}
	return out
}

// postcode marks five digits with a department in front of words, many of which
// end in 0: 34000MONTPELLIER.
func (g *grid) postcode(p int) {
	if slices.Contains(g.taken[p-5:p], true) || g.at[p].letters < 0.9 || g.at[p].filled < 0.9 || g.at[p-1].digits < 0.9 || g.at[p-1].zeros < 0.4 {
		return
	}
	good, n := 0, 0
	for _, r := range g.rows {
		if p > len(r) || isBlank(r[p-5:p]) {
			continue
		}
		n++
		if french, _ := ident.IsPostcode([]byte(r[p-5 : p])); french {
			good++
		}
	}
	if good*100 < n*97 || n == 0 || g.at[p-4].distinct+g.at[p-5].distinct < 4 {
		return
	}
	for i := p - 5; i < p; i++ {
		g.taken[i] = true
	}
	g.first[p-5], g.first[p] = true, true
}
