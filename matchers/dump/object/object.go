// Package object reads files that hold records as objects: JSON in all its
// habits, YAML, XML, HTML pages, LDIF, vCard, messages of segments, and lines that
// open and close records within records.
//
// None of these has columns. A record names its own values, may nest, and may
// hold a value that no record before it had. This package makes tables of them
// in one pass, by rules that are the same for every format:
//
//   - A value within an object is named by its path: "address.city".
//   - Several scalars under one name are joined by "; ".
//   - Columns come up as they are met; a row has a cell for every column known
//     when it is given. What is null, or is not there, is a nil cell.
//   - Numbers and booleans stay as they are written: no digit is lost.
//   - What stands beside the tables is running text.
//
// JSON knows lists of objects within a record. The first 8 become columns of
// the record ("phones.0.number"); those behind, and lists within lists, are rows
// of a table of their own, named by its path, whose column "_parent" has the
// record's id, or its number when it has none. XML does not say which element is
// a list: the second of a name is "phone.2.number", and so on up to 8.
//
// Which part of a document is a table is decided by looking ahead at most 1 MiB
// from where it begins. Never more than one record is held.
package object

import (
	"vigie/matchers/dump"
)

// Formats are all formats of this package.
func Formats() []dump.Format {
	return append([]dump.Format{jsonFormat{}, literalFormat{}, xmlFormat{}, htmlFormat{}, ldifFormat{}, vcardFormat{}, rubricFormat{}, segmentFormat{hl7: true}, segmentFormat{}, yamlFormat{}}, nestedFormats()...)
}

// Limits (the project's defences, class A).
const (
	maxRecord  = 8 << 20 // bytes of a record
	maxField   = 1 << 20 // bytes of a value
	maxColumns = dump.MaxColumns
	maxNesting = 256
	maxTables  = 1_000
	maxName    = 1 << 10 // bytes of the name of a column or a table
	maxNames   = 8 << 20 // bytes of all names of a file, nameCost more for each
	nameCost   = 128
	maxList    = 8 // objects of a list that become columns
)

// A column that was met once is a cell of every row behind it. filler is how
// many empty cells a file may cost, and how many more for a byte of it.
const (
	filler        = 4 << 20
	fillerPerByte = 32
)

// WarnRelaxed says that a file is not JSON as the standard has it: it holds
// comments, trailing commas, single quotes, Python's words or the like.
const WarnRelaxed = "relaxed-json"

// sniffed is how many bytes formats are told by.
const sniffed = 64 << 10
