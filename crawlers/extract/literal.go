package extract

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// literal rewrites the JavaScript literal that a text begins with as JSON: names
// without quotes, strings in single quotes or backticks, a comma too many. It
// says how many bytes it read; what is no plain value (a call, a sum) ends it,
// and the text is then "".
func literal(js string) (text string, read int) {
	var b strings.Builder
	var open []byte
	comma := false // one is due before the next value
	value := func(s string) {
		if comma {
			b.WriteByte(',')
		}
		b.WriteString(s)
		comma = true
	}
	for i := 0; i < len(js); {
		switch c := js[i]; c {
		case ' ', '\t', '\r', '\n', ',':
			i++
		case '[', '{':
			value(string(c))
			open, comma = append(open, c), false
			i++
			if len(open) > maxOpen {
				return "", i
			}
		case ']', '}':
			if len(open) == 0 || open[len(open)-1] != c-2 { // [ and ], { and } are two apart
				return "", i
			}
			open, comma = open[:len(open)-1], true
			b.WriteByte(c)
			if i++; len(open) == 0 {
				return b.String(), i
			}
		case ':':
			b.WriteByte(':')
			comma = false
			i++
		case '"', '\'', '`':
			s, n := quotedString(js[i:])
			if n == 0 {
				return "", i
			}
			value(s)
			i += n
		default:
			n := len(js) - i - len(strings.TrimLeftFunc(js[i:], wordy))
			if n == 0 {
				return "", i
			}
			word := js[i : i+n]
			i += n
			key := strings.HasPrefix(strings.TrimLeft(js[i:min(i+20, len(js))], " \t\r\n"), ":")
			switch {
			case !key && (word == "true" || word == "false" || word == "null" || json.Valid([]byte(word))):
				value(word)
			case !key && word == "undefined":
				value("null")
			case key:
				q, _ := json.Marshal(word)
				value(string(q))
			default:
				return "", i
			}
		}
	}
	return "", len(js)
}

// wordy tells what names and numbers are made of.
func wordy(r rune) bool {
	return 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9' || strings.ContainsRune("_$.-+", r) || r >= utf8.RuneSelf
}

// maxOpen bounds how deep a literal may nest.
const maxOpen = 64

// quotedString is a JavaScript string as JSON, and its bytes with both quotes;
// 0 for one that does not end or is put together from values.
func quotedString(js string) (text string, read int) {
	quote := js[0]
	var b strings.Builder
	for i := 1; i < len(js); i++ {
		switch c := js[i]; {
		case c == quote:
			out, err := json.Marshal(b.String())
			if err != nil {
				return "", 0
			}
			return string(out), i + 1
		case c == '\\' && i+1 < len(js):
			i++
			switch e := js[i]; e {
			case 'n', 'r', 't':
				b.WriteByte(' ')
			case 'u':
				var s string
				if i+5 > len(js) || json.Unmarshal([]byte(`"\u`+js[i+1:i+5]+`"`), &s) != nil {
					return "", 0
				}
				b.WriteString(s)
				i += 4
			default:
				b.WriteByte(e)
			}
		case c == '$' && quote == '`' && strings.HasPrefix(js[i:], "${"):
			return "", 0
		default:
			b.WriteByte(c)
		}
	}
	return "", 0
}
