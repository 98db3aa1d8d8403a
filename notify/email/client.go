package email

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"vigie/internal/breach"
)

// client is one SMTP connection (RFC 5321). It sends MAIL, RCPT and DATA in
// one write where the relay allows it (RFC 2920), and the content only after
// the relay has asked for it: so the only moment of doubt is that between the
// last byte and the answer. BDAT (RFC 3030) would save one more exchange and
// begin the doubt at the first byte; it is not used.
type client struct {
	conn    net.Conn
	r       *bufio.Reader
	ext     map[string]string // extensions by keyword, upper case
	timeout time.Duration
	sent    int       // messages over this connection
	rested  time.Time // since when it is idle
}

// reply keeps no text: relays quote addresses in it.
type reply struct {
	code   int
	status Status
}

func (r reply) String() string {
	if r.status[0] == 0 {
		return fmt.Sprint(r.code)
	}
	return fmt.Sprintf("%d %s", r.code, r.status)
}

const (
	replyLine  = 4096 // octets; RFC 5321 4.5.3.1.5 has 512
	replyLines = 128
)

var errProtocol = errors.New("the relay does not speak SMTP")

func newClient(conn net.Conn, timeout time.Duration) *client {
	return &client{conn: conn, r: bufio.NewReaderSize(conn, replyLine), timeout: timeout}
}

// read reads one reply; each is called with every line's text, which must not
// be kept.
func (c *client) read(each func(text string)) (reply, error) {
	var out reply
	for range replyLines {
		raw, err := c.r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return out, errProtocol
		case err != nil:
			return out, err
		}
		line := strings.TrimRight(string(raw), "\r\n")
		code, ok := digits(line)
		if !ok || (out.code != 0 && code != out.code) {
			return out, errProtocol
		}
		out.code = code
		text := strings.TrimLeft(line[3:], " -")
		if out.status[0] == 0 {
			out.status = enhanced(text, code)
		}
		if each != nil {
			each(text)
		}
		if len(line) == 3 || line[3] == ' ' {
			return out, nil
		}
	}
	return out, errProtocol
}

func digits(line string) (code int, ok bool) {
	if len(line) < 3 || line[0] < '2' || line[0] > '5' || (len(line) > 3 && line[3] != ' ' && line[3] != '-') {
		return 0, false
	}
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return 0, false
		}
		code = code*10 + int(c-'0')
	}
	return code, true
}

// enhanced reads the enhanced code at the start of a reply's text; one of
// another class than the reply is not believed.
func enhanced(text string, code int) Status {
	s, ok := ParseStatus(text)
	if !ok || s[0] != code/100 {
		return Status{}
	}
	return s
}

// ParseStatus reads an enhanced status code at the start of a text.
func ParseStatus(text string) (Status, bool) {
	var s Status
	var n, field, width int
	for ; n < len(text) && field < 3; n++ {
		switch c := text[n]; {
		case c >= '0' && c <= '9' && width < 3:
			s[field] = s[field]*10 + int(c-'0')
			width++
		case c == '.' && width > 0 && field < 2:
			field, width = field+1, 0
		case (c == ' ' || c == '\t' || c == '(' || c == ';') && field == 2 && width > 0:
			return s, true
		default:
			return Status{}, false
		}
	}
	return s, field == 2 && width > 0
}

// command writes lines and reads one reply.
func (c *client) command(line string, each func(string)) (reply, error) {
	if err := c.write([]byte(line + "\r\n")); err != nil {
		return reply{}, err
	}
	return c.read(each)
}

func (c *client) write(b []byte) error {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	_, err := c.conn.Write(b)
	return err
}

// greet reads the greeting and says hello.
func (c *client) greet(name string) error {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	if err := want(220)(c.read(nil)); err != nil {
		return err
	}
	return c.hello(name)
}

func (c *client) hello(name string) error {
	c.ext = map[string]string{}
	first := true
	return want(250)(c.command("EHLO "+name, func(text string) {
		if word, rest, _ := strings.Cut(text, " "); !first {
			c.ext[strings.ToUpper(word)] = rest
		}
		first = false
	}))
}

// startTLS secures the connection. What came before the handshake is worth
// nothing: a reply that was already there is an injection (CVE-2011-0411).
func (c *client) startTLS(ctx context.Context, conf *tls.Config, name string) error {
	if _, ok := c.ext["STARTTLS"]; !ok {
		return errors.New("the relay offers no STARTTLS")
	}
	if err := want(220)(c.command("STARTTLS", nil)); err != nil {
		return err
	}
	if c.r.Buffered() > 0 {
		return errProtocol
	}
	if err := c.handshake(ctx, conf); err != nil {
		return err
	}
	return c.hello(name)
}

func (c *client) handshake(ctx context.Context, conf *tls.Config) error {
	secure := tls.Client(c.conn, conf)
	ctx, done := context.WithTimeout(ctx, c.timeout)
	defer done()
	if err := secure.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("TLS: %w", err)
	}
	c.conn, c.r = secure, bufio.NewReaderSize(secure, replyLine)
	return nil
}

// auth authenticates by PLAIN, or by LOGIN where nothing else is offered.
func (c *client) auth(user, password string) error {
	b64 := base64.StdEncoding.EncodeToString
	methods := " " + strings.ToUpper(c.ext["AUTH"]) + " "
	if strings.Contains(methods, " LOGIN ") && !strings.Contains(methods, " PLAIN ") {
		if err := want(334)(c.command("AUTH LOGIN", nil)); err != nil {
			return err
		}
		if err := want(334)(c.command(b64([]byte(user)), nil)); err != nil {
			return err
		}
		return want(235)(c.command(b64([]byte(password)), nil))
	}
	return want(235)(c.command("AUTH PLAIN "+b64([]byte("\x00"+user+"\x00"+password)), nil))
}

// refusedError is a reply that was not the one hoped for.
type refusedError struct {
	reply
	step string
}

func (e *refusedError) Error() string { return e.step + "refused with " + e.String() }

// Unwrap: a reply outside of a message says nothing about any recipient.
func (e *refusedError) Unwrap() error { return breach.ErrTemporary }

func want(code int) func(reply, error) error {
	return func(r reply, err error) error {
		if err == nil && r.code != code {
			return &refusedError{reply: r}
		}
		return err
	}
}

// doubtError says that nobody knows whether the relay has taken a message.
var errDoubt = errors.New("no answer after the content")

// errStale says that a connection had ended before anything was said on it.
var errStale = errors.New("the connection had ended")

// envelope offers a message: MAIL, RCPT, DATA. A nil error means that the relay
// waits for the content.
func (c *client) envelope(from, to string, size int) error {
	mail := "MAIL FROM:<" + from + ">"
	if _, ok := c.ext["SIZE"]; ok {
		mail += fmt.Sprintf(" SIZE=%d", size)
	}
	steps := [...]struct {
		name, line string
		code       int
	}{{"sender ", mail, 250}, {"recipient ", "RCPT TO:<" + to + ">", 250}, {"before the content ", "DATA", 354}}
	_, pipelining := c.ext["PIPELINING"]
	if pipelining {
		if err := c.write([]byte(steps[0].line + "\r\n" + steps[1].line + "\r\n" + steps[2].line + "\r\n")); err != nil {
			return errStale
		}
	}
	var first error
	for i, s := range steps {
		if !pipelining {
			if err := c.write([]byte(s.line + "\r\n")); err != nil {
				return errStale
			}
		}
		r, err := c.read(nil)
		switch {
		case err != nil && i == 0:
			return errors.Join(errStale, err)
		case err != nil:
			return errors.Join(first, err)
		case r.code == s.code && first != nil: // DATA although nobody is to have it: an empty message, which no relay takes (RFC 2920 3.1)
			if _, err := c.command(".", nil); err != nil {
				return errors.Join(first, err)
			}
		case r.code == s.code, i == 1 && r.code == 251:
		case first == nil:
			first = &refusedError{r, s.name}
			if !pipelining || r.code == 421 {
				return first
			}
		}
	}
	return first
}

// content sends the message and the final dot in one write, so that a write
// that fails tells that the dot never left.
func (c *client) content(data []byte) error {
	if err := c.write(append(stuffed(data), ".\r\n"...)); err != nil {
		return fmt.Errorf("content: %w", err)
	}
	if err := c.conn.SetDeadline(time.Now().Add(2 * c.timeout)); err != nil {
		return errDoubt
	}
	r, err := c.read(nil)
	switch {
	case err != nil, r.code/100 == 3: // no such answer to a final dot
		return errDoubt
	case r.code/100 != 2:
		return &refusedError{r, "content "}
	}
	c.sent++
	return nil
}

// stuffed doubles the dot at the start of a line (RFC 5321 4.5.2). Lines end
// with CRLF alone, as Message writes them, so that no relay sees another end of
// the message than this one.
func stuffed(data []byte) []byte {
	if bytes.HasPrefix(data, []byte(".")) {
		data = append([]byte("."), data...)
	}
	return bytes.ReplaceAll(data, []byte("\r\n."), []byte("\r\n..")) // copies
}

// reset forgets what was begun; false means that the connection is of no use.
func (c *client) reset() bool {
	r, err := c.command("RSET", nil)
	return err == nil && r.code == 250
}

func (c *client) quit() {
	_, _ = c.command("QUIT", nil)
	_ = c.conn.Close()
}
