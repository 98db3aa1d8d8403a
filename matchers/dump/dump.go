// Package dump reads leaked files into Records.
//
// A leaked file is hostile, mislabelled and mixed, so nothing about it is
// believed: the format is told by its bytes, the dialect by which one makes
// the rows agree, the meaning of a column by its values, with the header as a
// hint. Inspect reads the whole file once and returns a Layout, which holds no
// value of the dump and may be kept anywhere, and a Profile, which says what
// categories of personal data are in it. Open then streams Records by that
// Layout. Both work on an Opener, so that the file is read from its sealed
// copy as often as needed and never rests in plain text.
//
//	bytes -> decode (UTF-16/32) -> split -> decode (per row) -> fields -> Record
//
// Memory is bounded by the limits below whatever the file says.
package dump

import (
	"io"
	"time"
)

// Limits. A row beyond one of them is refused and reading goes on.
const (
	MaxRecord  = 8 << 20 // bytes of one row, line breaks within quotes included
	MaxField   = 1 << 20 // bytes of one value
	MaxColumns = 4096    // values in one row
)

// Opener opens the file from its first byte. It is called more than once.
type Opener func() (io.ReadCloser, error)

// Options are what helps to understand a file. All are optional. Words are
// given to the dictionaries in capitals without accents.
type Options struct {
	GivenName func(string) float64 // share of people with a given name, 0 to 1
	Surname   func(string) float64 // share of people with a surname, 0 to 1
	Commune   func(string) bool    // whether a name is a commune's
	Territory string               // where phone numbers without prefix belong, ISO 3166-1 alpha-2; "" is FR
	Now       time.Time            // newest possible date, for two-digit years; zero leaves it open
}

// Layout is how a file is laid out and what its columns mean. It encodes to
// JSON and holds no value of the dump.
type Layout struct {
	Format    string   `json:"format"`    // "csv"
	Encoding  string   `json:"encoding"`  // WHATWG name, or utf-32le, utf-32be, cp437, cp850
	Fallback  string   `json:"fallback"`  // encoding of values that are not UTF-8 where Encoding is
	Delimiter string   `json:"delimiter"` // "" when there is one column
	Quote     string   `json:"quote"`
	Escape    string   `json:"escape"` // what precedes a quote within quotes
	Newline   string   `json:"newline"`
	Header    bool     `json:"header"`
	Skip      int64    `json:"skip"` // lines before the header, or before the data
	Territory string   `json:"territory"`
	Columns   []Column `json:"columns"`
	Warnings  []string `json:"warnings"` // the Warning constants
}

// Warnings about a file that could be read.
const (
	WarningCutInQuotes = "cut-in-quotes"  // it ends inside a quoted value: its end is missing
	WarningCutLastRow  = "cut-last-row"   // its last row is short and has no end of line
	WarningMixed       = "mixed-encoding" // some values are UTF-8, others are not
	WarningPreamble    = "preamble"       // lines stand before the table
	WarningHeaderAgain = "header-again"   // the header comes again between rows; it is not counted
	WarningManyRefused = "many-refused"   // more than one row in twenty could not be read
	WarningDayMonth    = "day-or-month"   // nothing settles which is the day in the birth date
	WarningNoBirthDate = "no-birth-date"
	WarningNoName      = "no-name"
)

// Column is one column of a Layout.
type Column struct {
	Name       string  `json:"name"`    // the header, or column_N where there is none or it may be a value
	Meaning    string  `json:"meaning"` // a matchers.Field's name, or one of the Meaning constants
	Confidence float64 `json:"confidence"`
	Filled     int64   `json:"filled"`
	Shape      string  `json:"shape,omitempty"` // first guess of the meaning, to which rows that are too wide are realigned
	// Order is how dates are written: "dmy", "mdy", "ymd", or "serial" for days
	// since 1900 as spreadsheets count them.
	Order     string `json:"order,omitempty"`
	Ambiguous bool   `json:"ambiguous,omitempty"` // nothing in the column settles day and month
	Pivot     int    `json:"pivot,omitempty"`     // two-digit years up to it are 20xx
}

// Meanings beside the names of matchers.Field.
const (
	MeaningUnknown  = "unknown"
	MeaningEmpty    = "empty"
	MeaningDate     = "date" // a date, but not of birth
	MeaningIBAN     = "iban"
	MeaningCard     = "card"
	MeaningPassword = "password"
	MeaningHash     = "password_hash"
	MeaningLogin    = "login"
	MeaningIP       = "ip"
	MeaningRowID    = "row_id"
	MeaningText     = "free_text"
	MeaningNumber   = "number"
	MeaningCode     = "code" // few distinct short values
	MeaningLocation = "coordinates"
	MeaningCommune  = "commune_code" // INSEE code of a commune, not said to be of birth
)
