package proof

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

func place(b box) string { return fmt.Sprintf("%.0f, %.0f mm", b.x0, b.y0) }

var (
	mailbox  = regexp.MustCompile(`[\p{L}0-9._%+-]+@[\p{L}0-9-]+\.[\p{L}0-9.-]+`)
	pathName = regexp.MustCompile(`[A-Za-z]:\\|/(?:home|Users)/`)
	nir      = regexp.MustCompile(`\b[1-478] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?\d{2})?\b`)
)

// everyday are words of an address that say nothing about a person.
var everyday = []string{"MADAME", "MONSIEUR", "CHEZ", "RUE", "AVENUE", "BOULEVARD", "PLACE", "CHEMIN", "ROUTE", "IMPASSE", "ALLEE", "QUAI", "COURS",
	"APPARTEMENT", "BATIMENT", "RESIDENCE", "ESCALIER", "ETAGE", "CEDEX", "SAINT", "SAINTE", "GRAND", "GRANDE", "PETIT", "PETITE", "VILLE", "FRANCE", "LETTRE", "COURRIER"}

// metadata looks for a person in what the file says about itself: whoever
// handles the file sees it without opening the letter.
func (c *checker) metadata(block []line) {
	person := map[string]bool{}
	for _, l := range block {
		for _, w := range strings.Fields(fold(l.text)) {
			if utf8.RuneCountInString(w) >= 4 && !slices.Contains(everyday, w) && !isCountry(w) {
				person[w] = true
			}
		}
	}
	for where, s := range c.properties() {
		named := slices.ContainsFunc(strings.Fields(fold(s)), func(w string) bool { return person[w] })
		switch {
		case named:
			c.add("metadata-person", where, "a property of the file names the recipient or where they live")
		case mailbox.MatchString(s) || telephone.MatchString(s) || nir.MatchString(s) || pathName.MatchString(s):
			c.add("metadata-value", where, "a property of the file holds an address, a number or a path")
		}
	}
}

// properties are the texts a file says about itself, by where they stand.
func (c *checker) properties() map[string]string {
	all := map[string]string{}
	if c.f.x.Info != nil {
		for k, v := range c.f.dict(*c.f.x.Info) {
			if s := c.f.str(v); s != "" && k != "CreationDate" && k != "ModDate" && k != "Producer" {
				all["property "+k] = s
			}
		}
	}
	if s := c.xmp(); s != "" {
		all["property XMP"] = s
	}
	c.outline(c.f.dict(c.f.catalog["Outlines"]), all, 0)
	return all
}

func (c *checker) outline(d types.Dict, all map[string]string, depth int) {
	for o := c.f.in(d, "First"); depth < 8 && len(all) < 200; {
		item := c.f.dict(o)
		if item == nil {
			return
		}
		all[fmt.Sprintf("bookmark %d", len(all))] = c.f.str(item["Title"])
		c.outline(item, all, depth+1)
		o = item["Next"]
	}
}

// xmp returns the texts of the XMP packet, one a line.
func (c *checker) xmp() string {
	_, data := c.f.stream(c.f.catalog["Metadata"])
	dec := xml.NewDecoder(strings.NewReader(string(data)))
	dec.Strict = false
	var b strings.Builder
	for {
		t, err := dec.Token()
		if err != nil {
			return b.String()
		}
		switch t := t.(type) {
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); s != "" {
				b.WriteString(s + "\n")
			}
		case xml.StartElement:
			for _, a := range t.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "about" {
					b.WriteString(a.Value + "\n")
				}
			}
		}
	}
}
