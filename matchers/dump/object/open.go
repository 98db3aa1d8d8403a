package object

import (
	"bytes"
	"context"
	"io"

	"vigie/internal/charset"
	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// windowStart is how much of a file is looked at to begin with, in bytes.
const windowStart = 1 << 20

// guess is charset.Detect, but for UTF-16 and UTF-32 without a mark: all formats
// here begin with ASCII, so the zeros among the first bytes tell (as RFC 4627,
// section 3, has it for JSON).
func guess(f *dump.File) charset.Guess {
	if name := wide(f.Head); name != "" {
		return charset.Guess{Name: name, Confidence: 1, Fallback: "windows-1252"}
	}
	return charset.Detect(f.Head, f.Whole)
}

// wide names the encoding of a text whose characters are of two or four bytes,
// with a mark or without; "" for all others.
func wide(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	for _, m := range []struct{ mark, name string }{
		{"\xff\xfe\x00\x00", "utf-32le"}, {"\x00\x00\xfe\xff", "utf-32be"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"},
	} {
		if bytes.HasPrefix(b, []byte(m.mark)) {
			return m.name
		}
	}
	zeros := [4]bool{b[0] == 0, b[1] == 0, b[2] == 0, b[3] == 0}
	switch zeros {
	case [4]bool{true, true, true, false}:
		return "utf-32be"
	case [4]bool{false, true, true, true}:
		return "utf-32le"
	case [4]bool{true, false, true, false}:
		return "utf-16be"
	case [4]bool{false, true, false, true}:
		return "utf-16le"
	}
	return ""
}

// beginning is the first bytes of a file, in an encoding that agrees with
// ASCII, to tell its format by.
func beginning(f *dump.File) (b []byte, whole bool) {
	b, whole = f.Head, f.Whole
	if len(b) > sniffed {
		b, whole = b[:sniffed], false
	}
	if name := wide(b); name != "" {
		b, _ = io.ReadAll(charset.NewReader(bytes.NewReader(b), name)) // from memory: no error
	}
	return bytes.TrimPrefix(b, []byte("\ufeff")), whole
}

// open begins to read a file through a window of so many bytes.
func open(ctx context.Context, f *dump.File, v dump.Visitor, size int) (*window.Window, *output) {
	g := guess(f)
	return openAs(ctx, charset.Rows(f.Stream(), g.Name), g, v, size)
}

// openAs does so with what was made of a file, in the encoding of the file.
func openAs(ctx context.Context, r io.Reader, g charset.Guess, v dump.Visitor, size int) (*window.Window, *output) {
	w := window.New(ctx, r, size, maxRecord)
	w.Read()
	return w, &output{v: v, w: w, encoding: g.Name, decode: charset.NewDecoder(g), tables: map[string]*table{}, warned: map[string]bool{}}
}
