package crawlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// The data of a shell is found where the page or its script names it, is
// recorded, and is on the same site.
func TestBehindShells(t *testing.T) {
	for _, tc := range []struct {
		name, page, script, data string
		posts                    int
	}{
		{"call in the page", `<div id="root">#shell</div><script>fetch("/api/posts").then(show)</script>`, "", "/api/posts", 1},
		{"jQuery", `#shell <script>$.getJSON('data/leaks.json', show)</script>`, "", "/data/leaks.json", 1},
		{"XMLHttpRequest", `#shell <script>x.open("GET", "/leaks?all=1")</script>`, "", "/leaks?all=1", 1},
		{"axios with an object", `#shell <script>axios.get({url: "/v1/companies"})</script>`, "", "/v1/companies", 1},
		{"in a bundle", `#shell <script src="/jquery.min.js"></script><script src="/static/main.4f.js"></script>`, "const u=`/api/v2/list${q}`;return e(u)", "/api/v2/list", 1},
		{"escaped slashes", `#shell <script>window.conf={"feed":"\/api\/feed"}</script>`, "", "/api/feed", 1},
		{"declared by a link", `<link rel="alternate" href="/wp-json/wp/v2/posts">#shell`, "", "/wp-json/wp/v2/posts", 1},
		{"attribute", `<div id="app" data-src="/data/posts.json">#shell</div>`, "", "/data/posts.json", 1},
		{"no data at all", `#shell <script>var a = 1</script>`, "", "/api/posts", 0},
		{"on another site", `#shell <script>fetch("http://other.example.org/api/posts")</script>`, "", "/api/posts", 0},
		{"a dump", `#shell <script>fetch("/api/dump.zip"); fetch("/files/base.sql")</script>`, "", "/api/dump.zip", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var asked []string
			src := site(t, func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.URL.RequestURI())
				switch u := r.URL.RequestURI(); {
				case u == "/":
					page(w, tc.page)
				case strings.HasSuffix(u, ".js"):
					w.Header().Set("Content-Type", "application/javascript")
					if !strings.Contains(u, "jquery") {
						_, _ = w.Write([]byte(tc.script))
					}
				case u == tc.data:
					w.Header().Set("Content-Type", "application/json; charset=utf-8")
					_, _ = w.Write([]byte(`{"html":"` + strings.ReplaceAll(listing, `"`, `\"`) + `"}`))
				default:
					w.WriteHeader(404)
				}
			})
			tp := &tape{}
			c := crawler(tp)
			c.Reader = jsonReader{}
			v := visit(t, c, src)
			if len(v.Posts) != tc.posts {
				t.Fatalf("%+v, asked for %q", v, asked)
			}
			if tc.posts == 0 {
				if v.State != StateShell || v.Alarm != AlarmSilent {
					t.Errorf("%+v", v)
				}
				for _, a := range asked {
					if strings.Contains(a, "dump") || strings.Contains(a, "sql") {
						t.Errorf("a file was asked for: %s", a)
					}
				}
				return
			}
			if v.State != StateListing || v.Alarm != "" || len(tp.exchanges) < 2 || v.Posts[0].Capture == v.Captures[0].ID {
				t.Errorf("%+v", v)
			}
		})
	}
}

// jsonReader reads listings within JSON.
type jsonReader struct{ gateReader }

func (j jsonReader) Read(p Page) Reading {
	p.Body = []byte(strings.ReplaceAll(string(p.Body), `\"`, `"`))
	return j.gateReader.Read(p)
}

// Outside a shell a script is a file like another.
func TestScriptsAreFilesElsewhere(t *testing.T) {
	src := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte(listing))
	})
	if v := visit(t, crawler(&tape{}), src); v.Fault != "not-a-page" {
		t.Errorf("%+v", v)
	}
}

func TestDataCalls(t *testing.T) {
	for _, tc := range []struct {
		script string
		want   []string
	}{
		{`fetch('/a'); axios("/b"); $.ajax({url:"/c"})`, []string{"/a", "/b", "/c"}},
		{`x="/api/1"; y='/img/logo.png'; z="text/html"; fetch("/sure")`, []string{"/sure", "/api/1"}},
		{`"api/posts" + id`, []string{"api/posts"}},
		{"fetch(`/api/p/${id}`)", []string{"/api/p/"}},
		{strings.Repeat(`"/api/x"`, 10_000), []string{"/api/x"}},
		{`"`, nil},
	} {
		if d := cmp.Diff(tc.want, dataCalls([]byte(tc.script))); d != "" {
			t.Errorf("%.40s: %s", tc.script, d)
		}
	}
}

func FuzzDataLinks(f *testing.F) {
	f.Add([]byte(`<script>fetch("/api/x")</script><div data-a="/api/1">`))
	f.Add([]byte("<script><script src=x data-x='/x.json'"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if n := len(dataLinks(b)) + len(scriptLinks(b)); n > 4*shellData+16*shellScripts {
			t.Errorf("%d links", n)
		}
	})
}

// browser is a Renderer that asks for two things and shows what they say.
type browser struct{ ask []string }

func (b browser) Render(_ context.Context, address string, through http.RoundTripper) (Rendering, error) {
	var dom strings.Builder
	for _, a := range b.ask {
		req, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(address, "/")+a, nil)
		if strings.Contains(a, "://") {
			req, err = http.NewRequest(http.MethodGet, a, nil)
		}
		if err != nil {
			return Rendering{}, err
		}
		resp, err := through.RoundTrip(req)
		if err != nil {
			dom.WriteString("<!-- refused -->")
			continue
		}
		buf := make([]byte, 1000)
		n, _ := resp.Body.Read(buf)
		dom.Write(buf[:n])
	}
	return Rendering{URL: address, DOM: []byte(dom.String()), Screenshot: []byte("PNG")}, nil
}

// What a browser asks for goes through the gate, and what it shows is kept.
func TestRendering(t *testing.T) {
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			page(w, "#shell")
			return
		}
		page(w, listing)
	})
	for _, on := range []bool{false, true} {
		tp := &keeper{}
		c := crawler(&tp.tape)
		c.Begin = func(context.Context, breach.Source) (Recorder, error) { return tp, nil }
		c.Reader, c.Renderer = gateReader{}, browser{[]string{"/inner", "http://169.254.169.254/latest"}}
		src.Render = on
		v := visit(t, c, src)
		if !on {
			if v.State != StateShell || len(tp.resources) != 0 {
				t.Errorf("rendered though it is off: %+v", v)
			}
			continue
		}
		if len(v.Posts) != 1 || len(tp.resources) != 2 || tp.resources[0].Kind != "dom" || !strings.Contains(string(tp.resources[0].Body), "refused") {
			t.Errorf("%+v, resources %+v", v, tp.resources)
		}
	}
}

// keeper is a tape that keeps resources.
type keeper struct {
	tape
	resources []breach.Resource
}

func (k *keeper) Resource(_ context.Context, r breach.Resource) error {
	k.resources = append(k.resources, r)
	return nil
}
