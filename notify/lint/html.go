package lint

import (
	"fmt"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"vigie/internal/breach"
	"vigie/notify"
)

// parseHTML reads what a page or an HTML e-mail says: headings, paragraphs,
// lists and rows of tables, in reading order. What is not shown is not read.
func parseHTML(text string) (notify.Document, error) {
	page, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		return notify.Document{}, fmt.Errorf("parsing page: %w: %w", breach.ErrInvalid, err)
	}
	page.Find("script, style, template, nav, [hidden], [aria-hidden=true]").Remove()
	p := &parser{}
	page.Find("h1, h2, h3, h4, h5, h6, p, li, dt, dd, tr, summary, caption, label, legend, button").Each(func(_ int, s *goquery.Selection) {
		item := goquery.NodeName(s) == "li"
		if s.ParentsFiltered("p, dd, tr, label").Length() > 0 || !item && s.ParentsFiltered("li").Length() > 0 { // said by its parent
			return
		}
		own := s
		if item { // the items of a list within are items too
			own = s.Clone()
			own.Find("ul, ol").Remove()
		}
		said := strings.Join(strings.Fields(own.Text()), " ")
		if said == "" {
			return
		}
		switch name := goquery.NodeName(s); {
		case name == "h1" && p.doc.Title == "":
			p.doc.Title = said
		case name[0] == 'h' || name == "summary":
			p.paragraph()
			p.heading(said)
		case item:
			p.paragraph()
			p.block.List = append(p.block.List, said)
			p.block.Ordered = p.block.Ordered || s.ParentsFiltered("ol").Length() > 0
		default:
			p.lines = []string{said}
			p.paragraph()
		}
	})
	p.paragraph()
	p.close()
	if p.doc.Title == "" {
		p.doc.Title = strings.TrimSpace(page.Find("title").Text())
	}
	return p.doc, nil
}
