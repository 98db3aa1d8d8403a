package lint

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"vigie/internal/breach"
	"vigie/notify"
)

// maxText is the longest text that is read.
const maxText = 1 << 20

var (
	numbered  = regexp.MustCompile(`^\d{1,3}[.)]\s+(.+)`)
	bulleted  = regexp.MustCompile(`^[-*•–]\s+(.+)`)
	underline = regexp.MustCompile(`^(-{3,}|={3,})$`)
)

// Parse reads a communication: a notify.Document in JSON, or plain text, where
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
	s := bufio.NewScanner(strings.NewReader(text))
	s.Buffer(nil, maxText+1)
	for s.Scan() {
		p.line(strings.TrimSpace(s.Text()))
	}
	p.paragraph()
	p.close()
	return p.doc
}

type parser struct {
	doc   notify.Document
	block notify.Block
	lines []string // of the paragraph being read
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
	m := numbered.FindStringSubmatch(s)
	if m == nil {
		m = bulleted.FindStringSubmatch(s)
	}
	if m == nil {
		p.lines = append(p.lines, s)
		return
	}
	p.paragraph()
	p.block.Ordered = p.block.Ordered || numbered.MatchString(s)
	p.block.List = append(p.block.List, m[1])
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
	if p.doc.Title == "" {
		p.doc.Title = s
		return
	}
	p.block.Text = append(p.block.Text, s)
}

func (p *parser) close() {
	if p.block.Heading != "" || len(p.block.Text)+len(p.block.List) > 0 {
		p.doc.Blocks = append(p.doc.Blocks, p.block)
	}
	p.block = notify.Block{}
}
