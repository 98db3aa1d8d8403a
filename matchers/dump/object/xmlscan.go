package object

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// kind is the kind of a token of XML.
type kind uint8

const (
	xmlEnd kind = iota // of the file
	xmlOpen
	xmlShut
	xmlText
	xmlVerbatim // text in which nothing is an entity: CDATA
	xmlMore     // more bytes are needed
)

// token is a piece of XML. Its slices hold until the next one.
type token struct {
	kind  kind
	name  []byte // local name of a tag
	attrs []byte // of a tag, as written
	empty bool   // the tag closes itself
	text  []byte
	at    int // where it begins
	next  int // where the next token begins
}

var (
	cdataBegin = []byte("<![CDATA[")
	cdataEnd   = []byte("]]>")
)

// lex takes the token at i. It checks nothing that a table can do without: tags
// need not match, and entities are the five of XML and numbers. A DOCTYPE is
// passed over, so that no declaration can make text grow or reach out of the
// file. Of what ends beyond b, marker is what to pass over to, nil for a
// DOCTYPE.
func lex(b []byte, i int, last bool) (t token, marker []byte) {
	if i >= len(b) {
		return token{kind: xmlMore}, nil
	}
	if b[i] != '<' {
		end := bytes.IndexByte(b[i:], '<')
		if end < 0 {
			end = len(b) - i
			if !last { // an entity is not cut
				if amp := bytes.LastIndexByte(b[max(i, len(b)-16):], '&'); amp >= 0 && max(i, len(b)-16)+amp > i {
					end = max(i, len(b)-16) + amp - i
				}
			}
		}
		return token{kind: xmlText, text: b[i : i+end], next: i + end}, nil
	}
	if i+1 == len(b) {
		return more(b, i, last), nil
	}
	switch c := b[i+1]; {
	case c == '!':
		return lexDeclared(b, i, last)
	case c == '?':
		return through(b, i, last, []byte("?>"))
	case c == '/':
		return lexTag(b, i, i+2, last), nil
	case nameStart(c):
		return lexTag(b, i, i+1, last), nil
	}
	return literal(b, i), nil
}

// literal is a bracket that begins no tag.
func literal(b []byte, i int) token { return token{kind: xmlText, text: b[i : i+1], next: i + 1} }

func more(b []byte, i int, last bool) token {
	if last {
		return literal(b, i)
	}
	return token{kind: xmlMore}
}

func lexDeclared(b []byte, i int, last bool) (token, []byte) {
	rest := b[i:]
	switch {
	case bytes.HasPrefix(rest, cdataBegin):
		from := i + len(cdataBegin)
		if end := bytes.Index(b[from:], cdataEnd); end >= 0 {
			return token{kind: xmlVerbatim, text: b[from : from+end], next: from + end + len(cdataEnd)}, nil
		}
		return token{kind: xmlMore}, cdataEnd
	case bytes.HasPrefix(rest, []byte("<!--")):
		return through(b, i+2, last, []byte("-->"))
	case len(rest) < len(cdataBegin) && !last:
		return token{kind: xmlMore}, nil
	}
	depth := 0
	for k := i; k < len(b); k++ {
		switch b[k] {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				return token{kind: xmlText, next: k + 1}, nil
			}
		}
	}
	return token{kind: xmlMore}, []byte("]>")
}

// through passes over to the end of a marker.
func through(b []byte, i int, last bool, marker []byte) (token, []byte) {
	if end := bytes.Index(b[i:], marker); end >= 0 {
		return token{kind: xmlText, next: i + end + len(marker)}, nil
	}
	if last {
		return token{kind: xmlText, next: len(b)}, nil
	}
	return token{kind: xmlMore}, marker
}

// lexTag takes a tag whose name begins at from. A bracket within it says that
// it is none.
func lexTag(b []byte, i, from int, last bool) token {
	k := from
	local := from
	for k < len(b) && nameByte(b[k]) {
		if b[k] == ':' {
			local = k + 1
		}
		k++
	}
	t := token{kind: xmlOpen, name: b[local:k]}
	if b[i+1] == '/' {
		t.kind = xmlShut
	}
	if k == local && k < len(b) {
		return literal(b, i)
	}
	quote := byte(0)
	for at := k; at < len(b); at++ {
		switch c := b[at]; {
		case c == '<':
			return literal(b, i)
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			t.attrs, t.next = b[k:at], at+1
			if at > k && b[at-1] == '/' {
				t.attrs, t.empty = b[k:at-1], t.kind == xmlOpen
			}
			return t
		}
	}
	return more(b, i, last)
}

func nameStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':' || c >= 0x80
}

func nameByte(c byte) bool { return nameStart(c) || c-'0' <= 9 || c == '-' || c == '.' }

// attr takes the next attribute of a tag: its local name, and its value as it
// is written. ok says whether there is one. Namespaces are declared by
// attributes too, which are passed over.
func attr(b []byte) (name, value, rest []byte, ok bool) {
	for {
		i := 0
		for i < len(b) && (blank(b[i]) || b[i] == '/' || b[i] == '=') {
			i++
		}
		from := i
		for i < len(b) && !blank(b[i]) && b[i] != '=' {
			i++
		}
		if i == from {
			return nil, nil, nil, false
		}
		name = b[from:i]
		for i < len(b) && blank(b[i]) {
			i++
		}
		value = nil
		if i < len(b) && b[i] == '=' {
			i++
			for i < len(b) && blank(b[i]) {
				i++
			}
			value, i = attrValue(b, i)
		}
		b = b[i:]
		prefix, local, found := bytes.Cut(name, []byte(":"))
		if string(name) == "xmlns" || found && string(prefix) == "xmlns" {
			continue
		}
		if found {
			name = local
		}
		return name, value, b, true
	}
}

func attrValue(b []byte, i int) (value []byte, end int) {
	from := i
	if i < len(b) && (b[i] == '"' || b[i] == '\'') {
		n := bytes.IndexByte(b[i+1:], b[i])
		if n < 0 {
			return b[i+1:], len(b)
		}
		return b[i+1 : i+1+n], i + n + 2
	}
	for i < len(b) && !blank(b[i]) {
		i++
	}
	return b[from:i], i
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// appendText appends text with its entities undone. Those that only a document
// type could know stay as they are written.
func appendText(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		n := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if n < 2 {
			dst, raw = append(dst, '&'), raw[1:]
			continue
		}
		if r, ok := entity(raw[1:n]); ok {
			dst = utf8.AppendRune(dst, r)
		} else {
			dst = append(dst, raw[:n+1]...)
		}
		raw = raw[n+1:]
	}
}

func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if name[0] != '#' || len(name) < 2 {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n > 0 && utf8.ValidRune(rune(n))
}
