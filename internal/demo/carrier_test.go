package demo

import (
	"bufio"
	"bytes"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// carrier is a mail relay at its worst, in the test's own process, so that it
// remembers what the killed one forgets. It throttles half of the calls,
// answers 451 and 421, keeps a message and hangs up without a word, hangs up in
// the middle of one, dawdles. Some mailboxes do not exist (dead).
type carrier struct {
	addr string

	mu       sync.Mutex
	rng      *rand.Rand
	accepted map[string]int // messages kept, by Message-ID
	calls    int
	mood     map[string]int // how often each fault was shown
	at       int            // the call at which act is called, 0: never
	act      func()
	since    int       // calls when listen was called
	first    time.Time // of the calls since then
}

func openCarrier(t *testing.T, seed uint64) *carrier {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &carrier{addr: l.Addr().String(), rng: rand.New(rand.NewPCG(seed, 2)), accepted: map[string]int{}, mood: map[string]int{}}
	server := smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) { return &visit{c, conn}, nil }))
	server.Domain = "carrier.example.org"
	server.MaxMessageBytes = 1 << 20
	server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return c
}

// aim has act called once, at the nth call from now.
func (c *carrier) aim(n int, act func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.act = c.calls+n, act
}

// listen begins to wait for a new life's first call.
func (c *carrier) listen() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since, c.first = c.calls, time.Time{}
}

// heard is when that came, zero for never, and how many came in all.
func (c *carrier) heard() (first time.Time, calls int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first, c.calls - c.since
}

// roll counts a call and chooses what becomes of it.
func (c *carrier) roll() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.first.IsZero() {
		c.first = time.Now()
	}
	if c.calls++; c.calls == c.at && c.act != nil {
		go c.act()
	}
	mood := "plain"
	switch n := c.rng.IntN(100); {
	case n < 45:
		mood = "throttle"
	case n < 48:
		mood = "closing"
	case n < 51:
		mood = "fault"
	case n < 54:
		mood = "kept, no word"
	case n < 57:
		mood = "cut"
	case n < 60:
		mood = "slow"
	}
	c.mood[mood]++
	return mood
}

// visit is one SMTP session; a message's mood is chosen at RCPT.
type visit struct {
	*carrier
	conn *smtp.Conn
}

func (v *visit) Mail(string, *smtp.MailOptions) error { return nil }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if dead(to) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	return nil
}

func (v *visit) Data(r io.Reader) error {
	mood := v.roll()
	switch mood {
	case "cut":
		_, _ = io.CopyN(io.Discard, r, 100)
		return v.conn.Conn().Close()
	case "slow":
		time.Sleep(300 * time.Millisecond)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	switch mood {
	case "throttle":
		return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "too many messages, try again later"}
	case "closing":
		return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "closing"}
	case "fault":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "internal error"}
	}
	msg, err := mail.ReadMessage(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "not a message"}
	}
	v.mu.Lock()
	v.accepted[strings.Trim(msg.Header.Get("Message-Id"), "<> ")]++
	v.mu.Unlock()
	if mood == "kept, no word" {
		return v.conn.Conn().Close()
	}
	return nil
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }
