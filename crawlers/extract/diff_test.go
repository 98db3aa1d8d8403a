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
