package object

import (
	"bytes"
	"context"
	"strings"

	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// xmlFormat reads XML that holds records.
type xmlFormat struct{}

func (xmlFormat) Name() string { return "xml" }

// Sniff knows XML by its declaration or by tags that close as they open, and
// leaves documents and workbooks written in XML to others.
func (xmlFormat) Sniff(f *dump.File) float64 {
	b, whole := beginning(f)
	b = bytes.TrimLeft(b, " \t\r\n")
	declared := bytes.HasPrefix(b, []byte("<?xml"))
	if len(b) == 0 || b[0] != '<' {
		return 0
	}
	opened, shut, odd := 0, 0, 0
	var stack []string
	for i := 0; i < len(b) && opened < 2000; {
		t, _ := lex(b, i, true)
		if t.kind == xmlMore {
			break
		}
		switch t.kind {
		case xmlOpen:
			if opened == 0 && foreign(b, string(t.name)) {
				return 0
			}
			opened++
			if !t.empty {
				stack = append(stack, string(t.name))
			} else {
				shut++
			}
		case xmlShut:
			n := len(stack) - 1
			for n >= 0 && stack[n] != string(t.name) {
				n--
			}
			if n >= 0 {
				shut++
			}
			if n != len(stack)-1 || n < 0 {
				odd++
			}
			stack = stack[:max(n, 0)]
		case xmlText:
			if len(stack) == 0 && len(bytes.TrimSpace(t.text)) > 0 && !strings.HasPrefix(string(t.text), "\ufeff") {
				odd++
			}
		}
		i = t.next
	}
	switch {
	case opened == 0, odd*10 > opened+10:
		return 0
	case declared && (shut > 0 || !whole):
		return 0.95
	case shut > 0 && odd == 0:
		return 0.92
	case declared, shut > 5:
		return 0.8
	}
	return 0
}

// foreign tells roots of documents that are no tables here.
func foreign(b []byte, root string) bool {
	switch strings.ToLower(root) {
	case "html", "head", "body", "table", "div", "p", "br", "span", "meta", "script", "style", "svg", "center", "font", "a", "b", "hr",
		"document", "document-content", "worddocument", "wordprocessingml", "presentation", "plist":
		return strings.ToLower(root) != "document" && root != "table" || bytes.Contains(b[:min(len(b), 4096)], []byte("urn:oasis:names:tc:opendocument")) ||
			bytes.Contains(b[:min(len(b), 4096)], []byte("schemas.openxmlformats.org")) || root == "table" && bytes.Contains(bytes.ToLower(b), []byte("<tr"))
	case "workbook", "ss:workbook":
		return bytes.Contains(b[:min(len(b), 4096)], []byte("urn:schemas-microsoft-com:office:spreadsheet"))
	}
	return false
}

// Read gives every record to v.
func (xmlFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	w, o := open(ctx, f, v, windowStart)
	return readXML(w, o)
}

func readXML(w *window.Window, o *output) error {
	x := &xmlReader{w: w, o: o, known: map[string]role{}, tags: map[string]string{}}
	err := x.read()
	if err == nil {
		err = w.Err
	}
	if err == nil && len(o.tables) == 0 && !x.told {
		o.v.Unread("", dump.CodeNoTable, "it holds no record")
	}
	return err
}
