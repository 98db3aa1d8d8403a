package dump

import (
	"bytes"
	"context"
	"io"

	"vigie/internal/breach"
)

// HeadSize is how much of a file's beginning is read ahead: formats are told by
// it, and what has to be known before the first row (encoding, dialect) is
// decided on it.
const HeadSize = 1 << 20

// Source is a file by its bytes. The parsing child has no other way to a dump:
// it gets neither a path nor a key (decisions.md 21).
type Source interface {
	io.ReaderAt
	Size() int64
}

// Bytes is a Source in memory.
type Bytes []byte

// ReadAt reads from the slice.
func (b Bytes) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(b).ReadAt(p, off) }

// Size is the slice's length in bytes.
func (b Bytes) Size() int64 { return int64(len(b)) }

// File is what a Format reads: the dump itself, or a member of a container.
type File struct {
	Path      string   // within the dump: "2024.zip/jeunes.csv"; "" is the dump itself
	Size      int64    // bytes; -1 when the container does not say
	Head      []byte   // the first bytes, HeadSize at most; not to be changed
	Whole     bool     // Head is all there is
	Depth     int      // containers around it; 0 for the dump itself
	Passwords []string // what the analyst gave for encrypted containers

	stream io.Reader // the bytes behind Head
	source Source    // set for the dump itself and for members already at rest
	spool  func(io.Reader) (Source, error)
}

// NewFile makes the File of a dump at rest. Its Head is short when the source
// cannot be read; Read then meets the error.
func NewFile(path string, src Source, passwords ...string) *File {
	head := make([]byte, min(src.Size(), HeadSize))
	n, _ := io.ReadFull(io.NewSectionReader(src, 0, src.Size()), head)
	return &File{Path: path, Size: src.Size(), Head: head[:n], Whole: int64(n) == src.Size(), Passwords: passwords, source: src}
}

// Stream reads the file from its first byte. It may be called once, and not
// beside Source.
func (f *File) Stream() io.Reader {
	if f.source != nil {
		return io.NewSectionReader(f.source, 0, f.source.Size())
	}
	return io.MultiReader(bytes.NewReader(f.Head), f.stream)
}

// Source gives random access. A member of a container that only streams is put
// to rest first: in memory when it is small, else in a spool encrypted under a
// key that the process forgets.
func (f *File) Source() (Source, error) {
	switch {
	case f.source != nil:
		return f.source, nil
	case f.Whole:
		return Bytes(f.Head), nil
	}
	s, err := f.spool(f.Stream())
	if err == nil {
		f.source = s
	}
	return s, err
}

// Format reads one kind of file. Implementations live in this package's
// children and are put together by whoever starts an Engine.
type Format interface {
	// Name is the format's short name, such as "zip" or "xlsx".
	Name() string
	// Sniff says how sure it is, from 0 to 1, that f is of this format. It
	// looks at f.Head; f.Path may only break ties. Text is the last resort: a
	// format that any text could be answers below 0.5.
	Sniff(f *File) float64
	// Read reads f to its end and tells v what is in it. A file that cannot be
	// read at all is a breach.RefusedError; a part that cannot goes to
	// v.Unread, and reading goes on.
	Read(ctx context.Context, f *File, v Visitor) error
}

// Visitor is told what a Format finds in a file, in the order of the file.
type Visitor interface {
	// Member reads a file found in a container and returns when that is done.
	// name is as the container says, however hostile; size is -1 when unknown.
	// What is left unread of r when Member returns is the container's to skip.
	// An error that is not about the member alone (the container's own stream
	// broke, the context ended, a limit of the whole) comes back.
	Member(ctx context.Context, name string, size int64, r io.Reader) error
	// Table begins a table, or goes on with the one of that name.
	Table(t TableInfo) (Rows, error)
	// Text takes running text of a document, in pieces as they come; where says
	// where it stands, such as "page 3".
	Text(where string, text []byte) error
	// Unread says that a part cannot be read, by a reason code and a hint that
	// hold no value of the dump. part is "" for the file itself.
	Unread(part, code, hint string)
	// Warn adds a warning code about the file.
	Warn(code string)
}

// TableInfo says what a Format knows of a table before its first row.
type TableInfo struct {
	Name     string // "" when the file is one table
	Encoding string // WHATWG name, or utf-32le, utf-32be, cp437, cp850
	Dialect  Dialect
	Columns  []string // names, when the format knows them (SQL, JSON): then no row is a header
	// Header says whether the first row may be one when Columns is nil.
	Header HeaderHint
	Hidden bool // hidden from people (a hidden sheet)
}

// HeaderHint is what a format knows about a header.
type HeaderHint uint8

// Whether the first row is a header.
const (
	HeaderUnknown HeaderHint = iota // decided by looking at the rows
	HeaderYes
	HeaderNo
)

// Rows takes the rows of one table.
type Rows interface {
	// Row takes the values of a row in UTF-8. A nil value is NULL, an empty one
	// is empty. The slices are the caller's again when it returns.
	Row(cells [][]byte) error
	// Extend names columns that came up after the first rows (JSON).
	Extend(columns []string)
	// Refuse counts a row that cannot be read, by a reason code.
	Refuse(code string)
	// Warn adds a warning code about the table.
	Warn(code string)
}

// Lines is what Rows may be besides: they take most rows as they stand in a file.
type Lines interface {
	// Lines takes rows from the beginning of block, which is whole lines in UTF-8
	// without quotes in which nothing is damaged, their values parted by delim. It
	// returns how many rows it took and how many bytes they are. The row behind
	// them, if there is one, is not as the table's are or needs a closer look: it
	// has to be cut and given to Row.
	Lines(block []byte, delim byte) (rows, n int, err error)
}

// Refuse makes the error for a file that cannot be read.
func Refuse(code, hint string) error {
	return &breach.RefusedError{Code: code, What: "dump", Hint: hint}
}

// Reason codes shared by formats.
const (
	CodeUnknown   = "unknown-format" // no format knows it
	CodeEmpty     = "empty"
	CodeEncrypted = "encrypted"    // a password is needed, or the one given is wrong
	CodeSplit     = "split"        // a part of a set of several volumes
	CodeCut       = "cut"          // ends before its end
	CodeDamaged   = "damaged"      // contradicts itself
	CodeTooDeep   = "too-deep"     // containers within containers beyond MaxDepth
	CodeTooMany   = "too-many"     // more entries than MaxEntries
	CodeTooLarge  = "too-large"    // a limit on bytes
	CodeBomb      = "bomb"         // unpacks to more than MaxRatio times its size
	CodeNotFile   = "not-a-file"   // a link, a device, a directory in a file's place
	CodeNoTable   = "no-table"     // nothing in it is a table, or none of that name
	CodeNoReader  = "not-readable" // known, and no reader for it exists
)

// Limits of containers and of what is in them (the project's defences, class A).
const (
	MaxDepth   = 4
	MaxEntries = 100_000
	MaxOutput  = 50 << 30  // bytes out of one container
	MaxRatio   = 1000      // bytes out for a byte in, once RatioFrom bytes are out
	RatioFrom  = 100 << 20 // bytes
)
