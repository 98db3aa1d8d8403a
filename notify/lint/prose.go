package lint

import "vigie/notify"

// Prose reads a document that is no communication under Art. 34, such as a
// letter to an institution or a press release: what such a text must not say,
// and plain language, without the elements that only a communication needs.
func Prose(d notify.Document, o Options) []Finding {
	c := newChecker(d, o)
	if d.Title == "" {
		c.add("title", "title")
	}
	c.each(func(where, text string) {
		c.characters(where, text)
		c.holes(where, text)
		c.phrases(where, text)
		c.values(where, text)
		c.simple(where, text)
	})
	c.readable()
	return c.found
}
