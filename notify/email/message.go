// Package email sends the communication by e-mail: plain text and HTML of the
// same words, DKIM-signed, nothing remote, nothing attached, nothing tracked.
//
// A message is written here byte by byte (RFC 5322, 2045, 2047): ASCII only,
// lines of at most 76 characters in the bodies, and the same bytes whenever the
// same envelope is rendered, but for the signature, which tells its time. Its Message-ID derives from the idempotency key,
// so that a doubt after a crash can be resolved by asking whoever keeps the log
// of the relay; its return path carries the key under a MAC, so that a bounce
// that comes back days later names one message, and a forged one names none.
//
// There is no List-Unsubscribe (RFC 2369, 8058): that belongs to mailing lists
// and marketing. This is a communication owed by law (GDPR Art. 34); nobody can
// be unsubscribed from it, and a button that promises it would be untrue.
package email

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

// A line of a message has at most 998 octets and an address 254 (RFC 5322
// 2.1.1, RFC 5321 4.5.3.1.3). A title longer than maxHeader is refused: no
// client shows it.
const (
	maxHeader  = 500
	maxAddress = 254
)

// MessageID derives the Message-ID of a key, without its angle brackets. It
// carries the key's MAC where return paths do: complaints that come back name
// little else.
func (c Config) MessageID(key string) string {
	domain := c.Domain
	if domain == "" {
		domain = DomainOf(c.From)
	}
	if c.Return.Key != nil {
		key = c.Return.Token(key)
	}
	return key + "@" + domain
}

// Message writes the RFC 5322 message of an envelope. date stands in its
// header. A recipient, key or sender that cannot stand in a header is
// ErrInvalid; control characters in subject and names become spaces.
func (c Config) Message(e notify.Envelope, date time.Time) ([]byte, error) {
	if err := notify.CheckKey(e.Key); err != nil {
		return nil, err
	}
	fields, err := c.fields(e, date)
	if err != nil {
		return nil, err
	}
	body, kind, err := alternative(e)
	if err != nil {
		return nil, fmt.Errorf("e-mail %s: %w", e.Key, err)
	}
	fields = append(fields, field{"MIME-Version", "1.0"}, field{"Content-Type", kind})
	var out bytes.Buffer
	out.Grow(len(body) + 2048)
	for _, f := range fields {
		out.WriteString(f.name + ": " + f.value + "\r\n")
	}
	out.WriteString("\r\n")
	out.Write(body)
	message, err := sign(c.DKIM, out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("e-mail %s: signing: %w", e.Key, err)
	}
	return message, nil
}

// fields writes the header but for what concerns MIME.
func (c Config) fields(e notify.Envelope, date time.Time) ([]field, error) {
	to, err := recipient(e)
	if err != nil {
		return nil, err
	}
	if !plain(c.From) {
		return nil, fmt.Errorf("e-mail %s: sender: %w", e.Key, breach.ErrInvalid)
	}
	name, reply := c.NeutralName, ""
	if !e.Neutral {
		name = oneLine(e.From.Name)
		if plain(e.From.DPO) {
			reply = e.From.DPO
		}
	}
	title := oneLine(e.Doc.Title)
	if len(name) > maxHeader || len(title) > maxHeader {
		return nil, &breach.RefusedError{Code: "header", What: "e-mail " + e.Key,
			Hint: fmt.Sprintf("title and sender's name have at most %d bytes each", maxHeader)}
	}
	list := []field{{"From", phrase(name) + "<" + c.From + ">"}}
	if reply != "" {
		list = append(list, field{"Reply-To", "<" + reply + ">"})
	}
	return append(list,
		field{"To", "<" + to + ">"},
		field{"Subject", words(title)},
		field{"Date", date.Format(time.RFC1123Z)},
		field{"Message-ID", "<" + c.MessageID(e.Key) + ">"},
		field{"Auto-Submitted", "auto-generated"}, // RFC 3834: no holiday replies
		field{"Content-Language", lang(e)},
	), nil
}

// recipient returns the address a message goes to, or ErrInvalid.
func recipient(e notify.Envelope) (string, error) {
	if !plain(e.To.Email) {
		return "", &breach.RefusedError{Code: "bad-address", What: "e-mail " + e.Key, Hint: "the recipient's address is not a plain address"}
	}
	return e.To.Email, nil
}

// plain tells whether an address is bare ASCII with a dot-atom local part:
// quoted local parts are legal, and in practice only seen in attacks.
func plain(address string) bool {
	a, err := mail.ParseAddress(address)
	return err == nil && len(address) <= maxAddress && a.Address == address &&
		!strings.ContainsAny(address, "\"\\ <>()[],;:\r\n") && ascii(address)
}

// DomainOf returns the mail domain of an address, in lower case.
func DomainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
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
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}
