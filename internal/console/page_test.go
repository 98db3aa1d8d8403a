package console_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vigie/internal/breach"
	"vigie/internal/console/consoletest"
	"vigie/internal/i18n"
)

// pages is every page that shows something, with an account that sees most of
// it.
var pages = []struct {
	as   breach.UserID
	path string
}{
	{"", "/login"}, {"ana", "/"}, {"rose", "/"}, {"orbe", "/"}, {"adam", "/"}, {"ana", "/account"}, {"ana", "/alerts"},
	{"ana", "/alerts?state=confirmed"}, {"ana", "/alerts/alert_1"}, {"ana", "/alerts/alert_3"}, {"ana", "/alerts/health"}, {"ana", "/alerts/alert_2"}, {"", "/report"}, {"", "/ack"}, {"ana", "/search?q=missions"},
	{"ana", "/search?q=("}, {"ana", "/incidents/inc_1"}, {"rose", "/incidents/inc_1"}, {"ana", "/incidents/inc_1/statement"}, {"ana", "/incidents/inc_1/contents"},
	{"paul", "/incidents/inc_1/contents"},
	{"rose", "/incidents/inc_1/review"}, {"rose", "/incidents/inc_1/review?candidate=cand_03&after=cand_02"},
	{"rose", "/incidents/inc_1/review?after=cand_12"}, {"rose", "/incidents/inc_1/sample"}, {"remi", "/incidents/inc_1/sample"}, {"orbe", "/incidents/inc_1/controllers/ml-orbe"},
	{"both", "/incidents/inc_1/controllers/ml-lys"}, {"paul", "/incidents/inc_1/lane"}, {"ana", "/requests"}, {"paul", "/requests/req_1"}, {"adam", "/audit"}, {"ana", "/nowhere"},
	{"rose", "/alerts?done=linked&err=conflict"},
}

// each visits every page in both languages.
func each(t *testing.T, visit func(t *testing.T, lang string, a answer)) {
	s := newSite(t)
	crowd := map[breach.UserID]*browser{"": s.browser(t)}
	for _, p := range pages {
		if crowd[p.as] == nil {
			crowd[p.as] = s.as(t, p.as)
		}
		for _, lang := range i18n.Languages() {
			t.Run(fmt.Sprintf("%s %s %s", lang, p.as, p.path), func(t *testing.T) {
				visit(t, lang, crowd[p.as].do("GET", p.path, nil, "Accept-Language", lang))
			})
		}
	}
}

func TestPagesShowNoPersonInClear(t *testing.T) {
	each(t, func(t *testing.T, _ string, a answer) {
		for _, secret := range consoletest.Secrets {
			if strings.Contains(strings.ToLower(a.Body), strings.ToLower(secret)) {
				t.Errorf("page shows %q", secret)
			}
		}
	})
}

func TestPagesHaveEveryMessage(t *testing.T) {
	each(t, func(t *testing.T, lang string, a answer) {
		if strings.Contains(a.Body, i18n.Missing) {
			t.Error("page has a key without message")
		}
		if strings.Contains(a.Body, "%!") {
			t.Error("page has a message with wrong arguments")
		}
		if !strings.Contains(a.Body, `<html lang="`+lang+`">`) {
			t.Errorf("page does not say that it is in %s", lang)
		}
	})
}

// Hostile text from a leak site stays text.
func TestHostilePostIsInert(t *testing.T) {
	each(t, func(t *testing.T, _ string, a answer) {
		for _, bad := range []string{"<script>alert", "<img src=x", `href="javascript:`, `value="javascript:`} {
			if strings.Contains(a.Body, bad) {
				t.Errorf("page has %q", bad)
			}
		}
	})
	s := newSite(t)
	s.as(t, "ana").get("/alerts/alert_1").contains(t, "&lt;script&gt;alert(1)", "•••@example.org", "1.2M rows")
}

// What a page needs so that people with a keyboard, a screen reader or a
// strict policy can use it.
func TestPagesAreWellFormed(t *testing.T) {
	each(t, func(t *testing.T, _ string, a answer) {
		checkNesting(t, a.Body)
		doc, err := html.Parse(strings.NewReader(a.Body))
		if err != nil {
			t.Fatal(err)
		}
		checkDocument(t, doc)
	})
}

var void = map[string]bool{"input": true, "meta": true, "link": true, "br": true, "img": true, "hr": true}

// checkNesting finds elements that are not closed, or not in order, which a
// forgiving parser would hide.
func checkNesting(t *testing.T, body string) {
	t.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(body)); ; {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("left open: %v", open)
			}
			return
		case html.StartTagToken:
			if name, _ := z.TagName(); !void[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if n := len(open); n == 0 || open[n-1] != string(name) {
				t.Fatalf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func checkDocument(t *testing.T, doc *html.Node) {
	t.Helper()
	ids, labels, references, headings := map[string]bool{}, map[string]bool{}, []string{}, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		at := attributes(n)
		if id, ok := at["id"]; ok {
			if ids[id] || id == "" {
				t.Errorf("id %q stands twice", id)
			}
			ids[id] = true
		}
		for name := range at {
			if name == "style" || strings.HasPrefix(name, "on") || strings.HasPrefix(name, "hx-on") {
				t.Errorf("<%s> has the attribute %s", n.Data, name)
			}
		}
		for _, name := range []string{"aria-labelledby", "aria-describedby"} {
			references = append(references, strings.Fields(at[name])...)
		}
		switch n.Data {
		case "script":
			if at["src"] == "" || n.FirstChild != nil {
				t.Error("page has an inline script")
			}
		case "style":
			t.Error("page has an inline style sheet")
		case "label":
			labels[at["for"]] = true
		case "h1":
			headings++
		case "form":
			if at["method"] != "post" && at["id"] != "search" {
				t.Errorf("form %s is no POST", at["action"])
			}
		}
	}
	for _, id := range references {
		if !ids[id] {
			t.Errorf("nothing has the id %q that is referred to", id)
		}
	}
	if headings != 1 {
		t.Errorf("page has %d h1, want 1", headings)
	}
	checkLabels(t, doc, labels)
}

func checkLabels(t *testing.T, doc *html.Node, labels map[string]bool) {
	t.Helper()
	for n := range doc.Descendants() {
		at := attributes(n)
		switch n.Data {
		case "input", "textarea", "select":
			if at["type"] != "hidden" && at["aria-label"] == "" && !labels[at["id"]] {
				t.Errorf("%s %q has no label", n.Data, at["name"])
			}
		case "button", "a", "summary":
			if n.Type == html.ElementNode && strings.TrimSpace(text(n)) == "" {
				t.Errorf("a %s has no text", n.Data)
			}
		}
	}
}

func attributes(n *html.Node) map[string]string {
	at := map[string]string{}
	for _, a := range n.Attr {
		at[a.Key] = a.Val
	}
	return at
}

func text(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data)
		}
	}
	return b.String()
}

// Every key that a template names has a message.
func TestTemplatesNameKnownKeys(t *testing.T) {
	words, err := i18n.New(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`\.(T|N) "([a-z0-9_.-]+)"`)
	err = fs.WalkDir(os.DirFS("."), "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range key.FindAllStringSubmatch(string(data), -1) {
			if name := m[2] + map[string]string{"N": ".one"}[m[1]]; !words.Has(name) {
				t.Errorf("%s: no message %s", path, name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An error that carries a value by mistake must not reach the page, and a
// value pasted into an address must not reach the log.
func TestErrorsAndLogsHoldNoValues(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "rose")
	b.get("/Vauquelin?mail=ludivine.vauquelin@example.org")
	b.get("/incidents/Vauquelin")
	b.get("/incidents/inc_1/review?candidate=ludivine.vauquelin")
	b.post("/incidents/inc_1/review/cand_01/reveal", "field", "birth_name", "side", "row", "reason", "ludivine.vauquelin@example.org a appelé")
	s.Broken = errors.New("row of Vauquelin")
	a := b.get("/incidents/inc_1/review")
	if a.Code != 500 || strings.Contains(a.Body, "Vauquelin") {
		t.Errorf("status %d, want 500 without the error's text", a.Code)
	}
	logged := strings.ReplaceAll(s.logs.String(), "row of Vauquelin", "") // ours, see above
	for _, x := range append(consoletest.Secrets, "ana", consoletest.Password) {
		if strings.Contains(logged, x) {
			t.Errorf("the log holds %q", x)
		}
	}
	for _, e := range s.Events {
		for _, x := range consoletest.Secrets {
			if strings.Contains(fmt.Sprint(e), x) {
				t.Errorf("audit event %s holds %q", e.Action, x)
			}
		}
	}
}
