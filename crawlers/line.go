package crawlers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/idna"

	"vigie/internal/breach"
)

// line speaks HTTP/1.1 with one server at a time over one wire, which is used
// again while both sides keep it open. One exchange is under way at a time, so
// the bytes noted are those of this exchange and no other. net/http's own
// transport would read ahead between two exchanges and print what a server
// sends unasked.
type line struct {
	dialer  *dialer
	keep    int64 // bytes of an exchange noted in each direction at most
	head    int64 // bytes of the heads of an answer at most
	wire    *wire
	buffer  *bufio.Reader // of the wire
	to      string        // scheme and host that the wire leads to
	address string        // that this exchange reached, also if nothing was said there
}

func newLine(d *dialer, limits Limits) *line {
	return &line{dialer: d, keep: limits.Head + 2*limits.Body, head: limits.Head}
}

// RoundTrip implements http.RoundTripper, for requests without a body. The
// context of the request holds until the answer's body is closed.
func (l *line) RoundTrip(req *http.Request) (*http.Response, error) {
	to := req.URL.Scheme + "://" + req.URL.Host
	reused := l.wire != nil && l.to == to && l.quiet()
	if !reused {
		if err := l.dial(req.Context(), req.URL, to); err != nil {
			return nil, err
		}
	}
	resp, err := l.exchange(req)
	if err == nil || !reused || l.wire.heard() || req.Context().Err() != nil {
		return resp, err
	}
	// The server closed the wire while the request was on its way. It was not
	// answered: what is noted is the exchange over another.
	if err := l.dial(req.Context(), req.URL, to); err != nil {
		return nil, err
	}
	return l.exchange(req)
}

// quiet tells whether a wire may be used again: open, with nothing to read
// that nobody asked for.
func (l *line) quiet() bool {
	l.address = l.wire.addr
	l.wire.begin()
	return l.buffer.Buffered() == 0 && l.wire.silent()
}

// dial opens a wire in place of the one before.
func (l *line) dial(ctx context.Context, u *url.URL, to string) error {
	l.close()
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil {
		host = u.Hostname() // an address, or a name that will not be found
	}
	conn, err := l.dialer.dial(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	w := &wire{stall: l.dialer.stall, keep: l.keep}
	if l.dialer.source.Proxy == "" { // else it is resolved by the proxy, out of sight
		w.addr = conn.RemoteAddr().String()
	}
	l.address = w.addr
	if u.Scheme == "https" {
		ctx, cancel := context.WithTimeout(ctx, l.dialer.stall)
		defer cancel()
		if conn, w.tls, w.certs, err = handshake(ctx, conn, host); err != nil {
			return err
		}
	}
	w.Conn = conn
	l.wire, l.to = w, to
	if l.buffer == nil {
		l.buffer = bufio.NewReader(nil)
	}
	return nil
}

// close ends the wire; its notes stay.
func (l *line) close() {
	if l.wire != nil {
		_ = l.wire.Close()
	}
	l.wire, l.to, l.address = nil, "", ""
}

var (
	// errLongHead is an answer that does not come to its body.
	errLongHead = fmt.Errorf("the heads of the answer are longer than allowed: %w", breach.ErrInvalid)
	// errNoAnswer is a server that takes a request and says nothing.
	errNoAnswer = fmt.Errorf("the server closed without an answer: %w", breach.ErrTemporary)
)

// exchange sends a request and reads the head of its answer.
func (l *line) exchange(req *http.Request) (*http.Response, error) {
	w, ctx := l.wire, req.Context()
	stop := context.AfterFunc(ctx, func() { _ = w.Close() })
	fail := func(err error) (*http.Response, error) {
		stop()
		_ = w.Close()
		l.to = "" // not to be used again
		if cause := ctx.Err(); cause != nil {
			err = cause
		}
		return nil, err
	}
	if err := req.Write(w); err != nil {
		return fail(err)
	}
	head := &io.LimitedReader{R: w, N: l.head}
	l.buffer.Reset(head)
	for range 5 { // the answer, after what only announces it
		resp, err := http.ReadResponse(l.buffer, req)
		if err != nil {
			switch {
			case head.N <= 0:
				err = errLongHead
			case !w.heard() && errors.Is(err, io.ErrUnexpectedEOF):
				err = errNoAnswer
			}
			return fail(err)
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			head.N = 1 << 62 // the body has a limit of its own
			resp.Body = &answer{ReadCloser: resp.Body, line: l, ctx: ctx, stop: stop, last: resp.Close || resp.StatusCode < 200}
			return resp, nil
		}
	}
	return fail(fmt.Errorf("nothing but announcements: %w", breach.ErrInvalid))
}

// answer is the body of a response. Once it is closed, its wire waits for the
// next exchange if it was read to its end.
type answer struct {
	io.ReadCloser
	line *line
	ctx  context.Context
	stop func() bool
	last bool // the server ends the wire
	done bool
}

func (a *answer) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		a.done = true
	} else if cause := a.ctx.Err(); err != nil && cause != nil {
		err = cause
	}
	return n, err
}

// Close never reads on: what is not read has no end.
func (a *answer) Close() error {
	if !a.stop() || !a.done || a.last {
		if w := a.line.wire; w != nil {
			_ = w.Close()
		}
		a.line.to = ""
	}
	return nil
}

// note puts what passed in this exchange into it.
func (l *line) note(ex *breach.Exchange) {
	ex.Address = l.address
	if w := l.wire; w != nil {
		ex.TLS, ex.Certs = w.tls, w.certs
		ex.Request, ex.Response = w.passed()
	}
}

// glance is how long a look at a wire takes: with no time at all nothing that
// has come would be read.
const glance = time.Millisecond

// silent looks for bytes or an end that nobody asked for.
func (w *wire) silent() bool {
	if w.SetReadDeadline(time.Now().Add(glance)) != nil {
		return false
	}
	var b [1]byte
	_, err := w.Conn.Read(b[:])
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

// heard tells whether anything was received in this exchange.
func (w *wire) heard() bool { return len(w.received) > 0 }
