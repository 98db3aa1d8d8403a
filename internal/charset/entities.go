package charset

import (
	"bytes"
	"html"
	"unicode"
	"unicode/utf8"
)

// maxEntity is the longest entity that is undone, "&Ccedil;" and the like.
const maxEntity = 10

// entities undoes HTML entities if a letter beyond ASCII among them touches a
// letter, or if there are two such letters. "R&amp;D" alone stays.
func entities(v []byte) ([]byte, bool) {
	if bytes.IndexByte(v, '&') < 0 {
		return nil, false
	}
	out := make([]byte, 0, len(v))
	letters, touching := 0, false
	for i := 0; i < len(v); {
		text, n := entity(v[i:])
		if n == 0 {
			out = append(out, v[i])
			i++
			continue
		}
		if r, _ := utf8.DecodeRuneInString(text); r >= 0xc0 && unicode.IsLetter(r) {
			letters++
			touching = touching || i > 0 && asciiLetter(v[i-1]) || i+n < len(v) && asciiLetter(v[i+n])
		}
		out = append(out, text...)
		i += n
	}
	return out, touching || letters > 1
}

// entity decodes the entity at the beginning of v and says how long it is, 0
// if there is none. Characters of control are not undone.
func entity(v []byte) (text string, n int) {
	if v[0] != '&' {
		return "", 0
	}
	end := bytes.IndexByte(v[:min(len(v), maxEntity)], ';')
	if end < 3 {
		return "", 0
	}
	text = html.UnescapeString(string(v[:end+1]))
	r, size := utf8.DecodeRuneInString(text)
	if size != len(text) || r == utf8.RuneError || unicode.IsControl(r) || r == '&' && string(v[:end+1]) != "&amp;" && string(v[:end+1]) != "&#38;" {
		return "", 0
	}
	return text, end + 1
}
