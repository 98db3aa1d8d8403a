package crawlers

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

func redirectTo(u string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Location"] = []string{u}
		w.WriteHeader(http.StatusFound)
	}
}

const listing = `<h2><a href="/p/1">Mairie inventée</a></h2>`

func page(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, body)
}

// raw answers every connection with bytes of its own.
func raw(t *testing.T, answer func(net.Conn)) breach.Source {
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
			go func() {
				defer func() { _ = conn.Close() }()
				_, _ = conn.Read(make([]byte, 4096))
				answer(conn)
			}()
		}
	}()
	return breach.Source{ID: "invented", URL: "http://" + l.Addr().String() + "/", Local: true}
}

func say(s string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, s) }
}

func zipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.Bytes()
}

func TestBadServers(t *testing.T) {
	drip := func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
		for range 60 {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	cutZip := zipped(strings.Repeat(listing, 100))
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	for _, tc := range []struct {
		name         string
		src          breach.Source
		fault, alarm string
		state        string
		exchanges    int
		truncated    string
	}{
		{"500", site(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }), "http-500", AlarmDown, StateOther, 1, ""},
		{"404", site(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }), "", AlarmSilent, StateOther, 1, ""},
		{"silence", raw(t, func(net.Conn) { time.Sleep(2 * time.Second) }), "stalled", AlarmDown, StateError, 1, ""},
		{"silence after the head", raw(t, func(c net.Conn) { say(head + "\r\n")(c); time.Sleep(2 * time.Second) }), "stalled", AlarmDown, StateError, 1, "time"},
		{"one byte after the other", raw(t, drip), "stalled", AlarmDown, StateError, 1, "time"},
		{"closed at once", raw(t, func(net.Conn) {}), "bad-answer", AlarmDown, StateError, 1, ""},
		{"not HTTP", raw(t, say("220 mail.example.org ESMTP\r\n")), "bad-answer", AlarmDown, StateError, 1, ""},
		{"1 MiB of header", raw(t, say(head+"X: "+strings.Repeat("x", 1<<20)+"\r\n\r\nx")), "bad-answer", AlarmDown, StateError, 1, ""},
		{"10,000 headers", raw(t, say(head+strings.Repeat("X-Header-That-Is-Long-Enough: 1\r\n", 10_000)+"\r\nx")), "bad-answer", AlarmDown, StateError, 1, ""},
		{"shorter than said", raw(t, say(head+"Content-Length: 9000\r\n\r\n"+listing)), "cut-short", AlarmDown, StateError, 1, "disconnect"},
		{"longer than said", raw(t, say(head+"Content-Length: "+strconv.Itoa(len(listing))+"\r\n\r\n"+listing+"more")), "", "", StateListing, 2, ""},
		{"bad chunk", raw(t, say(head+"Transfer-Encoding: chunked\r\n\r\nZZ\r\nx")), "bad-answer", AlarmDown, StateError, 1, "disconnect"},
		{"truncated gzip", raw(t, say(head+"Content-Encoding: gzip\r\nContent-Length: "+strconv.Itoa(len(cutZip)/2)+"\r\n\r\n"+string(cutZip[:len(cutZip)/2]))), "bad-encoding", AlarmDown, StateError, 1, ""},
		{"not gzip", raw(t, say(head+"Content-Encoding: gzip\r\n\r\n"+listing)), "bad-encoding", AlarmDown, StateError, 1, ""},
		{"encoding not asked for", raw(t, say(head+"Content-Encoding: br\r\n\r\n"+listing)), "bad-encoding", AlarmDown, StateError, 1, ""},
		{"gzip bomb", raw(t, say(head+"Content-Encoding: gzip\r\n\r\n"+string(zipped(listing+strings.Repeat(" ", 64<<20))))), "", "", StateListing, 2, ""},
		{"redirect to metadata", site(t, redirectTo("http://169.254.169.254/latest/meta-data/")), "not-loopback", AlarmDown, StateError, 1, ""},
		{"redirect to a file", site(t, redirectTo("file:///etc/passwd")), "scheme", AlarmDown, StateError, 1, ""},
		{"redirect to gopher", site(t, redirectTo("gopher://127.0.0.1:70/")), "scheme", AlarmDown, StateError, 1, ""},
		{"redirect to itself", site(t, redirectTo("/")), "redirects", AlarmDown, StateError, 11, ""},
		{"a file", site(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/csv")
			_, _ = io.WriteString(w, "nom;prénom")
		}), "not-a-page", AlarmDown, StateError, 1, "unspecified"},
		{"an attachment", site(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Disposition", "attachment; filename=x.html")
			page(w, listing)
		}), "not-a-page", AlarmDown, StateError, 1, "unspecified"},
		{"empty page", site(t, func(w http.ResponseWriter, _ *http.Request) { page(w, "") }), "", AlarmSilent, StateOther, 1, ""},
		{"changed layout", site(t, func(w http.ResponseWriter, _ *http.Request) { page(w, "<h7>Mairie inventée</h7>") }), "", AlarmSilent, StateOther, 1, ""},
		{"name that does not exist", breach.Source{ID: "x", URL: "http://127.0.0.1:1/", Local: true}, "unreachable", AlarmDown, StateError, 1, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tp := &tape{}
			c := crawler(tp)
			c.Limits.Body = 1 << 20
			started := time.Now()
			v := visit(t, c, tc.src)
			if took := time.Since(started); took > 3*time.Second {
				t.Errorf("took %s", took)
			}
			if v.Fault != tc.fault || v.Alarm != tc.alarm || v.State != tc.state || len(tp.exchanges) != tc.exchanges {
				t.Errorf("fault %q alarm %q state %q, %d exchanges; want %q %q %q %d", v.Fault, v.Alarm, v.State, len(tp.exchanges), tc.fault, tc.alarm, tc.state, tc.exchanges)
			}
			ex := tp.exchanges[0]
			if ex.Truncated != tc.truncated {
				t.Errorf("truncated %q, want %q", ex.Truncated, tc.truncated)
			}
			if bytes.Contains(ex.Response, []byte("prénom")) {
				t.Error("the content of a file was kept")
			}
		})
	}
}

func TestHugePageIsCutAndSaysSo(t *testing.T) {
	chunk := []byte(strings.Repeat("<!-- filler of a huge page -->\n", 2000))
	src := site(t, func(w http.ResponseWriter, _ *http.Request) {
		page(w, listing)
		for sent := 0; sent < 100<<20; sent += len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	tp := &tape{}
	c := crawler(tp)
	c.Limits.Body, c.Limits.Pages = 4<<20, 1
	v := visit(t, c, src)
	if len(v.Posts) != 1 || !v.Captures[0].Truncated || tp.exchanges[0].Truncated != "length" {
		t.Errorf("%+v", v)
	}
	if n := len(tp.exchanges[0].Response); n < 4<<20 || n > 9<<20 {
		t.Errorf("%d bytes kept of 100 MiB, want about 4 MiB", n)
	}
}

func TestBodyAtTheLimit(t *testing.T) {
	for _, tc := range []struct {
		size int
		want string
	}{{9999, ""}, {10_000, ""}, {10_001, "length"}} {
		src := site(t, func(w http.ResponseWriter, _ *http.Request) { page(w, strings.Repeat("x", tc.size)) })
		tp := &tape{}
		c := crawler(tp)
		c.Limits.Body = 10_000
		if visit(t, c, src); tp.exchanges[0].Truncated != tc.want {
			t.Errorf("%d bytes: truncated %q, want %q", tc.size, tp.exchanges[0].Truncated, tc.want)
		}
	}
}

func TestTenRedirectsAreFollowedElevenAreNot(t *testing.T) {
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		if n == 0 {
			page(w, listing)
			return
		}
		redirectTo(fmt.Sprintf("/?n=%d", n-1))(w, r)
	})
	for n, want := range map[int]string{10: "", 11: "redirects"} {
		from := src
		from.URL += fmt.Sprintf("?n=%d", n)
		if v := visit(t, crawler(&tape{}), from); v.Fault != want {
			t.Errorf("%d redirects: fault %q, want %q", n, v.Fault, want)
		}
	}
}

func TestEndlessPaginationIsBounded(t *testing.T) {
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("page"))
		page(w, fmt.Sprintf(`<h2><a href="#">Organisme %d</a></h2><a rel="next" href="/?page=%d"><a rel="next" href="http://example.org/?page=1"><a rel="next" href="/?page=0">`, n, n+1))
	})
	tp := &tape{}
	c := crawler(tp)
	c.Limits.Pages = 7
	v := visit(t, c, src)
	if len(tp.exchanges) != 7 || len(v.Posts) < 5 {
		t.Errorf("%d exchanges, %d posts; want 7 exchanges", len(tp.exchanges), len(v.Posts))
	}
	for _, ex := range tp.exchanges {
		if strings.Contains(ex.URL, "example.org") {
			t.Error("left the site")
		}
	}
}

func TestEncodingsAndCompression(t *testing.T) {
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped("<h2><a href=\"#\">Mairie invent\xe9e</a></h2>"))
	})
	tp := &tape{}
	if v := visit(t, crawler(tp), src); len(v.Posts) != 1 || v.Posts[0].Title != "Mairie inventée" {
		t.Errorf("%+v", v)
	}
	if !bytes.Contains(tp.exchanges[0].Response, []byte("\x1f\x8b")) {
		t.Error("the exchange was decoded before it was recorded")
	}
}

func TestTLSIsNoted(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { page(w, listing) }))
	defer srv.Close()
	tp := &tape{}
	v := visit(t, crawler(tp), breach.Source{ID: "x", URL: srv.URL, Local: true})
	ex := tp.exchanges[0]
	if len(v.Posts) != 1 || !strings.Contains(ex.TLS, "TLS 1.3") || !strings.Contains(ex.TLS, "not verified") || len(ex.Certs) != 1 || !bytes.HasPrefix(ex.Request, []byte("GET / ")) {
		t.Errorf("%+v %q %q", v, ex.TLS, ex.Certs)
	}
}

func TestEvidenceThatFailsStopsTheVisit(t *testing.T) {
	src := site(t, func(w http.ResponseWriter, _ *http.Request) { page(w, listing) })
	tp := &tape{err: breach.ErrTemporary}
	if _, err := crawler(tp).Visit(t.Context(), src); !errors.Is(err, breach.ErrTemporary) || tp.closed {
		t.Errorf("%v, closed %v", err, tp.closed)
	}
}

func TestFetch(t *testing.T) {
	content := strings.Repeat("ligne inventée\n", 10_000)
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/f.csv":
			_, _ = io.WriteString(w, content)
		case "/moved":
			http.Redirect(w, r, "/f.csv", http.StatusFound)
		case "/inward":
			redirectTo("http://169.254.169.254/")(w, r)
		case "/busy":
			w.WriteHeader(503)
		case "/private":
			w.WriteHeader(403)
		case "/cut":
			w.Header().Set("Content-Length", "1000000")
			_, _ = io.WriteString(w, content)
		case "/slow":
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			time.Sleep(2 * time.Second)
		default:
			w.WriteHeader(404)
		}
	})
	post := breach.Post{ID: "pst_1"}
	for _, p := range []string{"f.csv", "moved", "inward", "busy", "private", "cut", "slow", "gone"} {
		post.Links = append(post.Links, src.URL+p)
	}
	post.Links = append(post.Links, "magnet:?xt=urn:btih:0", "http://10.0.0.1/f.csv")
	for _, tc := range []struct {
		link string
		want error
	}{
		{src.URL + "f.csv", nil}, {src.URL + "moved", nil},
		{src.URL + "other.csv", breach.ErrForbidden},
		{src.URL + "inward", breach.ErrInvalid}, {"magnet:?xt=urn:btih:0", breach.ErrInvalid}, {"http://10.0.0.1/f.csv", breach.ErrInvalid},
		{src.URL + "busy", breach.ErrTemporary}, {src.URL + "private", breach.ErrInvalid}, {src.URL + "gone", breach.ErrNotFound},
		{src.URL + "cut", breach.ErrTemporary}, {src.URL + "slow", breach.ErrTemporary},
	} {
		t.Run(strings.TrimPrefix(tc.link, src.URL), func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			err := crawler(nil).Fetch(t.Context(), src, post, tc.link, func(r io.Reader) error {
				_, _ = io.Copy(&got, r) // a careless sink must not make a cut file whole
				return nil
			})
			if !errors.Is(err, tc.want) || (tc.want == nil) != (err == nil) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			if err == nil && got.String() != content {
				t.Errorf("got %d bytes", got.Len())
			}
			if err != nil && strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("the error repeats the address: %v", err)
			}
		})
	}
	c := crawler(nil)
	c.Limits.File = 1000
	err := c.Fetch(t.Context(), src, post, src.URL+"f.csv", func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
	if code(err) != "too-large" {
		t.Errorf("over the limit: %v", err)
	}
}

func BenchmarkVisit(b *testing.B) {
	body := `<html><body>` + listing + strings.Repeat("<p>une page inventée</p>\n", 400)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { page(w, body) }))
	defer srv.Close()
	c := crawler(nil)
	c.Limits.Pages = 1
	for b.Loop() {
		c.Begin = recordTo(&tape{})
		if _, err := c.Visit(b.Context(), breach.Source{ID: "x", URL: srv.URL, Local: true}); err != nil {
			b.Fatal(err)
		}
	}
}
