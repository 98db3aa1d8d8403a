package linkage

import (
	"slices"
	"strings"
	"sync"

	"vigie/internal/breach"
)

// Meaning is what a column says about a person.
type Meaning uint8

// The meanings of columns that Link and Dedupe compare.
const (
	MeansGivenName Meaning = iota
	MeansSurname
	MeansUsageName
	MeansFullName
	MeansBirthDate
	MeansBirthYear
	MeansBirthMonth
	MeansBirthDay
	MeansBirthPlace
	MeansSex
	MeansEmail
	MeansPhone
	MeansStreet
	MeansCity
	MeansPostcode
	MeansCountry
	MeansNationalID
	MeansCategory
	numMeanings
)

var meaningNames = [numMeanings]string{
	"given_name", "surname", "usage_name", "full_name", "birth_date", "birth_year", "birth_month", "birth_day", "birth_place",
	"sex", "email", "phone", "street", "city", "postcode", "country", "national_id", "category",
}

// String returns the word of a specification.
func (m Meaning) String() string {
	if m >= numMeanings {
		return "unknown"
	}
	return meaningNames[m]
}

// ParseMeaning finds a meaning by its word.
func ParseMeaning(word string) (Meaning, bool) {
	i := slices.Index(meaningNames[:], word)
	return Meaning(max(i, 0)), i >= 0
}

// MeaningNames lists the words of all meanings.
func MeaningNames() []string { return slices.Clone(meaningNames[:]) }

// Row is one record of a file to link: its ID and a value for every column.
type Row struct {
	ID     string
	Values []string
}

// field is one thing two records are compared on: a list of different values,
// and which of them each record has (0 is missing).
type field struct {
	kind   fieldKind
	home   bool // tells where a person lives
	of     []int32
	values []value
	marks  []mark // of the values
	number map[string]int32
	word   map[string]int32 // tokens of names
	heard  []int32          // how many records have each token
}

// value is a text prepared for comparison, and how many records have it.
type value struct {
	text   string // folded, without spaces for names and codes
	tokens []string
	set    uint32
	sound  string
	house  string // the number, for streets: the one token is the rest
	count  int32
	words  []int32 // numbers of the tokens, for names
	born   day     // for dates; their marks hold it as well
}

// pairFile is one or two files side by side: the records of the left file
// first, each file in the order of its IDs, so that no answer depends on the
// order of rows.
type pairFile struct {
	ids    []string
	left   int // records of the left file; all of them when one file is linked with itself
	fields []*field
	flat   []int32 // the values of the records, side by side
	cards  []mark  // their marks, in the same places: a pair is told apart by these two alone, mostly
	given  int     // places of the names among the fields, -1 where there are none
	family int
	usage  []int32 // another surname, in the values of family; nil where there is none
}

func (f *pairFile) alone() bool { return f.left == len(f.ids) }

// newPairFile prepares the rows of both files; right is nil for one file.
func newPairFile(meanings []Meaning, left, right []Row) (*pairFile, error) {
	for _, m := range meanings {
		if m >= numMeanings {
			return nil, &breach.RefusedError{Code: "unknown-meaning", What: "column", Hint: "want one of " + strings.Join(meaningNames[:], ", ")}
		}
	}
	f := &pairFile{left: len(left), given: -1, family: -1}
	rows := append(inOrder(left), inOrder(right)...)
	f.ids = make([]string, len(rows))
	for i, r := range rows {
		f.ids[i] = r.ID
	}
	columns := make([]*field, len(meanings))
	var wg sync.WaitGroup
	for c, m := range meanings {
		if kind, ok := kindOf[m]; ok && (!oneValue[m] || slices.Index(meanings, m) == c) {
			wg.Go(func() {
				columns[c] = newColumn(kind, len(rows), func(i int) string {
					if !oneValue[m] {
						return rows[i].at(c)
					}
					return rows[i].all(meanings, m)
				})
				columns[c].home = m == MeansStreet || m == MeansCity || m == MeansPostcode
			})
		}
	}
	f.names(meanings, rows)
	f.dates(meanings, rows)
	wg.Wait()
	for _, c := range columns {
		if c != nil {
			f.keep(c)
		}
	}
	f.flat, f.cards = make([]int32, len(f.ids)*len(f.fields)), make([]mark, len(f.ids)*len(f.fields))
	for k, c := range f.fields {
		for i, v := range c.of {
			f.flat[i*len(f.fields)+k], f.cards[i*len(f.fields)+k] = v, c.marks[v]
		}
	}
	return f, nil
}

// inOrder puts rows in the order of their IDs.
func inOrder(rows []Row) []*Row {
	out := make([]*Row, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	slices.SortStableFunc(out, func(a, b *Row) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// kindOf tells how the columns of a meaning are compared.
var kindOf = map[Meaning]fieldKind{
	MeansBirthPlace: kindText, MeansSex: kindSex, MeansEmail: kindEmail, MeansPhone: kindCode, MeansStreet: kindStreet,
	MeansCity: kindText, MeansPostcode: kindPostcode, MeansCountry: kindWord, MeansNationalID: kindNumber, MeansCategory: kindWord,
}

// oneValue are the meanings of which several columns make one value.
var oneValue = map[Meaning]bool{MeansStreet: true, MeansPostcode: true, MeansCity: true, MeansBirthPlace: true, MeansPhone: true, MeansNationalID: true}

func (r *Row) at(c int) string {
	if c < len(r.Values) {
		return r.Values[c]
	}
	return ""
}

func (r *Row) all(meanings []Meaning, m Meaning) string {
	out := ""
	for c := range meanings {
		if meanings[c] == m {
			if s := strings.TrimSpace(r.at(c)); out == "" {
				out = s
			} else if s != "" {
				out += " " + s
			}
		}
	}
	return out
}

// row is the values of a record, by field.
func (f *pairFile) row(i int32) []int32 {
	n := len(f.fields)
	return f.flat[int(i)*n : int(i+1)*n]
}

// card is the marks of a record's values, by field.
func (f *pairFile) card(i int32) []mark {
	n := len(f.fields)
	return f.cards[int(i)*n : int(i+1)*n]
}

// newColumn is a field of one text per record.
func newColumn(kind fieldKind, n int, text func(i int) string) *field {
	c := newField(kind, n)
	seen := map[string]int32{} // as found, to fold each spelling once
	for i := range n {
		s := text(i)
		id, ok := seen[s]
		if !ok {
			id = c.add(foldFor(kind, s))
			seen[s] = id
		}
		c.set(i, id)
	}
	return c
}

// keep adds a field unless nobody has a value in it.
func (f *pairFile) keep(c *field) *field {
	if len(c.values) < 2 || len(f.fields) == maxFields {
		return nil
	}
	f.fields = append(f.fields, c)
	return c
}

func newField(kind fieldKind, n int) *field {
	return &field{kind: kind, of: make([]int32, n), values: make([]value, 1), marks: make([]mark, 1), number: map[string]int32{"": 0}, word: map[string]int32{}}
}

// add interns a folded text.
func (c *field) add(s string) int32 {
	id, ok := c.number[s]
	if !ok {
		id = int32(len(c.values))
		c.number[s] = id
		v := value{text: s}
		switch c.kind {
		case kindName:
			v.tokens = strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '-' })
			v.text = strings.Join(v.tokens, "")
			v.sound = sound(v.text)
			v.words = c.wordsOf(v.tokens)
		case kindStreet:
			v.house = houseNumber(s)
			v.tokens = []string{strings.TrimSpace(s[len(v.house):])}
		case kindText, kindWord:
			v.tokens = strings.Fields(s)
		}
		v.set = letters(v.text)
		s := markOf(v.text, v.sound, v.tokens)
		if c.kind == kindStreet {
			v.set = letters(v.tokens[0])
			s = markOf(v.tokens[0], v.house, v.tokens)
		}
		c.values, c.marks = append(c.values, v), append(c.marks, s)
	}
	return id
}

func (c *field) set(i int, id int32) {
	c.of[i] = id
	if id != 0 {
		c.values[id].count++
		for _, w := range c.values[id].words {
			c.heard[w]++
		}
	}
}

// wordsOf numbers tokens.
func (c *field) wordsOf(tokens []string) []int32 {
	out := make([]int32, 0, len(tokens))
	for _, t := range tokens {
		n, ok := c.word[t]
		if !ok {
			n = int32(len(c.heard))
			c.word[t] = n
			c.heard = append(c.heard, 0)
		}
		out = append(out, n)
	}
	return out
}

// rarest is how many records have the rarest token of two names; 0 when they
// share none.
func (c *field) rarest(a, b int32) (n int32) {
	for _, x := range c.values[a].words {
		for _, y := range c.values[b].words {
			if x == y && (n == 0 || c.heard[x] < n) {
				n = c.heard[x]
			}
		}
	}
	return n
}

func foldFor(kind fieldKind, s string) string {
	switch kind {
	case kindEmail:
		return strings.ToUpper(emailText(s))
	case kindSex:
		s = Fold(s)
		return s[:min(1, len(s))]
	case kindStreet:
		return streetText(s)
	case kindPostcode, kindCode, kindNumber:
		s = strings.ReplaceAll(strings.ReplaceAll(Fold(s), " ", ""), "-", "")
	case kindText:
		s = strings.ReplaceAll(Fold(s), "-", " ")
	default:
		s = Fold(s)
	}
	if placeholder(s) {
		return ""
	}
	return s
}

// names adds the given names and the surname. A column with both only fills
// what the columns of their own leave open.
func (f *pairFile) names(meanings []Meaning, rows []*Row) {
	given, family := newField(kindName, len(rows)), newField(kindName, len(rows))
	usage := make([]int32, len(rows))
	used := false
	for i := range rows {
		g, s := nameText(rows[i].all(meanings, MeansGivenName)), nameText(rows[i].all(meanings, MeansSurname))
		u := nameText(rows[i].all(meanings, MeansUsageName))
		if s == "" {
			s, u = u, ""
		}
		if g == "" || s == "" {
			g, s = fillNames(g, s, rows[i].all(meanings, MeansFullName))
		}
		given.set(i, given.add(g))
		family.set(i, family.add(s))
		if u != "" && u != s {
			usage[i] = family.add(u)
			used = true
		}
	}
	if f.keep(given) != nil {
		f.given = len(f.fields) - 1
	}
	if f.keep(family) != nil {
		f.family = len(f.fields) - 1
		if used {
			f.usage = usage
		}
	}
}

func nameText(s string) string {
	if s = Fold(s); placeholder(s) {
		return ""
	}
	return s
}

// fillNames reads a column of both names: the last word is the surname unless
// the capitals say otherwise.
func fillNames(g, s, full string) (given, family string) {
	if strings.TrimSpace(full) == "" {
		return g, s
	}
	a, b, rest := splitFull(full)
	if rest == "" && g == "" && s == "" {
		return b, a
	}
	var words []string
	for _, w := range strings.Fields(Fold(full)) {
		if !slices.Contains(strings.Fields(g), w) && !slices.Contains(strings.Fields(s), w) {
			words = append(words, w)
		}
	}
	switch {
	case len(words) == 0:
		return g, s
	case g == "" && s == "":
		if len(words) == 1 {
			return "", words[0]
		}
		return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
	case g == "":
		return strings.Join(words, " "), s
	}
	return g, strings.Join(words, " ")
}

// dates adds the date of birth.
func (f *pairFile) dates(meanings []Meaning, rows []*Row) {
	c := newField(kindDate, len(rows))
	seen := map[[4]string]int32{}
	for i := range rows {
		k := [4]string{rows[i].all(meanings, MeansBirthDate), rows[i].all(meanings, MeansBirthYear), rows[i].all(meanings, MeansBirthMonth), rows[i].all(meanings, MeansBirthDay)}
		id, ok := seen[k]
		if !ok {
			d := parseDay(k[0])
			if d == (day{}) {
				d = partsDay(k[1], k[2], k[3])
			}
			if s := d.String(); d != (day{}) {
				id = c.add(s)
				c.values[id].born, c.marks[id] = d, mark{bag: d.pack()}
			}
			seen[k] = id
		}
		c.set(i, id)
	}
	f.keep(c)
}
