package crawlers

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

// talker answers each request of each connection as say tells, n counting the
// requests of all, and counts connections.
func talker(t *testing.T, say func(n int, w io.Writer) (more bool)) (address string, connections *int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connections = new(int)
	n := 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			*connections++
			in := bufio.NewReader(c)
			for {
				if _, err := http.ReadRequest(in); err != nil {
					break
				}
				n++
				if !say(n, c) {
					break
				}
			}
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String(), connections
}

func askedOver(t *testing.T, l *line, address string) (string, breach.Exchange) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	req.RequestURI = ""
	var ex breach.Exchange
	resp, err := l.RoundTrip(req)
	if err != nil {
		l.note(&ex)
		return err.Error(), ex
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	l.note(&ex)
	if err != nil {
		return err.Error(), ex
	}
	return string(body), ex
}

func lineTo(t *testing.T) *line {
	l := newLine(&dialer{source: breach.Source{ID: "orbe", Local: true}, stall: 2 * time.Second}, DefaultLimits())
	t.Cleanup(l.close)
	return l
}

func said(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// TestLineNotesOneExchange: over one wire each exchange has its own bytes and
// no others.
func TestLineNotesOneExchange(t *testing.T) {
	address, connections := talker(t, func(n int, w io.Writer) bool {
		_, _ = fmt.Fprint(w, "HTTP/1.1 103 Early Hints\r\n\r\n"+said(fmt.Sprint("page ", n)))
		return true
	})
	l := lineTo(t)
	for n := 1; n <= 3; n++ {
		body, ex := askedOver(t, l, fmt.Sprintf("%s/%d", address, n))
		want := fmt.Sprint("page ", n)
		if body != want || string(ex.Response) != "HTTP/1.1 103 Early Hints\r\n\r\n"+said(want) ||
			!strings.HasPrefix(string(ex.Request), fmt.Sprintf("GET /%d HTTP/1.1\r\n", n)) || strings.Count(string(ex.Request), "GET ") != 1 || ex.Address == "" {
			t.Errorf("exchange %d: body %q, request %q, response %q", n, body, ex.Request, ex.Response)
		}
	}
	l.close()
	if *connections != 1 {
		t.Errorf("%d connections, want 1", *connections)
	}
}

// TestLineTakesNothingUnasked: what a server sends beyond its answer is
// evidence of that exchange if it came with it, and never the next answer; it
// is printed nowhere.
func TestLineTakesNothingUnasked(t *testing.T) {
	var printed bytes.Buffer
	log.SetOutput(&printed)
	defer log.SetOutput(io.Discard)
	for name, wait := range map[string]time.Duration{"at once": 0, "later": 50 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			sent := make(chan struct{}, 8)
			address, connections := talker(t, func(n int, w io.Writer) bool {
				answer, more := said(fmt.Sprint("page ", n)), said("unasked")
				if wait == 0 {
					_, _ = fmt.Fprint(w, answer+more)
				} else {
					_, _ = fmt.Fprint(w, answer)
					time.Sleep(wait)
					_, _ = fmt.Fprint(w, more)
				}
				sent <- struct{}{}
				return true
			})
			l := lineTo(t)
			for n := 1; n <= 2; n++ {
				if body, ex := askedOver(t, l, address); body != fmt.Sprint("page ", n) || !strings.HasPrefix(string(ex.Response), said(body)) {
					t.Errorf("exchange %d: %q, response %q", n, body, ex.Response)
				}
				<-sent
				time.Sleep(10 * time.Millisecond)
			}
			l.close()
			if *connections != 2 || printed.Len() > 0 {
				t.Errorf("%d connections, want 2; printed %q", *connections, printed.String())
			}
		})
	}
}

// TestLineDialsAgain: a wire that the server closed costs no page.
func TestLineDialsAgain(t *testing.T) {
	address, connections := talker(t, func(n int, w io.Writer) bool {
		if n == 2 {
			return false // takes the request and closes
		}
		_, _ = fmt.Fprint(w, said(fmt.Sprint("page ", n)))
		return true
	})
	l := lineTo(t)
	for i, want := range []string{"page 1", "page 3"} {
		if body, ex := askedOver(t, l, address); body != want || string(ex.Response) != said(want) || strings.Count(string(ex.Request), "GET ") != 1 {
			t.Errorf("exchange %d: %q, request %q, response %q", i, body, ex.Request, ex.Response)
		}
	}
	l.close()
	if *connections != 2 {
		t.Errorf("%d connections, want 2", *connections)
	}
}

// TestLineEndsWithItsRequest: a deadline ends an answer that does not come.
func TestLineEndsWithItsRequest(t *testing.T) {
	hold := make(chan struct{})
	address, _ := talker(t, func(int, io.Writer) bool { <-hold; return false })
	t.Cleanup(func() { close(hold) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	resp, err := lineTo(t).RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the deadline", err)
	}
}
