package document

import (
	"runtime"
	"strings"
	"testing"

	"vigie/matchers/dump"
)

// TestHostileXML reads what is made to exhaust readers of XML: entities of entities,
// elements without end, cells and rows of any size.
func TestHostileXML(t *testing.T) {
	laughs := `<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>` + wordHead + `<w:p><w:t>&b; &a;</w:t></w:p>` + wordTail
	s := read(t, "x", zipped(t, "[Content_Types].xml", wordTypes, "word/document.xml", laughs))
	if s.Err != nil || s.Texts["body"] != "&b; &a;\n" {
		t.Errorf("%q, %v", s.Texts, s.Err)
	}
	s = read(t, "x", wordFile(t, "<w:p><w:t>avant</w:t></w:p>"+strings.Repeat("<a>", 1000)))
	if s.Err != nil || s.Reasons["body"] != dump.CodeTooDeep || s.Texts["body"] != "avant\n" {
		t.Errorf("%v, %v", s.Reasons, s.Err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	wide := "<w:tbl>" + strings.Repeat("<w:tr>"+strings.Repeat("<w:tc><w:p><w:t>"+strings.Repeat("x", 4000)+"</w:t></w:p></w:tc>", 1200)+"</w:tr>", 2) + "</w:tbl>"
	data := wordFile(t, wide)
	s = read(t, "x", data)
	if len(s.Tables) != 1 || len(s.Tables[0].Rows) != 2 || len(s.Tables[0].Rows[0]) != maxCells || len(s.Texts["body"]) < 2*1200*4000 {
		t.Errorf("%d tables, %d bytes of text", len(s.Tables), len(s.Texts["body"]))
	}
	size := 0
	for _, cell := range s.Tables[0].Rows[0] {
		size += len(cell)
	}
	if size > maxRow || len(s.Warned) == 0 {
		t.Errorf("a row of %d bytes, warned %v", size, s.Warned)
	}
	runtime.ReadMemStats(&after)
	if after.Sys > before.Sys+512<<20 {
		t.Errorf("%d bytes more", after.Sys-before.Sys)
	}
}

// TestParts refuses archives that only look like documents, and says of documents what is
// not read.
func TestParts(t *testing.T) {
	many := []string{"[Content_Types].xml", wordTypes, "word/document.xml", wordHead + wordTail}
	for i := range MaxParts {
		many = append(many, "word/media/"+itoa(i), "")
	}
	tests := []struct {
		name, code, part string
		data             []byte
	}{
		{"cut", dump.CodeCut, "", wordFile(t, strings.Repeat("x", 100))[:300]},
		{"many parts", dump.CodeTooMany, "", zipped(t, many...)},
		{"scan", CodeScan, "", wordFile(t, "", "word/media/image1.png", "x")},
		{"bomb", dump.CodeBomb, "body", wordFile(t, strings.Repeat(" ", 104<<20))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(t, "x", tt.data)
			if code := reason(s.Err) + s.Reasons[tt.part]; code != tt.code {
				t.Errorf("%q, want %q", code, tt.code)
			}
		})
	}
}
