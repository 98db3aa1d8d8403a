package crawlers

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

// gateReader is h2Reader that knows queues, captchas and shells by a word.
type gateReader struct{ h2Reader }

func (g gateReader) Read(p Page) Reading {
	r := g.h2Reader.Read(p)
	if p.Status >= 400 {
		return Reading{State: StateError}
	}
	for _, state := range []string{StateGate, StateCaptcha, StateShell, StateLogin, StateParked, StateRedirect} {
		if len(r.Posts) == 0 && strings.Contains(string(p.Body), "#"+state) {
			r.State = state
		}
	}
	return r
}

func (g gateReader) Complete(post breach.Post, _ Page) breach.Post { return post }

// A queue in the manner of EndGame: it knows its visitors by a cookie and by
// the circuit they come from, lets nobody in before his time, and puts whoever
// changes either at the end again.
type queueSite struct {
	mu     sync.Mutex
	places map[string]int // cookie -> times asked
	length int
	style  string // header, meta, or mute
}

func (q *queueSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	c, err := r.Cookie("dcap")
	if err != nil {
		c = &http.Cookie{Name: "dcap", Value: fmt.Sprint("place-", len(q.places)), Path: "/"}
		q.places[c.Value] = 0
		http.SetCookie(w, c)
	}
	q.places[c.Value]++
	if q.places[c.Value] > q.length {
		page(w, listing)
		return
	}
	body := "#gate Access Queue"
	switch q.style {
	case "header":
		w.Header().Set("Refresh", "1")
	case "meta":
		body += `<meta HTTP-EQUIV=refresh content="1; URL='/'">`
	}
	w.Header().Set("Content-Type", "text/html")
	if q.style == "busy" {
		w.Header().Set("Refresh", "1")
		w.WriteHeader(http.StatusForbidden)
	}
	_, _ = fmt.Fprint(w, body)
}

func TestQueuesAreWaitedFor(t *testing.T) {
	for _, style := range []string{"header", "meta", "busy"} {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			q := &queueSite{places: map[string]int{}, length: 2, style: style}
			p := startProxy(t, q.ServeHTTP, nil)
			tp := &tape{}
			c := crawler(tp)
			c.Reader = gateReader{}
			c.Limits.Visit = 20 * time.Second
			src := breach.Source{ID: "queue", URL: onion("h"), Proxy: p.url()}
			mem := &Memory{}
			v, err := c.Revisit(t.Context(), src, mem)
			if err != nil || len(v.Posts) != 1 || v.State != StateListing || v.Alarm != "" || len(q.places) != 1 {
				t.Fatalf("%+v %v, places %v", v, err, q.places)
			}
			if v.Captures[0].State != StateGate || len(tp.exchanges) < 3 {
				t.Errorf("the queue itself is evidence: %+v", v.Captures)
			}
			for _, a := range p.all() {
				if a.password != p.all()[0].password {
					t.Error("the queue saw two circuits")
				}
			}
			// The next visit shows its cookie and does not queue again.
			mem.Note(v, 1)
			before := len(p.all())
			if v, err = c.Revisit(t.Context(), src, mem); err != nil || len(v.Posts) != 1 || len(q.places) != 1 {
				t.Fatalf("%+v %v", v, err)
			}
			if p.all()[before].password != p.all()[0].password {
				t.Error("the second visit came by another circuit")
			}
		})
	}
}

func TestQueuesThatNeverEnd(t *testing.T) {
	q := &queueSite{places: map[string]int{}, length: 1 << 30, style: "header"}
	src := site(t, q.ServeHTTP)
	tp := &tape{}
	c := crawler(tp)
	c.Reader = gateReader{}
	c.Limits.Patience, c.Limits.Visit = 2*time.Second, 20*time.Second
	v := visit(t, c, src)
	if v.State != StateGate || v.Alarm != AlarmSilent || len(tp.exchanges) != 3 {
		t.Errorf("%+v, %d exchanges", v, len(tp.exchanges))
	}
}

// What patience does not open is handed to a person.
func TestHandedToAPerson(t *testing.T) {
	for _, state := range []string{StateCaptcha, StateLogin} {
		src := site(t, func(w http.ResponseWriter, _ *http.Request) {
			page(w, `<meta http-equiv="refresh" content="1">#`+state)
		})
		tp := &tape{}
		c := crawler(tp)
		c.Reader = gateReader{}
		v := visit(t, c, src)
		if v.State != state || v.Alarm != AlarmPerson || len(tp.exchanges) != 1 {
			t.Errorf("%s: %+v, asked %d times", state, v, len(tp.exchanges))
		}
	}
}

func TestRefresh(t *testing.T) {
	const here = "http://site.test/a/b"
	for _, tc := range []struct {
		header, body string
		wait         time.Duration
		target       string
		said         bool
	}{
		{"", "", unsaidWait, here, false},
		{"5", "", 5 * time.Second, here, true},
		{"0; url=/q", "", soonest, "http://site.test/q", true},
		{"2.5;URL='c#x'", "", 2500 * time.Millisecond, "http://site.test/a/c", true},
		{"3, /q", "", 3 * time.Second, "http://site.test/q", true},
		{"999999999; url=/q", "", longestWait, "http://site.test/q", true},
		{"-1; url=/q", "", unsaidWait, here, false},
		{"soon", "", unsaidWait, here, false},
		{"", `<meta content="7;url=http://other.test/" http-equiv="Refresh">`, 7 * time.Second, "http://other.test/", true},
		{"", `<script>"<meta http-equiv=refresh content=1>"</script>`, unsaidWait, here, false},
		{"", `<meta http-equiv="refresh" content="1; url=http://[::1">`, time.Second, here, true},
	} {
		wait, target, said := refresh(Page{URL: here, Body: []byte(tc.body), Header: http.Header{"Refresh": {tc.header}}})
		if wait != tc.wait || target != tc.target || said != tc.said {
			t.Errorf("%q %q: %s %q %v, want %s %q %v", tc.header, tc.body, wait, target, said, tc.wait, tc.target, tc.said)
		}
	}
}

func FuzzRefresh(f *testing.F) {
	f.Add("5; url=/x", `<meta http-equiv=refresh content="1">`)
	f.Add("1e9;;", "<meta")
	f.Fuzz(func(t *testing.T, header, body string) {
		wait, _, said := refresh(Page{URL: "http://site.test/", Body: []byte(body), Header: http.Header{"Refresh": {header}}})
		if said && (wait < soonest || wait > longestWait) {
			t.Errorf("wait %s", wait)
		}
	})
}

func TestJar(t *testing.T) {
	now := noon
	j := newJar(func() time.Time { return now }, nil)
	set := func(address string, lines ...string) {
		u := mustURL(address)
		var list []*http.Cookie
		for _, l := range lines {
			c, err := http.ParseSetCookie(l)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, c)
		}
		j.SetCookies(u, list)
	}
	sent := func(address string) string {
		var out []string
		for _, c := range j.Cookies(mustURL(address)) {
			out = append(out, c.Name+"="+c.Value)
		}
		return strings.Join(out, " ")
	}
	set("http://a.test/x", "s=1; Path=/", "deep=1; Path=/x/y", "tls=1; Secure", "short=1; Max-Age=60", "wide=1; Domain=test")
	for address, want := range map[string]string{
		"http://a.test/": "s=1 short=1 wide=1", "http://A.test/x/y/z": "s=1 deep=1 short=1 wide=1", "http://a.test/x/yes": "s=1 short=1 wide=1",
		"https://a.test/": "s=1 tls=1 short=1 wide=1", "http://b.test/": "", "http://sub.a.test/": "",
	} {
		if got := sent(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	set("http://a.test/", "s=2; Path=/", "wide=; Max-Age=0")
	now = at(2 * time.Minute)
	if got := sent("http://a.test/"); got != "s=2" {
		t.Errorf("after change, deletion and expiry: %q", got)
	}
	for i := range 500 {
		set("http://flood.test/", fmt.Sprintf("c%d=1", i), "big="+strings.Repeat("x", cookieBytes))
	}
	if n := len(j.Cookies(mustURL("http://flood.test/"))); n != cookiesAHost {
		t.Errorf("%d cookies of one host", n)
	}
	again := newJar(func() time.Time { return now }, j.all())
	if d := cmp.Diff(j.all(), again.all()); d != "" {
		t.Error(d)
	}
}
