package console_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console/consoletest"
)

// noon is when every test begins: a whole minute, so that codes are stable.
var noon = time.Date(2026, 11, 21, 11, 0, 0, 0, time.UTC)

// logs is where a test's console logs to.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *logs) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

type site struct {
	*consoletest.World
	logs *logs
}

func newSite(t *testing.T) site {
	t.Helper()
	l := &logs{}
	w, err := consoletest.NewWorld(noon, l)
	if err != nil {
		t.Fatal(err)
	}
	return site{w, l}
}

// browser keeps cookies and does not follow redirects.
type browser struct {
	t       *testing.T
	site    site
	cookies map[string]string
}

func (s site) browser(t *testing.T) *browser {
	return &browser{t: t, site: s, cookies: map[string]string{}}
}

// answer is one response.
type answer struct {
	Code     int
	Location string
	Body     string
	Header   http.Header
}

func (b *browser) do(method, path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, "http://console.example.org"+path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	b.site.Handler.ServeHTTP(w, r)
	for _, k := range w.Result().Cookies() {
		if k.MaxAge < 0 {
			delete(b.cookies, k.Name)
			continue
		}
		b.cookies[k.Name] = k.Value
	}
	return answer{w.Code, w.Header().Get("Location"), w.Body.String(), w.Header()}
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.do("GET", path, nil) }

// post sends a form; fields are names and values in turn.
func (b *browser) post(path string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.do("POST", path, form)
}

// as logs an account in, with a code that nobody has used.
func (s site) as(t *testing.T, id breach.UserID) *browser {
	t.Helper()
	b := s.browser(t)
	s.Pass(time.Minute)
	if a := b.login(id, consoletest.Password, s.Code(id)); a.Code != http.StatusSeeOther {
		t.Fatalf("log-in of %s: status %d, want %d", id, a.Code, http.StatusSeeOther)
	}
	return b
}

func (b *browser) login(id breach.UserID, password, code string) answer {
	b.t.Helper()
	return b.post("/login", "user", string(id), "password", password, "code", code)
}

func (a answer) want(t *testing.T, code int, location string) {
	t.Helper()
	if a.Code != code || a.Location != location {
		t.Errorf("status %d to %q, want %d to %q", a.Code, a.Location, code, location)
	}
}

func (a answer) contains(t *testing.T, texts ...string) {
	t.Helper()
	for _, x := range texts {
		if !strings.Contains(a.Body, x) {
			t.Errorf("page lacks %q", x)
		}
	}
}
