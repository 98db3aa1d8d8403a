package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/matchers/dump"
)

// eml is one message (RFC 5322), as mail programs and servers keep it, and as
// Apple Mail does behind a line with its length.
type eml struct{}

// Name is "eml".
func (eml) Name() string { return "eml" }

// fieldNames are fields that begin messages; two of them make one.
var fieldNames = []string{"from", "to", "cc", "subject", "date", "received", "mime-version", "message-id", "return-path", "delivered-to", "content-type", "reply-to"}

// Sniff wants two fields of mail among the first lines, all of which are fields.
func (eml) Sniff(f *dump.File) float64 {
	head := bytes.TrimPrefix(f.Head, []byte("\xef\xbb\xbf"))
	if line, rest, ok := bytes.Cut(head, []byte("\n")); ok && emlxLength(line) > 0 {
		head = rest
	}
	found := map[string]bool{}
	for n := 0; n < 200 && len(found) < 2; n++ {
		line, rest, ok := bytes.Cut(head, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 || !ok && !f.Whole {
			break
		}
		head = rest
		if line[0] == ' ' || line[0] == '\t' {
			continue
		}
		i := bytes.IndexByte(line, ':')
		if i < 1 || bytes.IndexFunc(line[:i], func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
			return 0
		}
		for _, name := range fieldNames {
			if strings.EqualFold(string(line[:i]), name) {
				found[name] = true
			}
		}
	}
	if len(found) < 2 {
		return 0
	}
	return 0.96
}

// emlxLength is the length of a message that Apple Mail keeps, by its first
// line; 0 when it is none.
func emlxLength(line []byte) int64 {
	n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 62)
	if err != nil || len(line) > 20 {
		return 0
	}
	return n
}

// Read reads the message.
func (eml) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	r := f.Stream()
	if line, _, ok := bytes.Cut(f.Head, []byte("\n")); ok && emlxLength(line) > 0 {
		if _, err := io.CopyN(io.Discard, r, int64(len(line)+1)); err != nil {
			return errCut
		}
		r = io.LimitReader(r, emlxLength(line))
	}
	return newMailbox(ctx, v, r, false).read()
}

// mbox is messages in sequence, each behind a line that begins with "From "
// (RFC 4155 and the kinds before it).
type mbox struct{}

// Name is "mbox".
func (mbox) Name() string { return "mbox" }

// Sniff wants the line before a message, and a field behind it.
func (mbox) Sniff(f *dump.File) float64 {
	line, rest, _ := bytes.Cut(f.Head, []byte("\n"))
	if !isFromLine(line) {
		return 0
	}
	if i := bytes.IndexByte(rest[:min(len(rest), 200)], ':'); i < 1 || bytes.ContainsAny(rest[:i], " \n") {
		return 0.6
	}
	return sure
}

// Read reads one message after another; nothing is held but a part of one.
func (mbox) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	return newMailbox(ctx, v, f.Stream(), true).read()
}

// mailbox reads messages into text, the table of messages, and members.
type mailbox struct {
	ctx   context.Context
	v     dump.Visitor
	out   *prose
	m     *mailReader
	many  bool // of several messages
	n     int  // the message being read
	parts int  // of it
	full  bool // no more members are taken
	cells [6][]byte
	err   error
}

func newMailbox(ctx context.Context, v dump.Visitor, r io.Reader, many bool) *mailbox {
	out := newProse(ctx, v)
	out.limit = 0 // an archive of mail is of any size
	return &mailbox{ctx: ctx, v: v, out: out, m: newMailReader(r, many), many: many}
}

func (b *mailbox) read() error {
	for b.ok() {
		_, s := b.m.look()
		switch s.kind {
		case stopEnd:
			if err := b.out.flush(); err != nil || b.m.err == nil {
				return err
			}
			return b.broken()
		case stopMessage:
			b.m.take()
			b.m.blank = false
			continue
		}
		b.n++
		b.parts = 0
		b.message(0)
		b.m.bounds = b.m.bounds[:0]
		for s := b.m.skip(); s.kind < stopMessage; s = b.m.skip() {
			b.m.take() // a boundary of what is closed by now
		}
	}
	return b.err
}

// broken tells of a stream that broke: a refusal of the container's comes back
// as it is.
func (b *mailbox) broken() error {
	var refused *breach.RefusedError
	if errors.As(b.m.err, &refused) {
		return b.m.err
	}
	return fmt.Errorf("reading mail: %w", b.m.err)
}

func (b *mailbox) ok() bool {
	if b.err == nil {
		b.err = b.out.err
	}
	if b.err == nil {
		b.err = b.ctx.Err()
	}
	return b.err == nil
}

// where says where text stands.
func (b *mailbox) where(part string) {
	if b.many {
		part = "message " + strconv.Itoa(b.n)
	}
	if b.out.where != part || b.many {
		b.out.at(part)
	}
}

// message reads a message with its fields.
func (b *mailbox) message(depth int) {
	h := b.m.header()
	b.where("header")
	for _, name := range []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Delivered-To", "Date", "Subject", "Organization", "Organisation", "X-Originating-IP"} {
		if s := h[strings.ToLower(name)]; s != "" {
			b.out.string(name + ": " + field(s))
			b.out.line()
		}
	}
	if len(h) > 0 {
		b.row(h)
	}
	b.part(h, depth, "")
}

// part reads the body of a part by its fields; within is the kind of the
// multipart around it.
func (b *mailbox) part(h header, depth int, within string) {
	if b.parts++; b.parts > MaxParts {
		if b.parts == MaxParts+1 {
			b.v.Unread(b.name("parts"), dump.CodeTooMany, "a message has a few parts, not thousands")
		}
		b.m.skip()
		return
	}
	kind, params := media(h["content-type"])
	disposition, dispositionParams := media(h["content-disposition"])
	name := fileName(dispositionParams, params)
	attached := disposition == "attachment" || name != "" && disposition != "inline"
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		b.multipart(kind, params["boundary"], depth)
	case kind == "message/rfc822" || kind == "message/global":
		if depth >= MaxMIME {
			b.v.Unread(b.name("message"), dump.CodeTooDeep, "messages are opened so deep: save the inner ones apart")
			b.m.skip()
			return
		}
		b.attachedMessage(h, depth)
	case !attached && (kind == "" || kind == "text/plain" || kind == "text/html" || kind == "text/enriched" || strings.HasPrefix(kind, "message/")):
		b.text(h, kind, params["charset"])
	case kind == "application/pkcs7-mime" || kind == "application/x-pkcs7-mime":
		b.v.Unread(b.name("smime"), dump.CodeEncrypted, "open it with the key of its recipient, and save it without")
		b.m.skip()
	case kind == "application/ms-tnef":
		b.v.Unread(b.name("winmail.dat"), dump.CodeNoReader, "unpack it with tnef or ytnef")
		b.m.skip()
	case strings.HasSuffix(kind, "signature"):
		b.m.skip()
	case within == "multipart/related" && strings.HasPrefix(kind, "image/") && !attached:
		b.out.warn(WarnPictures)
		b.m.skip()
	default:
		b.member(h, kind, name)
	}
}

// multipart reads the parts of a part.
func (b *mailbox) multipart(kind, boundary string, depth int) {
	if depth >= MaxMIME || len(boundary) > 512 {
		b.v.Unread(b.name("parts"), dump.CodeTooDeep, "its parts are nested beyond any mail program's")
		b.m.skip()
		return
	}
	level := len(b.m.bounds)
	b.m.bounds = append(b.m.bounds, "--"+boundary)
	read := false // the plain text of an alternative was
	for s := b.m.skip(); b.ok(); s = b.m.skip() {
		if s.kind < stopMessage && s.level >= level {
			b.m.take()
		}
		if s.kind != stopPart || s.level != level {
			break
		}
		h := b.m.header()
		k, _ := media(h["content-type"])
		if kind == "multipart/alternative" && read && k == "text/html" {
			continue
		}
		before := b.out.given + int64(len(b.out.buf))
		b.part(h, depth+1, kind)
		read = read || k == "text/plain" && b.out.given+int64(len(b.out.buf))-before > 20
	}
	if len(b.m.bounds) > level { // the line that ends it was looked at with them
		b.m.bounds = b.m.bounds[:level]
	}
}

// attachedMessage reads a message within one.
func (b *mailbox) attachedMessage(h header, depth int) {
	if e := strings.ToLower(h["content-transfer-encoding"]); e == "base64" || e == "quoted-printable" {
		inner := newMailbox(b.ctx, b.v, decodeBody(&body{m: b.m}, e), false)
		inner.out, inner.many, inner.n, inner.parts = b.out, b.many, b.n, b.parts
		inner.message(depth + 1)
		b.parts, b.err = inner.parts, inner.err
		return
	}
	b.message(depth + 1)
}

// text reads a part that is running text.
func (b *mailbox) text(h header, kind, charset string) {
	b.where("body")
	r := decodeBody(&body{m: b.m}, h["content-transfer-encoding"])
	buf := b.m.buf[:]
	n, err := io.ReadFull(r, buf)
	head := buf[:n]
	if err == nil {
		head = bytes.Clone(head)
	}
	text := decodeText(r, charset, head, err != nil)
	if kind == "text/html" || kind == "" && bytes.HasPrefix(bytes.ToLower(bytes.TrimSpace(head[:min(n, 64)])), []byte("<html")) {
		htmlText(b.out, text)
	} else {
		copyText(b.out, text)
	}
	b.out.line()
}

// copyText gives plain text.
func copyText(p *prose, r io.Reader) {
	var buf [8 << 10]byte
	for p.err == nil {
		n, err := r.Read(buf[:])
		p.text(buf[:n])
		if err != nil {
			return // a body ends at the end of its part; who broke tells the mailbox
		}
	}
}

// name is a member's name within the file.
func (b *mailbox) name(name string) string {
	if b.many {
		return fmt.Sprintf("message_%06d/%s", b.n, name)
	}
	return name
}

// member gives an attached file.
func (b *mailbox) member(h header, kind, name string) {
	if b.full || !b.ok() || b.out.flush() != nil {
		return
	}
	if name == "" {
		name = fmt.Sprintf("part_%d", b.parts)
		if ends, err := mime.ExtensionsByType(kind); err == nil && len(ends) > 0 {
			name += ends[0]
		}
	}
	err := b.v.Member(b.ctx, b.name(name), -1, decodeBody(&body{m: b.m}, h["content-transfer-encoding"]))
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		b.full = true
		b.v.Unread("attachments", refused.Code, "the attachments behind it are not read: unpack the mailbox, and read them apart")
		return
	}
	b.err = err
}

// columns of the table of messages.
func columns() []string { return []string{"from_name", "from", "to", "cc", "date", "subject"} }

// row gives the message's row of the table "messages". The table is asked for
// anew each time: members with tables of their own came between.
func (b *mailbox) row(h header) {
	if !b.ok() {
		return
	}
	b.err = messageRow(b.v, &b.cells, field(h["from"]), field(h["to"]), field(h["cc"]), mailDate(h["date"]), field(h["subject"]))
}

func messageRow(v dump.Visitor, cells *[6][]byte, from, to, cc, date, subject string) error {
	rows, err := v.Table(dump.TableInfo{Name: "messages", Encoding: "utf-8", Columns: columns()})
	if err != nil {
		return err
	}
	name, address := sender(from)
	for i, s := range []string{name, address, strings.Join(addresses(to), ", "), strings.Join(addresses(cc), ", "), date, subject} {
		cells[i] = sound([]byte(s[:cutCell([]byte(s[:min(len(s), MaxCell)]))]))
	}
	return rows.Row(cells[:])
}

// sender splits who wrote: Ada Martin <ada@example.org>.
func sender(s string) (name, address string) {
	found := addresses(s)
	if len(found) > 0 {
		address = found[0]
	}
	name, _, _ = strings.Cut(s, "<")
	if name = strings.Trim(strings.TrimSpace(name), `"' `); name == address {
		name = ""
	}
	return name, address
}

// addresses are the e-mail addresses of a list, in its order.
func addresses(s string) []string {
	var found []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`<>,;"()[]:`, r) }) {
		if at := strings.IndexByte(w, '@'); at > 0 && at < len(w)-1 && len(w) <= 320 {
			found = append(found, strings.Trim(w, "'"))
		}
	}
	return found
}

// mailDate is a date as 2006-01-02 15:04:05, by the sender's clock; as it stands
// when it is none.
func mailDate(s string) string {
	if len(s) > 200 {
		return s[:200]
	}
	if t, err := mail.ParseDate(s); err == nil {
		return t.Format(time.DateTime)
	}
	return s
}
