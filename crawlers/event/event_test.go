package event

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

var start = time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)

// post is an invented one; hours is when it was first seen.
func post(id, source, title, website, country string, hours int) breach.Post {
	at := start.Add(time.Duration(hours) * time.Hour)
	return breach.Post{ID: breach.PostID(id), Source: breach.SourceID(source), Title: title, Website: website, Country: country, FirstSeenAt: at, LastSeenAt: at}
}

// TestPairs joins and keeps apart pairs of titles.
func TestPairs(t *testing.T) {
	for _, tc := range []struct {
		name       string
		a, b       [3]string // title, website, country
		hours      int
		sameSource bool
		want       bool
	}{
		{"mirror", [3]string{"Mairie de Saint-Orbe"}, [3]string{"Mairie de Saint-Orbe"}, 1, false, true},
		{"case and accents", [3]string{"Hôpital des Trois-Rivières"}, [3]string{"HOPITAL DES TROIS RIVIERES"}, 5, false, true},
		{"part", [3]string{"Acme Plastics"}, [3]string{"Acme Plastics [PART 2]"}, 48, true, true},
		{"part of", [3]string{"Acme Plastics part 1/4"}, [3]string{"Acme Plastics - part 3 of 4"}, 48, true, true},
		{"update", [3]string{"Durandal Conseil"}, [3]string{"UPDATE: Durandal Conseil - FULL DATA LEAKED"}, 48, true, true},
		{"sizes and words", [3]string{"XYLOTECH - HACKED AND 650 GB DATA LEAKED"}, [3]string{"Xylotech"}, 48, false, true},
		{"legal form", [3]string{"Fonderies Invent SAS"}, [3]string{"Fonderies Invent, S.A.S."}, 48, false, true},
		{"domain and name", [3]string{"acme-plastics.fr"}, [3]string{"Acme Plastics"}, 48, false, true},
		{"domain and website", [3]string{"acme-plastics.fr"}, [3]string{"The plastics maker", "https://www.acme-plastics.fr/"}, 48, false, true},
		{"subdomain", [3]string{"intranet.acme-plastics.fr"}, [3]string{"acme-plastics.fr"}, 48, false, true},
		{"cut by the site", [3]string{"ville-saintorbe-s..."}, [3]string{"ville-saintorbe-sur-lac.fr"}, 2, false, true},
		{"daily portions", [3]string{"Mission Locale du Val d'Orbe day 1"}, [3]string{"Mission Locale du Val d'Orbe - day 9 (2026-10-09)"}, 200, true, true},
		{"order of words", [3]string{"Orbe Transports Logistique"}, [3]string{"Transports Logistique Orbe"}, 2, false, true},
		{"a slip", [3]string{"Conservatoire d'Orbe"}, [3]string{"Conservatoir d'Orbe"}, 2, false, true},

		{"longer name", [3]string{"Saint-Orbe"}, [3]string{"Saint-Orbe-sur-Lac"}, 2, false, false},
		{"another country", [3]string{"Apex Conseil", "", "FR"}, [3]string{"Apex Conseil", "", "BR"}, 2, false, false},
		{"another domain", [3]string{"Orion", "orion-pieces.fr"}, [3]string{"Orion", "orionbank.test"}, 2, false, false},
		{"years later", [3]string{"Mairie de Saint-Orbe"}, [3]string{"Mairie de Saint-Orbe"}, 24 * 400, false, false},
		{"numbered bodies", [3]string{"Lycée Inventé Numéro 4"}, [3]string{"Lycée Inventé Numéro 5"}, 2, false, false},
		{"hidden", [3]string{"M****"}, [3]string{"M****"}, 2, false, false},
		{"only decoration", [3]string{"Data leak"}, [3]string{"Leaked data"}, 2, false, false},
		{"short and cut", [3]string{"vi..."}, [3]string{"ville-orbe.fr"}, 2, false, false},
		{"same words around", [3]string{"Hôpital du Nord"}, [3]string{"Hôpital du Sud"}, 2, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			source := "b"
			if tc.sameSource {
				source = "a"
			}
			got := Merge([]breach.Post{post("1", "a", tc.a[0], tc.a[1], tc.a[2], 0), post("2", source, tc.b[0], tc.b[1], tc.b[2], tc.hours)})
			if (len(got) == 1) != tc.want {
				t.Errorf("%q and %q: %d events\n%+v\n%+v", tc.a, tc.b, len(got), nameOf(post("1", "a", tc.a[0], tc.a[1], "", 0)), nameOf(post("2", "a", tc.b[0], tc.b[1], "", 0)))
			}
		})
	}
}

func TestHistory(t *testing.T) {
	var b Book
	p := post("1", "a", "Mairie de Saint-Orbe", "", "FR", 0)
	p.Text, p.Deadline, p.Links = "Contracts.", "2026-10-09", []string{"/post/77"}
	id, _ := b.Add(p)
	if _, steps := b.Add(p); steps != nil {
		t.Errorf("seen again unchanged: %+v", steps)
	}
	p.Text, p.Deadline, p.LastSeenAt = "Contracts. And passports.", "2026-10-12", start.Add(time.Hour)
	b.Add(p)
	if !b.Gone("1", start.Add(2*time.Hour)) || b.Gone("1", start.Add(3*time.Hour)) || b.Gone("9", start) {
		t.Error("gone once, and only what is known")
	}
	p.LastSeenAt = start.Add(4 * time.Hour)
	b.Add(p)
	renamed := post("2", "a", "Saint-Orbe (town hall): not paid", "", "", 5)
	renamed.Links = []string{"/post/77"}
	b.Add(renamed)
	part := post("3", "a", "Mairie de Saint-Orbe part 2", "", "", 6)
	mirror := post("4", "mirror", "MAIRIE DE SAINT ORBE", "", "", 7)
	b.Add(part)
	if got, _ := b.Add(mirror); got != id {
		t.Errorf("the mirror is in %s, not %s", got, id)
	}
	var got []string
	for _, s := range b.Events()[0].History {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", s.Kind, s.Post, s.Field, s.Now)))
	}
	want := []string{"posted 1  Mairie de Saint-Orbe", "appended 1 text And passports.", "moved 1 deadline 2026-10-12", "removed 1", "returned 1  Mairie de Saint-Orbe",
		"renamed 2  Saint-Orbe (town hall): not paid", "part 3  Mairie de Saint-Orbe part 2", "reposted 4  MAIRIE DE SAINT ORBE"}
	if diff := cmp.Diff(want, got); diff != "" || len(b.Events()) != 1 {
		t.Errorf("%d events (-want +got):\n%s", len(b.Events()), diff)
	}
	if e := b.Events()[0]; !e.LastSeenAt.Equal(start.Add(7*time.Hour)) || e.Country != "FR" || len(e.Posts) != 4 {
		t.Errorf("event: %+v", e)
	}
}

// TestInventedSet tells the same leaks in many ways, among bodies that are
// alike, and asks for pairwise F1.
func TestInventedSet(t *testing.T) {
	posts, truth := invented(60)
	f1, wrong := pairwise(Merge(posts), truth)
	if f1 < .95 {
		t.Errorf("pairwise F1 %.3f\n%s", f1, strings.Join(wrong, "\n"))
	}
	t.Logf("%d posts of %d events: pairwise F1 %.3f", len(posts), 60, f1)
}

// invented makes n events, each told up to nine times, and says which post is
// of which.
func invented(n int) (posts []breach.Post, truth map[breach.PostID]int) {
	kinds := []string{"Mairie de", "Communauté de communes", "Hôpital", "Lycée", "Syndicat mixte", "Transports", "Mission Locale", "Clinique", "Fonderies", "Éditions"}
	places := []string{"Saint-Orbe", "Saint-Orbe-sur-Lac", "Trois-Rivières", "Val d'Orbe", "Montrevel-l'Inventée", "Haute Orbe", "Châtel-Durand"}
	truth = map[breach.PostID]int{}
	for i := range n {
		body := kinds[i%len(kinds)] + " " + places[(i/len(kinds)+i)%len(places)]
		if i >= 50 { // companies that share a word
			body = fmt.Sprintf("Acme %s", []string{"Plastics", "Pharma", "Foundry", "Bank", "Logistics", "Foods", "Airways", "Textiles", "Media", "Energy"}[i-50])
		}
		site := strings.ReplaceAll(solidWords(body), " ", "-") + ".test"
		for k, told := range []struct{ source, title, website string }{
			{"a", body, ""},
			{"a-mirror", body, ""},
			{"b", strings.ToUpper(body), "https://www." + site + "/"},
			{"a", body + " PART 2", ""},
			{"a", "[UPDATED] " + body + " - 120 GB full data", ""},
			{"c", site, ""},
			{"c", site[:len(site)-7] + "...", ""},
			{"d", body + " database leak 2026", ""},
			{"e", "Leak: " + body + ", day 3", site},
		} {
			if (i+k)%4 == 3 && k > 0 {
				continue // not every leak is told in every way
			}
			id := fmt.Sprintf("%d-%d", i, k)
			posts = append(posts, post(id, told.source, told.title, told.website, "", i+30*k))
			truth[breach.PostID(id)] = i
		}
	}
	return posts, truth
}

func solidWords(s string) string {
	return strings.Join(strings.FieldsFunc(plain(s), func(r rune) bool { return r == ' ' || r == '-' || r == '\'' }), " ")
}

// pairwise is the F1 of the pairs of posts that events join.
func pairwise(events []Event, truth map[breach.PostID]int) (f1 float64, wrong []string) {
	joined, right, all := 0, 0, 0
	sizes := map[int]int{}
	for _, e := range truth {
		sizes[e]++
	}
	for _, n := range sizes {
		all += n * (n - 1) / 2
	}
	for _, e := range events {
		for i, a := range e.Posts {
			for _, b := range e.Posts[i+1:] {
				joined++
				if truth[a] == truth[b] {
					right++
				} else {
					wrong = append(wrong, fmt.Sprintf("%s and %s in %q", a, b, e.Title))
				}
			}
		}
	}
	return 2 * float64(right) / float64(joined+all), wrong
}

func TestManyPosts(t *testing.T) {
	var posts []breach.Post
	for i := range 20_000 {
		posts = append(posts, post(fmt.Sprint(i), "a", fmt.Sprintf("Mairie de la commune inventée %d", i+10_000), "", "", i/100))
	}
	if got := len(Merge(posts)); got != len(posts) {
		t.Errorf("%d events of %d bodies", got, len(posts))
	}
}

func FuzzMerge(f *testing.F) {
	f.Add("Mairie de Saint-Orbe", "MAIRIE ST-ORBE part 2...", "https://orbe.test/", "FR")
	f.Add("M****", "\xff\xfe[hidden]", "::", "")
	f.Fuzz(func(t *testing.T, a, b, website, country string) {
		p, q := post("1", "a", a, website, country, 0), post("2", "b", b, "", country, 3)
		q.Links = []string{website, a}
		events := Merge([]breach.Post{p, q, p})
		n := 0
		for _, e := range events {
			n += len(e.Posts)
		}
		if n != 2 {
			t.Errorf("%d posts in %d events", n, len(events))
		}
	})
}

func BenchmarkMerge(b *testing.B) {
	posts, _ := invented(60)
	for b.Loop() {
		Merge(posts)
	}
	b.ReportMetric(float64(len(posts)*b.N)/b.Elapsed().Seconds(), "posts/s")
}
