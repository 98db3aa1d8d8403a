// Package report reads what people tell of a leak: schools, citizens, police,
// journalists. Four fifths of the alerts of one long-standing watcher come that
// way. A filing from a form and one from an e-mail have the same shape; what
// was received is kept whole, sealed, and nothing in it is ever run or shown as
// a page.
//
// Everything here is hostile input: sizes, depths and counts are bounded, and
// what is over a bound is refused with a reason or left to the whole message,
// which is evidence in any case.
package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"vigie/internal/breach"
)

// What a report may hold.
const (
	MaxText    = 20_000   // characters of its words
	MaxBody    = 200      // characters of the body's name
	MaxContact = 254      // bytes: the longest address of e-mail
	MaxFiles   = 10       // attachments
	MaxFile    = 10 << 20 // bytes of one
	MaxWhole   = 25 << 20 // bytes of an e-mail with all of them
)

// What a report may be about.
const (
	Leak        = "leak"
	Counterfeit = "counterfeit" // a false message in our name
)

// Filing is a report as it came in.
type Filing struct {
	Channel string // form, email, console
	Kind    string // Leak or Counterfeit, as the person says; "": nobody said
	Role    string // one of breach.ReportRoles
	Body    string // which body it is about, in the person's words
	Text    string
	Contact string // how to reach the person, or ""
	Files   []File
	Whole   []byte // as received
	Auto    bool   // a machine wrote it: it is not answered
	Key     string // of the message, such as its Message-ID; "" for a form
}

// File is an attachment. Name is what the sender called it, for people to read
// and for nothing else.
type File struct {
	Name string
	Data []byte
}

// Check cleans a filing and refuses one that says nothing or too much.
func (f Filing) Check() (Filing, error) {
	refuse := func(code, hint string) (Filing, error) {
		return f, &breach.RefusedError{Code: code, What: "report", Hint: hint}
	}
	f.Text, f.Body, f.Contact = clean(f.Text, true), clean(f.Body, false), clean(f.Contact, false)
	known := false
	for _, r := range breach.ReportRoles {
		known = known || r == f.Role
	}
	if !known {
		f.Role = "other"
	}
	switch {
	case f.Text == "" && len(f.Files) == 0:
		return refuse("empty", "say what was seen, where and when")
	case utf8.RuneCountInString(f.Text) > MaxText:
		return refuse("too-long", fmt.Sprintf("at most %d characters", MaxText))
	case utf8.RuneCountInString(f.Body) > MaxBody:
		return refuse("too-long", fmt.Sprintf("the body's name has at most %d characters", MaxBody))
	case len(f.Contact) > MaxContact:
		return refuse("too-long", fmt.Sprintf("the contact has at most %d bytes", MaxContact))
	case len(f.Files) > MaxFiles:
		return refuse("too-many-files", fmt.Sprintf("at most %d files", MaxFiles))
	}
	for _, x := range f.Files {
		if len(x.Data) > MaxFile {
			return refuse("too-large", fmt.Sprintf("a file has at most %d bytes", MaxFile))
		}
	}
	return f, nil
}

// clean drops what is no text; lines keeps line ends.
func clean(s string, lines bool) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines, r == '\t' && lines:
			return r
		case r == '\n', r == '\t', r == '\r' && !lines:
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}
