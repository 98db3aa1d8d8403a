package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// post is a claim on the invented leak site.
type post struct {
	Title, Website, Text, Size string
	Published                  time.Time
	Deadline                   time.Time
	File                       string // path behind the download link, "" for none
}

// site is a leak site on loopback: a listing with posts about others, a
// countdown and counters that change at every visit, and, a moment after the
// first visit, the post about the stolen extract. What it is and when that
// post appeared survive a restart, as a real site would survive ours.
type site struct {
	dir    string
	leak   string // the stolen file
	target string // the body named by the stolen post
	server *http.Server
	addr   string
	views  atomic.Int64

	mu    sync.Mutex
	state siteState
}

// siteState is what the site keeps over restarts.
type siteState struct {
	Port       int       `json:"port"`
	Born       time.Time `json:"born"`
	AppearedAt time.Time `json:"appeared_at"` // of the stolen post; zero: not decided
}

// appearAfter is how long after Vigie began to watch the stolen post is
// published, whether anybody looks or not.
const appearAfter = 1300 * time.Millisecond

// filePath is where the stolen file hangs; the name tells nothing.
const filePath = "/files/5f2c9e/export_dossiers.csv"

// openSite starts the site, on its former port when there is one: the links of
// posts already captured point there.
func openSite(dir, leak, target string) (*site, error) {
	s := &site{dir: dir, leak: leak, target: target}
	raw, err := os.ReadFile(s.file())
	if err == nil {
		err = json.Unmarshal(raw, &s.state)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("reading the leak site's state: %w", err)
	}
	if s.state.Born.IsZero() {
		s.state.Born = time.Now().UTC()
	}
	l, err := s.listen()
	if err != nil {
		return nil, fmt.Errorf("starting the leak site: %w", err)
	}
	s.addr = l.Addr().String()
	s.state.Port = l.Addr().(*net.TCPAddr).Port
	if err := s.save(); err != nil {
		_ = l.Close()
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.listing)
	mux.HandleFunc("GET "+filePath, s.download)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

func (s *site) listen() (net.Listener, error) {
	if s.state.Port != 0 {
		// The port of a process that has just been killed may be busy for a moment.
		for range 20 {
			l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.state.Port)))
			if err == nil {
				return l, nil
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

func (s *site) file() string { return filepath.Join(s.dir, "site.json") }
func (s *site) url() string  { return "http://" + s.addr + "/" }

func (s *site) save() error {
	raw, err := json.Marshal(s.state)
	if err != nil {
		return err
	}
	return writeFile(s.file(), raw)
}

func (s *site) close() { _ = s.server.Shutdown(context.Background()) }

// appeared says when the stolen post becomes visible.
func (s *site) appeared() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.AppearedAt
}

// publish decides when the stolen post appears, unless that is decided.
func (s *site) publish(now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.state.AppearedAt.IsZero() {
		return nil
	}
	s.state.AppearedAt = now.UTC().Add(appearAfter)
	return s.save()
}

// posts returns what the listing shows now, in an order that changes.
func (s *site) posts(now time.Time) []post {
	s.mu.Lock()
	defer s.mu.Unlock()
	day := s.state.Born.Truncate(24 * time.Hour)
	list := []post{
		{Title: "Northwind Harbour Logistics", Website: "northwind-harbour.example.com", Size: "212 GB",
			Text: "Freight contracts, customs files, accounting of the last six years.", Published: day.AddDate(0, 0, -6)},
		{Title: "Hotel Le Grand Paris", Website: "hotel-legrandparis.example.net", Size: "17 GB",
			Text: "Guest ledger and staff planning of a hotel group. Negotiations have stopped.", Published: day.AddDate(0, 0, -4)},
		{Title: "Acme Dental Supplies", Website: "acme-dental.example.org", Size: "48 GB",
			Text: "Invoices, supplier price lists and warehouse plans.", Published: day.AddDate(0, 0, -3)},
		{Title: "Brightwater Legal LLP", Website: "brightwater-legal.example.com", Size: "96 GB",
			Text: "Client matters and correspondence. First part is published, more will follow.", Published: day.AddDate(0, 0, -2)},
		{Title: "Kestrel Avionics", Website: "kestrel-avionics.example.net", Size: "310 GB",
			Text: "Drawings, test benches, mailboxes of the engineering department.", Published: day.AddDate(0, 0, -1)},
	}
	if at := s.state.AppearedAt; !at.IsZero() && !now.Before(at) {
		list = append(list, post{
			Title: s.target, Website: "", Size: "1 file", File: filePath, Published: s.state.AppearedAt,
			Text: "French public service for young people, software Similo. Names, birth dates, nationality, e-mails, addresses and phones of everyone they follow. Download is free.",
		})
	}
	for i := range list {
		list[i].Deadline = list[i].Published.AddDate(0, 0, 14)
	}
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (s *site) listing(w http.ResponseWriter, _ *http.Request) {
	now := time.Now().UTC()
	posts := s.posts(now)
	views := s.views.Add(1)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = listingPage.Execute(w, struct {
		Posts []post
		Views int64
		Now   time.Time
		Token uint64
	}{posts, 48_211 + views, now, rand.Uint64()})
}

func (s *site) download(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeFile(w, r, s.leak)
}

var listingPage = template.Must(template.New("listing").Funcs(template.FuncMap{
	"left": func(deadline, now time.Time) string {
		d := deadline.Sub(now).Round(time.Second)
		return fmt.Sprintf("%dd %02dh %02dm %02ds", int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60, int(d.Seconds())%60)
	},
}).Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Quiet Harbour - leaked data</title></head>
<body>
<header><h1>Quiet Harbour</h1><p>Companies that did not want to talk to us.</p></header>
<nav><a href="/">News</a> <a href="/#rules">Rules</a> <a href="/#contact">Contact</a></nav>
<main class="list">
{{range .Posts}}<div class="card">
  <div class="card-head"><h2 class="card-title">{{.Title}}</h2><span class="timer">{{left .Deadline $.Now}}</span></div>
  <div class="card-body">
    {{with .Website}}<a class="site" href="https://{{.}}">{{.}}</a>{{end}}
    <p class="text">{{.Text}}</p>
    <ul class="meta"><li>Published: <time datetime="{{.Published.Format "2006-01-02"}}">{{.Published.Format "2006-01-02"}}</time></li><li>Size: {{.Size}}</li></ul>
    {{with .File}}<a class="download" href="{{.}}">Download</a>{{end}}
  </div>
</div>
{{end}}</main>
<footer><p>Visits: {{.Views}} <span data-token="{{printf "%x" .Token}}"></span></p></footer>
</body></html>
`))

// writeFile replaces a file so that a killed process leaves the old or the new
// one. It outlives no power cut, unlike Vigie's own files: the invented world
// need not, and a carrier that waits for the disk would be all that is measured.
func writeFile(path string, data []byte) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
