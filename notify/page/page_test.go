package page

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"vigie/internal/breach"
	"vigie/notify"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func facts(id, name string) notify.Facts {
	return notify.Facts{Incident: "inc_1", Version: 1, Controller: breach.Controller{ID: breach.ControllerID(id), Name: name},
		PageURL: "https://vigie.example.org/inc_1/", Persons: 12}
}

// words stands for the catalogue of the letters.
func words(f notify.Facts, lang string) ([]notify.Block, error) {
	if f.Version < 1 {
		return nil, &breach.RefusedError{Code: "incomplete", What: "facts"}
	}
	return []notify.Block{
		{Heading: "Nature " + lang, Text: []string{fmt.Sprintf("%d <script>alert(1)</script>", f.Persons)}},
		{Heading: "Data " + lang, List: []string{"name", `"><img src=x>`}},
		{Heading: "Actions " + lang, Ordered: true, List: []string{"a", "b", "c"}},
		{Text: []string{"javascript:alert(1)"}},
	}, nil
}

// site1 is a page with every text and every channel.
func site1(list ...notify.Facts) Site {
	s := Site{Facts: list, Texts: append(Plain(words), Text{Lang: "fr", Easy: true, Words: words}, Text{Lang: "en", Easy: true, Words: words}),
		Check: "https://avis.example.org/check", Report: "https://avis.example.org/report", Sender: "avis@example.org", Key: []byte("key"), Procedure: "how"}
	for i, ch := range []breach.Channel{breach.ChannelLetter, breach.ChannelEmail, breach.ChannelSMS} {
		s.Sent = append(s.Sent, breach.SentDay{Controller: "ml", Channel: ch, Day: time.Date(2026, 11, 20+i, 0, 0, 0, 0, time.UTC), Batches: []string{"b1"}})
	}
	return s
}

func build(t *testing.T, dir string, now time.Time, list ...notify.Facts) {
	t.Helper()
	if err := Build(dir, site1(list...), now); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func names(all map[string]string) []string {
	var list []string
	for n := range all {
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

func TestFiles(t *testing.T) {
	one, many := t.TempDir(), t.TempDir()
	build(t, one, noon, facts("ml", "Mission Locale"))
	build(t, many, noon, facts("ml", "Mission Locale"), facts("../../x", "Mairie d'Orbe"))
	want := "feed.en-facile.json feed.en-facile.xml feed.en.json feed.en.xml feed.fr-facile.json feed.fr-facile.xml feed.fr.json feed.fr.xml history.json " +
		"index.en-facile.html index.en.html index.fr-facile.html index.html sent.json v1/index.en-facile.html v1/index.en.html v1/index.fr-facile.html v1/index.html verify.txt vigie.pem"
	if got := strings.Join(names(read(t, one)), " "); got != want {
		t.Errorf("got %s", got)
	}
	got := names(read(t, many))
	for _, name := range []string{"c-ml.html", "c-ml.en.html", "c-1.html", "index.html", "v1/c-ml.html"} {
		if !slices.Contains(got, name) {
			t.Errorf("%s is missing in %v", name, got)
		}
	}
}

// TestPages parses every page and checks what a reader without a mouse, a
// screen or JavaScript needs.
func TestPages(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, noon, facts("ml", "Mission Locale"), facts("town", "Mairie <b>d'Orbe</b>"))
	build(t, dir, noon.Add(time.Hour), facts("ml", "Mission Locale"), facts("town", "Mairie"))
	all := read(t, dir)
	for name, text := range all {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if len(text) > maxBytes {
				t.Errorf("%d bytes", len(text))
			}
			doc, err := html.Parse(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			c := checker{t: t, dir: filepath.Dir(name), all: all, ids: map[string]int{}, lang: "fr"}
			if strings.Contains(name, ".en") {
				c.lang = "en"
			}
			c.walk(doc)
			c.done()
		})
	}
}

type checker struct {
	t       *testing.T
	dir     string
	lang    string
	all     map[string]string
	ids     map[string]int
	anchors []string
	level   int
	h1      int
	main    int
}

func (c *checker) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		c.element(n)
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		c.walk(k)
	}
}

func (c *checker) element(n *html.Node) {
	attr := map[string]string{}
	for _, a := range n.Attr {
		attr[a.Key] = a.Val
		if strings.HasPrefix(a.Key, "on") {
			c.t.Errorf("<%s> bears %s", n.Data, a.Key)
		}
	}
	switch n.Data {
	case "script", "img", "iframe", "form", "input", "object", "video", "b":
		c.t.Errorf("<%s> stands in the page", n.Data)
	case "html":
		if attr["lang"] != c.lang {
			c.t.Errorf("lang is %q", attr["lang"])
		}
	case "main":
		c.main++
	case "h1", "h2", "h3":
		level := int(n.Data[1] - '0')
		if level > c.level+1 {
			c.t.Errorf("a heading jumps from level %d to %d", c.level, level)
		}
		c.level = level
		if level == 1 {
			c.h1++
		}
	case "a", "link":
		c.link(attr["href"])
	}
	if attr["id"] != "" {
		c.ids[attr["id"]]++
	}
}

func (c *checker) link(href string) {
	if anchor, ok := strings.CutPrefix(href, "#"); ok {
		c.anchors = append(c.anchors, anchor)
		return
	}
	if _, ok := c.all[filepath.Join(c.dir, href)]; !ok {
		c.t.Errorf("link to %q leads nowhere", href)
	}
}

func (c *checker) done() {
	for id, n := range c.ids {
		if n > 1 {
			c.t.Errorf("id %s stands %d times", id, n)
		}
	}
	for _, a := range c.anchors {
		if c.ids[a] == 0 {
			c.t.Errorf("anchor #%s leads nowhere", a)
		}
	}
	if c.h1 != 1 || c.main != 1 {
		c.t.Errorf("%d first headings, %d main parts", c.h1, c.main)
	}
}

func TestVersions(t *testing.T) {
	dir := t.TempDir()
	f := facts("ml", "Mission Locale")
	build(t, dir, noon, f)
	first := read(t, dir)
	build(t, dir, noon.Add(time.Hour), f)
	for name, text := range read(t, dir) {
		if first[name] != text {
			t.Errorf("%s changes although no fact has", name)
		}
	}
	f.Persons = 13
	build(t, dir, noon.Add(2*time.Hour), f)
	all := read(t, dir)
	if all["v1/index.html"] != first["v1/index.html"] {
		t.Error("the old version is not kept as it was")
	}
	for name, want := range map[string]string{"index.html": "Parties modifiées\u00a0: Nature fr.", "index.en.html": "Parts changed: Nature en."} {
		if !strings.Contains(all[name], want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
	var h history
	if err := json.Unmarshal([]byte(all["history.json"]), &h); err != nil || len(h) != 2 || h[1].Number != 2 {
		t.Errorf("history %+v, %v", h, err)
	}
	checkFeeds(t, all)
}

func checkFeeds(t *testing.T, all map[string]string) {
	t.Helper()
	var atom struct {
		ID    string `xml:"id"`
		Entry []struct {
			ID string `xml:"id"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(all["feed.fr.xml"]), &atom); err != nil || len(atom.Entry) != 2 || atom.ID != "https://vigie.example.org/inc_1/index.html" {
		t.Errorf("Atom %+v, %v", atom, err)
	}
	var feed struct {
		Items []struct{ URL string }
	}
	if err := json.Unmarshal([]byte(all["feed.en.json"]), &feed); err != nil || len(feed.Items) != 2 || !strings.HasSuffix(feed.Items[0].URL, "/v2/index.en.html") {
		t.Errorf("JSON feed %+v, %v", feed, err)
	}
}

func TestBuildRefuses(t *testing.T) {
	other := facts("ml", "Mission Locale")
	other.Incident = "inc_2"
	bad := facts("ml", "Mission Locale")
	bad.Version = 0
	huge := facts("ml", strings.Repeat("x", maxBytes))
	for name, list := range map[string][]notify.Facts{
		"nothing": nil, "two incidents": {facts("ml", "Mission Locale"), other}, "incomplete facts": {bad}, "too large": {huge},
	} {
		if err := Build(t.TempDir(), site1(list...), noon); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, historyFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Build(dir, site1(facts("ml", "m")), noon); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a spoilt history: got %v", err)
	}
}

// No page promises a day that is past: it says when it is due, and built again
// then it promises the next time, without a new version.
func TestNextUpdateIsAhead(t *testing.T) {
	dir := t.TempDir()
	if stale, err := Stale(dir, 0, noon); stale || err != nil {
		t.Errorf("a page that is not there: %v, %v", stale, err)
	}
	build(t, dir, noon, facts("ml", "Mission Locale"))
	for _, tt := range []struct {
		days  int
		want  string
		stale bool
	}{{0, "28", false}, {6, "28", false}, {7, "5", true}, {20, "12", true}} {
		now := noon.AddDate(0, 0, tt.days)
		stale, err := Stale(dir, 0, now)
		if err != nil || stale != tt.stale {
			t.Errorf("after %d days: stale %v, %v", tt.days, stale, err)
		}
		build(t, dir, now, facts("ml", "Mission Locale"))
		all := read(t, dir)
		if !strings.Contains(all["index.html"], "jour\u00a0: le "+tt.want+"\u00a0") {
			_, after, _ := strings.Cut(all["index.html"], "Prochaine")
			t.Errorf("after %d days it promises %q", tt.days, after[:60])
		}
		if _, ok := all["v2/index.html"]; ok {
			t.Error("nothing has changed, and there is a new version")
		}
		if stale, err := Stale(dir, 0, now); stale || err != nil {
			t.Errorf("just built, and stale: %v", err)
		}
	}
}

// TestOverview: what all bodies say alike stands on the first page, what one of
// them says stands on its own, and the history says whose page changed.
func TestOverview(t *testing.T) {
	dir := t.TempDir()
	ml, town := facts("ml", "Mission Locale"), facts("town", "Mairie d'Orbe")
	town.Persons++ // so that the nature differs
	build(t, dir, noon, ml, town)
	first := read(t, dir)["index.html"]
	for _, want := range []string{"Actions fr", "Data fr", "javascript:alert(1)"} {
		if strings.Count(first, want) < 1 {
			t.Errorf("the overview lacks %q, which both say", want)
		}
	}
	if strings.Contains(first, "Nature fr") {
		t.Error("the overview has what one of them says")
	}
	town.Persons++
	build(t, dir, noon.Add(time.Hour), ml, town)
	all := read(t, dir)
	for name, want := range map[string]string{
		"index.html": "Parties modifiées\u00a0: Mairie d&#39;Orbe.", "c-town.html": "Parties modifiées\u00a0: Nature fr.",
		"c-ml.html": "Rien sur cette page",
	} {
		if text := html.UnescapeString(all[name]); !strings.Contains(text, html.UnescapeString(want)) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
}
