package extract

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// blog renders posts as cards between furniture.
func blog(footer string, titles ...string) crawlers.Page {
	var b strings.Builder
	b.WriteString(`<html><body><nav><a href="/">Home</a></nav><div class="list">`)
	for i, t := range titles {
		fmt.Fprintf(&b, `<div class="card"><h3>%s</h3><p>What was taken from %s: contracts, invoices and mail of many years.</p><span class="n">%d views</span><a href="/%s">more</a></div>`,
			t, t, 100*i+len(titles), strings.ReplaceAll(t, " ", "-"))
	}
	b.WriteString(`</div>` + footer)
	return html200(b.String())
}

func html200(body string) crawlers.Page {
	return crawlers.Page{Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body)}
}

const foot = `<footer>Write to us.</footer></body></html>`

// cutBlog is a capture that stopped inside its last post.
func cutBlog(titles ...string) crawlers.Page {
	p := blog("", titles...)
	p.Body = append(p.Body[:len(p.Body)-len(`</div>`)], `<div class="card"><h3>`...)
	return p
}

func TestChangesOfCaptures(t *testing.T) {
	a, b, c, d, e, f := "Acme Plastics", "Mairie de Saint-Orbe", "Durandal Conseil", "Hôpital des Rivières", "École Inventée", "Transports Orbe"
	paged := `<div class="pagination"><a href="?page=2">2</a></div>` + foot
	gate := html200(`<html><head><title>Access Queue</title></head><body>You have been placed in a queue, please wait.</body></html>`)
	for _, tc := range []struct {
		name     string
		captures []crawlers.Page
		want     Change
	}{
		{"new on top", []crawlers.Page{blog(foot, b, c, d), blog(foot, a, b, c, d)}, Change{New: posts(a)}},
		{"new at the end of a site that appends", []crawlers.Page{blog(foot, b, c, d), blog(foot, b, c, d, a)}, Change{New: posts(a)}},
		{"shuffled", []crawlers.Page{blog(foot, a, b, c, d), blog(foot, d, b, a, c)}, Change{}},
		{"removed", []crawlers.Page{blog(foot, a, b, c, d), blog(foot, a, c, d)}, Change{Removed: []string{b}}},
		{"before was cut", []crawlers.Page{cutBlog(b, c), blog(foot, a, b, c, d, e)}, Change{New: posts(a), Shown: []string{d, e}}},
		{"before was cut by a limit", []crawlers.Page{truncated(blog(foot, b, c)), blog(foot, a, b, c, d)}, Change{New: posts(a), Shown: []string{d}}},
		{"after is cut", []crawlers.Page{blog(foot, b, c, d, e), cutBlog(a, b, c)}, Change{New: posts(a)}},
		{"paged: one pushed off", []crawlers.Page{blog(paged, b, c, d, e), blog(paged, a, b, c, d)}, Change{New: posts(a)}},
		{"paged: one removed, an older one comes into view", []crawlers.Page{blog(paged, b, c, d, e), blog(paged, b, d, e, f)}, Change{Removed: []string{c}, Shown: []string{f}}},
		{"after failed", []crawlers.Page{blog(foot, a, b, c), gate}, Change{Drift: DriftSilent}},
		{"before failed", []crawlers.Page{gate, blog(foot, a, b, c)}, Change{Shown: []string{a, b, c}}},
		{"one failed between", []crawlers.Page{blog(foot, b, c, d), gate, blog(foot, a, b, c, d)}, Change{New: posts(a)}},
		{"error between and back", []crawlers.Page{blog(foot, a, b, c), html200(""), blog(foot, a, b, c)}, Change{}},
		{"seen long ago", []crawlers.Page{blog(paged, a, b, c), blog(paged, d, a, b), blog(paged, c, d, a)}, Change{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var m Memory
			var got Change
			for _, p := range tc.captures {
				got = m.See(p)
				m = saved(t, m) // as a crawler would between visits
			}
			want := tc.want
			want.NoiseOnly = len(want.New)+len(want.Removed) == 0
			if diff := cmp.Diff(summary(want), summary(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func posts(titles ...string) []breach.Post {
	var out []breach.Post
	for _, t := range titles {
		out = append(out, breach.Post{Title: t})
	}
	return out
}

func truncated(p crawlers.Page) crawlers.Page {
	p.Truncated = true
	return p
}

// saved is a memory written down and read again.
func saved(t *testing.T, m Memory) Memory {
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var out Memory
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func summary(c Change) string {
	return fmt.Sprintf("new %q removed %q shown %q edited %v noise %t drift %q", titles(c.New), c.Removed, c.Shown, c.Edited, c.NoiseOnly, c.Drift)
}

// TestOnePostLearnsFromLater reads a page of one post as the next one teaches.
func TestOnePostLearnsFromLater(t *testing.T) {
	got := Diff(blog(foot, "Acme Plastics"), blog(foot, "Mairie de Saint-Orbe", "Acme Plastics"))
	if !cmp.Equal(titles(got.New), []string{"Mairie de Saint-Orbe"}) || got.Drift != "" {
		t.Errorf("%+v", got)
	}
}

// TestDrift changes the layout of a site under its template, every layout to
// every other: one capture must raise the alarm, all posts must still be
// found, and the one that is new must be told.
func TestDrift(t *testing.T) {
	found, want, silent, told := 0, 0, 0, 0
	for _, from := range layouts {
		for _, to := range layouts {
			if from.name == to.name {
				continue
			}
			var m Memory
			m.See(html200(repeat(from.block)))
			before := names
			page := strings.Replace(repeat(to.block), names[0], "Brand New Body", 1)
			c := m.See(html200(page))
			if c.Drift != DriftTemplate {
				silent++
				t.Errorf("%s to %s: no alarm", from.name, to.name)
			}
			for _, n := range before[1:] {
				want++
				if slices.ContainsFunc(m.Mirrors[""].Posts, func(p saying) bool { return p.Title == n }) {
					found++
				}
			}
			if len(c.New) == 1 && c.New[0].Title == "Brand New Body" {
				told++
			}
		}
	}
	pairs := len(layouts) * (len(layouts) - 1)
	if 10*found < 9*want || 10*told < 9*pairs {
		t.Errorf("recall after the change %d of %d, new post told in %d of %d", found, want, told, pairs)
	}
	t.Logf("recall after the change %d of %d, alarms missed %d, new post told in %d of %d", found, want, silent, told, pairs)
}

func TestTemplateSurvives(t *testing.T) {
	for _, l := range layouts {
		page := html200(repeat(l.block))
		first := look(page, Template{})
		raw, err := json.Marshal(first.template)
		if err != nil {
			t.Fatal(err)
		}
		var kept Template
		if err := json.Unmarshal(raw, &kept); err != nil {
			t.Fatal(err)
		}
		again := look(page, kept)
		if diff := cmp.Diff(titles(first.Posts), titles(again.Posts)); diff != "" || !again.template.equal(kept) {
			t.Errorf("%s by its template %+v (-want +got):\n%s", l.name, kept, diff)
		}
	}
}

func FuzzMemory(f *testing.F) {
	f.Add(repeat(layouts[0].block), repeat(layouts[1].block), `{"kind":"path","path":["html","body"],"titles":"x"}`)
	f.Add("", "<p>a<p>b", `{"kind":"depth","depth":3,"shape":"div"}`)
	f.Fuzz(func(t *testing.T, a, b, template string) {
		var m Memory
		if json.Unmarshal([]byte(template), &m.Template) != nil {
			return
		}
		for _, s := range []string{a, b, a} {
			c := m.See(html200(s))
			if c.New == nil || c.Edited == nil || c.Removed == nil || c.Shown == nil {
				t.Error("a list is nil: it would print as null")
			}
		}
		if c := m.See(html200(a)); len(c.New) > 0 || len(c.Removed) > 0 {
			t.Errorf("the same page twice: %+v", c)
		}
	})
}
