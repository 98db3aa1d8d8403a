package report

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/htmlindex"

	"vigie/internal/breach"
)

// How deep and how wide a message is read.
const (
	maxDepth = 6
	maxParts = 60
)

// Mail reads an e-mail (RFC 5322, MIME) as a report. Its plain text is the
// report's; where it has only HTML, the words of that. Everything else becomes
// an attachment. What cannot be decoded stays in Whole.
func Mail(r io.Reader) (Filing, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxWhole+1))
	if err != nil {
		return Filing{}, fmt.Errorf("reading an e-mail: %w", err)
	}
	refuse := func(code, hint string) (Filing, error) {
		return Filing{}, &breach.RefusedError{Code: code, What: "e-mail", Hint: hint}
	}
	if len(raw) > MaxWhole {
		return refuse("too-large", fmt.Sprintf("a message has at most %d bytes", MaxWhole))
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return refuse("not-mail", "want a message with its header (RFC 5322)")
	}
	f := Filing{Channel: "email", Role: "other", Whole: raw, Auto: automatic(m.Header), Key: clean(m.Header.Get("Message-Id"), false)}
	for _, h := range []string{"Reply-To", "From"} {
		if a, err := mail.ParseAddress(m.Header.Get(h)); err == nil && len(a.Address) <= MaxContact {
			f.Contact = a.Address
			break
		}
	}
	f.Body = clip(clean(decoded(m.Header.Get("Subject")), false), MaxBody)
	p := &parts{}
	p.read(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body, 0)
	if f.Text, f.Files = p.plain.String(), p.files; strings.TrimSpace(f.Text) == "" {
		f.Text = p.words.String()
	}
	f.Text = clip(clean(f.Text, true), MaxText)
	if f.Text == "" {
		f.Text = f.Body
	}
	return f.Check()
}

// automatic tells machines from people (RFC 3834 section 2): lists, bounces and
// holiday replies are not answered.
func automatic(h mail.Header) bool {
	auto := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted")))
	precedence := strings.ToLower(strings.TrimSpace(h.Get("Precedence")))
	return auto != "" && auto != "no" || h.Get("List-Id") != "" || h.Get("List-Unsubscribe") != "" ||
		precedence == "bulk" || precedence == "junk" || precedence == "list" || strings.TrimSpace(h.Get("Return-Path")) == "<>"
}

// parts collects the leaves of a message.
type parts struct {
	plain, words bytes.Buffer
	files        []File
	seen         int
}

// read walks one part. A part that is damaged is left: the whole is kept.
func (p *parts) read(kind, encoding, disposition string, r io.Reader, depth int) {
	if p.seen++; p.seen > maxParts || depth > maxDepth {
		return
	}
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		media, params = "text/plain", nil
	}
	if strings.HasPrefix(media, "multipart/") && params["boundary"] != "" {
		mr := multipart.NewReader(r, params["boundary"])
		for p.seen <= maxParts {
			part, err := mr.NextRawPart()
			if err != nil {
				return
			}
			h := part.Header
			p.read(h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), h.Get("Content-Disposition"), part, depth+1)
		}
		return
	}
	data, err := io.ReadAll(io.LimitReader(transfer(encoding, r), MaxFile+1))
	if len(data) > MaxFile || err != nil && len(data) == 0 {
		return
	}
	place, attached, _ := mime.ParseMediaType(disposition)
	switch name := clip(clean(decoded(first(attached["filename"], params["name"])), false), MaxBody); {
	case place == "attachment" || name != "" || !strings.HasPrefix(media, "text/"):
		if len(data) > 0 && len(p.files) < MaxFiles {
			p.files = append(p.files, File{Name: name, Data: data})
		}
	case media == "text/html":
		p.words.WriteString(wordsOf(inUTF8(data, params["charset"])))
	default:
		p.plain.WriteString(inUTF8(data, params["charset"]) + "\n")
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func transfer(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

func inUTF8(data []byte, charset string) string {
	if enc, err := htmlindex.Get(charset); err == nil && charset != "" {
		if out, err := enc.NewDecoder().Bytes(data); err == nil {
			return string(out)
		}
	}
	return strings.ToValidUTF8(string(data), "\uFFFD")
}

var words = mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return nil, errors.New("unknown charset")
	}
	return enc.NewDecoder().Reader(in), nil
}}

// decoded reads RFC 2047 words; what cannot be read stays.
func decoded(s string) string {
	if out, err := words.DecodeHeader(clip(s, 4*MaxBody)); err == nil {
		return out
	}
	return s
}

// wordsOf takes the words out of HTML; nothing of it is shown as HTML.
func wordsOf(page string) string {
	var b strings.Builder
	skip := 0
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			tag, _ := z.TagName()
			switch name := string(tag); {
			case (name == "script" || name == "style") && kind == html.StartTagToken:
				skip++
			case (name == "script" || name == "style") && kind == html.EndTagToken && skip > 0:
				skip--
			case name == "br" || name == "p" || name == "div" || name == "tr" || name == "li":
				b.WriteByte('\n')
			}
		}
	}
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
