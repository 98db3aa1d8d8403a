package lint

import (
	"testing"

	"vigie/notify"
)

func TestParallel(t *testing.T) {
	french := notify.Document{Title: "t", Blocks: []notify.Block{{Heading: "Ce qui s'est passé", Text: []string{"Le vol a eu lieu le 3 mars 2026."}}, {Heading: "Que faire", List: []string{"Appelez le 17.", "b", "c"}}}}
	with := func(change func(*notify.Document)) notify.Document {
		d := notify.Document{Title: "t", Blocks: []notify.Block{{Heading: "Ne oldu", Text: []string{"Hırsızlık tarihi: 3 Mart 2026."}}, {Heading: "Ne yapmalı", List: []string{"17'yi arayın.", "b", "c"}}}}
		change(&d)
		return d
	}
	for _, tt := range []struct {
		name, want string
		change     func(*notify.Document)
	}{
		{"the same", "", func(*notify.Document) {}},
		{"a block less", "parallel", func(d *notify.Document) { d.Blocks = d.Blocks[:1] }},
		{"an item less", "parallel", func(d *notify.Document) { d.Blocks[1].List = d.Blocks[1].List[:2] }},
		{"another day", "parallel-figures", func(d *notify.Document) { d.Blocks[0].Text[0] = "Hırsızlık tarihi: 4 Mart 2026." }},
		{"another number", "parallel-figures", func(d *notify.Document) { d.Blocks[1].List[0] = "18'i arayın." }},
		{"a hole", "hole", func(d *notify.Document) { d.Blocks[1].List[1] = "%s" }},
	} {
		got := ""
		if found := Parallel(with(tt.change), french); len(found) > 0 {
			got = found[0].Rule
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
