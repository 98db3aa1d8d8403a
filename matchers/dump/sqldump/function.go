package sqldump

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// function reads a call, whose parenthesis is open, to what it comes to.
func (e *expression) function(name string) (value, bool) {
	switch name {
	case "cast", "try_cast":
		return e.cast()
	case "convert", "try_convert":
		return e.convert()
	}
	args, ok := e.arguments()
	if !ok {
		return value{}, false
	}
	switch name {
	case "chr", "char", "nchar", "unichr", "ascii_char":
		return characters(args)
	case "replace":
		if len(args) == 3 && allText(args) && len(args[1].text) > 0 {
			n := bytes.Count(args[0].text, args[1].text)
			if len(args[0].text)+n*len(args[2].text) > 2*maxField {
				return value{}, false
			}
			return value{sortText, bytes.ReplaceAll(args[0].text, args[1].text, args[2].text)}, true
		}
	case "concat":
		if allText(args) {
			var all []byte
			for _, a := range args {
				all = append(all, a.text...)
			}
			return value{sortText, all}, true
		}
	case "unistr", "stringdecode":
		if len(args) == 1 && args[0].sort == sortText {
			return value{sortText, unistr(nil, args[0].text)}, true
		}
	case "hextoraw", "unhex", "decode", "from_hex":
		return fromHex(args)
	case "empty_clob", "empty_blob", "empty_dbclob":
		return value{sort: sortText}, len(args) == 0
	case "nextval", "currval", "setval", "nvl", "coalesce", "ifnull", "isnull", "nullif", "if", "iif":
		return value{}, false
	}
	for _, a := range args {
		if a.sort == sortText || a.sort == sortBytes {
			return a, true
		}
	}
	return value{}, false
}

// arguments reads the arguments up to the closing parenthesis. One that is not
// understood is opaque.
func (e *expression) arguments() ([]value, bool) {
	var args []value
	if e.at(')') {
		e.i = e.peek().end
		return nil, true
	}
	for len(args) < maxColumns {
		v, ok := e.sum()
		if !ok || !e.at(',') && !e.at(')') {
			v = value{}
			if !e.toComma() {
				return nil, false
			}
		}
		args = append(args, v)
		t := e.take()
		if e.b[t.start] == ')' {
			return args, true
		}
	}
	return nil, false
}

// toComma goes to the comma or the parenthesis that ends an argument.
func (e *expression) toComma() bool {
	for depth := 0; ; {
		t := e.peek()
		if t.kind == kindEnd {
			return false
		}
		if t.kind == kindPunct {
			switch e.b[t.start] {
			case '(':
				depth++
			case ',':
				if depth == 0 {
					return true
				}
			case ')':
				if depth == 0 {
					return true
				}
				depth--
			}
		}
		e.i = t.end
	}
}

func allText(args []value) bool {
	for _, a := range args {
		if a.sort == sortOpaque || a.sort == sortNull {
			return false
		}
	}
	return true
}

// characters is chr(38), char(13, 10).
func characters(args []value) (value, bool) {
	var s []byte
	for _, a := range args {
		n, err := strconv.ParseInt(string(a.text), 10, 32)
		if a.sort == sortBytes { // CHAR(0x41 USING utf8)
			s = append(s, a.text...)
			continue
		}
		if err != nil || a.sort != sortNumber {
			return value{}, false
		}
		s = utf8.AppendRune(s, rune(n))
	}
	return value{sortText, s}, true
}

// fromHex is hextoraw('..'), unhex('..'), decode('..', 'hex').
func fromHex(args []value) (value, bool) {
	if len(args) == 0 || args[0].sort != sortText {
		return value{}, false
	}
	if len(args) == 1 || string(args[1].text) == "hex" {
		if v, ok := digits(args[0].text); ok {
			return value{sortBytes, v}, true
		}
	}
	return args[0], true
}

// cast is CAST(value AS type).
func (e *expression) cast() (value, bool) {
	v, ok := e.castee()
	if !ok {
		return v, false
	}
	name := e.typeName()
	return dated(v, name), e.closed(')')
}

// castee reads the value of a cast up to AS: the only place where a word behind
// a value is not its alias.
func (e *expression) castee() (value, bool) {
	v, ok := e.term()
	for ok {
		t := e.take()
		switch {
		case t.kind == kindWord && bytes.EqualFold(e.text(t), []byte("as")):
			return v, true
		case t.kind == kindEnd:
			return v, false
		case bytes.HasPrefix(e.b[t.start:], []byte("||")):
			e.i = t.start + 2
			v, ok = e.join(v)
		case e.b[t.start] == '+':
			v, ok = e.join(v)
		}
	}
	return v, false
}

// convert is SQL Server's CONVERT(type, value, style), or MySQL's
// CONVERT(value, type) and CONVERT(value USING charset).
func (e *expression) convert() (value, bool) {
	start := e.i
	if e.peek().kind == kindWord {
		name := e.typeName()
		if e.at(',') {
			e.i = e.peek().end
			if args, ok := e.arguments(); ok && len(args) > 0 && args[0].sort != sortOpaque {
				return dated(args[0], name), true
			}
		}
	}
	e.i = start
	args, ok := e.arguments()
	if !ok || len(args) == 0 || args[0].sort == sortOpaque {
		return value{}, false
	}
	return args[0], true
}

// dated decodes the binary dates that SQL Server's scripts cast.
func dated(v value, typeName string) value {
	if v.sort != sortBytes {
		return v
	}
	if s, ok := binaryDate(v.text, typeName); ok {
		return value{sortText, []byte(s)}
	}
	return v
}
