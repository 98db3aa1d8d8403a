// Package sample finds the rows of stolen data that a post prints to prove a
// theft, and masks what leads to a person. Such rows are stolen data like any
// dump: whoever keeps a text keeps it masked, and hands the rows, sealed, to
// matching, which gives a first answer before anything is acquired.
//
// Rows are printed in few ways: lines or runs of cells between semicolons,
// bars, tabs or commas; JSON objects; the tuples of an INSERT; labels ("Nom :
// ..."); addresses with passwords behind them. A page's text often comes as one
// line, so rows are found without line ends as well: by the distance at which
// e-mail addresses, telephone numbers, dates of birth and numbers of persons
// return. Everything here is a pure function of the text, linear in it but for
// a factor of the few separators tried.
package sample

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// Limits of one text.
const (
	maxText    = 1 << 20 // bytes that are looked at for rows; all is masked
	maxRows    = 20_000
	maxColumns = 100
	maxTables  = 50
	maxCell    = 200 // bytes
)

// Table is a run of rows in a text.
type Table struct {
	Start, End int      // bytes of the text, End excluded
	Header     []string // names of the columns, or nil
	Rows       [][]string
	values     []span // of the cells
}

type span struct{ from, to int }

// String tells the size of a table and never what stands in it.
func (t Table) String() string {
	return fmt.Sprintf("%d rows of %d columns", len(t.Rows), t.columns())
}

func (t Table) columns() int {
	n := len(t.Header)
	for _, r := range t.Rows {
		n = max(n, len(r))
	}
	return n
}

// CSV writes a table as RFC 4180 in UTF-8, with a header: column_1 and so on
// where the text has none.
func (t Table) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	header := slices.Clone(t.Header)
	for i := len(header); i < t.columns(); i++ {
		header = append(header, fmt.Sprintf("column_%d", i+1))
	}
	_ = w.Write(header) // a bytes.Buffer takes all
	for _, r := range t.Rows {
		_ = w.Write(r)
	}
	w.Flush()
	return b.Bytes()
}

// Find returns the tables of people's rows that a text prints, in order. Tables
// in which nothing leads to a person are left out: price lists, file listings.
func Find(text string) []Table {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	if !worthwhile(text) {
		return nil
	}
	var out []Table
	for _, way := range ways {
		if !way.may(text) {
			continue
		}
		for _, t := range way.find(text) {
			free := !slices.ContainsFunc(out, func(o Table) bool { return t.Start < o.End && o.Start < t.End })
			if free && len(t.Rows) > 0 && len(out) < maxTables {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b Table) int { return a.Start - b.Start })
	return out
}

// ways are the ways in which rows are printed, the plainest first, each with
// what a text must have for it to be tried.
var ways = []struct {
	may  func(string) bool
	find func(string) []Table
}{
	{has("{"), jsonRows},
	{func(s string) bool { return strings.Contains(s, "INSERT") || strings.Contains(s, "insert") }, insertRows},
	{func(s string) bool { return strings.ContainsAny(s, ":=") && speaksOfPeople(s) }, labelled},
	{speaksOfPeople, lineRows},
	{speaksOfPeople, runRows},
	{has("@"), combos},
}

func has(sign string) func(string) bool {
	return func(s string) bool { return strings.Contains(s, sign) }
}

// speaksOfPeople tells whether a value or the name of a column may be in a text
// at all: an at sign, the digits of a date, or a word of a header.
func speaksOfPeople(text string) bool {
	if at, n := marks(text); at || n >= 8 {
		return true
	}
	lower := strings.ToLower(text)
	for _, w := range []string{"nom", "name", "mail", "naiss", "birth", "pass"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

// worthwhile tells whether a text may hold rows at all: most posts hold none,
// and are told by one pass.
func worthwhile(text string) bool {
	marks := 0
	for i := range len(text) {
		switch text[i] {
		case '@', ';', '|', '\t', '{', ':':
			marks++
		case ',':
			if i+1 < len(text) && text[i+1] != ' ' {
				marks++
			}
		}
	}
	return marks >= 2
}
