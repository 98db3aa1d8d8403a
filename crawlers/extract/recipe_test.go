package extract

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/crawlers"
	"vigie/internal/breach"
)

const aRecipe = `name: corsaires
records: div.leak
drop: [.advert]
fields:
  title: {select: .body, pattern: 'Victim: ([^.]+)\.'}
  date: {select: time, attr: datetime}
  website: {select: .body, pattern: 'Site (\S+)'}
  size: {select: .meta}
  views: {select: .n}
  files: {select: 'a.file', attr: href}
cases:
  - name: two posts and an advertisement
    html: |
      <html><body><div class="leak advert"><h3>Buy now</h3></div>
      <div class="leak"><h3>NEW!</h3><div class="body">Victim: Mairie de Saint-Orbe. Site www.orbe.example.org here.</div><time datetime="2026-10-02">x</time><p class="meta">12 GB</p><b class="n">41</b><a class="file" href="/1">get</a></div>
      <div class="leak"><h3>NEW!</h3><div class="body">Victim: Acme Plastics. Site acme.example.org here.</div><time datetime="2026-10-03">x</time></div></body></html>
    state: listing
    posts:
      - {title: Mairie de Saint-Orbe, date: "2026-10-02", website: www.orbe.example.org, size: "12000000000", views: "41", files: /1}
      - {title: Acme Plastics, date: "2026-10-03", size: "", files: ""}
`

func TestRecipe(t *testing.T) {
	r, err := ReadRecipe(strings.NewReader(aRecipe))
	if err != nil {
		t.Fatal(err)
	}
	if diff := r.Check(nil); diff != nil {
		t.Errorf("its own case: %q", diff)
	}
	got := r.Read(crawlers.Page{Status: 200, Body: []byte(r.Cases[0].HTML)})
	if m := got.Posts[0].Marks["date"]; m.Confidence != sureRecipe || !strings.HasSuffix(m.Place, "> time:nth-of-type(1)") {
		t.Errorf("mark of the date: %+v", m)
	}
	r.Cases[0].Posts[1]["title"] = "Acme"
	r.Cases = append(r.Cases, Case{Name: "a file", File: "gone.html"}, Case{HTML: "<p>nothing</p>", State: "listing", Posts: []map[string]string{{"title": "x"}}})
	want := []string{`case "two posts and an advertisement": post 2: title is "Acme Plastics", want "Acme"`, `case "a file": gone.html is not there`,
		`case "3": state is empty, want listing`, `case "3": 0 posts, want 1`}
	if diff := cmp.Diff(want, r.Check(func(file string) ([]byte, error) { return nil, errors.New(file + " is not there") })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRecipeCorrects pins one field and leaves the rest to what repeats.
func TestRecipeCorrects(t *testing.T) {
	page := repeat(`<div class="card"><h3>{name}</h3><p>Full data of the body, contracts and invoices.</p><i class="who">body{i}</i></div>`)
	r, err := ReadRecipe(strings.NewReader("name: x\nfields: {website: {select: .who}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := r.Read(crawlers.Page{Status: 200, Body: []byte(page)})
	if !cmp.Equal(titles(got.Posts), names) || got.Posts[3].Website != "body3" {
		t.Errorf("posts %q, website %q", titles(got.Posts), got.Posts[3].Website)
	}
}

func TestRecipeRefused(t *testing.T) {
	for _, tc := range []struct{ name, yaml, want string }{
		{"empty", "", "it is empty"},
		{"unknown key", "name: x\nrecord: a\n", "field record is not known here"},
		{"no name", "records: a\n", "it has no name"},
		{"nothing", "name: x\n", "it pins nothing"},
		{"selector", "name: x\nrecords: 'a['\n", "records: selector \"a[\""},
		{"drop", "name: x\ndrop: [a, '!']\n", "drop 2: selector"},
		{"field", "name: x\nfields: {titel: {select: a}}\n", `field "titel", want one of title`},
		{"pattern", "name: x\nfields: {title: {pattern: '('}}\n", "field title: error parsing regexp"},
		{"state", "name: x\nstate: gate\nrecords: a\n", `state "gate"`},
		{"case", "name: x\nrecords: a\ncases: [{name: y}]\n", "case 1: give html or file"},
		{"field of a case", "name: x\nrecords: a\ncases: [{html: y, posts: [{nom: z}]}]\n", `case 1: field "nom"`},
		{"long", "name: x\nrecords: a\n#" + strings.Repeat("x", maxRecipe), "more than"},
		{"long selector", "name: x\nrecords: " + strings.Repeat("a ", maxSelector) + "\n", "selector of more than"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ReadRecipe(strings.NewReader(tc.yaml))
			if !errors.Is(err, breach.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func FuzzRecipe(f *testing.F) {
	f.Add(aRecipe, repeat(`<div class="leak"><h3>{name}</h3><time datetime="2026-10-{d}">x</time></div>`))
	f.Add("name: x\nrecords: '*'\ndrop: [p]\nfields: {title: {}, links: {select: a, attr: href}}", "<p>a<p>b<a href=x>c")
	f.Add("name: x\nrecords: ':not(:has(a)):nth-child(2n+1)'", "<p>a<p>b")
	f.Fuzz(func(t *testing.T, recipe, page string) {
		r, err := ReadRecipe(strings.NewReader(recipe))
		if err != nil {
			return
		}
		for _, p := range r.Read(crawlers.Page{Status: 200, Body: []byte(page)}).Posts {
			if p.Title == "" || len([]rune(p.Title)) > maxTitle || len(p.Links) > maxLinks {
				t.Errorf("post out of bounds")
			}
		}
	})
}
