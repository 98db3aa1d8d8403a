package object

import (
	"bytes"
)

// listed is the name of a record in a list.
const listed = "*"

func opensCalendar(b []byte) bool {
	return hasFold(b, "BEGIN:V") && !hasFold(b, "BEGIN:VCARD")
}

func hasFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && bytes.EqualFold(b[:len(prefix)], []byte(prefix))
}

// calendar reads BEGIN:VEVENT, SUMMARY;LANGUAGE=fr:Conseil, END:VEVENT.
func (n *nest) calendar(line []byte) error {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		return nil
	}
	if i := bytes.IndexByte(name, ';'); i >= 0 {
		// A parameter may hold a colon in quotes.
		for bytes.Count(line[:len(line)-len(value)], []byte{'"'})%2 == 1 {
			i := bytes.IndexByte(value, ':')
			if i < 0 {
				return nil
			}
			value = value[i+1:]
		}
		name = name[:i]
	}
	switch {
	case hasFold(name, "BEGIN") && len(name) == 5:
		n.up(bytes.TrimSpace(value))
	case hasFold(name, "END") && len(name) == 3:
		return n.down(len(n.open) - 1)
	default:
		if hasFold(value, "mailto:") {
			value = value[len("mailto:"):]
		}
		return n.put(name, unescaped(bytes.TrimSpace(value)))
	}
	return nil
}

// unescaped writes \n, \, and \; as what they stand for.
func unescaped(v []byte) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return v
	}
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		c := v[i]
		if c == '\\' && i+1 < len(v) {
			if i++; v[i]|0x20 == 'n' {
				c = '\n'
			} else {
				c = v[i]
			}
		}
		out = append(out, c)
	}
	return out
}

func opensOFX(b []byte) bool { return hasFold(b, "OFXHEADER:") || hasFold(b, "<OFX>") }

// sgml reads <STMTTRN>, <TRNAMT>-12.50, with </TRNAMT> behind or without, and
// </STMTTRN>, one or several in a line.
func (n *nest) sgml(line []byte) error {
	for {
		i := bytes.IndexByte(line, '<')
		if i < 0 {
			return n.put(nil, bytes.TrimSpace(line))
		}
		tag, rest, ok := bytes.Cut(line[i+1:], []byte{'>'})
		if !ok || len(tag) == 0 {
			return nil
		}
		value := rest
		if i := bytes.IndexByte(rest, '<'); i >= 0 {
			value = rest[:i]
		}
		line = rest[len(value):]
		switch value = bytes.TrimSpace(value); {
		case tag[0] == '/':
			for i := len(n.open) - 1; i >= 0; i-- {
				if n.open[i] == string(tag[1:]) {
					if err := n.down(i); err != nil {
						return err
					}
					break
				}
			}
		case len(value) > 0:
			if err := n.put(tag, value); err != nil {
				return err
			}
		case !bytes.HasPrefix(line, []byte("</"+string(tag)+">")):
			n.up(tag)
		}
	}
}

func opensGEDCOM(b []byte) bool {
	line, rest, _ := bytes.Cut(b[:min(len(b), 64)], []byte{'\n'})
	return hasFold(bytes.TrimSpace(line), "0 HEAD") && len(bytes.TrimSpace(line)) == len("0 HEAD") && (len(rest) == 0 || rest[0] == '1' || rest[0] == ' ')
}

// gedcom reads 0 @I1@ INDI, 1 BIRT, 2 DATE 22 SEP 1930: a number says how deep a
// line stands, CONC and CONT go on with the line above.
func (n *nest) gedcom(line []byte) error {
	line = bytes.TrimSpace(line)
	digits := 0
	for digits < len(line) && digits < 2 && line[digits]-'0' < 10 {
		digits++
	}
	level := 0
	for _, c := range line[:digits] {
		level = level*10 + int(c-'0')
	}
	if digits == 0 || digits == len(line) || line[digits] != ' ' {
		return nil
	}
	tag, value, _ := bytes.Cut(bytes.TrimSpace(line[digits:]), []byte{' '})
	if id := tag; len(id) > 2 && id[0] == '@' && id[len(id)-1] == '@' {
		tag, _, _ = bytes.Cut(value, []byte{' '})
		value = id
	}
	if err := n.down(level); err != nil || len(tag) == 0 || level > len(n.open) {
		return err
	}
	if level > 0 && (string(tag) == "CONC" || string(tag) == "CONT") {
		return n.put(nil, value)
	}
	n.up(tag)
	if len(n.open) == n.depth && n.row != nil {
		return n.put(tag, value) // the record's own number
	}
	if len(value) > 0 {
		return n.put(nil, value)
	}
	return nil
}

func opensPrinted(b []byte) bool {
	for n := 0; n < 8; n++ {
		line, rest, _ := bytes.Cut(b, []byte{'\n'})
		next, _, _ := bytes.Cut(rest, []byte{'\n'})
		line, next = bytes.TrimSpace(line), bytes.TrimSpace(next)
		if isPrinted(line) && (string(next) == "(" || line[len(line)-1] == '{' && len(next) > 4 && next[0] == '[') {
			return true
		}
		b = rest
	}
	return false
}

// isPrinted tells what stands for a record: Array, Client Object, array(3) {,
// object(Client)#1 (2) {.
func isPrinted(v []byte) bool {
	if n := len(v); n > 0 && v[n-1] == '{' {
		return bytes.HasPrefix(v, []byte("array(")) || bytes.HasPrefix(v, []byte("object("))
	}
	return string(v) == "Array" || bytes.HasSuffix(v, []byte(" Object")) && bytes.Count(v, []byte{' '}) == 1
}

// printed reads [nom] => Dupont and [0] => Array between brackets, and the
// ["nom"]=> of var_dump, whose value is the next line.
func (n *nest) printed(line []byte) error {
	whole := line
	line = bytes.TrimSpace(line)
	switch {
	case len(line) == 0:
		return nil
	case string(line) == "(" && n.pending != "":
		n.up([]byte(n.pending))
		n.pending = ""
		return nil
	case string(line) == ")" || string(line) == "}":
		return n.down(len(n.open) - 1)
	}
	key, value := n.key, line
	n.key = nil
	if k, v, ok := printedKey(line); ok {
		if key, value = k, v; len(v) == 0 && bytes.HasSuffix(bytes.TrimRight(whole, "\r"), []byte("=>")) {
			n.key = bytes.Clone(key)
			return nil
		}
	}
	if key == nil {
		key = n.last // it goes on
	}
	n.last = append(n.last[:0], key...)
	if isPrinted(value) {
		name := nameOfPrinted(key)
		if value[len(value)-1] == '{' {
			n.up(name)
		} else {
			n.pending = string(name)
		}
		return nil
	}
	return n.put(key, dumped(value))
}

// printedKey cuts [nom] => Dupont, ["nom"]=> and ["nom":protected]=>.
func printedKey(line []byte) (key, value []byte, ok bool) {
	if line[0] != '[' {
		return nil, nil, false
	}
	i := bytes.Index(line, []byte("]"))
	if i < 2 {
		return nil, nil, false
	}
	value, ok = bytes.CutPrefix(bytes.TrimLeft(line[i+1:], " "), []byte("=>"))
	key, _, _ = bytes.Cut(line[1:i], []byte{':'})
	return bytes.Trim(key, `"`), append(value[:0:0], bytes.TrimSpace(value)...), ok
}

// nameOfPrinted names a record by its key; numbers are places in a list.
func nameOfPrinted(key []byte) []byte {
	if len(key) == 0 || len(bytes.Trim(key, "0123456789")) == 0 {
		return []byte(listed)
	}
	return key
}

// dumped is a value of var_dump without its type: string(6) "Dupont", int(3).
func dumped(v []byte) []byte {
	kind, rest, ok := bytes.Cut(v, []byte{'('})
	if !ok {
		if string(v) == "NULL" {
			return nil
		}
		return v
	}
	switch string(kind) {
	case "string":
		if _, text, ok := bytes.Cut(rest, []byte(`) "`)); ok {
			return bytes.TrimSuffix(text, []byte{'"'})
		}
	case "int", "float", "bool":
		return bytes.TrimSuffix(rest, []byte{')'})
	}
	return v
}
