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
	"slices"
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
	// protection officer's, the service's, e-mail, telephone or post (lines
	// parted by "|" or commas). Nil allows any address in a paragraph that
	// presents it as a contact.
	Contacts []string
	// Count counts SMS segments; notify/sms.Count is one. Nil skips the rules
	// that need it.
	Count func(text string) (encoding string, units, segments int)
	// MaxSegments an SMS may have; 3 when 0.
	MaxSegments int
	// Easy holds the text to the rules of easy-to-read (FALC) as well.
	Easy bool
}

// advisory rules make a communication better and refuse none: the law does not
// ask for what they miss.
var advisory = map[string]bool{"nature-date": true, "recognise": true, "rights": true, "shorter": true, "item-when": true, "item-why": true}

// Check returns what is wrong with a document on a channel: email, letter,
// page, or sms, for which only the short text counts. No finding means that it
// may go to approval.
func Check(d notify.Document, ch breach.Channel, o Options) []Finding {
	found, _ := Review(d, ch, o)
	return found
}

// Review returns, apart from what Check does, advice that refuses nothing.
func Review(d notify.Document, ch breach.Channel, o Options) (found, advice []Finding) {
	c := newChecker(d, o)
	if ch == breach.ChannelSMS {
		c.sms()
		return c.found, c.advice
	}
	if ch == ChannelPage { // its change log is no communication
		c.doc.Blocks = slices.DeleteFunc(slices.Clone(d.Blocks), func(b notify.Block) bool { return changeLog.MatchString(b.Heading) })
	}
	told := outlineOf(c.doc)
	c.complete(told, ch)
	c.each(func(where, text string) {
		c.characters(where, text)
		c.holes(where, text)
		c.phrases(where, text)
		c.findFaults(where, text)
		c.envelope(where, text)
		c.values(where, text)
		c.simple(where, text)
	})
	c.learntFaults(told)
	c.readable()
	return c.found, c.advice
}

// ourMessages tells what the controller sends, or what false messages ask for.
var ourMessages = re(`(reçoi\p{L}*|envo\p{L}*|écri\p{L}*|recevr\p{L}*)[^.]{0,40}(lettre|courrier|courriel)|(send|sends|sent|gets?|receives?)[^.]{0,30}(letter|e-?mail)|(n'en envoie|n'envoie|n'appelle)`)

var changeLog = re(`^(historique|versions|journal des|history|change ?log|what has changed)`)

type checker struct {
	doc     notify.Document
	o       Options
	found   []Finding // what refuses it
	advice  []Finding // what would make it better
	english bool      // the language of the text
}

func newChecker(d notify.Document, o Options) *checker {
	c := &checker{doc: d, o: o, found: []Finding{}}
	words := wordsOf(fold(d.Short))
	c.each(func(_, text string) { words = append(words, wordsOf(fold(text))...) })
	c.english = isEnglish(words)
	return c
}

func (c *checker) add(rule, where string, args ...any) { c.put(rule, where, c.message(rule, args...)) }

func (c *checker) put(rule, where, message string) {
	f := Finding{rule, where, message}
	list := &c.found
	if advisory[rule] {
		list = &c.advice
	}
	if !slices.Contains(*list, f) {
		*list = append(*list, f)
	}
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

// complete looks for every element of Art. 34(2) in the message itself. The
// public page had better say too how to tell genuine messages, and who watches
// over the controller.
func (c *checker) complete(o outline, ch breach.Channel) {
	if strings.TrimSpace(c.doc.Title) == "" {
		c.add("title", "title")
	}
	for _, e := range elements {
		if !o.tells(e.aspect) {
			c.add(e.rule, "document")
		}
	}
	if !slices.ContainsFunc(o.units, func(u unit) bool { return dated.says(u.text) }) {
		c.add("nature-date", "document")
	}
	if ch == ChannelPage && !c.anywhere(cnil.MatchString) {
		c.add("rights", "document")
	}
	if ch == ChannelPage && !c.anywhere(func(s string) bool { return neverAsk.MatchString(s) || ourMessages.MatchString(s) }) {
		c.add("recognise", "document")
	}
	c.actions(o)
	c.whole(o, ch == breach.ChannelEmail)
	c.jargon()
}

func (c *checker) anywhere(ok func(string) bool) bool {
	found := false
	c.each(func(_, text string) { found = found || ok(text) })
	return found
}

func (c *checker) characters(where, text string) {
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u00ad' || r == unicode.ReplacementChar) {
			c.add("character", where, r)
			return
		}
	}
}

func (c *checker) holes(where, text string) {
	if m := hole.FindString(text); m != "" {
		c.add("hole", where)
	}
}

func (c *checker) phrases(where, text string) {
	folded := fold(text)
	for _, s := range sentences(folded) {
		for _, p := range phrases {
			if p.in(s, folded) && !doubted(p.rule, s) {
				c.add(p.rule, where)
			}
		}
	}
}
