package extract

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"vigie/crawlers"
)

// Posts that only the lines of a text tell apart are read, their places are
// found on the page, and the next capture is read the same way.
func TestLines(t *testing.T) {
	names := []string{"Ville de Montrelais", "Bordunex Logistique", "Kemlorex GmbH", "Syndicat des eaux du Breuil"}
	tests := []struct{ name, before, post, after string }{
		{name: "marked headings", before: "<pre># Victims\n\n", post: "## {n}\n\n- date: 2031-0{i}-12\n- site: www.{i}.example\n\nThey did not answer, so all that they keep is here now.\n\n", after: "-- end\n</pre>"},
		{name: "a log", before: "<code style='white-space:pre'>-!- sump has joined\n", post: "<i>2031-0{i}-16 23:00</i> &lt;sump&gt; + <a href='/g/{i}.txz'>{n}</a> :: tenants, arrears and contracts. 2{i}gb.\n", after: "<i>2031-09-01</i> -!- topic: ask nothing</code>"},
		{name: "paragraphs of lines", before: "<center>:: REVENANT ::<br><br>", post: "{n}<br>2031-0{i}-01 / 13{i} GB<br>Contracts, payroll and scans of passports of employees.<br><a href='/p/{i}'>/p/{i}</a><br><br>", after: "mail us</center>"},
		{name: "rules between paragraphs", before: "", post: "<p><b>{n}</b></p><p>Contracts, payroll and scans of passports of all employees were taken.</p><p>2031-0{i}-03</p><p>----------</p>", after: ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			page := func(names []string) crawlers.Page {
				var b strings.Builder
				b.WriteString("<html><body>" + test.before)
				for i, n := range names {
					b.WriteString(strings.NewReplacer("{n}", n, "{i}", string(rune('1'+i))).Replace(test.post))
				}
				return crawlers.Page{Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(b.String() + test.after + "</body></html>")}
			}
			got := Reader{}.Read(page(names))
			root, err := html.Parse(bytes.NewReader(page(names).Body))
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, p := range got.Posts {
				titles = append(titles, p.Title)
				if !strings.HasPrefix(p.Date, "2031-0") {
					t.Errorf("%q has the date %q", p.Title, p.Date)
				}
				for field, m := range p.Marks {
					if at := cascadia.Query(root, cascadia.MustCompile(m.Place)); at == nil || !strings.Contains(textOf(at), p.Title) {
						t.Errorf("%s of %q is not at %q", field, p.Title, m.Place)
					}
				}
			}
			if !slices.Equal(titles, names) {
				t.Errorf("titles %q, want %q (%s)", titles, names, got.State)
			}
			if c := Diff(page(names[:3]), page(names)); len(c.New) != 1 || c.New[0].Title != names[3] || len(c.Edited)+len(c.Removed) > 0 || c.Drift != "" {
				t.Errorf("a post more is told as %+v", c)
			}
		})
	}
}
