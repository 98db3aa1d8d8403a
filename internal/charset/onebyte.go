package charset

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// oneByte is an encoding of one byte a character, known by its table.
type oneByte struct{ t *table }

func (e oneByte) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: oneByteDecoder{t: e.t}}
}

// NewEncoder is there for the interface: nothing is written but UTF-8.
func (e oneByte) NewEncoder() *encoding.Encoder { return charmap.Windows1252.NewEncoder() }

type oneByteDecoder struct {
	transform.NopResetter
	t *table
}

func (d oneByteDecoder) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		n := copy(dst[nDst:], src[nSrc:nextHigh(src, nSrc)])
		nDst += n
		nSrc += n
		if nSrc == len(src) {
			break
		}
		if nDst+utf8.UTFMax > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], d.t[src[nSrc]])
		nSrc++
	}
	return nDst, nSrc, nil
}

// appendDecoded appends v, read by the table, in UTF-8.
func (t *table) appendDecoded(dst, v []byte) []byte {
	for _, c := range v {
		dst = utf8.AppendRune(dst, t[c])
	}
	return dst
}
