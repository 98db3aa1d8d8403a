package sqldump

import (
	"bytes"

	"vigie/matchers/dump"
)

// maxRescan bounds the bytes that are looked at a second time because of
// damage, so that reading stays linear.
const maxRescan = 256 << 20

// cut counts the row that the file's end cuts.
func (p *parser) cut() {
	p.w.Pos = len(p.w.Buf)
	if p.w.Err != nil {
		return
	}
	p.tables.refuse(dump.CodeCut)
	if !p.cutTold {
		p.cutTold = true
		p.v.Warn(dump.CodeCut)
	}
}

// resumeAfter goes from a row that contradicts its statement to the next place that
// looks like the beginning of a row, or else of a statement, and says whether it
// is a row. The bytes of the row are looked at again: a quote that was lost or added turns text and
// names round until the end of the file.
func (p *parser) resumeAfter(length int) (bool, error) {
	p.tables.refuse(dump.CodeDamaged)
	if p.rescanned += length; p.rescanned > maxRescan {
		return false, p.skip()
	}
	for {
		b := p.w.Rest()
		row := nextRow(b)
		if row >= 0 {
			b = b[:row]
		}
		if line := nextStatement(b); line >= 0 {
			p.w.Pos += line
			return false, nil
		}
		if row >= 0 {
			p.w.Pos += row
			return true, nil
		}
		if !p.fetch() {
			return false, p.skip()
		}
	}
}

// nextRow is the place of the parenthesis that opens the next row, behind "),".
func nextRow(b []byte) int {
	for i := 0; ; {
		j := bytes.Index(b[i:], []byte("),"))
		if j < 0 {
			return -1
		}
		for i += j + 2; i < len(b) && space(b[i]); i++ {
		}
		if i < len(b) && b[i] == '(' {
			return i
		}
	}
}

// nextStatement is the place of the next line that begins with a statement that
// dumps are made of.
func nextStatement(b []byte) int {
	at := -1
	for _, word := range []string{"\nINSERT ", "\nCREATE TABLE ", "\nCOPY ", "\n-- "} {
		if j := bytes.Index(b, []byte(word)); j >= 0 && (at < 0 || j < at) {
			at, b = j, b[:j+len(word)]
		}
	}
	return at
}
