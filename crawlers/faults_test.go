package crawlers

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"vigie/internal/breach"
)

// chain makes a self-signed certificate, with copies of others behind it.
func chain(t *testing.T, host string, from, to time.Time, more int) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var c tls.Certificate
	for i := range 1 + more {
		tpl := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: from, NotAfter: to}
		if i > 0 {
			tpl.DNSNames = nil
			for j := range 40 {
				tpl.DNSNames = append(tpl.DNSNames, fmt.Sprintf("%d.%s.example.org", j, strings.Repeat("x", 40)))
			}
		}
		der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		c.Certificate = append(c.Certificate, der)
	}
	c.PrivateKey = key
	return c
}

// What a server's certificate says is noted; only one too large to be read is
// a fault.
func TestBadCertificates(t *testing.T) {
	year := 365 * 24 * time.Hour
	for _, tc := range []struct {
		name  string
		cert  tls.Certificate
		fault string
		certs int
	}{
		{"expired", chain(t, "127.0.0.1", noon.Add(-40*year), noon.Add(-30*year), 0), "", 1},
		{"not yet", chain(t, "127.0.0.1", noon.Add(100*year), noon.Add(101*year), 0), "", 1},
		{"another host", chain(t, "other.example.org", noon.Add(-10*year), noon.Add(10*year), 0), "", 1},
		{"a chain of 9", chain(t, "127.0.0.1", noon.Add(-10*year), noon.Add(10*year), 8), "", 9},
		{"a huge chain", chain(t, "127.0.0.1", noon.Add(-10*year), noon.Add(10*year), 120), "bad-answer", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { page(w, listing) }))
			srv.TLS = &tls.Config{Certificates: []tls.Certificate{tc.cert}}
			srv.Config.ErrorLog = log.New(io.Discard, "", 0)
			srv.StartTLS()
			defer srv.Close()
			tp := &tape{}
			c := crawler(tp)
			c.Limits.Pages = 1
			v := visit(t, c, breach.Source{ID: "x", URL: srv.URL, Local: true})
			ex := tp.exchanges[0]
			if v.Fault != tc.fault || len(ex.Certs) != tc.certs || tc.fault == "" && !strings.Contains(ex.TLS, "not verified") {
				t.Errorf("fault %q, %d certificates, %q; want %q and %d", v.Fault, len(ex.Certs), ex.TLS, tc.fault, tc.certs)
			}
		})
	}
	silent := raw(t, func(net.Conn) { time.Sleep(2 * time.Second) })
	silent.URL = strings.Replace(silent.URL, "http:", "https:", 1)
	if v := visit(t, crawler(&tape{}), silent); v.Fault != "timeout" && v.Fault != "stalled" {
		t.Errorf("silence in the handshake: %q", v.Fault)
	}
}

// Bombs in encodings that were not asked for stay packed.
func TestBombsStayPacked(t *testing.T) {
	zeros := strings.NewReader(strings.Repeat("\x00", 32<<20))
	var br, zst bytes.Buffer
	w := brotli.NewWriter(&br)
	_, _ = io.Copy(w, zeros)
	_ = w.Close()
	enc, _ := zstd.NewWriter(&zst)
	_, _ = zeros.Seek(0, io.SeekStart)
	_, _ = io.Copy(enc, zeros)
	_ = enc.Close()
	for kind, body := range map[string][]byte{"br": br.Bytes(), "zstd": zst.Bytes(), "gzip, gzip": zipped(string(zipped("x"))), "compress": {1}, "deflate": {1}} {
		src := site(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", kind)
			_, _ = w.Write(body)
		})
		tp := &tape{}
		if v := visit(t, crawler(tp), src); v.Fault != "bad-encoding" || !bytes.Contains(tp.exchanges[0].Response, body) {
			t.Errorf("%s: fault %q; the bytes as received must be kept", kind, v.Fault)
		}
	}
}

// A server that never ends a chunked page is cut at the limit; one that drips
// chunks is cut by the clock.
func TestEndlessChunks(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
	fast := raw(t, func(c net.Conn) {
		say(head + fmt.Sprintf("%x\r\n%s\r\n", len(listing), listing))(c)
		chunk := "1000\r\n" + strings.Repeat("x", 0x1000) + "\r\n"
		for {
			if _, err := io.WriteString(c, chunk); err != nil {
				return
			}
		}
	})
	slow := raw(t, func(c net.Conn) {
		say(head)(c)
		for range 100 {
			if _, err := io.WriteString(c, "1\r\nx\r\n"); err != nil {
				return
			}
			time.Sleep(40 * time.Millisecond)
		}
	})
	tp := &tape{}
	c := crawler(tp)
	c.Limits.Body, c.Limits.Pages = 1<<20, 1
	if v := visit(t, c, fast); len(v.Posts) != 1 || tp.exchanges[0].Truncated != "length" {
		t.Errorf("fast: %d posts, truncated %q", len(v.Posts), tp.exchanges[0].Truncated)
	}
	tp = &tape{}
	c.Begin = recordTo(tp)
	if v := visit(t, c, slow); v.Alarm != AlarmDown || tp.exchanges[0].Truncated != "time" {
		t.Errorf("slow: %+v, truncated %q", v, tp.exchanges[0].Truncated)
	}
}

// HTTP/2 is never spoken, even where it is offered.
func TestHTTP2IsNotSpoken(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page(w, listing+"<!-- "+r.Proto+" -->")
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	tp := &tape{}
	visit(t, crawler(tp), breach.Source{ID: "x", URL: srv.URL, Local: true})
	if !bytes.Contains(tp.exchanges[0].Response, []byte("<!-- HTTP/1.1 -->")) {
		t.Errorf("%.200q", tp.exchanges[0].Response)
	}
}

// Sites that ask to be left alone are.
func TestStorms(t *testing.T) {
	for _, tc := range []struct {
		name      string
		first     int // status of the listing
		rest      int // status of the posts
		fault     string
		alarm     string
		mostAsked int64
		waits     bool
	}{
		{"forbidden", 403, 0, "http-403", AlarmDown, 1, false},
		{"too many requests", 429, 0, "http-429", AlarmDown, 1, true},
		{"unavailable", 503, 0, "http-503", AlarmDown, 1, true},
		{"posts: too many requests", 200, 429, "", "", 1 + storm, true},
		{"posts: unavailable", 200, 503, "", "", 1 + storm, true},
		{"posts: forbidden", 200, 403, "", "", 21, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var n atomic.Int64
			src := site(t, func(w http.ResponseWriter, r *http.Request) {
				status := tc.rest
				n.Add(1)
				if r.URL.Path == "/" {
					status = tc.first
				}
				w.Header().Set("Content-Type", "text/html")
				if status != 200 && status != 403 {
					w.Header().Set("Retry-After", "600")
				}
				w.WriteHeader(status)
				for i := range 20 {
					if status == 200 {
						_, _ = fmt.Fprintf(w, `<h2><a href="/p/%d">Organisme inventé %d</a></h2>`, i, i)
					}
				}
			})
			v := visit(t, crawler(&tape{}), src)
			if v.Fault != tc.fault || v.Alarm != tc.alarm || n.Load() > tc.mostAsked {
				t.Errorf("fault %q alarm %q, asked %d times; want %q %q, at most %d", v.Fault, v.Alarm, n.Load(), tc.fault, tc.alarm, tc.mostAsked)
			}
			if tc.waits != (v.NotBefore.Sub(v.At) > 9*time.Minute) {
				t.Errorf("not before %s", v.NotBefore)
			}
			m := &Memory{}
			m.Note(v, 0)
			Plan([]Known{{breach.Source{Every: time.Minute}, m}})
			if tc.waits && m.Due(time.Minute, v.At) < 9*time.Minute {
				t.Errorf("due in %s though the site asked for ten minutes", m.Due(time.Minute, v.At))
			}
		})
	}
	for value, want := range map[string]time.Duration{"": 0, "-5": 0, "120": 2 * time.Minute, "999999999999": 0, "86401": 24 * time.Hour,
		"Sat, 29 Mar 2031 12:01:00 GMT": time.Minute, "Thu, 01 Jan 1970 00:00:00 GMT": 0, "Thu, 01 Jan 2099 00:00:00 GMT": 24 * time.Hour, "soon": 0} {
		if got := retryAfter(value, noon); got != want && !(value == "999999999999" && got == 24*time.Hour) {
			t.Errorf("Retry-After %q: %s, want %s", value, got, want)
		}
	}
}

// A listing of a million links, and ten thousand posts at once.
func TestHugeListings(t *testing.T) {
	var links, posts, nexts strings.Builder
	for i := range 1_000_000 {
		_, _ = fmt.Fprintf(&links, `<a href=/%x>`, i)
	}
	for i := range 10_000 {
		_, _ = fmt.Fprintf(&posts, `<h2><a href="/p/%d">Organisme inventé %d</a></h2>`, i, i)
	}
	for i := range 20_000 {
		_, _ = fmt.Fprintf(&nexts, `<a rel="next" href="/?page=%d">`, i%19_000)
	}
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/links":
			page(w, links.String()+listing)
		case "/posts":
			page(w, posts.String())
		case "/next":
			page(w, listing+nexts.String())
		default:
			page(w, "x")
		}
	})
	for path, want := range map[string]int{"links": 1, "posts": 10_000, "next": 1} {
		at := src
		at.URL += path
		tp := &tape{}
		v := visit(t, crawler(tp), at)
		if len(v.Posts) != want || len(tp.exchanges) > fast().Pages {
			t.Errorf("%s: %d posts, %d exchanges", path, len(v.Posts), len(tp.exchanges))
		}
	}
}

// A source may be given less than the crawler's own budget.
func TestBudgetOfASource(t *testing.T) {
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		page(w, fmt.Sprintf(`<h2><a href="/p%s">Organisme %s</a></h2><a rel="next" href="/%dx">`, r.URL.Path, r.URL.Path, len(r.URL.Path)))
	})
	src.Pages, src.Pause = 3, 60*time.Millisecond
	tp := &tape{}
	started := time.Now()
	visit(t, crawler(tp), src)
	if len(tp.exchanges) != 3 || time.Since(started) < 2*src.Pause {
		t.Errorf("%d exchanges in %s", len(tp.exchanges), time.Since(started))
	}
}
