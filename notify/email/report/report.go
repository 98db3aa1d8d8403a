// Package report reads what mail systems send back: delivery reports (RFC 3464)
// and complaints (RFC 5965, "ARF").
//
// Anybody can write to a mailbox. A report counts only when it names one of our
// messages by its keyed return path or Message-ID (email.Return); everything
// else, a forged bounce included, is nobody's. An answering machine is not a
// bounce. Addresses and texts in a report are never kept.
package report

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"

	"vigie/internal/breach"
	"vigie/notify/email"
)

// Kind says what came back.
type Kind string

// The kinds of mail that come back.
const (
	Delivery  Kind = "delivery-status"
	Complaint Kind = "complaint"
	AutoReply Kind = "auto-reply" // out of office: the mailbox works
	Other     Kind = "other"      // for a person to read
)

// Report is what one mail says. State is empty when it is no verdict, such as a
// delay.
type Report struct {
	Kind  Kind
	Key   string // of the message; empty: none of ours
	State breach.MessageState
	Code  string // why not delivered: a reason of package email
}

// Limits of one mail.
const (
	maxBytes  = 1 << 20
	maxFields = 64 << 10 // bytes of one part that is read
	maxParts  = 16
	maxGroups = 64  // recipients of one delivery report
	maxLooks  = 200 // addresses looked at in one header
)

// Parse reads one mail. A mail that cannot be read is a breach.RefusedError.
func Parse(r io.Reader, ret email.Return) (Report, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return Report{}, err
	}
	if len(raw) > maxBytes {
		return Report{}, &breach.RefusedError{Code: "too-large", What: "report", Hint: "a report has at most 1 MiB"}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Report{}, &breach.RefusedError{Code: "not-a-message", What: "report", Hint: "it has no header"}
	}
	p := parser{ret: ret}
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "To"} {
		for _, v := range m.Header[name] {
			p.look(v)
		}
	}
	p.read(m)
	return p.verdict(m.Header), nil
}

// parser gathers what the parts of a report say.
type parser struct {
	ret      email.Return
	key      string
	looks    int
	kind     string // report-type of the Content-Type
	groups   []fields
	feedback fields
}

// look searches a header for one of our keyed addresses or Message-IDs.
func (p *parser) look(value string) {
	for _, word := range strings.FieldsFunc(value, func(c rune) bool { return strings.ContainsRune("<>,; \t\r\n\"", c) }) {
		if p.looks++; p.key != "" || p.looks > maxLooks {
			return
		}
		if key, ok := p.ret.Of(word); ok {
			p.key = key
		} else if token, _, found := strings.Cut(word, "@"); found {
			if key, ok := p.ret.KeyOf(token); ok {
				p.key = key
			}
		}
	}
}

// read goes through the parts of a multipart/report (RFC 6522).
func (p *parser) read(m *mail.Message) {
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/report" {
		return
	}
	p.kind = strings.ToLower(params["report-type"])
	parts := multipart.NewReader(m.Body, params["boundary"])
	for range maxParts {
		part, err := parts.NextPart()
		if err != nil {
			return
		}
		media, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		text, err := io.ReadAll(io.LimitReader(part, maxFields))
		if err != nil {
			return
		}
		switch media {
		case "message/delivery-status", "message/global-delivery-status":
			p.groups = append(p.groups, split(text, maxGroups-len(p.groups))...)
		case "message/feedback-report":
			if list := split(text, 1); len(list) == 1 && p.feedback == nil {
				p.feedback = list[0]
				p.look(p.feedback["original-mail-from"])
			}
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/rfc822-headers":
			if list := split(text, 1); len(list) == 1 {
				p.look(list[0]["return-path"])
				p.look(list[0]["message-id"])
			}
		}
	}
}

// verdict puts together what was read.
func (p *parser) verdict(h mail.Header) Report {
	out := Report{Kind: Other, Key: p.key}
	switch {
	case p.kind == "delivery-status" && len(p.groups) > 0:
		out.Kind = Delivery
		out.State, out.Code = delivery(p.groups)
	case p.kind == "feedback-report" && p.feedback != nil:
		out.Kind = Complaint
		if objects(p.feedback["feedback-type"]) {
			out.State, out.Code = breach.MessageBounced, email.Complaint
		}
	case automatic(h):
		out.Kind = AutoReply
	}
	return out
}

// objects tells whether a complaint's type (RFC 5965 7.3) says that the reader
// does not hold the message for genuine or wanted: whoever does not believe it
// has not been told, and a letter follows. "not-spam" takes a complaint back.
func objects(kind string) bool {
	switch strings.ToLower(kind) {
	case "abuse", "fraud", "other", "opt-out":
		return true
	}
	return false
}

// automatic tells an answering machine (RFC 3834 and what came before it).
func automatic(h mail.Header) bool {
	auto := strings.ToLower(h.Get("Auto-Submitted"))
	return strings.HasPrefix(auto, "auto-replied") || strings.HasPrefix(auto, "auto-generated") || h.Get("X-Autoreply") != "" ||
		h.Get("X-Autorespond") != "" || strings.EqualFold(h.Get("Precedence"), "auto_reply")
}
