package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/console"
	"vigie/internal/console/consoletest"
)

// ask puts a code to the public site, from an address.
func (s site) ask(h http.Handler, code, channel, lang, from string, headers ...string) answer {
	form := url.Values{"code": {code}, "channel": {channel}}
	r := httptest.NewRequest("POST", "http://public.example.org/check?lang="+lang, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return answer{w.Code, w.Header().Get("Location"), w.Body.String(), w.Header()}
}

// Known and unknown codes are answered with the same status, headers and size.
func TestCodesAreAnsweredAlike(t *testing.T) {
	s := newSite(t)
	for _, lang := range []string{"fr", "en"} {
		good := s.ask(s.Public, consoletest.GoodCode, "letter", lang, "192.0.2.1:1")
		good.contains(t, `data-outcome="genuine"`, "Mission Locale d’Orbe", "inc_1", "20", "2026")
		for i, tt := range []struct{ code, channel string }{
			{"ZZZZ-1234-EFGH", "letter"}, {consoletest.GoodCode, "email"}, {consoletest.GoodCode, "sms"}, {consoletest.GoodCode, "nonsense"}, {"", "letter"},
			{strings.Repeat("A", 5000), "letter"}, {consoletest.Hostile, "other"},
		} {
			bad := s.ask(s.Public, tt.code, tt.channel, lang, fmt.Sprintf("192.0.2.%d:1", 10+i))
			bad.contains(t, `data-outcome="unknown"`)
			if bad.Code != good.Code || len(bad.Body) != len(good.Body) {
				t.Errorf("%.20q by %s: status %d and %d bytes, the known one %d and %d", tt.code, tt.channel, bad.Code, len(bad.Body), good.Code, len(good.Body))
			}
			if d := cmp.Diff(good.Header, bad.Header); d != "" {
				t.Errorf("%.20q by %s: headers differ: %s", tt.code, tt.channel, d)
			}
			if strings.Contains(bad.Body, "<script") || strings.Contains(bad.Body, "Orbe") {
				t.Errorf("%.20q by %s: the answer tells or repeats what it must not", tt.code, tt.channel)
			}
		}
	}
}

func TestCheckPage(t *testing.T) {
	s := newSite(t)
	for _, h := range []http.Handler{s.Handler, s.Public} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "http://public.example.org/check", nil))
		if w.Code != 200 || len(w.Result().Cookies()) != 0 || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("status %d, cookies %v", w.Code, w.Result().Cookies())
		}
		if a := s.ask(h, consoletest.GoodCode, "letter", "fr", "192.0.2.9:1"); len(a.Header.Values("Set-Cookie")) != 0 || a.Code != 200 {
			t.Errorf("status %d, cookies %v", a.Code, a.Header.Values("Set-Cookie"))
		}
	}
}

// Behind our proxy each person is told apart; from anywhere else the header is
// anybody's word. A person may ask 30 times an hour.
func TestCheckLimit(t *testing.T) {
	for _, tt := range []struct {
		name    string
		proxies []netip.Prefix
		forward func(i int) string
		refused int // of 40
	}{
		{"one person", nil, func(int) string { return "" }, 10},
		{"one person who makes addresses up", nil, func(i int) string { return fmt.Sprintf("198.51.100.%d", i) }, 10},
		{"many people behind our proxy", []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, func(i int) string { return fmt.Sprintf("198.51.100.%d", i) }, 0},
		{"one person behind our proxy who makes addresses up", []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
			func(i int) string { return fmt.Sprintf("203.0.113.%d, 198.51.100.1", i) }, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			cfg := s.Config
			cfg.Proxies, cfg.Metrics = tt.proxies, nil
			h, err := console.NewPublic(cfg)
			if err != nil {
				t.Fatal(err)
			}
			refused, size := 0, 0
			for i := range 40 {
				a := s.ask(h, "ZZZZ-ZZZZ-ZZZZ", "letter", "fr", "192.0.2.7:1", "X-Forwarded-For", tt.forward(i))
				if a.Code == http.StatusTooManyRequests {
					refused++
				}
				if size != 0 && size != len(a.Body) {
					t.Fatalf("%d bytes, then %d", size, len(a.Body))
				}
				size = len(a.Body)
			}
			if refused != tt.refused {
				t.Errorf("%d were refused, want %d", refused, tt.refused)
			}
		})
	}
}

func TestCheckLogsNoAddress(t *testing.T) {
	s := newSite(t)
	s.ask(s.Public, consoletest.GoodCode, "letter", "fr", "192.0.2.77:1")
	for _, secret := range []string{"192.0.2.77", consoletest.GoodCode} {
		if strings.Contains(s.logs.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	if len(s.Checked) != 1 || s.Checked[0] != netip.MustParsePrefix("192.0.2.77/32") {
		t.Errorf("asked from %v", s.Checked)
	}
}
