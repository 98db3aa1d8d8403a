// Package text reads whatever is text with rows: the last resort of the dump
// formats. It tells encoding, line ends and dialect by the beginning of a file,
// then streams its rows once.
//
// Text with rows comes in six layouts: delimited (CSV and every delimiter
// people use), boxed or ruled (what database clients and Markdown print),
// columns of fixed width (also in reports of pages), blocks of "key: value" lines with a blank line
// between records (address books, what stealers write), logs of pairs, and
// credential lists, whose last value may hold the delimiter. Rows of several
// kinds, which their first characters or their first value tell, are tables. What is none of these is a list of
// lines: one column.
//
// Rows are given as they stand, also ragged ones. What the reader does on its
// own is what only it can know: lines before a table are running text, a row
// that is written in another dialect than its table is read in its own, and a
// second table with a header and a width of its own is a table of its own.
package text

import (
	"bufio"
	"bytes"
	"context"
	"io"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// New returns the format "csv": every text with rows that no other format
// knows better.
func New() dump.Format { return format{} }

type format struct{}

// Name is "csv".
func (format) Name() string { return "csv" }

// Sniff answers 0.4 for text, less for text of a language that has a reader of
// its own, and 0 for what is no text.
func (format) Sniff(f *dump.File) float64 {
	head := f.Head[:min(len(f.Head), sniffed)]
	text := bytes.TrimSuffix(decoded(head, charset.Detect(head, f.Whole && len(head) == len(f.Head))), []byte{ctrlZ})
	switch {
	case check(text) != nil:
		return 0
	case foreignLanguage(text):
		return 0.1
	}
	return 0.4
}

// sniffed is how many bytes tell text from what is none.
const sniffed = 16 << 10

// decoded is a beginning of a file in an encoding that agrees with ASCII.
func decoded(head []byte, g charset.Guess) []byte {
	text, _ := io.ReadAll(charset.Rows(bytes.NewReader(head), g.Name)) // from memory: no error
	return text
}

// Read gives the rows of f to v.
func (format) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	guess := charset.Detect(f.Head, f.Whole)
	text := decoded(f.Head, guess)
	if f.Whole {
		text = bytes.TrimSuffix(text, []byte{ctrlZ})
	}
	if err := check(text); err != nil {
		return err
	}
	stream := charset.Rows(f.Stream(), guess.Name)
	if subs := substitutions(text); len(subs) > 0 {
		text = apply(subs, text)
		stream = &replacer{r: stream, subs: subs}
	}
	stream = &dosEnd{r: stream}
	if off := around(text, f.Whole); off != nil {
		stream = &unwrapper{r: bufio.NewReaderSize(stream, dump.MaxField), off: off}
		text, _ = io.ReadAll(&unwrapper{r: bufio.NewReaderSize(bytes.NewReader(text), dump.MaxField), off: off}) // from memory: no error
	}
	s := newSample(text, f.Whole)
	if b, ok := highByte(s); ok { // which is no letter, and says nothing of the encoding
		guess = charset.Detect(bytes.ReplaceAll(f.Head, []byte{b}, []byte{','}), f.Whole)
	}
	out := &feed{ctx: ctx, visitor: v, guess: guess, decode: charset.NewDecoder(guess), lost: losses{}}
	out.info.Encoding = guess.Name
	out.nulls = bytes.Contains(text, []byte(`\N`))
	out.formulas = bytes.Contains(text, []byte(`="`))
	out.info.Dialect.Newline = s.lineEnd()
	err := out.read(stream, s)
	out.told()
	out.unread()
	return err
}
