// Package dump reads leaked files into Records.
//
// A leaked file is hostile, mislabelled and mixed, so nothing about it is
// believed: the format is told by its bytes, the dialect by which one makes the
// rows agree, the meaning of a column by its values, with the header as a hint.
// Containers are opened within containers; each Format, in a child of this
// package, gives what it finds to a Visitor. An Engine puts formats together:
//
//	Source ─► File ─► Format.Read ─► Member (again a File) | rows | text | unread
//	                                        rows ─► header, width ─► meaning ─► Record
//
// Inspect walks the dump once and returns a Layout, which holds no value of the
// dump, and a Report: what categories of personal data are in it, which were
// looked for and not found, what could not be read. Records walks it again by
// that Layout, Convert writes it out. Both walks meet the same tables in the
// same order, since every decision follows from the bytes alone.
//
// Memory is bounded by the limits below whatever the file says. The jail runs
// an Engine in a child process without network, files or keys.
package dump

import (
	"io"
	"time"
)

// Limits of rows and tables. A row beyond one of them is refused and reading
// goes on.
const (
	MaxRecord  = 8 << 20 // bytes of one row, line breaks within quotes included
	MaxField   = 1 << 20 // bytes of one value
	MaxColumns = 4096    // values in one row
	MaxTables  = 10_000  // tables in a dump
	maxListed  = 10_000  // members, and unread parts, that a report lists
	maxStudied = 16_384  // columns under study at once: those of the tables of one file
)

// Options are what helps to understand a file. All are optional. Words are
// given to the dictionaries in capitals without accents.
type Options struct {
	GivenName func(string) float64 // share of people with a given name, 0 to 1
	Surname   func(string) float64 // share of people with a surname, 0 to 1
	Commune   func(string) bool    // whether a name is a commune's
	Territory string               // where phone numbers without prefix belong, ISO 3166-1 alpha-2; "" is FR
	Canaries  *Canaries            // invented persons to look for
	Now       time.Time            // newest possible date, for two-digit years; zero leaves it open
}

// Engine reads dumps with a set of formats.
type Engine struct {
	Formats   []Format
	Options   Options
	Passwords []string // for encrypted containers, tried in order
	// Skip names members that are not to be read, with the reason code told for
	// them: those that ended a reading child before.
	Skip map[string]string
	// Spool puts to rest, encrypted, a member that needs random access and does
	// not fit into memory. nil refuses such members.
	Spool func(io.Reader) (Source, error)
	// Progress is told now and then, from the goroutine that reads. nil is none.
	Progress func(Progress)

	early int64 // bytes after which the first answer comes, in tests
}

// Progress says how far a walk is.
type Progress struct {
	Bytes  int64  `json:"bytes"` // of the dump, read so far; what is read again counts again
	Size   int64  `json:"size"`  // of the dump
	Rows   int64  `json:"rows"`
	Member string `json:"member"` // being read
	// Report is the first answer, from the first bytes alone. It is given once,
	// and only of a dump that takes long.
	Report *Report `json:"report,omitempty"`
}
