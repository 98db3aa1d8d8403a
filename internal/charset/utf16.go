package charset

import (
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// utf16Decoder reads UTF-16. It does what x/text does, several times faster on
// the ASCII of which tables consist. A lone surrogate and a last odd byte
// become U+FFFD.
type utf16Decoder struct {
	transform.NopResetter
	big bool
}

func (d utf16Decoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	high, low := 1, 0
	if d.big {
		high, low = 0, 1
	}
	for nSrc+1 < len(src) {
		if nDst+utf8.UTFMax > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		r, n := rune(src[nSrc+high])<<8|rune(src[nSrc+low]), 2
		if r < utf8.RuneSelf {
			dst[nDst] = byte(r)
			nDst++
			nSrc += 2
			continue
		}
		if utf16.IsSurrogate(r) {
			if nSrc+3 >= len(src) && !atEOF {
				return nDst, nSrc, transform.ErrShortSrc
			}
			first := r
			r = utf8.RuneError
			if nSrc+3 < len(src) {
				second := rune(src[nSrc+2+high])<<8 | rune(src[nSrc+2+low])
				if r = utf16.DecodeRune(first, second); r != utf8.RuneError {
					n = 4
				}
			}
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += n
	}
	switch {
	case nSrc == len(src):
		return nDst, nSrc, nil
	case !atEOF:
		return nDst, nSrc, transform.ErrShortSrc
	case nDst+utf8.UTFMax > len(dst):
		return nDst, nSrc, transform.ErrShortDst
	}
	return nDst + utf8.EncodeRune(dst[nDst:], utf8.RuneError), len(src), nil
}
