package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"vigie/notify"
)

var figures = regexp.MustCompile(`\d+`)

// Parallel holds a text in a language that the linter does not read against
// the French that it stands beside, which the linter has read: as many blocks,
// items and headings, the same figures, addresses and telephone numbers. What
// the words say is for the person who reads them over.
func Parallel(other, french notify.Document) []Finding {
	c := &checker{doc: other, found: []Finding{}, o: Options{Contacts: addresses(french)}}
	if len(other.Blocks) != len(french.Blocks) {
		c.put("parallel", "document", fmt.Sprintf("%d blocks, the French has %d", len(other.Blocks), len(french.Blocks)))
		return c.found
	}
	for i, b := range other.Blocks {
		where, want := fmt.Sprintf("block %d", i+1), french.Blocks[i]
		if len(b.List) != len(want.List) || (b.Heading == "") != (want.Heading == "") {
			c.put("parallel", where, "has another heading or other items than the French")
		}
		mine, theirs := figuresOf(b), figuresOf(want)
		for _, n := range mine {
			if !slices.Contains(theirs, n) {
				c.put("parallel-figures", where, "a figure is not in the French")
			}
		}
		for _, n := range theirs {
			if len(b.Text) == len(want.Text) && !slices.Contains(mine, n) {
				c.put("parallel-figures", where, "a figure of the French is missing")
			}
		}
	}
	c.each(func(where, text string) {
		c.holes(where, text)
		c.values(where, text)
	})
	return c.found
}

// addresses are those of the French, which the linter has accepted there.
func addresses(d notify.Document) []string {
	list := []string{}
	c := &checker{doc: d}
	c.each(func(_, text string) {
		list = append(append(list, mail.FindAllString(text, -1)...), mobile.FindAllString(text, -1)...)
	})
	return list
}

func figuresOf(b notify.Block) []string {
	return figures.FindAllString(strings.Join(append(append([]string{}, b.Text...), b.List...), " "), -1)
}
