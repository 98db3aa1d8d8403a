package crawlers

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"vigie/internal/breach"
)

// errStalled is a peer that stopped talking, or nearly so.
var errStalled = fmt.Errorf("the server sends too little: %w", breach.ErrTemporary)

// gate is the RoundTripper of one visit: it checks, dials, records, and only
// then decodes. It serves one request at a time.
type gate struct {
	dialer  *dialer
	limits  Limits
	record  func(context.Context, breach.Exchange) error
	now     func() time.Time
	tool    string
	line    *line  // the connection of this visit, made when asked
	circuit string // on which it is
	// scripts lets scripts, styles and data of a page pass: for a shell only.
	scripts bool
}

// RoundTrip implements http.RoundTripper. Whatever happens on the wire is
// recorded, a failure too; a recorder that fails stops the visit.
func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := checkURL(req.URL, g.dialer.source.Local); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(req.Context(), g.limits.Page)
	defer cancel()
	req = req.Clone(ctx)
	req.Header.Set("Accept-Encoding", "gzip")

	ex := breach.Exchange{Source: g.dialer.source.ID, URL: req.URL.String(), At: g.now(),
		Tool: g.tool, Proxy: proxyHost(g.dialer.source.Proxy), Circuit: g.dialer.circuitName()}
	resp, err := g.over().RoundTrip(req)
	var body []byte
	if err == nil {
		ex.Status = resp.StatusCode
		body, ex.Truncated, err = g.body(resp)
		_ = resp.Body.Close()
	}
	g.line.note(&ex)
	if err != nil {
		ex.Fault = faultCode(err)
	}
	if ex.Fault == "not-a-page" {
		ex.Response, ex.Truncated = head(ex.Response), "unspecified"
	}
	if rerr := g.record(ctx, ex); rerr != nil {
		return nil, rerr
	}
	if err != nil {
		return nil, err
	}
	return g.decode(resp, body, ex.Truncated != "")
}

// over is the line of the visit, a new one for a new circuit: what came by one
// must not be told to be of the other.
func (g *gate) over() *line {
	if g.line == nil || g.circuit != g.dialer.circuit {
		g.close()
		d := *g.dialer
		g.circuit, g.line = d.circuit, newLine(&d, g.limits)
	}
	return g.line
}

// close ends the connections of the visit.
func (g *gate) close() {
	if g.line != nil {
		g.line.close()
	}
}

// body reads what a page may weigh. A file is left unread: fetching it is an
// acquisition.
func (g *gate) body(resp *http.Response) ([]byte, string, error) {
	wanted := isPage(resp.Header) || g.isStart(resp) || g.scripts && isScript(resp.Header)
	if resp.StatusCode < 300 && !wanted {
		return nil, "", &breach.RefusedError{Code: "not-a-page", What: "answer",
			Hint: "files are only fetched by a decided acquisition"}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, g.limits.Body+1))
	switch {
	case errors.Is(err, errStalled), errors.Is(err, context.DeadlineExceeded):
		return body, "time", err
	case err != nil:
		return body, "disconnect", err
	case int64(len(body)) > g.limits.Body:
		return body[:g.limits.Body], "length", nil
	}
	return body, "", nil
}

// isStart lets the configured page itself be plain text, as paste lists are.
func (g *gate) isStart(resp *http.Response) bool {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return media == "text/plain" && resp.Header.Get("Content-Disposition") == "" &&
		resp.Request != nil && resp.Request.URL.String() == g.dialer.source.URL
}

// decode undoes content encoding and character set, within the body limit.
func (g *gate) decode(resp *http.Response, body []byte, cut bool) (*http.Response, error) {
	var r io.Reader = bytes.NewReader(body)
	switch enc := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); enc {
	case "", "identity":
	case "gzip", "x-gzip":
		zr, err := gzip.NewReader(r)
		if err != nil {
			return nil, refuse("bad-encoding", "the body is not the gzip it says it is")
		}
		r = zr
	default:
		return nil, refuse("bad-encoding", "a content encoding that was not asked for")
	}
	plain, err := io.ReadAll(io.LimitReader(r, g.limits.Body+1))
	if err != nil && !cut {
		return nil, refuse("bad-encoding", "the compressed body is damaged")
	}
	if int64(len(plain)) > g.limits.Body {
		plain, cut = plain[:g.limits.Body], true
	}
	kind := resp.Header.Get("Content-Type")
	if kind == "" {
		kind = http.DetectContentType(plain)
	}
	media, params, _ := mime.ParseMediaType(kind)
	if said := params["charset"]; strings.EqualFold(said, "utf-8") && utf8.Valid(plain) {
		// Nothing to convert.
	} else if u, err := charset.NewReader(bytes.NewReader(plain), kind); err == nil {
		if text, err := io.ReadAll(io.LimitReader(u, 2*g.limits.Body)); err == nil {
			plain = text
		}
	}
	resp.Header.Del("Content-Encoding")
	resp.Header.Set("Content-Type", media+"; charset=utf-8") // lest colly converts again
	if cut {
		resp.Header.Set(headerTruncated, "1")
	}
	resp.Body, resp.ContentLength, resp.Uncompressed = io.NopCloser(bytes.NewReader(plain)), int64(len(plain)), true
	return resp, nil
}

// headerTruncated carries a fact past colly.
const headerTruncated = "X-Vigie-Truncated"

// isPage tells pages from files by what the server says of them. Plain text
// is a file: dumps are served so.
func isPage(h http.Header) bool {
	if d, _, err := mime.ParseMediaType(h.Get("Content-Disposition")); err == nil && strings.EqualFold(d, "attachment") {
		return false
	}
	media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	switch media {
	case "", "text/html", "application/xhtml+xml", "application/json",
		"application/xml", "text/xml", "application/rss+xml", "application/atom+xml":
		return true
	}
	return false
}

// isScript tells what a page is built with.
func isScript(h http.Header) bool {
	media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	switch media {
	case "text/javascript", "application/javascript", "application/x-javascript", "text/css":
		return h.Get("Content-Disposition") == ""
	}
	return false
}

// faultCode names a failure without repeating words of the server.
func faultCode(err error) string {
	var refused *breach.RefusedError
	var dns *net.DNSError
	var op *net.OpError
	switch why := socksFault(err); {
	case errors.As(err, &refused):
		return refused.Code
	case why != "":
		return why
	case errors.Is(err, errStalled):
		return "stalled"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.As(err, &dns):
		return "no-such-host"
	case errors.As(err, &op) && op.Op == "dial":
		return "unreachable"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "cut-short"
	}
	return "bad-answer"
}

func head(message []byte) []byte {
	if i := bytes.Index(message, []byte("\r\n\r\n")); i >= 0 {
		return message[:i+4]
	}
	return nil
}

func proxyHost(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		return u.Host
	}
	return ""
}
