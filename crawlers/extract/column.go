package extract

import (
	"regexp"
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/internal/breach"
)

// columnNames tell what the cells below a heading hold.
var columnNames = []struct {
	field string
	name  *regexp.Regexp
}{
	{"views", regexp.MustCompile(`(?i)^(views?|hits|visits|vues|просмотр\pL*)$`)},
	{"deadline", regexp.MustCompile(`(?i)^(deadline|expires?|ends?|échéance|date limite)$`)},
	{"date", regexp.MustCompile(`(?i)^(date|posted|added|published|publication|created|uploaded|publié|ajouté|дата)( on| at| date| le)?$`)},
	{"size", regexp.MustCompile(`(?i)^((data|file|total)? ?size|volume|taille|poids)$`)},
	{"price", regexp.MustCompile(`(?i)^(price|cost|ransom|prix|rançon)( \(?\pL{3}\)?)?$`)},
	{"country", regexp.MustCompile(`(?i)^(country|pays|location)$`)},
}

// columns reads what the headings of a table say of a row's cells, where the
// row itself did not.
func (m *marker) columns(p *breach.Post) {
	row := m.record[0]
	if row.DataAtom != atom.Tr {
		return
	}
	heads := m.d.heads(row)
	at := 0
	for c := row.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		field := heads[at]
		at += span(c)
		if _, known := m.marks[field]; field == "" || known && field != "date" && field != "deadline" {
			continue
		}
		if set(p, field, []string{textOf(c)}) {
			m.at(field, c, sureLabelled)
		}
	}
}

func span(cell *html.Node) int {
	n, _ := strconv.Atoi(attr(cell, "colspan"))
	return min(max(n, 1), 100)
}

// heads tells by column what the headings above a row name. They are read
// once for a table.
func (d *document) heads(row *html.Node) map[int]string {
	table := row.Parent
	for table != nil && table.DataAtom != atom.Table {
		table = table.Parent
	}
	if table == nil {
		return nil
	}
	if h, ok := d.tables[table]; ok {
		return h
	}
	if d.tables == nil {
		d.tables = map[*html.Node]map[int]string{}
	}
	out := map[int]string{}
	tried := 0
	for tr := range table.Descendants() {
		if tr.DataAtom != atom.Tr {
			continue
		}
		if tried++; tr == row || tried > 3 || len(out) > 0 {
			break
		}
		at := 0
		for c := tr.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
				continue
			}
			t := textOf(c)
			for _, n := range columnNames {
				if len(t) < 40 && n.name.MatchString(t) {
					out[at] = n.field
				}
			}
			at += span(c)
		}
	}
	d.tables[table] = out
	return out
}
