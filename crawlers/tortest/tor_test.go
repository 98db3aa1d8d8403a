package tortest

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha3"
	"encoding/base32"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// tape keeps exchanges in memory.
type tape struct {
	mu   sync.Mutex
	list []breach.Exchange
}

func (r *tape) Record(_ context.Context, ex breach.Exchange) (breach.Capture, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, ex)
	return breach.Capture{ID: breach.CaptureID(breach.NewID("cap")), URL: ex.URL, Status: ex.Status}, nil
}
func (r *tape) Close(context.Context) ([]breach.Capture, error) { return nil, nil }
func (r *tape) Abort()                                          {}

type reader struct{}

func (reader) Read(p crawlers.Page) crawlers.Reading {
	r := crawlers.Reading{State: crawlers.StateOther}
	for _, m := range regexp.MustCompile(`<h2>([^<]*)</h2>`).FindAllSubmatch(p.Body, -1) {
		r.State = crawlers.StateListing
		r.Posts = append(r.Posts, breach.Post{Title: string(m[1])})
	}
	if r.State == crawlers.StateListing && strings.HasSuffix(p.URL, ".onion/") {
		r.Next = []string{"/2", "/3"}
	}
	return r
}
func (reader) Complete(p breach.Post, _ crawlers.Page) breach.Post { return p }

func TestTor(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, "<h2>Mairie inventée %s</h2>", r.URL.Path)
	}))
	defer site.Close()
	n := startNetwork(t, site.Listener.Addr().String())
	tp := &tape{}
	limits := crawlers.DefaultLimits()
	limits.Pause = 0
	c := &crawlers.Crawler{Reader: reader{}, Limits: limits, Now: time.Now, Tool: "vigie test",
		Begin: func(context.Context, breach.Source) (crawlers.Recorder, error) { return tp, nil },
		Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			t.Error("DNS was asked")
			return nil, os.ErrPermission
		}},
	}
	mem := map[breach.SourceID]*crawlers.Memory{}
	visit := func(id breach.SourceID, onion string, mirrors ...string) crawlers.Visit {
		t.Helper()
		if mem[id] == nil {
			mem[id] = &crawlers.Memory{}
		}
		v, err := c.Revisit(t.Context(), breach.Source{ID: id, URL: "http://" + onion + "/", Mirrors: mirrors, Proxy: "socks5h://" + n.socks}, mem[id])
		if err != nil {
			t.Fatal(err)
		}
		mem[id].Note(v, 0)
		return v
	}
	// The network has to agree on itself first.
	began := time.Now()
	for {
		if v := visit("one", n.open); len(v.Posts) == 3 {
			break
		} else if time.Since(began) > 3*time.Minute {
			log, _ := os.ReadFile(filepath.Join(n.dir, "client.log"))
			t.Fatalf("no way to the onion: %+v\n%s", v, log)
		}
		time.Sleep(time.Second)
	}
	t.Logf("the network stood after %s", time.Since(began).Round(time.Second))
	ex := tp.list[len(tp.list)-1]
	if ex.Address != "" || ex.Proxy != n.socks || !strings.Contains(string(ex.Request), "Host: "+n.open) {
		t.Errorf("%q %q %.80q", ex.Address, ex.Proxy, ex.Request)
	}
	for range 2 {
		visit("one", n.open)
		if v := visit("two", n.open); len(v.Posts) != 3 {
			t.Errorf("%+v", v)
		}
	}
	checkCircuits(t, n, mem)

	// Why an onion failed, and a mirror that works where the first is gone.
	if v := visit("locked", n.locked); v.Fault != "onion-needs-key" || v.Alarm != crawlers.AlarmPerson {
		t.Errorf("locked: %q %q", v.Fault, v.Alarm)
	}
	gone := unknownOnion()
	if v := visit("mirrored", gone, "http://"+n.open+"/"); len(v.Posts) != 3 || v.Attempts[0].Fault != "onion-not-published" {
		t.Errorf("mirrored: %+v", v.Attempts)
	}
	if v := visit("misspelt", strings.Repeat("a", 56)+".onion"); v.Fault != "onion-address-invalid" {
		t.Errorf("misspelt: %q", v.Fault)
	}
}

// unknownOnion is a well-formed address that nobody has published.
func unknownOnion() string {
	key, _, _ := ed25519.GenerateKey(rand.Reader)
	sum := sha3.Sum256(append(append([]byte(".onion checksum"), key...), 3))
	return strings.ToLower(base32.StdEncoding.EncodeToString(append(append(append([]byte{}, key...), sum[:2]...), 3))) + ".onion"
}

var (
	circuitUser    = regexp.MustCompile(`SOCKS_USERNAME="([^"]*)"`)
	circuitSession = regexp.MustCompile(`SOCKS_PASSWORD="([^"]*)"`)
)

// checkCircuits asks Tor whose streams each circuit carries.
func checkCircuits(t *testing.T, n *network, mem map[breach.SourceID]*crawlers.Memory) {
	t.Helper()
	conn, err := net.Dial("tcp", n.control)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = fmt.Fprint(conn, "AUTHENTICATE\r\nGETINFO circuit-status\r\nQUIT\r\n")
	used := map[string]int{}
	for s := bufio.NewScanner(conn); s.Scan(); {
		user, session := circuitUser.FindStringSubmatch(s.Text()), circuitSession.FindStringSubmatch(s.Text())
		if user == nil || session == nil {
			continue
		}
		used[user[1]+" "+session[1]]++
		if m := mem[breach.SourceID(user[1])]; m == nil {
			t.Errorf("a circuit of %q", user[1])
		}
	}
	for id, m := range mem {
		if used[string(id)+" "+m.Session] == 0 {
			t.Errorf("no circuit of %s in session %s: %v", id, m.Session, used)
		}
	}
	if mem["one"].Session == mem["two"].Session {
		t.Error("two sites share a session")
	}
}
