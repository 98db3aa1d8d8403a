package watch

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

func TestReadList(t *testing.T) {
	tests := []struct {
		name, yaml string
		want       []Entity
		err        string
	}{
		{name: "empty", yaml: ""},
		{name: "whole", yaml: "- {name: Mission Locale du Val d'Orbe, kind: mission_locale, code: 'siren:000000001', aliases: [ML Orbe], domains: [ml-orbe.example.org]}\n",
			want: []Entity{{Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Code: "siren:000000001", Aliases: []string{"ML Orbe"}, Domains: []string{"ml-orbe.example.org"}}}},
		{name: "unknown key", yaml: "- {name: Similo, kind: software, colour: red}", err: "colour"},
		{name: "unknown kind", yaml: "- {name: Similo, kind: tool}", err: `kind "tool"`},
		{name: "too short", yaml: "- {name: ML, kind: other}", err: "too short"},
		{name: "empty alias", yaml: "- {name: Similo, kind: software, aliases: ['--']}", err: "too short"},
		{name: "no domain", yaml: "- {name: Similo, kind: software, domains: [localhost]}", err: "registered name"},
		{name: "not YAML", yaml: "\t{", err: "watch-list"},
		{name: "too long", yaml: strings.Repeat("# comment\n", maxList/10+1), err: "more than"},
	}
	for _, tt := range tests {
		got, err := ReadList(strings.NewReader(tt.yaml))
		if tt.err != "" {
			if !errors.Is(err, breach.ErrInvalid) || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: got %v, want ...%s...", tt.name, err, tt.err)
			}
			continue
		}
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", tt.name, err, diff)
		}
	}
}

func FuzzReadList(f *testing.F) {
	f.Add("- {name: Similo, kind: software, domains: [example.org]}")
	f.Add("- &a {name: x, kind: other}\n- *a")
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ReadList(strings.NewReader(s))
		if err != nil && !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("error of another kind: %v", err)
		}
		for _, e := range list {
			if check(e) != nil {
				t.Error("a list with an entity that is refused")
			}
		}
	})
}
