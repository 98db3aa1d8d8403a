package extract

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// literal rewrites the JavaScript literal that a text begins with as JSON: names
// without quotes, strings in single quotes or backticks, a comma too many, dates,
// remarks. It says how many bytes it read; what is no plain value (a call, a
// sum) ends it, and the text is then "".
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
		case '/':
			n := remark(js[i:])
			if n == 0 {
				return "", i
			}
			i += n
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
			case !key && word == "new":
				s, n := newDate(js[i:])
				if n == 0 {
					return "", i
				}
				value(s)
				i += n
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

// remark is how many bytes a comment takes, 0 where none begins.
func remark(js string) int {
	for open, end := range map[string]string{"//": "\n", "/*": "*/"} {
		if strings.HasPrefix(js, open) {
			if n := strings.Index(js[2:], end); n >= 0 {
				return 2 + n + len(end)
			}
			return len(js)
		}
	}
	return 0
}

// newDate is what a date is made of, or its day, as JSON, and how many bytes are read behind
// "new"; 0 for any other call.
func newDate(js string) (text string, read int) {
	call := strings.TrimLeft(js, " \t\r\n")
	inner, ok := strings.CutPrefix(call, "Date(")
	if !ok || inner == "" {
		return "", 0
	}
	n := strings.IndexByte(inner, ')')
	if strings.IndexByte("\"'`", inner[0]) >= 0 {
		if text, n = quotedString(inner); n == 0 {
			return "", 0
		}
	} else if n > 0 {
		var parts []int // its months begin at 0 (ECMA-262, 21.4.2.1)
		if err := json.Unmarshal([]byte("["+inner[:n]+"]"), &parts); err == nil && len(parts) == 1 {
			text = strings.TrimSpace(inner[:n])
		} else if err == nil && len(parts) >= 3 && len(parts) <= 7 {
			text = fmt.Sprintf(`"%04d-%02d-%02d"`, parts[0], parts[1]+1, parts[2])
		}
	}
	if text == "" || !strings.HasPrefix(inner[n:], ")") {
		return "", 0
	}
	return text, len(js) - len(inner) + n + 1
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
