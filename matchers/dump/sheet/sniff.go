package sheet

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"

	"vigie/matchers/dump"
)

// sure is how sure a format is of a file that is its own beyond doubt: more
// than a reader of plain zips.
const sure = 0.97

func extension(f *dump.File) string { return strings.ToLower(path.Ext(f.Path)) }

// Sniff looks for the parts of a workbook among the first entries of a zip. A zip
// that holds a workbook as a member begins with another name.
func (xlsx) Sniff(f *dump.File) float64 {
	first := zipName(f.Head)
	switch {
	case first == "[Content_Types].xml", first == "mimetype":
	case strings.HasPrefix(first, "_rels/"), strings.HasPrefix(first, "docProps/"), strings.HasPrefix(first, "xl/"), strings.HasPrefix(first, "customXml/"), strings.HasPrefix(first, `xl\`):
	default:
		return 0
	}
	for rest := f.Head; ; {
		i := bytes.Index(rest[1:], []byte("PK\x03\x04"))
		if i < 0 {
			break
		}
		rest = rest[1+i:]
		name := strings.ReplaceAll(zipName(rest), `\`, "/")
		if strings.HasPrefix(name, "xl/") {
			return sure
		}
		if strings.HasPrefix(name, "word/") || strings.HasPrefix(name, "ppt/") || strings.HasPrefix(name, "visio/") {
			return 0
		}
	}
	switch {
	case strings.HasPrefix(first, "xl/"):
		return sure
	case f.Whole:
		return 0
	}
	switch extension(f) {
	case ".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb":
		return 0.95
	}
	return 0
}

// zipName is the name in a zip's local header.
func zipName(b []byte) string {
	if len(b) < 30 || string(b[:4]) != "PK\x03\x04" {
		return ""
	}
	n := int(binary.LittleEndian.Uint16(b[26:]))
	if len(b) < 30+n || n > 1024 {
		return ""
	}
	return string(b[30 : 30+n])
}
