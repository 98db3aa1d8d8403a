package extract

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

// TestMarks follows each mark back to the page with an ordinary selector engine.
func TestMarks(t *testing.T) {
	page := repeat(`<div class="card"><h3>{name}</h3><p>Published: 2026-10-{d}. Deadline: 2026-11-{d} 10:00.</p>` +
		`<p>Data size: 1,2 To, price: $ 95 272</p><p><i>{views} views</i></p><p><a href="https://body{i}.example.org/">body{i}.example.org</a></p>` +
		`<img class="flag" src="/flags/fr.png"><a href="/d/{i}.7z">archive</a><a href="/post/{i}">More</a></div>`)
	r := read1(page)
	if len(r.Posts) != len(names) {
		t.Fatalf("%d posts", len(r.Posts))
	}
	p := r.Posts[2]
	got := map[string]string{"date": p.Date, "deadline": p.Deadline, "price": p.Price, "size": number(p.Size), "views": number(p.Views), "website": p.Website, "country": p.Country, "files": strings.Join(p.Files, " ")}
	want := map[string]string{"date": "2026-10-03", "deadline": "2026-11-03T10:00:00Z", "price": "95272 USD", "size": "1200000000000", "views": "3325", "website": "https://body2.example.org/", "country": "FR", "files": "/d/2.7z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for field, words := range map[string]string{"title": names[2], "date": "Published: 2026-10-03. Deadline: 2026-11-03 10:00.", "deadline": "Published: 2026-10-03. Deadline: 2026-11-03 10:00.",
		"size": "Data size: 1,2 To, price: $ 95 272", "price": "Data size: 1,2 To, price: $ 95 272", "views": "3325 views", "website": "body2.example.org", "files": "archive"} {
		m := p.Marks[field]
		if at := doc.Find(m.Place); at.Length() != 1 || at.Text() != words || m.Confidence <= 0 || m.Confidence > 1 {
			t.Errorf("%s: %q (%.2f) finds %d: %q", field, m.Place, m.Confidence, at.Length(), at.Text())
		}
	}
}

func TestSize(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want int64
	}{
		{"298 GB", 298e9}, {"4.7 TB Files", 4.7e12}, {"1,2 To de données", 1.2e12}, {"1,200 GB", 1.2e12}, {"[part 1] 76GB of data", 76e9}, {"411 MB", 411e6},
		{"RAM 16 GB, data size: 2 TB", 2e12}, {"650 GB DATA", 650e9}, {"5 to 10 people", 0}, {"GB", 0}, {"99999999999999999999 TB", 0}, {"12 Go", 12e9}, {"", 0},
	} {
		if got, _ := sizeOf(tc.in); got != tc.want {
			t.Errorf("sizeOf(%q) = %d, want %d", tc.in, got, tc.want)
		}
	}
}

func TestPrice(t *testing.T) {
	for _, tc := range []struct {
		in       string
		labelled bool
		want     string
	}{
		{"Price: $500", true, "500 USD"}, {"price 2.5 BTC", true, "2.5 BTC"}, {"Ransom: 1,5 million €", true, "1500000 EUR"}, {"Price (USD) : 5 000 Transfer", true, "5000 USD"},
		{"Revenue: $75 Million", true, ""}, {"a fine of $50,000", true, ""}, {"$ 95272", false, "95272 USD"}, {"300k $", false, "300000 USD"}, {"we have $ 10", false, ""},
		{"Prix : 1 200,50 €", true, "1200.5 EUR"}, {"for 99999999999999 USD", true, ""}, {"", false, ""},
	} {
		if got := priceIn(tc.in, tc.labelled); got != tc.want {
			t.Errorf("priceIn(%q, %t) = %q, want %q", tc.in, tc.labelled, got, tc.want)
		}
	}
}

func TestViews(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want int64
	}{{"Views: 1 371", 1371}, {"34941 Views", 34941}, {"12k visits", 12000}, {"Просмотров: 35", 35}, {"scenic views", 0}, {"vues : 4", 4}, {"1,204 views", 1204}} {
		if got := viewsOf(tc.in); got != tc.want {
			t.Errorf("viewsOf(%q) = %d, want %d", tc.in, got, tc.want)
		}
	}
}

func TestDatesOf(t *testing.T) {
	for _, tc := range []struct{ in, date, deadline string }{
		{"On July 6, 2026 it was paid. Updated: 17 Sep, 2026", "2026-09-17", ""},
		{"Deadline: 2026-11-03. Added 2026-10-01", "2026-10-01", "2026-11-03"},
		{"Publié le 3 octobre 2026, jusqu'au 12 octobre 2026", "2026-10-03", "2026-10-12"},
		{"will be published on 2026-10-09", "", "2026-10-09"},
		{"Опубликовано: 30 Октября 2026", "2026-10-30", ""}, {"4 de mayo de 2026", "2026-05-04", ""}, {"12. März 2026", "2026-03-12", ""},
	} {
		date, deadline := datesOf(tc.in)
		if date.value != tc.date || deadline.value != tc.deadline {
			t.Errorf("datesOf(%q) = %q, %q; want %q, %q", tc.in, date.value, deadline.value, tc.date, tc.deadline)
		}
	}
}

func FuzzAmounts(f *testing.F) {
	f.Add("Price: $1,200.50k for 4.7 TB, 12k views, until 2026-01-02")
	f.Add("€ 1\u00a0000,5 3 To 20 000 vues 31/12/2026")
	f.Fuzz(func(t *testing.T, s string) {
		if size, _ := sizeOf(s); size < 0 {
			t.Errorf("size %d", size)
		}
		if v := viewsOf(s); v < 0 {
			t.Errorf("views %d", v)
		}
		for _, labelled := range []bool{true, false} {
			if p := priceIn(s, labelled); p != "" && len(strings.Fields(p)) != 2 {
				t.Errorf("price %q", p)
			}
		}
		if len(allDates(s)) > maxDates {
			t.Error("too many dates")
		}
	})
}
