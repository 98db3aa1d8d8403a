package institution

import (
	"bytes"
	"html/template"
	"strconv"
	"strings"
	"sync"

	"vigie/notify"
)

var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("document.html").Option("missingkey=error").ParseFS(files, "document.html")
})

// HTML writes a document as one page that prints well and loads nothing.
func HTML(d notify.Document, lang string) ([]byte, error) {
	t, err := parsed()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, struct {
		Lang string
		Doc  notify.Document
	}{lang, d})
	return out.Bytes(), err
}

// Text writes a document as plain text, for an intranet's own editor.
func Text(d notify.Document) []byte {
	var b strings.Builder
	b.WriteString(d.Title + "\n")
	for _, blk := range d.Blocks {
		if blk.Heading != "" {
			b.WriteString("\n" + blk.Heading + "\n")
		}
		for _, t := range blk.Text {
			b.WriteString("\n" + t + "\n")
		}
		if len(blk.List) > 0 {
			b.WriteString("\n")
		}
		for i, item := range blk.List {
			mark := "- "
			if blk.Ordered {
				mark = strconv.Itoa(i+1) + ". "
			}
			b.WriteString(mark + item + "\n")
		}
	}
	return []byte(b.String())
}
