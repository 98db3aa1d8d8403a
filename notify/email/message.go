// Package email sends the communication by e-mail: plain text and HTML of the
// same words, DKIM-signed, nothing remote, nothing attached, nothing tracked.
//
// The Message-ID derives from the idempotency key, so that a doubt after a
// crash can be resolved by asking whoever keeps the log of the relay.
package email

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/mail"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

//go:embed message.html
var files embed.FS

var page = sync.OnceValues(func() (*template.Template, error) {
	return template.New("message.html").Option("missingkey=error").ParseFS(files, "message.html")
})

// DKIM is a signing key (RFC 6376). Signer is an RSA or an Ed25519 key.
type DKIM struct {
	Domain   string
	Selector string
	Signer   crypto.Signer
}

// signed are the header fields under the signature; From is mandatory.
var signed = []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
	"Content-Language", "Auto-Submitted"}

// MessageID derives the Message-ID of a key, without its angle brackets.
func MessageID(key, domain string) string { return key + "@" + domain }

// Message writes the RFC 5322 message of an envelope. date stands in its
// header. A recipient, key or sender that cannot stand in a header is
// ErrInvalid; control characters in subject and names become spaces.
func (c Config) Message(e notify.Envelope, date time.Time) ([]byte, error) {
	if err := notify.CheckKey(e.Key); err != nil {
		return nil, err
	}
	m, err := c.compose(e, date)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if _, err := m.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("e-mail %s: composing: %w", e.Key, breach.ErrInvalid)
	}
	if c.DKIM == nil {
		return out.Bytes(), nil
	}
	var sealed bytes.Buffer
	err = dkim.Sign(&sealed, &out, &dkim.SignOptions{
		Domain: c.DKIM.Domain, Selector: c.DKIM.Selector, Signer: c.DKIM.Signer, HeaderKeys: signed,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return nil, fmt.Errorf("e-mail %s: signing: %w", e.Key, err)
	}
	return sealed.Bytes(), nil
}

func (c Config) compose(e notify.Envelope, date time.Time) (*gomail.Msg, error) {
	to, err := recipient(e)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(e.Key))
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP),
		gomail.WithBoundary("vigie-"+hex.EncodeToString(sum[:16])))
	name := c.NeutralName
	if !e.Neutral {
		name = oneLine(e.From.Name)
		if a, err := mail.ParseAddress(e.From.DPO); err == nil && a.Address == e.From.DPO && len(a.Address) <= maxAddress {
			m.ReplyToMailAddress(&mail.Address{Address: a.Address})
		}
	}
	title := oneLine(e.Doc.Title)
	if len(name) > maxHeader || len(title) > maxHeader {
		return nil, &breach.RefusedError{Code: "header", What: "e-mail " + e.Key,
			Hint: fmt.Sprintf("title and sender's name have at most %d bytes each", maxHeader)}
	}
	if err := m.FromFormat(name, c.From); err != nil {
		return nil, fmt.Errorf("e-mail %s: sender: %w", e.Key, breach.ErrInvalid)
	}
	m.ToMailAddress(&mail.Address{Address: to})
	m.Subject(title)
	m.SetMessageIDWithValue(MessageID(e.Key, c.Domain))
	m.SetDateWithValue(date)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies
	m.SetGenHeader("Content-Language", lang(e))
	html, err := renderHTML(e)
	if err != nil {
		return nil, fmt.Errorf("e-mail %s: %w", e.Key, err)
	}
	m.SetBodyString(gomail.TypeTextPlain, renderText(e.Doc))
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	return m, nil
}

// A line of a message has at most 998 octets and an address 254 (RFC 5322
// 2.1.1, RFC 5321 4.5.3.1.3); a header's text is not folded when it has no
// space, so it is held to half of a line.
const (
	maxHeader  = 500
	maxAddress = 254
)

// recipient returns the address a message goes to, or ErrInvalid. It must be
// bare, with a dot-atom local part: quoted local parts are legal, and in
// practice only seen in attacks.
func recipient(e notify.Envelope) (string, error) {
	a, err := mail.ParseAddress(e.To.Email)
	if err != nil || len(e.To.Email) > maxAddress || a.Address != e.To.Email || strings.ContainsAny(e.To.Email, "\"\\ <>()[],;:\r\n") || !ascii(e.To.Email) {
		return "", &breach.RefusedError{Code: "email", What: "e-mail " + e.Key, Hint: "the recipient's address is not a plain address"}
	}
	return a.Address, nil
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c > unicode.MaxASCII || c <= ' ' || c == 0x7f }) < 0
}

func lang(e notify.Envelope) string {
	return i18n.Choose(e.Language)
}

// oneLine keeps a value inside its header.
func oneLine(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsControl(c) || c == '\u2028' || c == '\u2029':
			return ' '
		case unicode.Is(unicode.Cf, c): // invisible direction marks
			return -1
		}
		return c
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// renderText writes the plain part: headings underlined, items numbered.
func renderText(d notify.Document) string {
	var b strings.Builder
	b.WriteString(oneLine(d.Title) + "\r\n\r\n")
	for _, x := range d.Blocks {
		if x.Heading != "" {
			h := oneLine(x.Heading)
			b.WriteString("\r\n" + h + "\r\n" + strings.Repeat("-", len([]rune(h))) + "\r\n\r\n")
		}
		for _, s := range x.Text {
			b.WriteString(oneLine(s) + "\r\n\r\n")
		}
		for i, s := range x.List {
			label := "- "
			if x.Ordered {
				label = fmt.Sprintf("%d. ", i+1)
			}
			b.WriteString(label + oneLine(s) + "\r\n\r\n")
		}
	}
	return b.String()
}

func renderHTML(e notify.Envelope) (string, error) {
	t, err := page()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, struct {
		Lang string
		Doc  notify.Document
	}{lang(e), e.Doc})
	return b.String(), err
}
