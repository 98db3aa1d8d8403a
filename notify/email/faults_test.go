package email

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/notify"
	"vigie/notify/notifytest"
)

// rude is a relay that spoils its answer to the next message, once, and repeats
// in it what it was told.
type rude struct {
	mu    sync.Mutex
	next  notifytest.Fault
	kept  map[string]int // by Message-ID
	close chan struct{}
}

func (s *rude) listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.kept, s.close = map[string]int{}, make(chan struct{})
	t.Cleanup(func() { close(s.close); _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return l.Addr().String()
}

// spoils tells whether one of these faults is next, and takes it.
func (s *rude) spoils(list ...notifytest.Fault) notifytest.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range list {
		if x == s.next {
			s.next = ""
			return x
		}
	}
	return ""
}

func (s *rude) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	if s.spoils(notifytest.DropBefore) != "" {
		return
	}
	in := bufio.NewReader(conn)
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(conn, format+"\r\n", args...) }
	say("220 rude.example.org")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		echo := strings.TrimSpace(line)
		switch verb := strings.ToUpper(echo + "    ")[:4]; verb {
		case "EHLO":
			say("250 rude.example.org")
		case "MAIL":
			switch s.spoils(notifytest.Throttle, notifytest.Denied) {
			case notifytest.Throttle:
				say("421 4.7.0 too fast, %s", echo)
				return
			case notifytest.Denied:
				say("530 5.7.0 log in first, %s", echo)
			default:
				say("250 2.1.0 ok")
			}
		case "RCPT":
			switch s.spoils(notifytest.Quota, notifytest.Final) {
			case notifytest.Quota:
				say("452 4.5.3 no more today for %s", echo)
			case notifytest.Final:
				say("550 5.1.1 no such user %s", echo)
			default:
				say("250 2.1.5 ok")
			}
		case "DATA":
			say("354 go on")
			if !s.data(in, conn, say) {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// data takes a message in; false ends the connection.
func (s *rude) data(in *bufio.Reader, conn net.Conn, say func(string, ...any)) bool {
	var raw bytes.Buffer
	for !strings.HasSuffix(raw.String(), "\r\n.\r\n") {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		raw.WriteString(line)
	}
	x := s.spoils(notifytest.Broken, notifytest.DropAfter, notifytest.TimeoutAfter, notifytest.Slow, notifytest.Garbage, notifytest.Huge)
	if x == notifytest.Broken {
		say("451 4.3.0 disk full")
		return true
	}
	if m, err := mail.ReadMessage(&raw); err == nil {
		s.mu.Lock()
		s.kept[strings.Trim(m.Header.Get("Message-ID"), "<>")]++
		s.mu.Unlock()
	}
	switch x {
	case notifytest.DropAfter:
		return false
	case notifytest.TimeoutAfter:
		select {
		case <-time.After(4 * time.Second):
		case <-s.close:
		}
	case notifytest.Slow:
		time.Sleep(200 * time.Millisecond)
	case notifytest.Garbage:
		say("<html>\x00")
		return false
	case notifytest.Huge:
		_, _ = io.CopyN(conn, endless{}, 64<<20)
		return false
	}
	say("250 2.0.0 taken")
	return true
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// Ask makes the relay's memory one that can be asked.
func (s *rude) Ask(_ context.Context, id string) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return id, s.kept[id] > 0, nil
}

// TestEveryFault holds SMTP to what every provider is held to.
func TestEveryFault(t *testing.T) {
	s := &rude{}
	addr := s.listen(t)
	has := map[notifytest.Fault]bool{notifytest.Throttle: true, notifytest.Quota: true, notifytest.Denied: true, notifytest.Broken: true,
		notifytest.DropBefore: true, notifytest.DropAfter: true, notifytest.TimeoutAfter: true, notifytest.Slow: true,
		notifytest.Garbage: true, notifytest.Huge: true, notifytest.Final: true}
	notifytest.Run(t, notifytest.Fixture{
		Open: func(t *testing.T) notify.Channel {
			return open(t, addr, func(c *Config) { c.Asker, c.Timeout, c.Now = s, time.Second, time.Now })
		},
		Count: func(_ *testing.T, key string) int {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.kept[key+"@vigie.example.org"]
		},
		Break: func(_ *testing.T, _ string, x notifytest.Fault) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			if has[x] {
				s.next = x
			}
			return has[x]
		},
		Spoil:   func(e *notify.Envelope) { e.To.Email = "zoe.hapax@example.org\r\nBcc: x@example.org" },
		Repeats: true,
	})
}
