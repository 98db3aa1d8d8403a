package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"

	"vigie/notify"
)

// field is one line of a header; value may be folded.
type field struct{ name, value string }

// wordBytes is how much text one encoded word holds: 36 bytes make 48
// characters of base64 and a word of 60, so that a line with the longest of our
// field names stays below 76 (RFC 2047 2).
const wordBytes = 36

// maxPlain is how long a title may be to stand in its header as it is.
const maxPlain = 66

// words writes text for a header: as it is when it is short ASCII.
func words(s string) string {
	if len(s) <= maxPlain && !strings.Contains(s, "=?") && ascii(strings.ReplaceAll(s, " ", "_")) {
		return s
	}
	return encoded(s)
}

// encoded writes text as encoded words, each on a line of its own.
func encoded(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		n := min(len(s), wordBytes)
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n-- // a word holds whole characters
		}
		if b.Len() > 0 {
			b.WriteString("\r\n ")
		}
		b.WriteString("=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(s[:n])) + "?=")
		s = s[n:]
	}
	return b.String()
}

// phrase writes a display name before an address. Only letters, digits and
// spaces stand as they are: encoded words need no quoting (RFC 2047 5).
func phrase(s string) string {
	switch {
	case s == "":
		return ""
	case len(s) <= maxPlain && strings.IndexFunc(s, func(c rune) bool {
		return c != ' ' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}) < 0:
		return s + "\r\n "
	}
	return encoded(s) + "\r\n "
}

// alternative writes the body and its type: the plain text, then the HTML,
// since the last part is the one preferred (RFC 2046 5.1.4).
func alternative(e notify.Envelope) ([]byte, string, error) {
	sum := sha256.Sum256([]byte(e.Key))
	boundary := "vigie-" + hex.EncodeToString(sum[:16])
	var out bytes.Buffer
	for _, part := range []struct{ kind, text string }{{"text/plain", renderText(e.Doc)}, {"text/html", renderHTML(e)}} {
		out.WriteString("--" + boundary + "\r\nContent-Type: " + part.kind +
			"; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		w := quotedprintable.NewWriter(&out)
		if _, err := w.Write([]byte(part.text)); err != nil {
			return nil, "", err
		}
		if err := w.Close(); err != nil {
			return nil, "", err
		}
		out.WriteString("\r\n")
	}
	out.WriteString("--" + boundary + "--\r\n")
	return out.Bytes(), "multipart/alternative;\r\n boundary=\"" + boundary + "\"", nil
}

// renderText writes the plain part: headings underlined, items numbered.
func renderText(d notify.Document) string {
	var b strings.Builder
	b.WriteString(oneLine(d.Title) + "\r\n\r\n")
	for _, x := range d.Blocks {
		if x.Heading != "" {
			h := oneLine(x.Heading)
			b.WriteString("\r\n" + h + "\r\n" + strings.Repeat("-", utf8.RuneCountInString(h)) + "\r\n\r\n")
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

// The frame of the HTML part: language, title and headings for a screen reader,
// one column, dark on white (contrast 17:1), letters that grow with the
// reader's settings, nothing that is fetched.
const (
	htmlHead = `<!DOCTYPE html>
<html lang="%s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%[2]s</title>
</head>
<body style="margin:0;padding:16px;background:#ffffff;color:#1b1b1b;font-family:Arial,Helvetica,sans-serif;font-size:100%%;line-height:1.5;overflow-wrap:anywhere">
<main style="max-width:40em;margin:0 auto">
<h1 style="font-size:1.4em;line-height:1.3">%[2]s</h1>
`
	htmlFoot = "</main>\n</body>\n</html>\n"
)

// renderHTML writes the same words with their structure. Every value is text
// between two tags, where escaping < > & and quotes is enough.
func renderHTML(e notify.Envelope) string {
	var b strings.Builder
	fmt.Fprintf(&b, htmlHead, lang(e), html.EscapeString(oneLine(e.Doc.Title)))
	put := func(open, s, end string) {
		b.WriteString(open)
		b.WriteString(html.EscapeString(oneLine(s)))
		b.WriteString(end)
	}
	for _, x := range e.Doc.Blocks {
		if x.Heading != "" {
			put(`<h2 style="font-size:1.15em;line-height:1.3;margin:1.5em 0 .5em">`, x.Heading, "</h2>\n")
		}
		for _, s := range x.Text {
			put(`<p style="margin:.5em 0">`, s, "</p>\n")
		}
		if len(x.List) == 0 {
			continue
		}
		kind := "ul"
		if x.Ordered {
			kind = "ol"
		}
		b.WriteString("<" + kind + ` style="padding-left:1.5em">` + "\n")
		for _, s := range x.List {
			put(`<li style="margin:.5em 0">`, s, "</li>\n")
		}
		b.WriteString("</" + kind + ">\n")
	}
	b.WriteString(htmlFoot)
	return b.String()
}
