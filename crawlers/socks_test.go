package crawlers

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vigie/internal/breach"
)

// asked is what a proxy was told.
type asked struct{ user, password, host string }

// proxyServer is a SOCKS5 proxy on loopback: it answers with reply's code and,
// if that is 0, connects to the server that stands for every site.
type proxyServer struct {
	address string
	mu      sync.Mutex
	asks    []asked
}

func (p *proxyServer) url() string { return "socks5h://" + p.address }

func (p *proxyServer) all() []asked {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]asked(nil), p.asks...)
}

func startProxy(t testing.TB, h http.HandlerFunc, reply func(asked) byte) *proxyServer {
	t.Helper()
	web := httptest.NewServer(h)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = l.Close()
		web.CloseClientConnections()
		web.Close()
	})
	p := &proxyServer{address: l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(conn, web.Listener.Addr().String(), reply)
		}
	}()
	return p
}

func (p *proxyServer) serve(conn net.Conn, web string, reply func(asked) byte) {
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	take := func(n int) []byte {
		b := make([]byte, n)
		_, _ = io.ReadFull(r, b)
		return b
	}
	take(int(take(2)[1]))
	_, _ = conn.Write([]byte{5, 2})
	a := asked{}
	a.user = string(take(int(take(2)[1])))
	a.password = string(take(int(take(1)[0])))
	_, _ = conn.Write([]byte{1, 0})
	switch take(4)[3] {
	case 1:
		a.host = net.IP(take(4)).String()
	case 4:
		a.host = net.IP(take(16)).String()
	case 3:
		a.host = string(take(int(take(1)[0])))
	}
	take(2)
	p.mu.Lock()
	p.asks = append(p.asks, a)
	p.mu.Unlock()
	code := byte(0)
	if reply != nil {
		code = reply(a)
	}
	_, _ = conn.Write([]byte{5, code, 0, 1, 0, 0, 0, 0, 0, 0})
	if code != 0 {
		return
	}
	out, err := net.Dial("tcp", web)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	go func() { _, _ = io.Copy(out, r) }()
	_, _ = io.Copy(conn, out)
}

func onion(letter string) string { return "http://" + strings.Repeat(letter, 56) + ".onion/" }

// One site keeps one circuit, for all its pages and over visits; two sites
// never share one; what fails gets a new one.
func TestCircuits(t *testing.T) {
	var broken sync.Map
	p := startProxy(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			page(w, listing+`<a rel="next" href="/2">`)
		} else {
			page(w, "x")
		}
	}, func(a asked) byte {
		if _, is := broken.Load(a.password); is {
			return 0xf3
		}
		return 0
	})
	tp := &tape{}
	c := crawler(tp)
	mem := map[breach.SourceID]*Memory{"one": {}, "two": {}}
	again := func(id breach.SourceID, u string) Visit {
		v, err := c.Revisit(t.Context(), breach.Source{ID: id, URL: u, Proxy: p.url()}, mem[id])
		if err != nil {
			t.Fatal(err)
		}
		mem[id].Note(v, 0)
		return v
	}
	for range 2 {
		for id, u := range map[breach.SourceID]string{"one": onion("a"), "two": onion("b")} {
			if v := again(id, u); len(v.Posts) != 1 {
				t.Fatalf("%+v", v)
			}
		}
	}
	circuits := map[string]map[string]bool{} // site -> circuits
	for _, a := range p.all() {
		if circuits[a.user] == nil {
			circuits[a.user] = map[string]bool{}
		}
		circuits[a.user][a.password] = true
	}
	one, two := mem["one"].Session, mem["two"].Session
	if len(p.all()) != 4 || len(circuits["one"]) != 1 || len(circuits["two"]) != 1 || one == two || !circuits["one"][one] || !circuits["two"][two] {
		t.Fatalf("%d connections, circuits %v, sessions %q %q", len(p.all()), circuits, one, two)
	}
	named := map[string]map[string]bool{} // site -> circuits as the evidence tells them
	for _, ex := range tp.exchanges {
		if named[string(ex.Source)] == nil {
			named[string(ex.Source)] = map[string]bool{}
		}
		named[string(ex.Source)][ex.Circuit] = true
		if !strings.HasPrefix(ex.Circuit, "sha256:") || strings.Contains(ex.Circuit, one) {
			t.Errorf("circuit %q in the evidence", ex.Circuit)
		}
	}
	if len(named["one"]) != 1 || len(named["two"]) != 1 || maps.Equal(named["one"], named["two"]) {
		t.Errorf("circuits in the evidence: %v", named)
	}
	broken.Store(one, true)
	if v := again("one", onion("a")); len(v.Posts) != 1 || mem["one"].Session == one || mem["one"].Session == "" {
		t.Errorf("after a circuit broke: %+v, session %q", v, mem["one"].Session)
	}
}

// Tor says why an onion failed.
func TestReasonsOfAProxy(t *testing.T) {
	for code, want := range map[byte]struct{ fault, alarm string }{
		0x01: {"proxy-failed", AlarmDown}, 0x02: {"proxy-refused", AlarmDown}, 0x03: {"network-unreachable", AlarmDown},
		0x04: {"host-unreachable", AlarmDown}, 0x05: {"connection-refused", AlarmDown}, 0x06: {"circuit-expired", AlarmDown},
		0x07: {"proxy-unsupported", AlarmDown}, 0x08: {"proxy-unsupported", AlarmDown},
		0xf0: {"onion-not-published", AlarmDown}, 0xf1: {"onion-descriptor-invalid", AlarmDown}, 0xf2: {"onion-introduction-failed", AlarmDown},
		0xf3: {"onion-rendezvous-failed", AlarmDown}, 0xf4: {"onion-needs-key", AlarmPerson}, 0xf5: {"onion-wrong-key", AlarmPerson},
		0xf6: {"onion-address-invalid", AlarmDown}, 0xf7: {"onion-introduction-timeout", AlarmDown}, 0x99: {"proxy-failed", AlarmDown},
	} {
		t.Run(fmt.Sprintf("%#x", code), func(t *testing.T) {
			p := startProxy(t, nil, func(asked) byte { return code })
			tp := &tape{}
			v := visit(t, crawler(tp), breach.Source{ID: "x", URL: onion("c"), Proxy: p.url()})
			if v.Fault != want.fault || v.Alarm != want.alarm {
				t.Errorf("fault %q alarm %q, want %v", v.Fault, v.Alarm, want)
			}
			tries := 1
			if circuitFaults[want.fault] {
				tries = 2
			}
			if asks := p.all(); len(asks) != tries || len(tp.exchanges) != tries || tries == 2 && asks[0].password == asks[1].password {
				t.Errorf("asked %+v, %d exchanges recorded, want %d", asks, len(tp.exchanges), tries)
			}
		})
	}
}

// A proxy that misbehaves is a fault like another; it never goes unanswered.
func TestBadProxies(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer func(net.Conn)
		want   string
	}{
		{"closes", func(net.Conn) {}, "proxy-failed"},
		{"SOCKS4", func(c net.Conn) { _, _ = c.Write([]byte{0, 90, 0, 0}) }, "proxy-no-isolation"},
		{"no log-in, so circuits would mix", func(c net.Conn) { _, _ = c.Write([]byte{5, 0}) }, "proxy-no-isolation"},
		{"refuses the log-in", func(c net.Conn) { _, _ = c.Write([]byte{5, 2, 1, 1}) }, "proxy-login-refused"},
		{"is a web server", func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, "proxy-no-isolation"},
		{"half a reply", func(c net.Conn) { _, _ = c.Write([]byte{5, 2, 1, 0, 5, 0, 0}) }, "proxy-failed"},
		{"an address type of its own", func(c net.Conn) { _, _ = c.Write([]byte{5, 2, 1, 0, 5, 0, 0, 9, 1, 2, 3}) }, "proxy-failed"},
		{"a name for an address", func(c net.Conn) {
			_, _ = c.Write([]byte{5, 2, 1, 0, 5, 0, 0, 3, 1, 'x', 0, 80})
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok")
			time.Sleep(100 * time.Millisecond)
		}, ""},
		{"silence", func(net.Conn) { time.Sleep(2 * time.Second) }, "timeout"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			src := raw(t, tc.answer)
			c := crawler(&tape{})
			started := time.Now()
			v := visit(t, c, breach.Source{ID: "x", URL: onion("d"), Proxy: "socks5h" + strings.TrimSuffix(strings.TrimPrefix(src.URL, "http"), "/")})
			if v.Fault != tc.want || time.Since(started) > 5*time.Second {
				t.Errorf("fault %q after %s, want %q", v.Fault, time.Since(started), tc.want)
			}
		})
	}
	c := crawler(&tape{})
	if v := visit(t, c, breach.Source{ID: "x", URL: onion("d"), Proxy: "socks5h://127.0.0.1:1"}); v.Fault != "proxy-down" {
		t.Errorf("no proxy: %q", v.Fault)
	}
	for _, bad := range []string{"http://127.0.0.1:1", "socks5://127.0.0.1:1", "socks5h://127.0.0.1", "::"} {
		if v := visit(t, c, breach.Source{ID: "x", URL: onion("d"), Proxy: bad}); v.Alarm != AlarmDown {
			t.Errorf("proxy %q: %+v", bad, v)
		}
	}
}

// Names go to the proxy and nowhere else; addresses that lead inward, and
// names that do so at the proxy, are not even asked for.
func TestProxyGetsTheName(t *testing.T) {
	target := ""
	p := startProxy(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			redirectTo(target)(w, r)
			return
		}
		page(w, listing)
	}, nil)
	var dns atomic.Int64
	c := crawler(&tape{})
	c.Resolver = countingResolver(&dns)
	for _, u := range []string{onion("e"), "http://leaks.example.org/"} {
		if v := visit(t, c, breach.Source{ID: "mirror", URL: u, Proxy: p.url()}); len(v.Posts) != 1 {
			t.Errorf("%s: %+v", u, v)
		}
	}
	for _, a := range p.all() {
		if a.user != "mirror" || !strings.HasSuffix(a.host, ".onion") && a.host != "leaks.example.org" {
			t.Errorf("the proxy was told %+v", a)
		}
	}
	before := len(p.all())
	for _, u := range inward {
		target = u
		v := visit(t, c, breach.Source{ID: "x", URL: "http://leaks.example.org/away", Proxy: p.url()})
		if v.Alarm == "" {
			t.Errorf("redirect to %q: %+v", u, v)
		}
	}
	for _, a := range p.all()[before:] {
		if a.host != "leaks.example.org" {
			t.Errorf("the proxy was asked for %q", a.host)
		}
	}
	if dns.Load() != 0 {
		t.Errorf("DNS was asked %d times", dns.Load())
	}
}

func FuzzSOCKS(f *testing.F) {
	for _, s := range []string{"", "\x05\x02\x01\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", "\x05\x02\x01\x00\x05\xf4", "\x05\x02\x01\x00\x05\x00\x00\x03\xffx", "\x05\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		here, there := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, there) }()
		go func() { _, _ = there.Write(answer); _ = there.Close() }()
		err := greet(here, login{"site", "session"}, "name.test", 80)
		_ = here.Close()
		if ok := len(answer) >= 6 && answer[0] == 5 && answer[1] == 2 && answer[3] == 0 && answer[4] == 5 && answer[5] == 0; err == nil && !ok {
			t.Errorf("% x was taken for a connection", answer)
		}
	})
}
