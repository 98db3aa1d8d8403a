package demo

import (
	"context"
	"fmt"
	"net"
	"net/textproto"
	"testing"
)

// TestAskedWhileTakingIn: a carrier that is asked about a message whose sender
// hung up after the last byte says what comes of it, and not "no" because it is
// still on its way to the disk.
func TestAskedWhileTakingIn(t *testing.T) {
	s, err := openSink(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for i := range 40 {
		id := fmt.Sprintf("<msg_%d@vigie.example.org>", i)
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		text := textproto.NewConn(conn)
		for _, step := range []struct {
			line string
			code int
		}{{"", 220}, {"EHLO x", 250}, {"MAIL FROM:<a@example.org>", 250}, {"RCPT TO:<b@example.org>", 250}, {"DATA", 354}} {
			if step.line != "" {
				if err := text.PrintfLine("%s", step.line); err != nil {
					t.Fatal(err)
				}
			}
			if _, _, err := text.ReadResponse(step.code); err != nil {
				t.Fatalf("%q: %v", step.line, err)
			}
		}
		if err := text.PrintfLine("Message-Id: %s\r\nSubject: x\r\n\r\ntext\r\n.", id); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		if _, accepted, err := s.Ask(context.Background(), id); err != nil || !accepted {
			t.Fatalf("message %d: accepted %v, %v", i, accepted, err)
		}
	}
}
