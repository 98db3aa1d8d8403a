package extract

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// between compares two readings that stand on no page.
func between(before, after []breach.Post) (c Change) {
	var m Memory
	for _, l := range []crawlers.Listing{{Posts: slices.Clone(before)}, {Posts: slices.Clone(after)}} {
		f := m.compare(l)
		c = f.change(l)
		m.keep(l, f.says)
	}
	for i := range c.New {
		c.New[i].ID = ""
	}
	return c
}

func TestDiff(t *testing.T) {
	base := []breach.Post{
		{Title: "Mairie de Saint-Orbe", Text: "40 GB, 12 days 3 h left, 1371 views", Links: []string{"/p/1?token=0123456789abcdef0123"}},
		{Title: "Acme Plastics", Text: "contracts", Date: "2026-10-02"},
	}
	for _, tc := range []struct {
		name  string
		after []breach.Post
		want  Change
	}{
		{"nothing", base, Change{NoiseOnly: true}},
		{"countdown, counter, order, token", []breach.Post{base[1],
			{Title: "MAIRIE de  Saint-Orbe", Text: "40 GB, 11 days 22 h left, 1455 views", Links: []string{"/p/1?token=fedcba98765432100000"}}}, Change{NoiseOnly: true}},
		{"counters and times told from now, laid out anew, another key", []breach.Post{
			{Title: "Mairie de Saint-Orbe", Text: "yesterday, 1371 views 40 GB PUBLICATION IN PROGRESS", Links: []string{"/p/1?token=0123456789abcdef0123"}},
			{Title: "Acme Plastics", Text: "NEW 2 réponsesil y a 3 jours contracts"}}, Change{NoiseOnly: true}},
		{"new", append([]breach.Post{{Title: "École"}}, base...), Change{New: []breach.Post{{Title: "École"}}}},
		{"removed", base[:1], Change{Removed: []string{"Acme Plastics"}}},
		{"edited", []breach.Post{base[0], {Title: "Acme Plastics", Text: "contracts and passports", Date: "2026-10-09"}},
			Change{Edited: []Edit{{"Acme Plastics", []string{"text", "date"}}}}},
		{"deadline moved, price lowered", []breach.Post{base[0], {Title: "Acme Plastics", Text: "contracts", Date: "2026-10-02", Deadline: "2026-10-20", Price: "500 USD", Views: 9}},
			Change{Edited: []Edit{{"Acme Plastics", []string{"deadline", "price"}}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := between(base, tc.after)
			if got.New == nil || got.Edited == nil || got.Removed == nil {
				t.Error("a list is nil: it would print as null")
			}
			if len(tc.want.New) == 0 {
				tc.want.New = []breach.Post{}
			}
			if tc.want.Edited == nil {
				tc.want.Edited = []Edit{}
			}
			if tc.want.Removed == nil {
				tc.want.Removed = []string{}
			}
			if tc.want.Shown == nil {
				tc.want.Shown = []string{}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A key in a link moves; what it leads to does not.
func TestSteadyLinks(t *testing.T) {
	was := steadyLinks([]string{"/v?id=4&k=0b0b1&sid=8ac01f", "/get/part2.7z"})
	if now := steadyLinks([]string{"/get/part2.7z", "/v?sid=77e3d0&id=4&k=77d01"}); !slices.Equal(was, now) {
		t.Errorf("%q and %q differ", was, now)
	}
	if now := steadyLinks([]string{"/v?id=5&k=0b0b1&sid=8ac01f", "/get/part2.7z"}); slices.Equal(was, now) {
		t.Error("another page is taken for another key")
	}
}

// What was digested in another way says nothing about a post.
func TestDiffOfOlderMemory(t *testing.T) {
	m, err := Reader{}.Recall("orbe", []byte(`{"known":{"a":"a"},"mirrors":{"":{"posts":[{"id":"a","title":"Acme","prints":[1,2,3,4,5,6,7,8,9]}]}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	old := m.(*Memory).Mirrors[""].Posts[0]
	if fields := old.differing(sayingOf("", breach.Post{Title: "Acme", Text: "contracts"})); len(fields) > 0 {
		t.Errorf("an edit is told of %q", fields)
	}
}

func TestDiffOfRepeatedTitles(t *testing.T) {
	posts := []breach.Post{{Title: "[hidden]", Text: "a bank"}, {Title: "[hidden]", Text: "a school"}, {Title: "[hidden]", Text: "a town"}}
	shuffled := []breach.Post{posts[2], posts[0], posts[1]}
	if c := between(posts, shuffled); !c.NoiseOnly {
		t.Errorf("shuffled: %+v", c)
	}
	edited := []breach.Post{posts[0], {Title: "[hidden]", Text: "a school and its pupils"}, posts[2]}
	if c := between(posts, edited); len(c.Edited) != 1 {
		t.Errorf("one of them edited: %+v", c)
	}
	if c := between(posts, append(shuffled, breach.Post{Title: "[hidden]", Text: "a hospital"})); !c.NoiseOnly {
		t.Errorf("one more of the same title: %+v", c)
	}
}
