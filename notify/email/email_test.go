package email

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/notifytest"
)

// sink is a relay on loopback that keeps what it accepts, by Message-ID.
type sink struct {
	mu       sync.Mutex
	messages map[string][][]byte
	sessions int
	last     net.Conn
	from     string // the last envelope sender
	rcpt     func(to string) error
	data     func() error
	keep     bool
	faults   map[string]notifytest.Fault // by key, once
}

func (s *sink) NewSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
	s.last = c.Conn()
	return &session{s, s.last}, nil
}

// Ask makes the sink the Asker of the channel.
func (s *sink) Ask(_ context.Context, id string) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return id, len(s.messages[id]) > 0, nil
}

func (s *sink) count(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.messages[id])
}

type session struct {
	*sink
	conn net.Conn
}

// fault spoils the answer to a message, once; keep stores it.
func (s *session) fault(id string, keep func()) error {
	key, _, _ := strings.Cut(id, "@")
	s.mu.Lock()
	x := s.faults[key]
	delete(s.faults, key)
	s.mu.Unlock()
	reply := func(code int, status smtp.EnhancedCode) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: status, Message: "zoe.hapax@example.org"}
	}
	switch x {
	case notifytest.Throttle:
		return reply(421, smtp.EnhancedCode{4, 3, 2})
	case notifytest.Quota:
		return reply(452, smtp.EnhancedCode{4, 3, 1})
	case notifytest.Broken:
		return reply(451, smtp.EnhancedCode{4, 3, 0})
	case notifytest.Final:
		return reply(550, smtp.EnhancedCode{5, 1, 1})
	case notifytest.DropBefore:
		return s.conn.Close()
	}
	keep()
	switch x {
	case notifytest.DropAfter:
		return s.conn.Close()
	case notifytest.TimeoutAfter:
		time.Sleep(2 * time.Second)
	case notifytest.Slow:
		time.Sleep(150 * time.Millisecond)
	case notifytest.Garbage:
		_, _ = io.WriteString(s.conn, "<html>\x00\r\n")
	case notifytest.Huge:
		_, _ = io.WriteString(s.conn, strings.Repeat("250-zoe.hapax@example.org\r\n", 1<<20))
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.rcpt != nil {
		return s.rcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.data != nil {
		if err := s.data(); err != nil {
			return err
		}
	}
	if !s.keep {
		return nil
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	id := strings.Trim(m.Header.Get("Message-ID"), "<>")
	return s.fault(id, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.messages[id] = append(s.messages[id], raw)
	})
}

func listen(t testing.TB, s *sink) string {
	t.Helper()
	s.messages = map[string][][]byte{}
	server := smtp.NewServer(s)
	server.Domain, server.AllowInsecureAuth = "localhost", true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, addr string, change func(*Config)) *SMTP {
	t.Helper()
	c := Config{Addr: addr, From: "notification@vigie.example.org", Timeout: 5 * time.Second, Now: func() time.Time { return noon }}
	if change != nil {
		change(&c)
	}
	ch, err := NewSMTP(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ch.Close() })
	return ch
}

func TestConformance(t *testing.T) {
	s := &sink{keep: true, faults: map[string]notifytest.Fault{}}
	addr := listen(t, s)
	notifytest.Run(t, notifytest.Fixture{
		Open: func(t *testing.T) notify.Channel {
			return open(t, addr, func(c *Config) { c.Asker, c.Timeout, c.Password = s, 500*time.Millisecond, "secretexample" })
		},
		Count: func(_ *testing.T, key string) int {
			return s.count(key + "@vigie.example.org")
		},
		Spoil:   func(e *notify.Envelope) { e.To.Email = "zoe.hapax@example.org\r\nRCPT TO:<x@example.org>" },
		Repeats: true, RetryAfter: true, Secrets: []string{"secretexample"},
		Break: func(_ *testing.T, key string, x notifytest.Fault) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.faults[key] = x
			// SMTP has no redirects, a password is asked for before any message, and a
			// relay that says 4yz or 5yz has not taken it (RFC 5321 6.1).
			return x != notifytest.Redirect && x != notifytest.Denied && x != notifytest.BrokenKept
		},
	})
	if s.sessions > 50 {
		t.Errorf("%d connections for some 60 messages: they are not kept", s.sessions)
	}
}

func TestAskWithoutAsker(t *testing.T) {
	if _, _, err := open(t, "127.0.0.1:1", nil).Ask(t.Context(), "msg_1"); !errors.Is(err, notify.ErrUnknown) {
		t.Errorf("got %v, want ErrUnknown", err)
	}
}

func TestReplies(t *testing.T) {
	reply := func(code int, text string) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text}
	}
	echo := func(code int) func(string) error {
		return func(to string) error { return reply(code, "<"+to+"> unknown") }
	}
	for _, tt := range []struct {
		name string
		sink *sink
		want error
	}{
		{"mailbox unknown", &sink{rcpt: echo(550)}, breach.ErrInvalid},
		{"mailbox busy", &sink{rcpt: echo(450)}, breach.ErrTemporary},
		{"throttled", &sink{rcpt: echo(421)}, breach.ErrTemporary},
		{"content refused", &sink{data: func() error { return reply(554, "zoe.hapax@example.org") }}, breach.ErrInvalid},
		{"content later", &sink{data: func() error { return reply(451, "zoe.hapax@example.org") }}, breach.ErrTemporary},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ch := open(t, listen(t, tt.sink), nil)
			for range 3 { // the connection stays of use
				e := notifytest.Envelope("msg_1")
				_, err := ch.Send(t.Context(), e)
				if !errors.Is(err, tt.want) || (errors.Is(err, breach.ErrInvalid) && errors.Is(err, breach.ErrTemporary)) {
					t.Fatalf("got %v, want %v", err, tt.want)
				}
				notifytest.Silent(t, err, e)
			}
		})
	}
}

// script is a relay that answers with fixed lines and then hangs up: "" hangs
// up without an answer.
func script(t *testing.T, replies map[string]string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go speak(conn, replies)
		}
	}()
	return l.Addr().String()
}

func speak(conn net.Conn, replies map[string]string) {
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	say := func(verb, usual string) bool {
		if s, ok := replies[verb]; ok {
			usual = s
		}
		_, err := io.WriteString(conn, usual)
		return err == nil && usual != ""
	}
	if !say("CONNECT", "220 hello\r\n") {
		return
	}
	content := false
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, usual := strings.ToUpper(strings.Fields(line + " x")[0]), "250 ok\r\n"
		switch {
		case content && line != ".\r\n":
			continue
		case content:
			verb, content = "DOT", false
		case verb == "DATA":
			usual = "354 go on\r\n"
			content = replies[verb] == "" || strings.HasPrefix(replies[verb], "354")
		}
		if !say(verb, usual) {
			return
		}
	}
}

func TestDropsAtEachStep(t *testing.T) {
	for _, tt := range []struct {
		name, verb, reply string
		want              error // nil: a doubt, of no kind
	}{
		{"no greeting", "CONNECT", "", breach.ErrTemporary},
		{"554 at the door", "CONNECT", "554 no\r\n", breach.ErrTemporary},
		{"dropped at EHLO", "EHLO", "", breach.ErrTemporary},
		{"sender refused says nothing of the recipient", "MAIL", "550 no\r\n", breach.ErrTemporary},
		{"dropped at MAIL", "MAIL", "", breach.ErrTemporary},
		{"dropped at RCPT", "RCPT", "", breach.ErrTemporary},
		{"dropped at DATA", "DATA", "", breach.ErrTemporary},
		{"dropped after the dot", "DOT", "", nil},
		{"nonsense after the dot", "DOT", "hello\r\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ch := open(t, script(t, map[string]string{tt.verb: tt.reply}), nil)
			e := notifytest.Envelope("msg_1")
			_, err := ch.Send(t.Context(), e)
			if err == nil {
				t.Fatal("sent")
			}
			notifytest.Silent(t, err, e)
			doubt := !errors.Is(err, breach.ErrInvalid) && !errors.Is(err, breach.ErrTemporary)
			if doubt != (tt.want == nil) || (tt.want != nil && !errors.Is(err, tt.want)) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestHangingRelay(t *testing.T) {
	ch := open(t, script(t, map[string]string{"RCPT": "250-wait\r\n"}), func(c *Config) { c.Timeout = 200 * time.Millisecond })
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("got %v, want ErrTemporary", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	ch = open(t, script(t, map[string]string{"RCPT": "250-wait\r\n"}), nil)
	begin := time.Now()
	if _, err := ch.Send(ctx, notifytest.Envelope("msg_1")); err == nil || time.Since(begin) > 3*time.Second {
		t.Errorf("a context that ends is not honoured: %v after %v", err, time.Since(begin))
	}
}

func TestPlainTextOnlyOnLoopback(t *testing.T) {
	for host, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true, "192.0.2.1": false, "smtp.example.org": false} {
		if loopback(host) != want {
			t.Errorf("%s: loopback is %v", host, !want)
		}
	}
	ch := open(t, script(t, nil), func(c *Config) { c.TLS = nil })
	ch.host = "smtp.example.org" // as if it were far away: it offers no STARTTLS
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("sent in clear to a relay that is not on loopback: %v", err)
	}
}

func message(t testing.TB, c Config, e notify.Envelope) []byte {
	t.Helper()
	if c.Domain == "" {
		c.Domain, c.From, c.NeutralName = "vigie.example.org", "notification@vigie.example.org", "Information publique"
	}
	raw, err := c.Message(e, noon)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestMessage(t *testing.T) {
	e := notifytest.Envelope("msg_1")
	raw := message(t, Config{}, e)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<msg_1@vigie.example.org>", "To": "<zoe.hapax@example.org>", "Reply-To": "<dpo@ml-val-d-orbe.example.org>",
		"Auto-Submitted": "auto-generated", "Content-Language": "fr", "User-Agent": "", "X-Mailer": "", "List-Unsubscribe": "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != e.Doc.Title {
		t.Errorf("subject %q, %v", subject, err)
	}
	text, html := parts(t, m)
	for _, want := range []string{"La Mission Locale vous écrit", "1. Dès maintenant", "- nom et prénoms", "<b>&amp; postale</b>"} {
		if !strings.Contains(text, want) {
			t.Errorf("plain text: %q is missing", want)
		}
	}
	for _, want := range []string{`lang="fr"`, "<h1", "<ol", "&lt;b&gt;&amp;amp; postale&lt;/b&gt;"} {
		if !strings.Contains(html, want) {
			t.Errorf("HTML: %q is missing", want)
		}
	}
	for _, bad := range []string{"http:", "https:", "<img", "<script", "<link", "url(", "src=", "href="} {
		if strings.Contains(html, bad) {
			t.Errorf("HTML: %q stands in it", bad)
		}
	}
	if !bytes.Equal(raw, message(t, Config{}, e)) {
		t.Error("the same envelope gives other bytes")
	}
}

func parts(t *testing.T, m *mail.Message) (text, html string) {
	t.Helper()
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/alternative" {
		t.Fatalf("%s, %v", media, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return text, html
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
			text = string(body)
		} else {
			html = string(body)
		}
	}
}

func TestNeutral(t *testing.T) {
	e := notifytest.Envelope("msg_1")
	e.Neutral = true
	head, _, _ := bytes.Cut(message(t, Config{}, e), []byte("\r\n\r\n"))
	if bytes.Contains(head, []byte("Mission")) || bytes.Contains(head, []byte("dpo@")) || !bytes.Contains(head, []byte("Information publique")) {
		t.Error("the header of a neutral message names the service")
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("Titre\r\nBcc: x@example.org", "Nom\nX: y", "dpo@example.org\r\nX: y", "a@example.org\r\nX: y", "k")
	f.Add(strings.Repeat("x", 4000), "n", "dpo@example.org", "a@example.org", "k")
	f.Add("t", strings.Repeat("x", 4000), "dpo@example.org", "a@example.org", "k")
	f.Add("t", "n", strings.Repeat("d", 1000)+"@example.org", strings.Repeat("x", 1000)+"@example.org", "k")
	f.Add("é=?utf-8?q?=0d=0a?=", "\"a\" <b@example.org>", "", "a@example.org", "msg_1")
	f.Fuzz(func(t *testing.T, title, name, dpo, to, key string) {
		e := notifytest.Envelope(key)
		e.Doc.Title, e.From.Name, e.From.DPO, e.To.Email = title, name, dpo, to
		c := Config{Domain: "vigie.example.org", From: "notification@vigie.example.org", NeutralName: "n"}
		raw, err := c.Message(e, noon)
		if err != nil {
			if !errors.Is(err, breach.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("unreadable: %v", err)
		}
		known := map[string]bool{"Date": true, "Mime-Version": true, "Message-Id": true, "Subject": true, "From": true, "To": true,
			"Reply-To": true, "Auto-Submitted": true, "Content-Language": true, "Content-Type": true}
		for field, values := range m.Header {
			if !known[field] || len(values) != 1 {
				t.Fatalf("field %s stands %d times", field, len(values))
			}
		}
		if list, err := m.Header.AddressList("From"); err != nil || len(list) != 1 || list[0].Address != c.From {
			t.Fatalf("From is spoilt: %v", err)
		}
		if list, err := m.Header.AddressList("To"); err != nil || len(list) != 1 || list[0].Address != to {
			t.Fatalf("To is spoilt: %v", err)
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("a line of %d octets, or one with a bare CR or LF", len(line))
			}
		}
	})
}
