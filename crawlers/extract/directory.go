package extract

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/internal/breach"
)

// pathTitle is how file servers call a page: by the folder that it shows.
var pathTitle = regexp.MustCompile(`(^|\s)/([\w.~%+-]+/)*$|^(index|listing|contents?|files) (of|in|for|de) `)

// directory tells a folder as any file server shows it: what it offers bears the
// names that its links end with, and a link leads up, the page is called by its
// path, or columns give names and sizes.
func (d *document) directory(posts []breach.Post) bool {
	if len(posts) == 0 || d.total > 20_000 {
		return false
	}
	named := 0
	for _, p := range posts {
		for _, l := range p.Links {
			if n := nameAt(l); n != "" && strings.TrimSuffix(strings.TrimSpace(p.Title), "/") == n {
				named++
				break
			}
		}
	}
	if 5*named < 4*len(posts) {
		return false
	}
	title, heading := strings.ToLower(d.title()), strings.ToLower(d.heading())
	return pathTitle.MatchString(title) || pathTitle.MatchString(heading) || d.columns()
}

// nameAt is the last part of a link to a file or folder beside the page, ""
// for one that has none.
func nameAt(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	for _, key := range []string{"path", "dir", "folder", "file", "p", "d"} {
		if v := u.Query().Get(key); strings.Contains(v, "/") {
			return path.Base(strings.TrimSuffix(v, "/"))
		}
	}
	if u.Path == "" || u.RawQuery != "" {
		return ""
	}
	if n := path.Base(strings.TrimSuffix(u.Path, "/")); n != "." && n != "/" && n != ".." {
		return n
	}
	return ""
}

// filed tells a folder of which no list was read: links called as the files
// they lead to, and one that leads up or columns as folders have them.
func (d *document) filed() bool {
	all, named, up := 0, 0, d.columns()
	for _, n := range d.nodes {
		h := attr(n, "href")
		if n.DataAtom != atom.A || h == "" {
			continue
		}
		t := strings.TrimSuffix(textOf(n), "/")
		switch name := nameAt(h); {
		case t == ".." || t == "." || strings.HasPrefix(strings.ToLower(t), "parent"):
			up = true
			continue
		case name != "" && (t == name || strings.HasPrefix(t, name+" ")):
			named++
		}
		all++
	}
	return up && named > 1 && 3*named >= 2*all
}

var (
	nameColumn = wordsOf("name|file|filename|file name|nom|nom du fichier|fichier|nombre|имя|имя файла|dateiname|名称|文件名")
	sizeColumn = wordsOf("size|file size|taille|größe|tamaño|размер|大小")
)

// columns tells a table headed by names and sizes alone, or with dates and kinds.
func (d *document) columns() bool {
	return find(d.root, func(n *html.Node) bool {
		if n.DataAtom != atom.Tr {
			return false
		}
		name, size, cells := false, false, 0
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode {
				continue
			}
			t := strings.Trim(strings.ToLower(textOf(c)), " ↑↓▲▼⇅")
			if t != "" {
				cells++
			}
			name, size = name || nameColumn[t], size || sizeColumn[t]
		}
		return name && size && cells <= 5
	}) != nil
}

// minPicks is how many pictures to be ticked make a captcha.
const minPicks = 4

// picks tells a form in which pictures are to be ticked.
func (d *document) picks() bool {
	return find(d.root, func(n *html.Node) bool {
		if n.DataAtom != atom.Form {
			return false
		}
		boxes, pictures, buttons := 0, 0, 0
		for c := range n.Descendants() {
			switch {
			case c.DataAtom == atom.Input && (attr(c, "type") == "checkbox" || attr(c, "type") == "radio"):
				boxes++
			case c.DataAtom == atom.Input && attr(c, "type") == "image":
				buttons++
				pictures++
			case c.DataAtom == atom.Img:
				pictures++
			}
		}
		return boxes >= minPicks && pictures >= boxes || boxes == 0 && (pictures >= 2*minPicks || buttons > 1)
	}) != nil
}
