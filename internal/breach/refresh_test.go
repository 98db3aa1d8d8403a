package breach

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRefreshed(t *testing.T) {
	at := time.Date(2031, 3, 4, 5, 6, 7, 0, time.UTC)
	was := Post{ID: "p", Title: "Mairie", Text: "Contracts of all years, and the mail of the mayor.", Own: true,
		Links: []string{"/p/1", "/f/a.zip"}, Files: []string{"/f/a.zip"}, Deadline: "2031-04-01", Price: "500 USD", FirstSeenAt: at, LastSeenAt: at, GoneAt: at}
	later := at.Add(time.Hour)
	for _, tc := range []struct {
		name string
		was  func(*Post)
		now  Post
		want func(*Post)
	}{
		{"an excerpt of the listing", nil, Post{Title: "Mairie", Text: "Contracts of all years ...", Links: []string{"/p/1"}, LastSeenAt: later}, func(*Post) {}},
		{"an edited excerpt waits for the post's own page", nil, Post{Title: "Mairie", Text: "Passports", Links: []string{"/p/1", "/p/2"}, LastSeenAt: later},
			func(p *Post) { p.Links = []string{"/p/1", "/f/a.zip", "/p/2"} }},
		{"an excerpt from before own pages were told apart", func(p *Post) { p.Own = false }, Post{Title: "Mairie", Text: "Contracts of all  years…", LastSeenAt: later},
			func(p *Post) { p.Own = false }},
		{"its own page says otherwise", nil, Post{Title: "Mairie", Text: "Passports", Own: true, LastSeenAt: later},
			func(p *Post) { p.Text, p.Links, p.Files, p.Deadline, p.Price = "Passports", nil, nil, "", "" }},
		{"its own page was shortened", nil, Post{Title: "Mairie", Text: "Sold.", Own: true, LastSeenAt: later},
			func(p *Post) { p.Text, p.Links, p.Files, p.Deadline, p.Price = "Sold.", nil, nil, "", "" }},
		{"its own page lost its end", nil, Post{Title: "Mairie", Text: "Contracts of all years", Own: true, LastSeenAt: later},
			func(p *Post) {
				p.Text, p.Links, p.Files, p.Deadline, p.Price = "Contracts of all years", nil, nil, "", ""
			}},
		{"renamed, deadline moved", nil, Post{Title: "Mairie de Saint-Orbe", Text: "Contracts", Deadline: "2031-05-01", LastSeenAt: later},
			func(p *Post) { p.Title, p.Deadline = "Mairie de Saint-Orbe", "2031-05-01" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := was
			if tc.was != nil {
				tc.was(&before)
			}
			want := was
			want.LastSeenAt, want.GoneAt = later, time.Time{}
			tc.want(&want)
			if diff := cmp.Diff(want, before.Refreshed(tc.now)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
