package crawlers

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"vigie/internal/breach"
)

// nameServer answers on loopback with what zone says for the n-th question.
func nameServer(t *testing.T, zone func(n int64, q dnsmessage.Question) []dnsmessage.ResourceBody) (*net.Resolver, *atomic.Int64) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	questions := &atomic.Int64{}
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			name := q.Name
			for _, body := range zone(questions.Add(1), q) {
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET}, Body: body})
				if c, is := body.(*dnsmessage.CNAMEResource); is {
					name = c.CNAME
				}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}, questions
}

func a4(a, b, c, d byte) dnsmessage.ResourceBody {
	return &dnsmessage.AResource{A: [4]byte{a, b, c, d}}
}

// Names that lead inward: the address is judged when it is dialled, after DNS
// has answered and for each connection anew. None of the answers is a public
// address, so that nothing leaves this machine whatever fails.
func TestNamesThatLeadInward(t *testing.T) {
	loopback6 := &dnsmessage.AAAAResource{AAAA: [16]byte{15: 1}}
	for _, tc := range []struct {
		name string
		zone func(n int64, q dnsmessage.Question) []dnsmessage.ResourceBody
	}{
		{"to loopback", func(int64, dnsmessage.Question) []dnsmessage.ResourceBody {
			return []dnsmessage.ResourceBody{a4(127, 0, 0, 1)}
		}},
		{"rebinding: another address at each question, TTL 0", func(n int64, _ dnsmessage.Question) []dnsmessage.ResourceBody {
			if n <= 2 {
				return []dnsmessage.ResourceBody{a4(203, 0, 113, 1)} // for documentation: refused too
			}
			return []dnsmessage.ResourceBody{a4(127, 0, 0, 1)}
		}},
		{"A and AAAA mixed", func(_ int64, q dnsmessage.Question) []dnsmessage.ResourceBody {
			if q.Type == dnsmessage.TypeAAAA {
				return []dnsmessage.ResourceBody{loopback6}
			}
			return []dnsmessage.ResourceBody{a4(10, 0, 0, 1), a4(192, 168, 1, 1), a4(127, 0, 0, 1)}
		}},
		{"CNAME inward", func(int64, dnsmessage.Question) []dnsmessage.ResourceBody {
			return []dnsmessage.ResourceBody{&dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName("localhost.")}, a4(127, 0, 0, 1)}
		}},
		{"to the metadata of a cloud", func(int64, dnsmessage.Question) []dnsmessage.ResourceBody {
			return []dnsmessage.ResourceBody{a4(169, 254, 169, 254)}
		}},
		{"IPv4 within IPv6", func(_ int64, q dnsmessage.Question) []dnsmessage.ResourceBody {
			if q.Type == dnsmessage.TypeA {
				return nil
			}
			return []dnsmessage.ResourceBody{&dnsmessage.AAAAResource{AAAA: [16]byte{0: 0x00, 1: 0x64, 2: 0xff, 3: 0x9b, 12: 127, 15: 1}}}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tp := &tape{}
			c := crawler(tp)
			var questions *atomic.Int64
			c.Resolver, questions = nameServer(t, tc.zone)
			src := breach.Source{ID: "x", URL: "http://leaks.example.org/", Mirrors: []string{"https://mirror.example.org/"}}
			for range 2 {
				if v := visit(t, c, src); v.Fault != "private-address" {
					t.Errorf("fault %q, want private-address", v.Fault)
				}
			}
			for _, ex := range tp.exchanges {
				if len(ex.Request) > 0 || ex.Address != "" {
					t.Errorf("connected to %s", ex.Address)
				}
			}
			if questions.Load() < 4 {
				t.Errorf("%d questions: an answer was kept", questions.Load())
			}
		})
	}
}

// An onion is never asked of DNS: not as a source, a mirror, a redirect, a
// further page or a post's link.
func TestOnionsOnAPageNeverReachDNS(t *testing.T) {
	resolver, questions := nameServer(t, func(int64, dnsmessage.Question) []dnsmessage.ResourceBody { return nil })
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Refresh", "1; url="+onion("g"))
			page(w, `<h2><a href="`+onion("f")+`p">Mairie inventée</a></h2><a rel="next" href="`+onion("f")+`2">`)
		case "/gate":
			page(w, `<meta http-equiv="refresh" content="0; url=`+onion("f")+`">`)
		}
	})
	c := crawler(&tape{})
	c.Resolver = resolver
	visit(t, c, src)
	gate := src
	gate.URL += "gate"
	visit(t, c, gate)
	if n := questions.Load(); n != 0 {
		t.Errorf("DNS was asked %d times", n)
	}
	c.Limits.Visit = time.Second
	if visit(t, c, breach.Source{ID: "x", URL: "http://leaks.example.org/"}); questions.Load() == 0 {
		t.Error("the counter does not count")
	}
}
