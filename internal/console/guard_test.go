package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/internal/console"
)

// accounts of the World, in the order of the columns of the matrix below.
var accounts = []breach.UserID{"", "ana", "rose", "paul", "orbe", "lys", "adam"}

// matrix says for every route who passes: analyst, reviewer, approver, the
// controller whose case it is, another controller, admin; before them nobody
// logged in. x passes, - is refused, > is sent to the log-in page.
var matrix = []struct{ method, path, who string }{
	{"GET", "/healthz", "xxxxxxx"},
	{"GET", "/metrics", "mmmmmmm"},
	{"GET", "/login", "xxxxxxx"},
	{"POST", "/login", "xxxxxxx"},
	{"POST", "/logout", "xxxxxxx"},
	{"POST", "/language", "xxxxxxx"},
	{"GET", "/", ">xxxxxx"},
	{"GET", "/account", ">xxxxxx"},
	{"GET", "/alerts", ">x-----"},
	{"GET", "/alerts/alert_1", ">x-----"},
	{"GET", "/alerts/health", ">x-----"},
	{"POST", "/alerts/alert_1/confirm", ">x-----"},
	{"POST", "/alerts/alert_1/join", ">x-----"},
	{"POST", "/alerts/alert_1/seen", ">x-----"},
	{"POST", "/alerts/alert_1/true", ">x-----"},
	{"POST", "/alerts/alert_1/hand", ">x-----"},
	{"POST", "/alerts/alert_1/told", ">x-----"},
	{"POST", "/alerts/alert_1/wake", ">x-----"},
	{"POST", "/reports/rep_1/contact", ">x-----"},
	{"GET", "/report", "xxxxxxx"},
	{"POST", "/report", "xxxxxxx"},
	{"GET", "/ack", "xxxxxxx"},
	{"GET", "/check", "xxxxxxx"},
	{"POST", "/check", "xxxxxxx"},
	{"POST", "/ack", "xxxxxxx"},
	{"POST", "/alerts/alert_1/dismiss", ">x-----"},
	{"GET", "/search", ">x-----"},
	{"GET", "/incidents/inc_1", ">xxx---"},
	{"POST", "/incidents/inc_1/resume", ">x-----"},
	{"GET", "/incidents/inc_1/contents", ">xxx---"},
	{"GET", "/incidents/inc_1/statement", ">xxx---"},
	{"POST", "/incidents/inc_1/statement", ">x-----"},
	{"GET", "/incidents/inc_1/extraction", ">xxx---"},
	{"POST", "/incidents/inc_1/extraction", ">x-----"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/nobody", ">x--x--"},
	{"GET", "/incidents/inc_1/review", ">-x----"},
	{"POST", "/incidents/inc_1/review/cand_01", ">-x----"},
	{"POST", "/incidents/inc_1/review/cand_01/reveal", ">-x----"},
	{"POST", "/incidents/inc_1/review/undo", ">-x----"},
	{"POST", "/incidents/inc_1/review/close", ">-x----"},
	{"GET", "/incidents/inc_1/sample", ">-x----"},
	{"POST", "/incidents/inc_1/sample/smp_1", ">-x----"},
	{"POST", "/incidents/inc_1/sample/smp_1/reveal", ">-x----"},
	{"GET", "/incidents/inc_1/controllers/ml-orbe", ">x-xx--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/aware", ">x--x--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/decision", ">---x--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/approve", ">x-xx--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/override", ">---x--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/ceiling", ">--x---"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/recall", ">--x---"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/notified", ">x--x--"},
	{"GET", "/incidents/inc_1/controllers", ">xxx---"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/mandate", ">x--x--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/contacts", ">x--x--"},
	{"GET", "/incidents/inc_1/controllers/ml-orbe/facts", ">x-xx--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/facts", ">x-----"},
	{"GET", "/incidents/inc_1/controllers/ml-orbe/facts/1", ">x-xx--"},
	{"GET", "/incidents/inc_1/controllers/ml-orbe/institution", ">x-xx--"},
	{"GET", "/incidents/inc_1/controllers/ml-orbe/institution/v1/intranet.fr.html", ">x-xx--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/institution/delivered", ">x--x--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/institution/key", ">x-----"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/institution/people", ">x--x--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/institution/followup", ">x--x--"},
	{"GET", "/incidents/inc_1/controllers/ml-orbe/authority", ">x-xx--"},
	{"GET", "/incidents/inc_1/controllers/ml-orbe/authority/dossier.html", ">x-xx--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/authority/answers", ">x--x--"},
	{"POST", "/incidents/inc_1/controllers/ml-orbe/authority/severity", ">x--x--"},
	{"GET", "/incidents/inc_1/lane", ">x-x---"},
	{"POST", "/incidents/inc_1/lane/msg_3", ">x-x---"},
	{"POST", "/incidents/inc_1/lane/override", ">--x---"},
	{"POST", "/incidents/inc_1/lane/danger/dng_1/take", ">x-x---"},
	{"POST", "/incidents/inc_1/lane/danger/dng_1/attempt", ">x-x---"},
	{"POST", "/incidents/inc_1/lane/danger/dng_1/reach", ">x-x---"},
	{"GET", "/requests", ">x-x---"},
	{"POST", "/requests", ">x-x---"},
	{"GET", "/requests/req_1", ">x-x---"},
	{"POST", "/requests/req_1/identify", ">x-x---"},
	{"POST", "/requests/req_1/extend", ">--x---"},
	{"POST", "/requests/req_1/answer", ">x-x---"},
	{"GET", "/audit", ">-----x"},
}

func TestRolesOnEveryRoute(t *testing.T) {
	s := newSite(t)
	for col, id := range accounts {
		b := s.browser(t)
		for _, row := range matrix {
			if id != "" && len(b.cookies) == 0 {
				b = s.as(t, id)
			}
			var form url.Values
			if row.method == "POST" {
				form = url.Values{"lang": {"fr"}}
			}
			a := b.do(row.method, row.path, form)
			got := "x"
			switch {
			case a.Code == http.StatusForbidden:
				got = "-"
			case a.Code == http.StatusSeeOther && a.Location == "/login" && row.path != "/logout":
				got = ">"
			case row.path == "/metrics" && a.Code == http.StatusNotFound: // not from the loopback
				got = "m"
			case a.Code >= 500:
				t.Errorf("%s %s as %q: status %d", row.method, row.path, id, a.Code)
			}
			if want := row.who[col : col+1]; got != want {
				t.Errorf("%s %s as %q: got %q (%d), want %q", row.method, row.path, id, got, a.Code, want)
			}
			if row.path == "/logout" {
				clear(b.cookies)
			}
		}
	}
}

// What a controller's person may not open, they do not see on the home page
// either, and nobody learns whether another's case exists.
func TestControllerSeesItsOwnCaseOnly(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "lys")
	home := b.get("/")
	home.contains(t, "/incidents/inc_1/controllers/ml-lys")
	if strings.Contains(home.Body, "ml-orbe") {
		t.Error("the home page shows another controller's case")
	}
	there, nowhere := b.get("/incidents/inc_1/controllers/ml-orbe"), b.get("/incidents/inc_9/controllers/ml-none")
	if there.Body != nowhere.Body || there.Code != nowhere.Code {
		t.Error("another's case is refused differently from one that does not exist")
	}
}

func TestAdminSeesNoData(t *testing.T) {
	s := newSite(t)
	a := s.as(t, "adam").get("/")
	for _, x := range []string{"inc_1", "Similo", "alert_"} {
		if strings.Contains(a.Body, x) {
			t.Errorf("the admin's home page shows %q", x)
		}
	}
}

func TestCrossSiteIsRefused(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	for _, tt := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"cross-site fetch metadata", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"same-site is another site too", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"foreign origin", []string{"Origin", "https://evil.example.org"}, 403},
		{"same origin", []string{"Sec-Fetch-Site", "same-origin"}, 303},
		{"own origin", []string{"Origin", "http://console.example.org"}, 303},
	} {
		a := b.do("POST", "/alerts/alert_2/dismiss", url.Values{"code": {"duplicate"}}, tt.headers...)
		if a.Code != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, a.Code, tt.want)
		}
		if alert, err := s.Alert(t.Context(), "alert_2"); err != nil || (tt.want == 403) != (alert.State == breach.AlertNew) {
			t.Errorf("%s: alert is %s", tt.name, alert.State)
		}
	}
}

func TestHeadersOnEveryRoute(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	paths := []string{"GET /static/console.css", "GET /static/htmx.min.js", "GET /nowhere", "POST /nowhere"}
	for _, row := range matrix {
		if row.path != "/logout" {
			paths = append(paths, row.method+" "+row.path)
		}
	}
	for _, x := range paths {
		method, path, _ := strings.Cut(x, " ")
		a := b.do(method, path, map[bool]url.Values{true: {}}[method == "POST"])
		for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff",
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", x, name, got, want)
			}
		}
	}
}

func TestMetricsOnTheLoopbackOnly(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct {
		name, remote, forwarded string
		want                    int
	}{
		{"loopback", "127.0.0.1:1234", "", 200},
		{"loopback v6", "[::1]:1234", "", 200},
		{"elsewhere", "192.0.2.7:1234", "", 404},
		{"through a proxy", "127.0.0.1:1234", "192.0.2.7", 404},
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, w.Code, tt.want)
		}
	}
}

func TestLargeFormIsRefused(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	a := b.post("/alerts/alert_1/dismiss", "reason", strings.Repeat("x", 70<<10))
	if a.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", a.Code)
	}
	if a := b.post("/alerts/alert_1/dismiss", "reason", strings.Repeat("x", 2001)); !strings.Contains(a.Location, "err=reason") {
		t.Errorf("an overlong reason went to %q", a.Location)
	}
}

func TestRedirectsStayHere(t *testing.T) {
	b := newSite(t).browser(t)
	for _, tt := range []struct{ back, want string }{
		{"/alerts?state=new", "/alerts?state=new"}, {"https://evil.example.org", "/"}, {"//evil.example.org", "/"},
		{`/\evil.example.org`, "/"}, {"/\tx", "/"}, {"", "/"},
	} {
		b.post("/language", "lang", "en", "back", tt.back).want(t, 303, tt.want)
	}
}

// A route without a line in the matrix is a route nobody thought about.
func TestMatrixHasEveryRoute(t *testing.T) {
	mux := http.NewServeMux()
	missing := map[string]bool{}
	for _, pattern := range console.Routes() {
		mux.Handle(pattern, http.NotFoundHandler())
		missing[pattern] = true
	}
	for _, row := range matrix {
		_, pattern := mux.Handler(httptest.NewRequest(row.method, row.path, nil))
		delete(missing, pattern)
	}
	for pattern := range missing {
		t.Errorf("no line for %s", pattern)
	}
}
