package lint

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"vigie/internal/breach"
	"vigie/notify"
)

// maxText is the longest text that is read.
const maxText = 1 << 20

var (
	numbered  = regexp.MustCompile(`^(?:\(?\d{1,3}(?:[.)°]+|\s?[/→]|\s?->)|\d{1,2} ?[-–—]|\(?[a-hA-H][.)]|\(?(?:i{1,3}|iv|v|vi{0,3})[.)]|(?:Étape|Step|Conseil|Action) \d{1,2} ?[:.–—-]|(?:Premièrement|(?:Deux|Trois|Quatr|Cinqu)ièmement|En (?:premier|deuxième|troisième|quatrième|dernier)(?: lieu)?) ?[,:]|(?:[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ff]ifth|[Ff]inally|[Ll]astly)(?:ly)? ?[,:])\s*(\D.+)`)
	bulleted  = regexp.MustCompile(`^(?:[-*•»>+]|[\p{So}\p{Pd}\p{Sm}·‣]\x{fe0f}?|->|=>|o\b)\s+(.+)`)
	subject   = regexp.MustCompile(`(?i)^(?:\*\*)?(?:objet|sujet|subject|object|re|concerne|n/?objet)\s?:(?:\*\*)?\s*(.+)`)
	underline = regexp.MustCompile(`^(-{3,}|={3,})$`)
	// header is a line of the head of an e-mail that is none of its words.
	header = regexp.MustCompile(`(?i)^(?:from|to|cc|bcc|date|sent|reply-to|de|à|cci|envoyé le|répondre à|expéditeur|destinataire|mailbox)\s?:\s.*`)
)

// Parse reads a communication: a notify.Document in JSON, a page in HTML, whose
// h1 is the title, or plain text, where
// "# " or an underlined line makes a heading, "- " and "1. " make lists, and
// the first line is the title. A text for SMS is all one line.
func Parse(r io.Reader, ch breach.Channel) (notify.Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil {
		return notify.Document{}, err
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if len(data) > maxText {
		return notify.Document{}, &breach.RefusedError{Code: "too-large", What: "communication", Hint: fmt.Sprintf("%d bytes at most", maxText)}
	}
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		return parseHTML(text)
	}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		var d notify.Document
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return d, fmt.Errorf("parsing document: %w: %w", breach.ErrInvalid, err)
		}
		return d, nil
	}
	if ch == breach.ChannelSMS {
		return notify.Document{Short: strings.TrimSpace(text)}, nil
	}
	return parseText(text), nil
}

func parseText(text string) notify.Document {
	p := &parser{}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	itemise(lines)
	at := func(i int) string {
		if i < 0 || i >= len(lines) {
			return ""
		}
		return lines[i]
	}
	for i, s := range lines {
		if m := subject.FindStringSubmatch(s); m != nil && !p.named && i < headLines {
			p.rename(strings.Trim(m[1], "* "))
			continue
		}
		if i < 8 && header.MatchString(s) && (mail.MatchString(s) || p.doc.Title == "" || p.named) && (at(i-1) == "" || header.MatchString(at(i-1)) || subject.MatchString(at(i-1))) {
			continue
		}
		if p.named && i > 0 && s != "" && subject.MatchString(at(i-1)) && len([]rune(at(i-1))) > 60 && !numbered.MatchString(s) { // the subject breaks its line
			p.doc.Title += " " + s
			continue
		}
		if p.goesOn(s, at(i-1)) {
			last := &p.block.List[len(p.block.List)-1]
			*last += " " + emphasis.ReplaceAllString(s, "$1")
			continue
		}
		if h := titled(s, at(i-1), at(i+1)); h != "" && p.doc.Title != "" {
			p.paragraph()
			p.heading(h)
			p.ordinal, _ = strconv.Atoi(leading(s))
			continue
		}
		if h := p.nextTitle(s, at(i-1)); h != "" {
			p.paragraph()
			p.heading(h)
			p.ordinal++
			continue
		}
		if m := numbered.FindStringSubmatch(s); m != nil && at(i-1) == "" && at(i+1) == "" && labelled(m[1]) != "" { // "2) Your data: ..."
			p.paragraph()
			p.lines = append(p.lines, m[1])
			continue
		}
		p.line(s)
	}
	p.paragraph()
	p.close()
	return p.doc
}

// itemise marks as a list three lines or more that each say when or what, and
// then an order: "This week: report the card."
func itemise(lines []string) {
	from := 0
	for i := 0; i <= len(lines); i++ {
		if i < len(lines) && labelledOrder(lines[i]) {
			continue
		}
		if i-from >= 3 {
			for j := from; j < i; j++ {
				lines[j] = "- " + lines[j]
			}
		}
		from = i + 1
	}
}

var whenLabel = regexp.MustCompile(`^(\p{Lu}[^.:;–—]{2,70}?(?:\([^)]*\))?)\s?(?::|\s[–—-])\s+(\S.*[.;!)])$`)

func labelledOrder(s string) bool {
	m := whenLabel.FindStringSubmatch(s)
	return m != nil && !numbered.MatchString(s) && directive(fold(m[2]), true)
}

var (
	strong   = regexp.MustCompile(`^(?:\*\*|__)(.{2,80}?)(?:\*\*|__) ?:?$`)
	capitals = regexp.MustCompile(`\p{Lu}{3,}`)
	ordinal  = regexp.MustCompile(`^(?:\d{1,2}|[IVX]{1,4}|[A-Z])\s?[.)°/-]\s*(.+)$`)
	greeting = re(`^(bonjour|madame|monsieur|cher|chère|chers|dear|hello|cordialement|bien à vous|yours|sincerely|kind regards|le délégué|la direct|le direct|le maire|la maire|le président|la présidente|signé)`)
)

// goesOn tells whether a line goes on with the item of a list right above it.
func (p *parser) goesOn(s, above string) bool {
	if s == "" || above == "" || len(p.block.List) == 0 || len(p.lines) > 0 {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(s); unicode.IsLower(r) && !numbered.MatchString(s) && !bulleted.MatchString(s) { // the middle of a sentence
		return true
	}
	return !numbered.MatchString(s) && !bulleted.MatchString(s) && !strings.HasPrefix(s, "#") && !underline.MatchString(s) &&
		titled(s, "", "") == "" && labelled(s) == "" && !greeting.MatchString(s)
}

// headLines is how far down the line with the subject may stand: below the
// letterhead, the address and the date.
const headLines = 25

// titled tells whether a line of plain text is a heading without marks: in bold,
// or short, alone or first of its paragraph, and ending as headings do.
func titled(s, above, below string) string {
	before, after := above == "" || underline.MatchString(above), below == ""
	if m := strong.FindStringSubmatch(s); m != nil {
		return strings.TrimSpace(m[1])
	}
	if !before || s == "" || len([]rune(s)) > 80 || bulleted.MatchString(s) || greeting.MatchString(s) {
		return ""
	}
	bare := s
	if m := ordinal.FindStringSubmatch(s); m != nil {
		if !after && ordinal.MatchString(below) {
			return ""
		}
		bare = m[1]
	}
	short := strings.TrimRight(bare, " .:?\u00a0")
	if !strings.ContainsAny(s[len(s)-1:], "!,;") && (s[len(s)-1] != '.' || sectionOf(short) != loose) && capitals.MatchString(short) && short == strings.ToUpper(short) && len(strings.Fields(short)) <= 10 && !mail.MatchString(s) && !phone.MatchString(s) && !postal.MatchString(fold(s)) {
		return short
	}
	words := len(strings.Fields(short))
	switch last := []rune(bare)[len([]rune(bare))-1]; {
	case strings.ContainsRune(".,;!", last) || words > 12:
		return ""
	case mail.MatchString(s) || phone.MatchString(s):
		return ""
	case last == '?' && sectionOf(short) != loose:
		return short
	case after && words <= 10 && sectionOf(short) != loose && last != ':':
		return short
	case !after && words <= 8 && len([]rune(short)) <= 50 && capital(short) && (capital(below) || bulleted.MatchString(below) || numbered.MatchString(below)) && sectionOf(short) != loose && last != ':':
		return short // prose breaks its lines later
	case last == ':' && words <= 9 && sectionOf(short) != loose && !verbal.MatchString(short):
		return short
	}
	return ""
}

// verbal is a sentence that leads to a list: no heading.
var verbal = re(`^(le|cet|ce fichier|ce dossier|ce document|ce compte|cette|les|ces|ils?|elles?|nous|vous|on|il|the|it|this|these|they|we|our|your|voici)\b.*\b(contient|contenait|comprend|sont|est|avons|was|were|is|are|contains?|held|includes?|have|had|suivante?s?)`)

// nextTitle tells whether a line bears the number after that of the heading
// before it, and looks like one.
func (p *parser) nextTitle(s, above string) string {
	m := ordinal.FindStringSubmatch(s)
	if m == nil || above != "" || p.ordinal == 0 || leading(s) != strconv.Itoa(p.ordinal+1) || len(strings.Fields(m[1])) > 10 || strings.ContainsAny(m[1][len(m[1])-1:], ".,;") {
		return ""
	}
	return strings.TrimRight(m[1], " :?")
}

// leading are the digits that a line begins with.
func leading(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))] }

var (
	boldLabel = regexp.MustCompile(`^(?:\*\*|__)([^*_]{2,60}?)[.:?]?(?:\*\*|__)\s*[:.–—-]?\s*\S`)
	// "(1) Nature of the breach. On 3 March ...", as lawyers write.
	clauseHead  = regexp.MustCompile(`^\((?:\d{1,2}|[IVX]{1,4})\)\s+(\p{Lu}[^.:;,]{3,60})[.?:]$`)
	clauseLabel = regexp.MustCompile(`^\(?(?:\d{1,2}|[IVX]{1,4})[.)]\s+(\p{Lu}(?:[^.:;,\s]+ ?){1,7})\.\s+(\p{Lu}.*)$`)
	// "Effect for you. The bill ..."
	stopLabel  = regexp.MustCompile(`^(\p{Lu}[^.:;,!?]{2,48})[.?]\s+\p{Lu}`)
	plainLabel = regexp.MustCompile(`^(\p{Lu}[^:.;,]{2,60}?)\s?(?::|\s[–—])\s+\S`)
)

// labelled is what a paragraph begins with in place of a heading, such as
// "Measures taken: ...".
func labelled(s string) string {
	m := boldLabel.FindStringSubmatch(s)
	if m == nil {
		if m = plainLabel.FindStringSubmatch(s); m == nil {
			if m = stopLabel.FindStringSubmatch(s); m != nil && !strings.Contains(s[:len(m[0])], "?") && finite.MatchString(m[1]) && !asks.MatchString(m[1]) {
				m = nil
			}
		}
		if m == nil || len(strings.Fields(m[1])) > 7 || verbal.MatchString(m[1]) || directive(fold(m[1]), false) {
			return ""
		}
	}
	if sectionOf(m[1]) == loose {
		return ""
	}
	return strings.TrimSpace(m[1])
}

// asks begins a heading that is a question or half of one.
var asks = re(`^(ce qu|comment|pourquoi|quel|que |qui |what|how|why|who|where)`)

// finite is a verb that makes a sentence of a few words.
var finite = re(`(^|[ '])(est|sont|a|ont|fait|font|va|vont|reste|contient|contenait|figure|avons|avez|as|êtes|sommes|était|étaient|fut|peut|peuvent|figurent|is|are|was|were|has|had|have|did|can|could|may|must)( |$)`)

// capital tells whether a line begins as a sentence does.
func capital(s string) bool {
	for _, r := range s {
		return unicode.IsUpper(r)
	}
	return false
}

type parser struct {
	doc     notify.Document
	ordinal int  // of the last heading, 0: none
	named   bool // by a line that says it is the subject
	block   notify.Block
	lines   []string // of the paragraph being read
}

func (p *parser) line(s string) {
	switch {
	case s == "":
		p.paragraph()
	case underline.MatchString(s) && len(p.lines) > 0:
		last := p.lines[len(p.lines)-1]
		p.lines = p.lines[:len(p.lines)-1]
		p.paragraph()
		p.heading(last)
	case strings.HasPrefix(s, "#"):
		p.paragraph()
		p.heading(strings.TrimSpace(strings.TrimLeft(s, "#")))
	default:
		p.text(s)
	}
}

func (p *parser) text(s string) {
	if m := clauseLabel.FindStringSubmatch(s); m != nil && sectionOf(m[1]) != loose && p.doc.Title != "" {
		p.paragraph()
		p.heading(m[1])
		p.lines = append(p.lines, m[2])
		return
	}
	if m := clauseHead.FindStringSubmatch(s); m != nil && len(p.lines) == 0 && p.doc.Title != "" && len(strings.Fields(m[1])) <= 8 && sectionOf(m[1]) != loose && !directive(fold(m[1]), false) {
		p.paragraph()
		p.heading(m[1])
		return
	}
	m := numbered.FindStringSubmatch(s)
	if m == nil {
		m = bulleted.FindStringSubmatch(s)
	}
	if m == nil {
		if len(p.lines) > 0 && labelled(s) != "" {
			p.paragraph()
		}
		p.lines = append(p.lines, s)
		return
	}
	if h := strings.TrimRight(m[1], " ."); asks.MatchString(h) && len(strings.Fields(h)) <= 6 && sectionOf(h) != loose && p.doc.Title != "" { // "4. What to do."
		p.paragraph()
		p.heading(h)
		return
	}
	p.paragraph()
	p.block.Ordered = p.block.Ordered || numbered.MatchString(s)
	p.block.List = append(p.block.List, strings.TrimSpace(emphasis.ReplaceAllString(m[1], "$1")))
}

// emphasis drops the marks of bold type.
var emphasis = regexp.MustCompile(`(?:\*\*|__|\*|\b_)([^*_\n]+)(?:\*\*|__|\*|_\b)`)

// rename takes the subject as the title; what stood there is the letterhead.
func (p *parser) rename(s string) {
	p.paragraph()
	if p.doc.Title != "" {
		p.block.Text = append([]string{p.doc.Title}, p.block.Text...)
	}
	p.doc.Title, p.named = s, true
}

func (p *parser) heading(s string) {
	if p.doc.Title == "" {
		p.doc.Title = s
		return
	}
	p.close()
	p.block.Heading = s
}

func (p *parser) paragraph() {
	if len(p.lines) == 0 {
		return
	}
	s := strings.Join(p.lines, " ")
	p.lines = nil
	if label := labelled(s); label != "" && p.doc.Title != "" {
		p.heading(label)
	}
	s = emphasis.ReplaceAllString(s, "$1")
	if p.doc.Title == "" {
		p.doc.Title = s
		return
	}
	if len(p.block.List) > 0 { // what follows a list is no part of what leads to it
		p.close()
	}
	p.block.Text = append(p.block.Text, s)
}

func (p *parser) close() {
	if p.block.Heading != "" || len(p.block.Text)+len(p.block.List) > 0 {
		p.doc.Blocks = append(p.doc.Blocks, p.block)
	}
	p.block = notify.Block{}
}
