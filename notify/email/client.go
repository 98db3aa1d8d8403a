package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"vigie/internal/breach"
	"vigie/notify"
)

// client is one SMTP connection. The content goes only after the relay has
// asked for it: so the only moment of doubt is that between the last bytes and
// the answer.
type client struct {
	*smtp.Client
	conn    net.Conn
	timeout time.Duration
	sent    int       // messages over this connection
	rested  time.Time // since when it is idle
}

// maxReply bounds what a relay may say after each of our writes, certificates
// included: replies of many lines are gathered in memory.
const maxReply = 256 << 10 // bytes

var (
	errProtocol = errors.New("the relay does not speak SMTP")
	errInClear  = errors.New("the relay offers no STARTTLS")
	// errDoubt says that nobody knows whether the relay has taken a message.
	errDoubt = errors.New("no answer after the content")
	// errStale says that a connection had ended before anything was said on it.
	errStale = errors.New("the connection had ended")
)

// meter ends a connection whose other side does not stop talking.
type meter struct {
	net.Conn
	left int
}

func (m *meter) Write(b []byte) (int, error) {
	m.left = maxReply
	return m.Conn.Write(b)
}

func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, errProtocol
	}
	n, err := m.Conn.Read(b)
	m.left -= n
	return n, err
}

// dial connects, secures and authenticates. No failure here concerns a
// recipient.
func (s *SMTP) dial(ctx context.Context) (*client, error) {
	ctx, done := context.WithTimeout(ctx, s.Timeout)
	defer done()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	c, err := s.introduce(&meter{conn, maxReply})
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("introducing ourselves: %w", refusal(err, ""))
	}
	c.CommandTimeout, c.SubmissionTimeout = s.Timeout, 2*s.Timeout
	return &client{Client: c, conn: conn, timeout: s.Timeout}, nil
}

func (s *SMTP) introduce(conn net.Conn) (c *smtp.Client, err error) {
	conf := s.TLS.Clone()
	if conf == nil {
		conf = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if conf.ServerName == "" {
		conf.ServerName = s.host
	}
	switch {
	case s.ImplicitTLS:
		c = smtp.NewClient(tls.Client(conn, conf))
	case s.TLS != nil || !loopback(s.host):
		if c, err = smtp.NewClientStartTLS(conn, conf); err != nil && strings.HasSuffix(err.Error(), "support STARTTLS") { // the library has no name for it
			err = errInClear
		}
	default:
		c = smtp.NewClient(conn)
	}
	if err == nil {
		err = c.Hello(s.Domain)
	}
	if err != nil || s.Username == "" {
		return c, err
	}
	if c.SupportsAuth(sasl.Login) && !c.SupportsAuth(sasl.Plain) {
		return c, c.Auth(sasl.NewLoginClient(s.Username, s.Password))
	}
	return c, c.Auth(sasl.NewPlainClient("", s.Username, s.Password))
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// refusedError is a reply that was not the one hoped for. It keeps no text:
// relays quote addresses in it.
type refusedError struct {
	code   int
	status Status
	step   string
}

func (e *refusedError) Error() string {
	if e.status == (Status{}) {
		return fmt.Sprintf("%srefused with %d", e.step, e.code)
	}
	return fmt.Sprintf("%srefused with %d %s", e.step, e.code, e.status)
}

// Unwrap: a reply outside of a message says nothing about any recipient.
func (e *refusedError) Unwrap() error { return breach.ErrTemporary }

// refusal turns a reply at a step into a refusedError and leaves what is none.
// An enhanced code of another class than the reply is not believed, nor is a
// reply that SMTP does not know.
func refusal(err error, step string) error {
	var reply *smtp.SMTPError
	if !errors.As(err, &reply) {
		return err
	}
	if reply.Code < 200 || reply.Code > 599 {
		return errProtocol
	}
	out := &refusedError{code: reply.Code, step: step}
	if reply.EnhancedCode[0] == reply.Code/100 {
		out.status = Status(reply.EnhancedCode)
	}
	return out
}

// send hands one message over; leave is called before the final dot, without
// which the relay keeps nothing (RFC 5321, 4.1.1.4). errDoubt says that the relay
// may have it, any other error that it has not.
func (c *client) send(from, to string, data []byte, leave func() error) error {
	if err := refusal(c.Mail(from, &smtp.MailOptions{Size: int64(len(data))}), "sender "); err != nil {
		var refused *refusedError
		if errors.As(err, &refused) {
			return err
		}
		return errors.Join(errStale, err)
	}
	if err := c.Rcpt(to, nil); err != nil {
		return refusal(err, "recipient ")
	}
	w, err := c.Data()
	if err != nil {
		return refusal(err, "before the content ")
	}
	if err := c.conn.SetDeadline(time.Now().Add(2 * c.timeout)); err != nil {
		return fmt.Errorf("content: %w", err)
	}
	if _, err := w.Write(data); err != nil { // the final dot has not gone
		return fmt.Errorf("content: %w", err)
	}
	if err := leave(); err != nil {
		return err
	}
	_, err = w.CloseWithResponse()
	var refused *refusedError
	switch err = refusal(err, "content "); {
	case errors.As(err, &refused) && refused.code/100 == 2, err == nil:
		c.sent++
		return nil
	case refused == nil, refused.code/100 == 3: // no such answer to a final dot
		return errDoubt
	}
	return err
}

// quit leaves politely.
func (c *client) quit() {
	_ = c.Quit()
	_ = c.conn.Close()
}

// quiet keeps the kind of a network error and drops its words.
func quiet(err error) error {
	var (
		ne     net.Error
		stayed *notify.StayedError
	)
	switch {
	case errors.As(err, &stayed):
		return stayed
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, errProtocol):
		return errProtocol
	case errors.Is(err, errInClear):
		return errInClear
	case errors.As(err, &ne) && ne.Timeout():
		return errors.New("timeout")
	}
	return errors.New("connection lost")
}
