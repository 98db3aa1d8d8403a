package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console/consoletest"
)

func TestLogin(t *testing.T) {
	for _, tt := range []struct {
		name, user, password string
		code                 func(site) string
		want                 int
	}{
		{"right", "rose", consoletest.Password, func(s site) string { return s.Code("rose") }, 303},
		{"wrong password", "rose", "nope", func(s site) string { return s.Code("rose") }, 401},
		{"wrong code", "rose", consoletest.Password, func(site) string { return "000000" }, 401},
		{"no code", "rose", consoletest.Password, func(site) string { return "" }, 401},
		{"somebody else's code", "rose", consoletest.Password, func(s site) string { return s.Code("ana") }, 401},
		{"unknown account", "nobody", consoletest.Password, func(s site) string { return s.Code("rose") }, 401},
		{"no such name", "RO SE'--", consoletest.Password, func(s site) string { return s.Code("rose") }, 401},
		{"endless password", "rose", strings.Repeat("x", 5000), func(s site) string { return s.Code("rose") }, 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			b := s.browser(t)
			a := b.login(breach.UserID(tt.user), tt.password, tt.code(s))
			if a.Code != tt.want {
				t.Fatalf("status %d, want %d", a.Code, tt.want)
			}
			want := http.StatusOK
			if tt.want == 401 {
				want = http.StatusSeeOther // back to the log-in page
				a.contains(t, `id="refused"`)
			}
			if got := b.get("/").Code; got != want {
				t.Errorf("home afterwards: status %d, want %d", got, want)
			}
		})
	}
}

// The refusal must not tell an unknown account from a known one.
func TestLoginRefusalsLookTheSame(t *testing.T) {
	s := newSite(t)
	known := s.browser(t).login("rose", "nope", "123456")
	unknown := s.browser(t).login("nobody", "nope", "123456")
	if known.Body != unknown.Body || known.Code != unknown.Code {
		t.Error("an unknown account is refused differently from a known one")
	}
	if strings.Contains(unknown.Body, "nobody") {
		t.Error("the page repeats what was typed as user name")
	}
}

func TestCodeWorksOnce(t *testing.T) {
	s := newSite(t)
	code := s.Code("rose")
	if a := s.browser(t).login("rose", consoletest.Password, code); a.Code != 303 {
		t.Fatalf("first use: status %d", a.Code)
	}
	if a := s.browser(t).login("rose", consoletest.Password, code); a.Code != 401 {
		t.Errorf("second use: status %d, want 401", a.Code)
	}
	s.Pass(-30 * time.Second) // an older step than the one used
	if a := s.browser(t).login("rose", consoletest.Password, s.Code("rose")); a.Code != 401 {
		t.Errorf("older code: status %d, want 401", a.Code)
	}
}

func TestGuessingLocks(t *testing.T) {
	s := newSite(t)
	for range 5 {
		s.browser(t).login("rose", "nope", "123456")
	}
	if a := s.browser(t).login("rose", consoletest.Password, s.Code("rose")); a.Code != 401 {
		t.Errorf("right password while locked: status %d, want 401", a.Code)
	}
	s.Pass(61 * time.Second)
	if a := s.browser(t).login("rose", consoletest.Password, s.Code("rose")); a.Code != 303 {
		t.Errorf("after the lock: status %d, want 303", a.Code)
	}
}

func TestSessionEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(site, *browser)
		want int
	}{
		{"fresh", func(site, *browser) {}, 200},
		{"used every 29 minutes", func(s site, b *browser) {
			for range 4 {
				s.Pass(29 * time.Minute)
				b.get("/")
			}
		}, 200},
		{"idle", func(s site, _ *browser) { s.Pass(30 * time.Minute) }, 303},
		{"only polling", func(s site, b *browser) {
			for range 2 {
				s.Pass(16 * time.Minute)
				b.do("GET", "/", nil, "HX-Request", "true", "HX-Trigger", "live")
			}
		}, 303},
		{"absolute", func(s site, b *browser) {
			for range 25 {
				s.Pass(25 * time.Minute)
				b.get("/")
			}
		}, 303},
		{"logged out", func(_ site, b *browser) { b.post("/logout") }, 303},
		{"disabled meanwhile", func(s site, b *browser) {
			u, err := s.User(t.Context(), "rose")
			if err != nil {
				t.Fatal(err)
			}
			u.Disabled = true
			s.SetUser(u)
		}, 303},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			b := s.as(t, "rose")
			tt.do(s, b)
			if got := b.get("/").Code; got != tt.want {
				t.Errorf("status %d, want %d", got, tt.want)
			}
		})
	}
}

func TestSessionIsRenewedAtLogin(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "rose")
	first := b.cookies["vigie"]
	s.Pass(time.Minute)
	b.login("rose", consoletest.Password, s.Code("rose"))
	if first == "" || b.cookies["vigie"] == first {
		t.Error("the session token stayed the same over a log-in")
	}
}

func TestPollingWithoutSession(t *testing.T) {
	a := newSite(t).browser(t).do("GET", "/", nil, "HX-Request", "true")
	if a.Code != http.StatusUnauthorized || a.Header.Get("HX-Redirect") != "/login" {
		t.Errorf("status %d, HX-Redirect %q", a.Code, a.Header.Get("HX-Redirect"))
	}
}
