// Package lint reads a communication before people do and refuses what the
// CNIL has fined or the law forbids: an element of GDPR Art. 34(2) that is
// missing from the message itself, vagueness, hedging, a request for a secret,
// a leaked value, a link in an SMS.
//
// Each rule has a stable name. The linter looks for the presence of elements,
// not for their truth: people answer for that.
package lint

import (
	"fmt"
	"strings"
	"unicode"

	"vigie/internal/breach"
	"vigie/notify"
)

// Finding is one thing to put right.
type Finding struct {
	Rule    string `json:"rule"`
	Where   string `json:"where"` // title, short, or block and item counted from 1
	Message string `json:"message"`
}

// ChannelPage is the public page, which is no channel of a campaign.
const ChannelPage breach.Channel = "page"

// Options adjust the rules to a controller.
type Options struct {
	// Contacts are the addresses that may stand in the text: the data
	// protection officer's, the service's. Nil allows any address in a
	// paragraph that presents it as a contact.
	Contacts []string
	// Count counts SMS segments; notify/sms.Count is one. Nil skips the rules
	// that need it.
	Count func(text string) (encoding string, units, segments int)
	// MaxSegments an SMS may have; 3 when 0.
	MaxSegments int
}

// Check returns what is wrong with a document on a channel: email, letter,
// page, or sms, for which only the short text counts. No finding means that it
// may go to approval.
func Check(d notify.Document, ch breach.Channel, o Options) []Finding {
	c := &checker{doc: d, o: o, found: []Finding{}}
	if ch == breach.ChannelSMS {
		c.sms()
		return c.found
	}
	c.complete()
	c.each(func(where, text string) {
		c.characters(where, text)
		c.holes(where, text)
		c.phrases(where, text)
		c.values(where, text)
		c.length(where, text)
	})
	return c.found
}

type checker struct {
	doc   notify.Document
	o     Options
	found []Finding
}

func (c *checker) add(rule, where, format string, args ...any) {
	c.found = append(c.found, Finding{rule, where, fmt.Sprintf(format, args...)})
}

// each calls f with every piece of text and where it stands.
func (c *checker) each(f func(where, text string)) {
	f("title", c.doc.Title)
	for i, b := range c.doc.Blocks {
		at := fmt.Sprintf("block %d", i+1)
		if b.Heading != "" {
			f(at+", heading", b.Heading)
		}
		for j, s := range b.Text {
			f(fmt.Sprintf("%s, paragraph %d", at, j+1), s)
		}
		for j, s := range b.List {
			f(fmt.Sprintf("%s, item %d", at, j+1), s)
		}
	}
}

// complete looks for every element of Art. 34(2) in the message itself.
func (c *checker) complete() {
	if strings.TrimSpace(c.doc.Title) == "" {
		c.add("title", "title", "there is no title")
	}
	for _, e := range elements {
		if !e.present(c.doc) {
			c.add(e.rule, "document", "%s", e.missing)
		}
	}
	c.actions()
}

// actions wants at least three things to do, in a list, each with when and why.
func (c *checker) actions() {
	list := sectionOf(c.doc, actionHeading).List
	if len(list) < 3 {
		c.add("art34-actions", "document", "%d things to do stand in a list, 3 at least", len(list))
	}
	for i, s := range list {
		where := fmt.Sprintf("actions, item %d", i+1)
		if !when.MatchString(s) {
			c.add("action-when", where, "does not begin with when to do it")
		}
		if !why.MatchString(s) {
			c.add("action-why", where, "does not say why")
		}
	}
}

func (c *checker) characters(where, text string) {
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u00ad' || r == unicode.ReplacementChar) {
			c.add("character", where, "U+%04X cannot be shown", r)
			return
		}
	}
}

func (c *checker) holes(where, text string) {
	if m := hole.FindString(text); m != "" {
		c.add("hole", where, "something was not filled in")
	}
}

func (c *checker) phrases(where, text string) {
	for _, p := range phrases {
		if p.match.MatchString(text) && (p.unless == nil || !p.unless.MatchString(text)) {
			c.add(p.rule, where, "%s", p.message)
		}
	}
}

// maxWords is the longest sentence; RLS 4.1 asks for one idea a sentence.
const maxWords = 40

func (c *checker) length(where, text string) {
	for _, s := range sentenceEnd.Split(text, -1) {
		if n := len(strings.Fields(s)); n > maxWords {
			c.add("long-sentence", where, "a sentence of %d words, %d at most", n, maxWords)
		}
	}
}

// sms checks the pointer: who, that something follows, no link, no category.
func (c *checker) sms() {
	text := c.doc.Short
	if strings.TrimSpace(text) == "" {
		c.add("sms-empty", "short", "there is no short text")
		return
	}
	c.characters("short", text)
	c.holes("short", text)
	c.values("short", text)
	if link.MatchString(text) {
		c.add("sms-link", "short", "an SMS bears no link")
	}
	if category.MatchString(text) {
		c.add("sms-category", "short", "an SMS names no category of data")
	}
	if !follows.MatchString(text) {
		c.add("sms-pointer", "short", "does not say that a letter or an e-mail follows")
	}
	if urgent.MatchString(text) {
		c.add("sms-urgency", "short", "urgency is what fraudsters use")
	}
	if c.o.Count == nil {
		return
	}
	most := c.o.MaxSegments
	if most == 0 {
		most = 3
	}
	if _, _, n := c.o.Count(text); n > most {
		c.add("sms-length", "short", "%d segments, %d at most", n, most)
	}
}
