package extract

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// names are invented bodies.
var names = []string{"Mairie de Saint-Orbe", "Acme Plastics", "Mission Locale du Val d'Orbe", "Hôpital des Trois-Rivières", "Durandal Conseil", "École Jeanne-Inventée"}

// repeat renders one block a name inside a page with the usual furniture.
func repeat(block string) string {
	var b strings.Builder
	b.WriteString(`<html><head><title>Blog</title><style>x{}</style></head><body><nav><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li><li><a href="/contact">Contact</a></li></ul></nav><div class="main">`)
	for i, n := range names {
		b.WriteString(strings.NewReplacer("{i}", fmt.Sprint(i), "{name}", n, "{d}", fmt.Sprintf("%02d", i+1), "{views}", fmt.Sprint(1371+i*977)).Replace(block))
	}
	b.WriteString(`</div><footer><p>All rights reserved. Contact us by e-mail for negotiation.</p></footer></body></html>`)
	return b.String()
}

func read1(body string) crawlers.Reading {
	return Reader{}.Read(crawlers.Page{URL: "http://site.example/", Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body)})
}

func titles(posts []breach.Post) []string {
	var out []string
	for _, p := range posts {
		out = append(out, p.Title)
	}
	return out
}

// layouts share nothing.
var layouts = []struct{ name, block string }{
	{"cards", `<div class="card"><h3>{name}</h3><p>Full data of the body, contracts and invoices.</p><span class="date">2026-10-{d}</span><a href="/post/{i}">Read more</a></div>`},
	{"articles with a link in the heading", `<article class="post post-{i} category-x"><h2 class="entry-title"><a href="/post/{i}">{name}</a></h2><div class="entry">Some text of what was taken.</div><time>{d} October 2026</time></article>`},
	{"heading with a counter", `<div class="row"><div class="col"><h3>{name} <span class="views">{views}</span></h3><p>Some text of what was taken here.</p></div></div>`},
	{"headings beside their text", `<h3>{name}</h3><p>Some text of what was taken from them.</p><p><a href="/post/{i}">open</a></p>`},
	{"status before the name", `<div class="item"><div class="st">PUBLISHED</div><div class="when">2026-10-{d}</div><div class="name">{name}</div><div class="desc">Some longer text that describes it.</div></div>`},
	{"link around everything", `<a class="box" href="/post/{i}"><div class="t">{name}</div><div class="b">Some longer text that describes it, and more.</div><div class="c">{views} views</div></a>`},
	{"definition list", `<dt>{name}</dt><dd>Some longer text that describes it.</dd>`},
	{"click handler", `<div class="case" onclick="window.location='/post/{i}'"><strong>{name}</strong><br>Some longer text that describes it.</div>`},
	{"modal beside the card", `<div class="tile"><h1>{name}</h1></div><div class="modal"><div class="head"><h5>$ ?</h5></div><p>Some longer text that describes it at length.</p></div>`},
	{"no classes at all", `<div><b>{name}</b><div>Some longer text that describes it.</div><div>{views}</div></div>`},
}

// TestLayouts reads the same six posts from each layout.
func TestLayouts(t *testing.T) {
	for _, tc := range layouts {
		t.Run(tc.name, func(t *testing.T) {
			r := read1(repeat(tc.block))
			if diff := cmp.Diff(names, titles(r.Posts)); diff != "" || r.State != crawlers.StateListing {
				t.Errorf("state %s %.2f (-want +got):\n%s", r.State, r.Confidence, diff)
			}
			again := read1(repeat(tc.block))
			if diff := cmp.Diff(r, again); diff != "" {
				t.Errorf("two readings differ:\n%s", diff)
			}
		})
	}
}

func TestGrid(t *testing.T) {
	var b strings.Builder
	b.WriteString("<html><body>")
	for i, n := range names {
		if i%3 == 0 {
			b.WriteString(`<div class="row">`)
		}
		fmt.Fprintf(&b, `<div class="col"><div class="panel"><h4>%s</h4><p>Some text that tells what was taken.</p></div></div>`, n)
		if i%3 == 2 {
			b.WriteString(`</div>`)
		}
	}
	if diff := cmp.Diff(names, titles(read1(b.String()).Posts)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("<html><body><h3>Leaks</h3><table><tr><th>name</th><th>size</th><th>date</th><th></th></tr>")
	for i, n := range names {
		fmt.Fprintf(&b, `<tr class="r"><td>%s</td><td>%d GB</td><td>2026-10-%02d</td><td><a href="/p/%d">open</a></td></tr>`, n, i*7+3, i+1, i)
	}
	r := read1(b.String())
	if diff := cmp.Diff(names, titles(r.Posts)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if p := r.Posts[2]; p.Date != "2026-10-03" || !cmp.Equal(p.Links, []string{"/p/2"}) {
		t.Errorf("post: %+v", p)
	}
}

func TestFields(t *testing.T) {
	block := `<div class="card"><h3>{name}</h3><img class="flag" src="/img/flags/fr.png"><p>Country: France. Website: <a href="https://www.body{i}.example.org/">www.body{i}.example.org</a></p><p>Published 2026-10-{d} 14:05:00 UTC</p><a href="/post/{i}">More</a> <a href="/files/{i}.zip">Download</a></div>`
	r := read1(repeat(block))
	if len(r.Posts) != len(names) {
		t.Fatalf("%d posts, state %s", len(r.Posts), r.State)
	}
	p := r.Posts[1]
	want := breach.Post{Title: names[1], Website: "https://www.body1.example.org/", Country: "FR", Date: "2026-10-02T14:05:00Z",
		Links:      []string{"https://www.body1.example.org/", "/post/1", "/files/1.zip"},
		Text:       "Acme Plastics Country: France. Website: www.body1.example.org Published 2026-10-02 14:05:00 UTC More Download",
		Files:      []string{"/files/1.zip"},
		Confidence: p.Confidence, Marks: p.Marks}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDateIn(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"le 3 février 2026 à midi", "2026-02-03"}, {"1er août 2026", "2026-08-01"}, {"15 juillet 2026", "2026-07-15"}, {"15 juin 2026", "2026-06-15"},
		{"Sep 7, 2026 11:45 PM", "2026-09-07"}, {"October 21st, 2026", "2026-10-21"}, {"21-Oct-2026", "2026-10-21"},
		{"03/04/2026", "2026-04-03"}, {"04/24/2026", "2026-04-24"}, {"24.04.2026", "2026-04-24"},
		{"2026-06-07T17:09:48Z", "2026-06-07T17:09:48Z"}, {"2026-06-07 17:09:48", "2026-06-07T17:09:48Z"}, {"2026-06-07T17:09:48+0200", "2026-06-07T17:09:48+02:00"},
		{"2026/6/7", "2026-06-07"}, {"2026-13-45", ""}, {"31/02/2026", ""}, {"size 2026 GB", ""}, {"", ""},
		{"first 2026-01-02 then 3 March 2026", "2026-01-02"},
	} {
		if got := dateIn(tc.in); got != tc.want {
			t.Errorf("dateIn(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestCountry(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"Country: France", "FR"}, {"Pays : Allemagne, 40 Go", "DE"}, {"Location: United Kingdom - 300 staff", "GB"}, {"country: USA", "US"},
		{"🇫🇷 Mairie", "FR"}, {"a customer in Italy", ""}, {"Country: Nowhere", ""},
	} {
		if got := countryOf(nil, tc.in); got != tc.want {
			t.Errorf("countryOf(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestStates(t *testing.T) {
	body := func(title, s string) string {
		return "<html><head><title>" + title + "</title></head><body>" + s + "</body></html>"
	}
	for _, tc := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"error status", repeat(`<div class="c"><h3>{name}</h3><p>text</p></div>`), 503, crawlers.StateError},
		{"error page with 200", body("404 Not Found", "<h1>Not Found</h1><hr>nginx"), 200, crawlers.StateError},
		{"nothing", body("", ""), 200, crawlers.StateEmpty},
		{"no bytes", "", 200, crawlers.StateEmpty},
		{"login", body("Members", `<form><input name=u><input type="password" name=p><button>Log in</button></form>`), 200, crawlers.StateLogin},
		{"queue", body("Access Queue", "You have been placed in a queue, awaiting forwarding to the platform. Please do not refresh."), 200, crawlers.StateGate},
		{"queue with mirrors", body("Anti-DDoS", "Please wait 5 seconds"+strings.Repeat(`<div class="m"><a href="/x">Mirror <span>1</span></a></div>`, 6)), 200, crawlers.StateGate},
		{"captcha", body("Check", `Select all images with flowers to prove you are human <img src=x><input type=submit>`), 200, crawlers.StateCaptcha},
		{"shell", body("Blog", `<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div><script src="/static/js/main.3f2a.chunk.js"></script>`), 200, crawlers.StateShell},
		{"parked", body("names.example", "<h1>names.example</h1><p>Buy this domain. The owner is offering it for sale.</p>"), 200, crawlers.StateParked},
		{"meta refresh", `<html><head><meta http-equiv="refresh" content="0; url=http://other.example/"></head><body>moved</body></html>`, 200, crawlers.StateRedirect},
		{"file index", body("Index of /", `<h1>Index of /</h1><table><tr><th>Name</th></tr><tr><td><a href="a/">a/</a></td></tr><tr><td><a href="b/">b/</a></td></tr></table>`), 200, crawlers.StateIndex},
		{"market", repeat(`<div class="p"><h2>{name}</h2><span>$100</span><a href="?add={i}">Add to cart</a></div>`), 200, crawlers.StateMarket},
		{"an essay", body("About", "<p>"+strings.Repeat("We are a group with opinions, and here they are at length. ", 40)+"</p>"), 200, crawlers.StateOther},
		{"too deep", strings.Repeat("<div>", 2000) + "x", 200, crawlers.StateOther},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := Reader{}.Read(crawlers.Page{Status: tc.status, ContentType: "text/html; charset=utf-8", Body: []byte(tc.body)})
			if r.State != tc.want {
				t.Errorf("state %s (%.2f, %q), want %s", r.State, r.Confidence, titles(r.Posts), tc.want)
			}
			if tc.want != crawlers.StateIndex && tc.want != crawlers.StateMarket && len(r.Posts) != 0 {
				t.Errorf("posts on a page that has none: %q", titles(r.Posts))
			}
		})
	}
}

// A page that lists nothing is what it shows to a browser without scripts, as
// those are that visit hidden services.
func TestWithoutScripts(t *testing.T) {
	plain := repeat(`<li><a href="/n/{i}">{name}</a> 2031-02-0{i}</li>`)
	shell := func(inside string) string {
		return `<html><head><script src="/app.js"></script></head><body><div id="root"></div><noscript>` + inside + `</noscript></body></html>`
	}
	want := titles(read1(plain).Posts)
	if got := titles(read1(shell(plain)).Posts); len(want) < 3 || !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	asks := shell(`<p>Turn scripts on: <a href="https://example.org/how">how</a></p><iframe src="https://example.org/captcha"></iframe>`)
	if r := read1(asks); r.State != crawlers.StateShell || len(r.Posts) != 0 {
		t.Errorf("a request for scripts: %s, %q", r.State, titles(r.Posts))
	}
}

func TestJSON(t *testing.T) {
	api := `{"page":1,"data":[{"id":7,"title":"Mairie de Saint-Orbe","description":"<p>Contrats &amp; fiches</p>","website":"https://orbe.example.org","country":"France","published_at":"2026-10-02T14:05:00Z","links":["/a","/b"]},
		{"id":8,"title":"Acme Plastics","description":"x","website":"","country":"US","published_at":"2026-10-03"}]}`
	want := []breach.Post{
		{Title: "Mairie de Saint-Orbe", Text: "Contrats & fiches", Website: "https://orbe.example.org", Country: "FR", Date: "2026-10-02T14:05:00Z", Links: []string{"/a", "/b"}, Confidence: .9},
		{Title: "Acme Plastics", Text: "x", Country: "US", Date: "2026-10-03", Confidence: .9},
	}
	for _, tc := range []struct{ name, body string }{
		{"API", api},
		{"data of a shell", `<html><body><div id="app"></div><script type="application/json">` + api + `</script></body></html>`},
		{"variable of a shell", `<html><body><div id="app"></div><script>(function(){ if (a[0]) { x = {}; } window.posts = ` + api + `; })();</script></body></html>`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := read1(tc.body)
			for i := range r.Posts {
				if got := r.Posts[i].Marks["title"].Place; got != fmt.Sprintf("$.data[%d].title", i) {
					t.Errorf("title of %d at %q", i, got)
				}
				r.Posts[i].Marks = nil
			}
			if diff := cmp.Diff(want, r.Posts); diff != "" || r.State != crawlers.StateListing {
				t.Errorf("state %s (-want +got):\n%s", r.State, diff)
			}
		})
	}
	for body, want := range map[string]string{
		`{"error":"no"}`:                          crawlers.StateError,
		`{"status":503,"message":"later"}`:        crawlers.StateError,
		`[]`:                                      crawlers.StateEmpty,
		`{"ok":true,"data":{"items":[]}}`:         crawlers.StateEmpty,
		`{"version":"1.2","motd":"hello"}`:        crawlers.StateOther,
		`{"error":null,"total":0,"companies":[]}`: crawlers.StateEmpty,
	} {
		if r := read1(body); r.State != want || r.Posts != nil {
			t.Errorf("%s is read as %s with %d posts, want %s", body, r.State, len(r.Posts), want)
		}
	}
}

func TestNext(t *testing.T) {
	page := strings.Replace(repeat(`<div class="card"><h3>{name}</h3><p>Some text of what was taken.</p></div>`), "</body>",
		`<div class="pagination"><a href="?page=1">1</a><a href="?page=2">2</a><a href="/page/3/">3</a><a href="?page=2" rel="next">Next »</a><a href="/older">Older posts</a><a href="#">»</a><a href="/2026">2026</a></div></body>`, 1)
	if diff := cmp.Diff([]string{"?page=1", "?page=2", "/page/3/", "/older"}, read1(page).Next); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestComplete(t *testing.T) {
	post := breach.Post{Title: "Mairie de Saint-Orbe", Text: "Full data", Links: []string{"/post/1"}}
	body := `<html><body><nav><a href="/">Home</a></nav><div class="wrap"><h1>Mairie de Saint-Orbe</h1><p>All the files of the town hall, staff and young people, published on 3 octobre 2026.</p><a href="/files/extrait.csv">Download</a></div><footer><a href="/faq">FAQ</a></footer></body></html>`
	got := Reader{}.Complete(post, crawlers.Page{ContentType: "text/html; charset=utf-8", Body: []byte(body)})
	if !cmp.Equal(got.Links, []string{"/post/1", "/files/extrait.csv"}) || got.Date != "2026-10-03" || !strings.Contains(got.Text, "young people") || strings.Contains(got.Text, "FAQ") {
		t.Errorf("completed: %+v", got)
	}
	thread, err := os.ReadFile("testdata/forums/xenforo-thread.html")
	if err != nil {
		t.Fatal(err)
	}
	got = Reader{}.Complete(breach.Post{Title: "Mairie de Saint-Orbe - full database 2026"}, html200(string(thread)))
	if !strings.HasSuffix(got.Text, "Part 2 is up.") || got.Size != 12e9 || got.Price != "500 USD" || !cmp.Equal(got.Files, []string{"https://files.example.org/orbe-sample.csv"}) {
		t.Errorf("completed by its thread: %+v", got)
	}
	if same := (Reader{}).Complete(post, crawlers.Page{Body: []byte(strings.Repeat("<div>", 2000))}); !cmp.Equal(same, post) {
		t.Errorf("a page that cannot be read changed the post: %+v", same)
	}
}

// TestHostilePages reads pages made to hurt; each must end. What grows with the
// square of these would take hours; the bound is far from what a busy machine
// needs, and no figure.
func TestHostilePages(t *testing.T) {
	for _, tc := range []struct{ name, body string }{
		{"half a million tags", strings.Repeat("<p>a", 300_000)},
		{"100,000 links", strings.Repeat(`<a href="/x">title of it</a>`, 100_000)},
		{"20,000 posts", "<html><body>" + strings.Repeat(`<div class="c"><h3>Some name</h3><p>text</p></div>`, 20_000)},
		{"one word of 8 MiB", strings.Repeat("a", 8<<20)},
		{"deep JSON", strings.Repeat("[", 200_000)},
		{"brackets in a script", "<script>" + strings.Repeat(`[{"a":`, 200_000) + "</script>"},
		{"a thousand attributes", "<div " + strings.Repeat(`a="b" `, 100_000) + ">"},
		{"posts in posts", strings.Repeat(strings.Repeat(`<div class="post message" id="p1">`, 450)+strings.Repeat("<b class=author>x</b>$1<br>", 100)+strings.Repeat("</div>", 450), 4)},
		{"posts without authors in posts", strings.Repeat(`<div class="post">`, 450) + strings.Repeat("<i class=content>20 2026 $ 1 GB x</i>", 10_000)},
		{"authors and headings", "<title>x</title>" + strings.Repeat(`<h1>x</h1><div class=post><b class=author>a</b><p class=content>b</p></div>`, 8_000)},
		{"lines", "<p>" + strings.Repeat("<b>x.example.org</b> part<br>", 20_000)},
		{"digits", strings.Repeat("<p>"+strings.Repeat("2020 1,", 4000)+"</p>", 40)},
		{"a table of headings", "<table>" + strings.Repeat("<tr><th>Views<td colspan=99>1<th>Date", 10_000)},
		{"tables in tables", strings.Repeat("<table><tr><td>", 160)},
		{"classes", strings.Repeat(`<div class="`+strings.Repeat("c ", 200)+`">x</div>`, 3000)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			started := time.Now()
			r := read1(tc.body)
			if took := time.Since(started); took > 3*time.Minute {
				t.Errorf("took %s", took)
			}
			if len(r.Posts) > maxPosts || len(r.Next) > maxLinks {
				t.Errorf("%d posts, %d next", len(r.Posts), len(r.Next))
			}
		})
	}
}

func FuzzExtract(f *testing.F) {
	f.Add(repeat(`<div class="card"><h3>{name}</h3><p>text 2026-10-{d}</p><a href="/post/{i}">Read more</a></div>`))
	f.Add(`[{"title":"a","text":"b"}]`)
	f.Add(`<script>x=[{"title":"a","date":"2026-01-01"}]</script>`)
	f.Add("<table><tr><td>a<tr><td>b")
	f.Add("<article><h1>\xff\xfe</h1>🇫🇷🇫")
	f.Fuzz(func(t *testing.T, s string) {
		r := read1(s)
		for _, p := range r.Posts {
			if p.Title == "" || len([]rune(p.Title)) > maxTitle || len(p.Links) > maxLinks {
				t.Errorf("post out of bounds: %d characters, %d links", len(p.Title), len(p.Links))
			}
			(Reader{}).Complete(p, crawlers.Page{Body: []byte(s)})
		}
		page := crawlers.Page{Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(s)}
		if d := Diff(page, page); !d.NoiseOnly || d.Drift != "" {
			t.Errorf("a page differs from itself: %+v", d)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	body := []byte(repeat(strings.Repeat(`<div class="card"><h3>{name} {i}</h3><p>Full data of the body, contracts and invoices.</p><span class="date">2026-10-{d}</span><a href="/post/{i}">Read more</a></div>`, 10)))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		Reader{}.Read(crawlers.Page{Status: 200, ContentType: "text/html; charset=utf-8", Body: body})
	}
}

// A single long text beside a listing, whatever it holds, hides no post.
func TestLongTextHidesNothing(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<html><body><div class="list">`)
	for _, n := range []string{"Bordunex Logistique", "Calferex Industrie", "Dunhalex Santé", "Kemlorex Énergie", "Mairie d'Orbe"} {
		b.WriteString(`<div class="post"><h3><a href="/p">` + n + `</a></h3><p>Contrats et comptabilité de ` + n + `.</p><span>2031-03-12</span></div>`)
	}
	for _, long := range []int{0, 1 << 12, 1 << 17, 1 << 21} {
		page := b.String() + `</div><p>` + strings.Repeat("mots divers ", long/12) + `</p></body></html>`
		got := Reader{}.Read(crawlers.Page{URL: "http://site.test/", Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(page)})
		if len(got.Posts) != 5 {
			t.Errorf("beside a text of %d bytes: %d posts, want 5 (%s)", long, len(got.Posts), got.State)
		}
	}
}
