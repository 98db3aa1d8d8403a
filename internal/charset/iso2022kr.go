package charset

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/transform"
)

// iso2022KR is the Korean of old mail (RFC 1557): EUC-KR without its eighth
// bits, between the bytes 0E and 0F, announced by an escape sequence. The
// WHATWG standard does not read it, and neither does x/text.
type iso2022KR struct{}

const announceKR = "\x1b$)C"

func (iso2022KR) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: transform.Chain(&shiftedKR{}, korean.EUCKR.NewDecoder())}
}

// NewEncoder is there for the interface: nothing is written but UTF-8.
func (iso2022KR) NewEncoder() *encoding.Encoder { return korean.EUCKR.NewEncoder() }

// shiftedKR sets the eighth bits.
type shiftedKR struct{ out bool }

func (s *shiftedKR) Reset() { s.out = false }

func (s *shiftedKR) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		c := src[nSrc]
		rest := src[nSrc:]
		switch {
		case c == 0x0e || c == 0x0f:
			s.out = c == 0x0e
			nSrc++
			continue
		case c == announceKR[0] && len(rest) < len(announceKR) && !atEOF:
			return nDst, nSrc, transform.ErrShortSrc
		case len(rest) >= len(announceKR) && string(rest[:len(announceKR)]) == announceKR:
			nSrc += len(announceKR)
			continue
		case nDst == len(dst):
			return nDst, nSrc, transform.ErrShortDst
		case c == '\n':
			s.out = false // a line begins in ASCII
		case s.out && c > ' ':
			c |= 0x80
		}
		dst[nDst] = c
		nDst++
		nSrc++
	}
	return nDst, nSrc, nil
}
