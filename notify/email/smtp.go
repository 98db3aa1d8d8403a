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

// Asker can say whether the relay has accepted a message: a log, an API, or
// the sink of a demonstration. messageID has no angle brackets.
type Asker interface {
	Ask(ctx context.Context, messageID string) (ref string, ok bool, err error)
}

// Config is a relay and what every message to it has in common.
type Config struct {
	Addr   string // host:port of the relay
	From   string // address of the sender, the same for every controller
	Domain string // of Message-IDs; the domain of From when empty
	// NeutralName stands as the sender's name where nothing outside may tell
	// the service.
	NeutralName string
	Username    string
	Password    string
	// TLS configures STARTTLS, which is mandatory unless the relay is on
	// loopback. ImplicitTLS speaks TLS from the first byte.
	TLS         *tls.Config
	ImplicitTLS bool
	DKIM        *DKIM
	Asker       Asker            // nil: Ask answers notify.ErrUnknown
	Conns       int              // connections at once; 4 when 0
	Timeout     time.Duration    // of one command; 30 s when 0
	Now         func() time.Time // time.Now when nil
	// Reports returns bounces that came back later; nil when there is no such source.
	Reports func(ctx context.Context, cursor string) ([]notify.Outcome, string, error)
}

// SMTP hands messages to one relay. It keeps connections open between messages
// and may be used by many goroutines.
type SMTP struct {
	Config
	host  string
	slots chan struct{}     // one per connection in use
	idle  chan *smtp.Client // connections at rest
}

// NewSMTP checks a configuration. It does not connect yet.
func NewSMTP(c Config) (*SMTP, error) {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return nil, fmt.Errorf("relay %q: want host:port: %w", c.Addr, breach.ErrInvalid)
	}
	_, domain, ok := strings.Cut(c.From, "@")
	if !ok || !ascii(c.From) {
		return nil, fmt.Errorf("sender %q: want an address: %w", c.From, breach.ErrInvalid)
	}
	if c.Domain == "" {
		c.Domain = domain
	}
	if c.NeutralName == "" {
		c.NeutralName = "Information publique"
	}
	if c.Conns <= 0 {
		c.Conns = 4
	}
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &SMTP{Config: c, host: host, slots: make(chan struct{}, c.Conns), idle: make(chan *smtp.Client, c.Conns)}, nil
}

// Channel says that this is the e-mail channel.
func (s *SMTP) Channel() breach.Channel { return breach.ChannelEmail }

// Close ends the connections at rest.
func (s *SMTP) Close() error {
	for {
		select {
		case c := <-s.idle:
			_ = c.Quit()
		default:
			return nil
		}
	}
}

// Send hands a message over and returns its Message-ID. A refusal of this
// recipient or content is ErrInvalid (a bounce). A refusal for now, or of the
// sender, is ErrTemporary: it says nothing about the recipient. When the
// connection breaks after the last byte, the error is of no kind: whether the
// relay has the message is a doubt that Ask resolves.
func (s *SMTP) Send(ctx context.Context, e notify.Envelope) (string, error) {
	data, err := s.Message(e, s.Now())
	if err != nil {
		return "", err
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return "", fmt.Errorf("e-mail %s: %w: %w", e.Key, breach.ErrTemporary, ctx.Err())
	}
	if err := s.handOver(ctx, e.To.Email, data); err != nil {
		return "", fmt.Errorf("e-mail %s: %w", e.Key, err)
	}
	return MessageID(e.Key, s.Domain), nil
}

// handOver uses a connection at rest when there is one; if that has gone stale,
// which shows before anything is sent, a new one.
func (s *SMTP) handOver(ctx context.Context, to string, data []byte) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", breach.ErrTemporary, err)
	}
	var c *smtp.Client
	select {
	case c = <-s.idle:
		if err := c.Mail(s.From, nil); err == nil {
			return s.exchange(ctx, c, to, data)
		}
		_ = c.Close()
	default:
	}
	c, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if err := c.Mail(s.From, nil); err != nil {
		_ = c.Close()
		return fmt.Errorf("sender: %w", transient(err))
	}
	return s.exchange(ctx, c, to, data)
}

// dial connects, secures and authenticates. No failure here concerns a
// recipient, so each is temporary.
func (s *SMTP) dial(ctx context.Context) (*smtp.Client, error) {
	d := net.Dialer{Timeout: s.Timeout}
	conn, err := d.DialContext(ctx, "tcp", s.Addr)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w: %w", breach.ErrTemporary, err)
	}
	c, err := s.secure(conn)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("securing the connection: %w", transient(err))
	}
	c.CommandTimeout, c.SubmissionTimeout = s.Timeout, 2*s.Timeout
	if err := c.Hello(s.Domain); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("greeting: %w", transient(err))
	}
	if s.Username != "" {
		if err := c.Auth(sasl.NewPlainClient("", s.Username, s.Password)); err != nil {
			_ = c.Close()
			return nil, fmt.Errorf("authenticating: %w", transient(err))
		}
	}
	return c, nil
}

func (s *SMTP) secure(conn net.Conn) (*smtp.Client, error) {
	conf := s.TLS.Clone()
	if conf == nil {
		conf = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if conf.ServerName == "" {
		conf.ServerName = s.host
	}
	switch {
	case s.ImplicitTLS:
		return smtp.NewClient(tls.Client(conn, conf)), nil
	case s.TLS == nil && loopback(s.host):
		return smtp.NewClient(conn), nil
	}
	return smtp.NewClientStartTLS(conn, conf)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// exchange sends one message over a connection, which goes to rest afterwards
// unless it broke. Cancelling the context breaks it.
func (s *SMTP) exchange(ctx context.Context, c *smtp.Client, to string, data []byte) error {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	broken, err := transact(c, to, data)
	if !stop() || broken || (err != nil && c.Reset() != nil) {
		_ = c.Close()
		return err
	}
	select {
	case s.idle <- c:
	default:
		_ = c.Quit()
	}
	return err
}

// transact runs RCPT and DATA after MAIL. broken tells that the connection is
// of no further use.
func transact(c *smtp.Client, to string, data []byte) (broken bool, err error) {
	if err := c.Rcpt(to, nil); err != nil {
		return isBroken(err), fmt.Errorf("recipient: %w", final(err))
	}
	w, err := c.Data()
	if err != nil {
		return isBroken(err), fmt.Errorf("before the content: %w", final(err))
	}
	if _, err := w.Write(data); err != nil { // the final dot was not sent: not accepted
		return true, fmt.Errorf("content: %w", transient(err))
	}
	err = w.Close()
	var reply *smtp.SMTPError
	switch {
	case err == nil:
		return false, nil
	case errors.As(err, &reply):
		return isBroken(err), fmt.Errorf("content: %w", final(err))
	}
	return true, fmt.Errorf("after the content: no reply: %w", quiet(err)) // the doubt
}

// final maps a reply about this recipient or content: 5yz is for good.
func final(err error) error {
	var reply *smtp.SMTPError
	if errors.As(err, &reply) && reply.Code >= 500 {
		return fmt.Errorf("refused with %s: %w", code(reply), breach.ErrInvalid)
	}
	return transient(err)
}

// transient says no more of an error than its code: replies often quote the
// recipient's address.
func transient(err error) error {
	var reply *smtp.SMTPError
	if errors.As(err, &reply) {
		return fmt.Errorf("reply %s: %w", code(reply), breach.ErrTemporary)
	}
	return fmt.Errorf("%w: %w", breach.ErrTemporary, quiet(err))
}

func code(r *smtp.SMTPError) string {
	e := r.EnhancedCode
	if e[0] <= 0 {
		return fmt.Sprint(r.Code)
	}
	return fmt.Sprintf("%d %d.%d.%d", r.Code, e[0], e[1], e[2])
}

// quiet keeps the kind of a network error and drops its words.
func quiet(err error) error {
	var ne net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &ne) && ne.Timeout():
		return errors.New("timeout")
	}
	return errors.New("connection lost")
}

// isBroken tells whether the connection must not be used again.
func isBroken(err error) bool {
	var reply *smtp.SMTPError
	return !errors.As(err, &reply) || reply.Code == 421
}

// Ask asks the Asker of the configuration.
func (s *SMTP) Ask(ctx context.Context, key string) (string, bool, error) {
	if err := notify.CheckKey(key); err != nil {
		return "", false, err
	}
	if s.Asker == nil {
		return "", false, notify.ErrUnknown
	}
	return s.Asker.Ask(ctx, MessageID(key, s.Domain))
}

// Blind tells that nobody can say which messages the relay has: fewer are in
// flight at a time, since each is a doubt when the process dies.
func (s *SMTP) Blind() bool { return s.Asker == nil }

// Verdicts tells whether reports come at all, so that a round waits for them.
func (s *SMTP) Verdicts() bool { return s.Reports != nil }

// Outcomes returns what the configured source of reports knows.
func (s *SMTP) Outcomes(ctx context.Context, cursor string) ([]notify.Outcome, string, error) {
	if s.Reports == nil {
		return nil, cursor, nil
	}
	return s.Reports(ctx, cursor)
}
