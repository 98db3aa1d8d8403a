package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

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
	DKIM        []DKIM           // one signature each; none when the relay signs
	Return      Return           // without a key, bounces go to From and are not counted
	Pacing      Pacing           // zero: as fast as the relay takes them
	Quality     *Quality         // nil: one of its own, with the usual thresholds
	Asker       Asker            // nil: Ask answers notify.ErrUnknown
	Conns       int              // connections at once; 4 when 0
	PerConn     int              // messages over one connection; 200 when 0
	Timeout     time.Duration    // of one command; 30 s when 0
	Now         func() time.Time // time.Now when nil
	// Reports returns bounces that came back later; nil when there is no such source.
	Reports func(ctx context.Context, cursor string) ([]notify.Outcome, string, error)
}

// maxRest is how long a connection may be idle and still be used: relays end
// them after some minutes.
const maxRest = time.Minute

// SMTP hands messages to one relay. It keeps connections open between messages
// and may be used by many goroutines.
type SMTP struct {
	Config
	host  string
	pace  *Pace
	slots chan struct{} // one per connection in use
	idle  chan *client  // connections at rest
}

// NewSMTP checks a configuration. It does not connect yet.
func NewSMTP(c Config) (*SMTP, error) {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return nil, fmt.Errorf("relay %q: want host:port: %w", c.Addr, breach.ErrInvalid)
	}
	if c, err = c.Filled(); err != nil {
		return nil, err
	}
	return &SMTP{Config: c, host: host, pace: NewPace(c.Pacing, time.Now),
		slots: make(chan struct{}, c.Conns), idle: make(chan *client, c.Conns)}, nil
}

// Filled checks what every provider needs of a configuration, and puts in what
// it leaves open.
func (c Config) Filled() (Config, error) {
	if !plain(c.From) {
		return c, fmt.Errorf("sender %q: want an address: %w", c.From, breach.ErrInvalid)
	}
	for _, k := range c.DKIM {
		if err := k.check(); err != nil {
			return c, err
		}
	}
	if c.Return.Key != nil && (len(c.Return.Key) < minReturnKey || !atoms(c.Return.Domain)) {
		return c, fmt.Errorf("return path: want a domain and a key of %d bytes: %w", minReturnKey, breach.ErrInvalid)
	}
	if c.Domain == "" {
		c.Domain = DomainOf(c.From)
	}
	if c.NeutralName == "" {
		c.NeutralName = "Information publique"
	}
	if c.Conns <= 0 {
		c.Conns = 4
	}
	if c.PerConn <= 0 {
		c.PerConn = 200
	}
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Quality == nil {
		c.Quality = &Quality{Thresholds: Usual()}
	}
	return c, nil
}

// Channel says that this is the e-mail channel.
func (s *SMTP) Channel() breach.Channel { return breach.ChannelEmail }

// Close ends the connections at rest.
func (s *SMTP) Close() error {
	for {
		select {
		case c := <-s.idle:
			c.quit()
		default:
			return nil
		}
	}
}

// Send hands a message over and returns its Message-ID. A refusal of this
// recipient or content is ErrInvalid (a bounce), with the reason as the code of
// a breach.RefusedError. A refusal for now, or of the sender, is ErrTemporary:
// it says nothing about the recipient; so is a turn that has not come yet. When
// the connection breaks after the last byte, the error is of no kind: whether
// the relay has the message is a doubt that Ask resolves.
func (s *SMTP) Send(ctx context.Context, e notify.Envelope) (string, error) {
	if err := notify.CheckKey(e.Key); err != nil {
		return "", err
	}
	to, err := recipient(e)
	if err != nil {
		return "", err
	}
	from := s.From
	if s.Return.Key != nil {
		if from, err = s.Return.path(e.Key); err != nil {
			return "", err
		}
	}
	err = s.Quality.Open()
	if err == nil {
		err = s.pace.Turn(ctx, DomainOf(to))
	}
	if err != nil {
		return "", fmt.Errorf("e-mail %s: %w", e.Key, err)
	}
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
	if err := s.verdict(s.handOver(ctx, from, to, data, func() error { return e.Leaving(ctx) }), e.Key, DomainOf(to)); err != nil {
		return "", err
	}
	return s.MessageID(e.Key), nil
}

// verdict turns what the relay said into the error of Send, and has the pace
// and the quality learn from it.
func (s *SMTP) verdict(err error, key, domain string) error {
	var refused *refusedError
	switch {
	case err == nil:
		s.pace.Took(domain)
		s.Quality.Sent()
		return nil
	case errors.Is(err, errDoubt):
		return fmt.Errorf("e-mail %s: %w", key, errDoubt)
	case !errors.As(err, &refused):
		return fmt.Errorf("e-mail %s: %w: %w", key, breach.ErrTemporary, quiet(err))
	case refused.code < 500 || refused.step == "" || refused.step == "sender ":
		switch who := about(refused); {
		case who != ofRelay && (refused.step == "" || refused.step == "sender "): // it does not take us, or our address
			s.pace.Slow(Everybody)
			return fmt.Errorf("e-mail %s: %w", key, refused)
		case who == ofRelay:
			return fmt.Errorf("e-mail %s: %s: %w", key, refused.Error(), &notify.BusyError{After: s.pace.Slow(Everybody)})
		case who == ofDomain:
			s.pace.Slow(domain)
		}
		return fmt.Errorf("e-mail %s: %s: %w", key, refused.Error(), notify.ErrElsewhere)
	}
	s.pace.Took(domain) // it answers
	s.Quality.Sent()
	reason := Reason(refused.status)
	s.Quality.Count(reason)
	return fmt.Errorf("e-mail %s: %s: %w", key, refused.Error(), &breach.RefusedError{Code: reason, What: "e-mail " + key, Hint: "the next channel takes over"})
}

// handOver uses a connection at rest when there is one; if that has gone stale,
// which shows before anything is sent, a new one.
func (s *SMTP) handOver(ctx context.Context, from, to string, data []byte, leave func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c := s.rested(); c != nil {
		if err := s.exchange(ctx, c, from, to, data, leave); !errors.Is(err, errStale) || ctx.Err() != nil {
			return err
		}
	}
	c, err := s.dial(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.pace.Slow(Everybody)
		}
		return err
	}
	return s.exchange(ctx, c, from, to, data, leave)
}

// rested returns a connection that waits, or nil.
func (s *SMTP) rested() *client {
	for {
		select {
		case c := <-s.idle:
			if time.Since(c.rested) < maxRest {
				return c
			}
			_ = c.conn.Close()
		default:
			return nil
		}
	}
}

// exchange sends one message over a connection, which goes to rest afterwards
// unless it broke or has served long enough. Cancelling the context breaks it.
func (s *SMTP) exchange(ctx context.Context, c *client, from, to string, data []byte, leave func() error) error {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.Close() })
	err := c.send(from, to, data, leave)
	var refused *refusedError
	switch {
	case !stop(), err != nil && !errors.As(err, &refused), refused != nil && refused.code == 421:
		_ = c.conn.Close()
		return err
	case refused != nil && c.Reset() != nil:
		_ = c.conn.Close()
		return err
	case c.sent >= s.PerConn:
		c.quit()
		return err
	}
	c.rested = time.Now()
	select {
	case s.idle <- c:
	default:
		c.quit()
	}
	return err
}

// Ask asks the Asker of the configuration.
func (s *SMTP) Ask(ctx context.Context, key string) (string, bool, error) {
	if err := notify.CheckKey(key); err != nil {
		return "", false, err
	}
	if s.Asker == nil {
		return "", false, notify.ErrUnknown
	}
	return s.Asker.Ask(ctx, s.MessageID(key))
}

// Blind tells that nobody can say which messages the relay has.
func (s *SMTP) Blind() bool { return s.Asker == nil }

// Verdicts tells whether reports come at all, so that a round waits for them:
// most bounces come within minutes.
func (s *SMTP) Verdicts() bool { return s.Reports != nil }

// Outcomes returns what the configured source of reports knows.
func (s *SMTP) Outcomes(ctx context.Context, cursor string) ([]notify.Outcome, string, error) {
	if s.Reports == nil {
		return nil, cursor, nil
	}
	return s.Reports(ctx, cursor)
}
