package sqldump

import (
	"encoding/hex"
	"io"
	"unicode/utf8"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// decoding says in which encoding a dump is written, gives its bytes in one
// that agrees with ASCII, and what decodes a value of these. Values are decoded
// one by one, since a dump glues tables of several encodings together.
func decoding(f *dump.File) (string, io.Reader, *charset.Decoder) {
	g := guess(f)
	return g.Name, charset.Rows(f.Stream(), g.Name), charset.NewDecoder(g)
}

// guess is Detect, but for UTF-16 without a mark: SQL is nearly all ASCII, so
// every second byte is zero.
func guess(f *dump.File) charset.Guess {
	var zeros [2]int
	sample := f.Head[:min(len(f.Head), 4096)]
	for i, c := range sample {
		if c == 0 {
			zeros[i%2]++
		}
	}
	g := charset.Guess{Confidence: 1, Fallback: "windows-1252"}
	switch half := len(sample) / 2; {
	case zeros[1] > half*3/4 && zeros[0] < half/8:
		g.Name = "utf-16le"
		return g
	case zeros[0] > half*3/4 && zeros[1] < half/8:
		g.Name = "utf-16be"
		return g
	}
	return charset.Detect(f.Head, f.Whole)
}

// text returns a value in UTF-8. One that is no text at all, bytes that a dump
// wrote as they are, is told as other binary values are.
func (s *tables) text(v []byte) []byte {
	if v == nil || utf8.Valid(v) {
		return v
	}
	for _, c := range v {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f {
			return hex.AppendEncode(nil, v)
		}
	}
	return s.decode.Decode(nil, v)
}
