package index

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

// stories are posts and what each query must find among them, whether asked of
// the index or standing.
func stories() []breach.Post {
	a := post("a", "Mission Locale du Val d'Orbe", "Fichier des jeunes suivis, base SIMILO complète, 40 000 lignes")
	b := post("b", "Mairie de Saint-Orbe", "les hôpitaux et l'école ; base de données de la mairie, et plus loin encore SIMILO")
	c := post("c", "Acme Plastics", "demo of a simulation; no locale")
	c.Source, c.FirstSeenAt = "other", at.AddDate(0, 1, 0)
	return []breach.Post{a, b, c}
}

func TestQueries(t *testing.T) {
	x := opened(t, filepath.Join(t.TempDir(), "index"))
	defer func() { _ = x.Close() }()
	if err := x.Put(t.Context(), stories()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ query, want string }{
		{"similo", "ab"},
		{"mission locale", "a"},
		{"mission AND locale", "a"},
		{"mission OR plastics", "ac"},
		{"similo NOT mairie", "a"},
		{"similo -mairie", "a"},
		{"+similo !mairie", "a"},
		{"(mission OR mairie) similo", "ab"},
		{"mission OR mairie similo", "ab"}, // AND binds closer
		{`"base similo"`, "a"},
		{`"similo base"`, ""},
		{`"similo base"~1`, "a"},
		{`"similo base"~50`, "ab"},
		{`plastics OR "similo base"~1`, "ac"},
		{`base NOT "similo base"~1`, "b"},
		{`"fichier jeune suivi"`, ""},
		{`"fichier des jeunes"`, "a"},
		{"simil*", "ab"},
		{"simu*", "c"},
		{"simulations*", "c"}, {"jeunes*", "a"},
		{"zimilo~", "ab"},
		{"zimylo~", ""},
		{"zimylo~2", "ab"},
		{"title:mairie", "b"},
		{"text:mairie", "b"},
		{"text:locale", "c"},
		{`title:"mission locale"`, "a"},
		{"source:other", "c"},
		{"source:invented similo", "ab"},
		{"after:2026-11-20", "c"},
		{"before:2026-11-20 base", "ab"},
		{"after:2026-11-02 before:2026-11-03", "ab"},
		{"HOPITAL ecoles", "b"}, // case, accents, inflexion, elision
		{"l'hôpital", "b"},
		{"saintorbe", "b"},
		{"saint-orb*", "b"},
		{"mairie de saint orbe", "b"}, // "de" is in every text
		{"jeunes, mission", "a"},
		{"not and or", ""}, // in small letters they are words
		{"title:mission (text:jeune OR text:école)", "a"},
	} {
		hits, err := x.Search(t.Context(), tt.query, 10)
		if err != nil {
			t.Errorf("%s: %v", tt.query, err)
			continue
		}
		var got []string
		for _, h := range hits {
			got = append(got, string(h.ID))
		}
		slices.Sort(got)
		s, err := NewStanding(map[string]string{"q": tt.query})
		if err != nil {
			t.Fatal(err)
		}
		standing := ""
		for _, p := range stories() {
			if s.Match(p) != nil {
				standing += string(p.ID)
			}
		}
		if strings.Join(got, "") != tt.want || standing != tt.want {
			t.Errorf("%s: search finds %v, standing %q, want %q", tt.query, got, standing, tt.want)
		}
	}
}

func TestQueriesRefused(t *testing.T) {
	for _, tt := range []struct{ query, why string }{
		{"", "empty"}, {"  ,", "empty"}, {"( )", "empty"},
		{"-similo", "must not be there"}, {"NOT (a b)", "must not be there"}, {"a OR -b", "must not be there"},
		{`"open`, "quotation mark"}, {"(a b", "not closed"}, {"a) b", "none opened"},
		{`"a b"~0`, "distance"}, {`"a b"~500`, "distance"}, {`"a b"~x`, "distance"},
		{"word~3", "1 or 2"}, {"a*", "2 letters"}, {"after:yesterday", "a day"}, {"title:", "nothing stands"},
		{"de la", "every text has"}, {strings.Repeat("(", 50) + "a", "deeper"}, {strings.Repeat("a ", 200), "more than"},
		{strings.Repeat("a", maxQuery+1), "at most"}, {"\xff", "UTF-8"},
	} {
		_, err := NewStanding(map[string]string{"q": tt.query})
		if !errors.Is(err, breach.ErrInvalid) || !strings.Contains(fmt.Sprint(err), tt.why) {
			t.Errorf("%.30q: %v, want ...%s...", tt.query, err, tt.why)
		}
	}
}

// TestStandingMeansSearch holds invented queries against invented posts: the
// index and a standing query must always agree.
func TestStandingMeansSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	vocabulary := strings.Fields("mairie école écoles hôpital hopitaux l'hôpital Saint-Orbe saintorbe de la base bases similo simila données d'Orbe 40 fichier")
	text := func(n int) string {
		var out []string
		for range n {
			out = append(out, vocabulary[rng.IntN(len(vocabulary))])
		}
		return strings.Join(out, " ")
	}
	x := opened(t, filepath.Join(t.TempDir(), "index"))
	defer func() { _ = x.Close() }()
	var posts []breach.Post
	for i := range 120 {
		p := post(fmt.Sprint(i), text(1+rng.IntN(4)), text(rng.IntN(9)))
		p.Source = breach.SourceID([]string{"one", "two"}[rng.IntN(2)])
		p.FirstSeenAt = at.Add(time.Duration(rng.IntN(60*24)) * time.Hour)
		posts = append(posts, p)
	}
	if err := x.Put(t.Context(), posts); err != nil {
		t.Fatal(err)
	}
	leaf := func() string {
		w := vocabulary[rng.IntN(len(vocabulary))]
		switch rng.IntN(9) {
		case 0:
			return `"` + text(2+rng.IntN(2)) + `"`
		case 1:
			return `"` + text(2) + `"~` + fmt.Sprint(1+rng.IntN(4))
		case 2:
			return string([]rune(w)[:min(2, len([]rune(w)))]) + "*"
		case 3:
			return w + "~" + fmt.Sprint(1+rng.IntN(2))
		case 4:
			return "title:" + w
		case 5:
			return "source:one"
		case 6:
			return "after:2026-11-20"
		}
		return w
	}
	asked, found := 0, 0
	for range 500 {
		q := leaf()
		for range rng.IntN(4) {
			switch rng.IntN(4) {
			case 0:
				q = "(" + q + ") OR " + leaf()
			case 1:
				q = q + " NOT (" + leaf() + " " + leaf() + ")"
			default:
				q = "(" + q + ") " + leaf()
			}
		}
		s, err := NewStanding(map[string]string{"q": q})
		if err != nil {
			continue // only words that every text has
		}
		asked++
		hits, err := x.Search(t.Context(), q, 1000)
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		var got, want []string
		for _, h := range hits {
			got = append(got, string(h.ID))
		}
		for _, p := range posts {
			if s.Match(p) != nil {
				want = append(want, string(p.ID))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-standing +search):\n%s", q, diff)
		}
		found += len(got)
	}
	if asked < 300 || found < 1000 {
		t.Errorf("only %d queries with %d finds were compared", asked, found)
	}
}

func FuzzParse(f *testing.F) {
	for _, q := range []string{`a "b c"~3 -(d OR e*) title:f~2`, "((((", `"`, "a AND OR NOT", "after:2026-01-01", "-", "~", "*", `a"b`} {
		f.Add(q)
	}
	a := newAnalyser()
	d := a.doc(toDocument(stories()[0]))
	f.Fuzz(func(t *testing.T, q string) {
		root, err := a.parse(q)
		if err != nil {
			if !errors.Is(err, breach.ErrInvalid) {
				t.Errorf("%q: error of another kind: %v", q, err)
			}
			return
		}
		d.matches(root)
		if c, _ := a.compile(root, false); c == nil {
			t.Errorf("%q: no query", q)
		}
	})
}

func BenchmarkStanding(b *testing.B) {
	queries := map[string]string{}
	for i := range 200 {
		queries[fmt.Sprint("q", i)] = fmt.Sprintf(`(mairie OR ville) similo%d -demo`, i)
	}
	s, err := NewStanding(queries)
	if err != nil {
		b.Fatal(err)
	}
	p := stories()[1]
	for b.Loop() {
		s.Match(p)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}
