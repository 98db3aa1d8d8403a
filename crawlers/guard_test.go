package crawlers

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vigie/internal/breach"
)

func code(err error) string {
	var r *breach.RefusedError
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// inward are addresses that lead to this machine, its network or out of the
// web, in every spelling.
var inward = []string{
	"http://127.0.0.1/", "http://127.0.0.1:80/", "http://127.255.255.254/", "http://[::1]/", "http://[::]/", "http://0.0.0.0/",
	"http://0.1.2.3/", "http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/", "http://100.64.0.1/",
	"http://100.100.100.200/", "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://[fe80::1]/",
	"http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::1]/",
	"http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::1]/", "http://[2001:db8::1]/", "http://[ff02::1]/", "http://[fec0::1]/",
	"http://[100::1]/", "http://[5f00::1]/", "http://[3fff::1]/", "http://[fe80::1%25lo]/",
	"http://192.0.0.170/", "http://192.0.2.1/", "http://198.18.0.1/", "http://198.51.100.1/", "http://203.0.113.1/",
	"http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/", "http://192.88.99.1/",
	"http://2130706433/", "http://0x7f000001/", "http://017700000001/", "http://127.1/", "http://127.0.1/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
	"http://a@127.0.0.1/", "http://example.org@127.0.0.1/", "http://example.org:x@169.254.169.254/",
	"http://127.0.0.1./", "http://127。0。0。1/", "http://１２７.0.0.1/", "http://①②⑦.0.0.1/",
	"http://localhost/", "http://db/", "http://printer.local/", "http://metadata.google.internal/", "http://x.localhost/", "http://router.home.arpa/", "http://nas.lan/", "http://localhost./", "http://LOCALHOST/",
	"http://example.org\\@127.0.0.1/", "http://127.0.0.1\\.example.org/",
	"http://example.org:22/", "http://example.org:25/", "http://example.org:6379/", "http://8.8.8.8:8080/",
	"file:///etc/passwd", "gopher://example.org/", "ftp://example.org/", "dict://example.org:80/", "data:text/html,x", "javascript:alert(1)", "//127.0.0.1/", "http:///", "",
}

// TestVisitRefusesInwardAddresses asks a crawler for addresses that lead
// inward, in every spelling; none may be dialled.
func TestVisitRefusesInwardAddresses(t *testing.T) {
	for _, u := range inward {
		t.Run(u, func(t *testing.T) {
			tp := &tape{}
			c := crawler(tp)
			c.Limits.Visit = 2 * time.Second
			v, err := c.Visit(t.Context(), breach.Source{ID: "x", URL: u})
			for _, ex := range tp.exchanges {
				if ex.Address != "" || len(ex.Request) > 0 {
					t.Fatalf("dialled %s", ex.Address)
				}
			}
			if err == nil && (v.State != StateError || v.Fault == "" || v.Fault == "unreachable" || v.Fault == "timeout") {
				t.Errorf("visited: %+v", v)
			}
			if err != nil && !errors.Is(err, breach.ErrInvalid) {
				t.Errorf("error %v, want ErrInvalid", err)
			}
		})
	}
}

func TestCheckAddress(t *testing.T) {
	for _, tc := range []struct {
		address string
		local   bool
		want    string
	}{
		{"93.184.215.14:443", false, ""},
		{"93.184.215.14:80", false, ""},
		{"[2606:2800:21f::1]:443", false, ""},
		{"[64:ff9b::5db8:d70e]:443", false, ""},
		{"93.184.215.14:8080", false, "port"},
		{"127.0.0.1:80", false, "private-address"},
		{"[::ffff:10.0.0.1]:80", false, "private-address"},
		{"127.0.0.1:4321", true, ""},
		{"[::1]:4321", true, ""},
		{"[::ffff:127.0.0.1]:4321", true, ""},
		{"10.0.0.1:80", true, "not-loopback"},
		{"169.254.169.254:80", true, "not-loopback"},
		{"93.184.215.14:443", true, "not-loopback"},
	} {
		t.Run(tc.address, func(t *testing.T) {
			if got := code(checkAddress(netip.MustParseAddrPort(tc.address), tc.local)); got != tc.want {
				t.Errorf("local %v: %q, want %q", tc.local, got, tc.want)
			}
		})
	}
}

// countingResolver answers nothing and counts who asked.
func countingResolver(n *atomic.Int64) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		n.Add(1)
		return nil, errors.New("no DNS in tests")
	}}
}

func TestOnionNeverReachesDNS(t *testing.T) {
	var asked atomic.Int64
	name := strings.Repeat("a", 56) + ".onion"
	for _, u := range []string{"http://" + name + "/", "http://" + strings.ToUpper(name) + "./", "http://sub." + name + "/", "http://" + strings.ReplaceAll(name, ".", "。") + "/"} {
		c := crawler(&tape{})
		c.Resolver = countingResolver(&asked)
		if _, err := c.Visit(t.Context(), breach.Source{ID: "x", URL: u}); code(err) != "onion-needs-proxy" {
			t.Errorf("%s: %v", u, err)
		}
		src := site(t, redirectTo(u))
		c.Begin = func(context.Context, breach.Source) (Recorder, error) { return &tape{}, nil }
		if v := visit(t, c, src); v.Alarm != AlarmDown {
			t.Errorf("redirect to %s: %+v", u, v)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("DNS was asked %d times", n)
	}
	c := crawler(&tape{})
	c.Resolver = countingResolver(&asked)
	if v := visit(t, c, breach.Source{ID: "x", URL: "http://example.org/"}); v.Alarm != AlarmDown || asked.Load() == 0 {
		t.Errorf("the counter does not count: %+v, %d", v, asked.Load())
	}
}

func TestLooksLikeFile(t *testing.T) {
	for _, tc := range []struct {
		path string
		want bool
	}{
		{"/", false}, {"/post/1", false}, {"/post/1.html", false}, {"/view.php", false}, {"/companies/ville.example.org/", false},
		{"/companies/ville.fr", false}, {"/a.zip", true}, {"/a.ZIP", true}, {"/a.tar.gz", true}, {"/a.7z.001", true}, {"/a.part1", true},
		{"/extract.csv", true}, {"/extract.csv/", true}, {"/base.sql.zst", true}, {"/a.pdf", true}, {"/x.torrent", true}, {"/data.json", true},
	} {
		if got := LooksLikeFile(&url.URL{Path: tc.path}); got != tc.want {
			t.Errorf("LooksLikeFile(%q) = %v", tc.path, got)
		}
	}
}

func FuzzCheckURL(f *testing.F) {
	for _, s := range []string{"http://127.0.0.1/", "http://0x7f.1/", "http://[::ffff:10.0.0.1%25lo]:80/", "https://example.org", "http://。/", "http://a@b:99999/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := url.Parse(s)
		if err != nil || checkURL(u, false) != nil {
			return
		}
		host := u.Hostname()
		if a, err := netip.ParseAddr(host); err == nil && !publicAddress(a) {
			t.Errorf("%q passed", s)
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || host == "" {
			t.Errorf("%q passed", s)
		}
	})
}
