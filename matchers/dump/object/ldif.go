package object

import (
	"bytes"
	"context"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// ldifFormat reads LDIF (RFC 2849): what directories export.
type ldifFormat struct{}

func (ldifFormat) Name() string { return "ldif" }

// Sniff looks for the name of an entry before anything else.
func (ldifFormat) Sniff(f *dump.File) float64 {
	b, _ := beginning(f)
	named := false
	for range 1000 {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		b = rest
		line = bytes.TrimRight(line, "\r ")
		if len(line) == 0 || line[0] == '#' || line[0] == ' ' || bytes.HasPrefix(line, []byte("version:")) {
			if len(b) == 0 {
				break
			}
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		switch {
		case !ok || !attributeName(name):
			return 0
		case named:
			return 0.97
		case !strings.EqualFold(string(name), "dn") || !bytes.HasPrefix(value, []byte(":")) && bytes.IndexByte(value, '=') < 0:
			return 0
		}
		named = true
	}
	return 0
}

func attributeName(b []byte) bool {
	for _, c := range b {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if c-'0' > 9 && c != '-' && c != ';' && c != '.' && c != '_' {
				return false
			}
		}
	}
	return len(b) > 0
}

// Read gives every entry to v.
func (ldifFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	w, o := open(ctx, f, v, windowStart)
	return readLDIF(w, o)
}

func readLDIF(w *window.Window, o *output) error {
	l := &lines{w: w}
	t := o.table("")
	e := entry{t: t, names: map[string]int{}}
	for {
		line, big, ok := l.next()
		if !ok {
			break
		}
		switch {
		case big:
			t.bad = dump.CodeTooLarge
		case len(bytes.TrimSpace(line)) == 0:
			if err := e.end(); err != nil {
				return err
			}
		case line[0] == '#', bytes.Equal(line, []byte("-")), bytes.HasPrefix(line, []byte("version:")) && !e.named:
		default:
			e.attribute(line)
		}
	}
	if err := e.end(); err != nil {
		return err
	}
	return w.Err
}

// entry is the entry that is read.
type entry struct {
	t     *table
	names map[string]int // columns by name in lower case
	named bool           // the entry has a dn
	size  int
}

// end gives the entry. What has no name is none: the line in which a search
// tells its result.
func (e *entry) end() error {
	named := e.named
	e.named, e.size = false, 0
	if !named && e.t.bad == "" {
		e.t.drop()
		return nil
	}
	return e.t.give()
}

func (e *entry) attribute(line []byte) {
	if e.size += len(line); e.size > maxRecord {
		e.t.bad = dump.CodeTooLarge
		return
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || !attributeName(name) || len(name) > maxName {
		e.t.bad = dump.CodeDamaged
		return
	}
	column, known := e.names[string(name)]
	if !known {
		lower := strings.ToLower(string(name))
		if column, known = e.names[lower]; !known {
			column = e.t.column(string(name))
		}
		if column >= 0 {
			e.names[lower], e.names[string(name)] = column, column
		}
	}
	e.named = e.named || strings.EqualFold(string(name), "dn")
	switch {
	case bytes.HasPrefix(value, []byte(":")):
		value = plain(bytes.TrimSpace(value[1:]))
	case bytes.HasPrefix(value, []byte("<")):
		value = bytes.TrimSpace(value[1:])
	default:
		value = bytes.TrimSpace(value)
	}
	e.t.put(column, e.t.keep(value))
}

// plain is the text that is written in base64, or the base64 when it is no text.
func plain(v []byte) []byte {
	out, err := base64.StdEncoding.AppendDecode([]byte{}, v)
	if err != nil || !utf8.Valid(out) || bytes.IndexByte(out, 0) >= 0 {
		return v
	}
	return out
}
