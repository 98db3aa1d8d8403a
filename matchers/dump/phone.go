package dump

import "vigie/internal/ident"

// appendPhone writes a number as E.164 where it can be read, else its digits if
// they are a number's, else nothing.
func appendPhone(dst, v []byte, territory string) []byte {
	if out, _, ok := ident.AppendPhone(dst, v, territory); ok {
		return out
	}
	from := len(dst)
	for _, b := range v {
		switch {
		case b >= '0' && b <= '9':
			dst = append(dst, b)
		case isLetter(b), len(dst)-from > 18:
			return dst[:from]
		}
	}
	if len(dst)-from < 4 || len(dst)-from > 18 {
		return dst[:from]
	}
	return dst
}

// isPhone tells the shapes in which French numbers are exported; numbers of
// other countries need their plus sign here.
func isPhone(v []byte) bool {
	shape, _ := ident.IsPhone(v)
	return shape
}
