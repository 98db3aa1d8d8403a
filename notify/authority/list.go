package authority

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
)

// choice is one answer of a closed list, with the code that Madis uses for it.
type choice struct {
	Code  string   `yaml:"code"`
	Label string   `yaml:"label"`
	Madis string   `yaml:"madis"`
	From  []string `yaml:"from"` // consequence codes that lead to it
}

// form is a dated edition of the authority's form.
type form struct {
	Name   string              `yaml:"name"`
	From   time.Time           `yaml:"from"`
	Source string              `yaml:"source"`
	Lists  map[string][]choice `yaml:"lists"`
	Sizes  []struct {
		Most  int64  `yaml:"most"` // 0: no bound
		Label string `yaml:"label"`
	} `yaml:"classes"`
	Log    map[string]string `yaml:"log"`
	Fields map[string]string `yaml:"fields"`
}

var cnil = sync.OnceValues(func() (*form, error) {
	f := new(form)
	if err := load("cnil.yaml", f); err != nil {
		return nil, err
	}
	if f.From.IsZero() || f.Source == "" || f.Name == "" {
		return nil, fmt.Errorf("the form has no name, date or source: %w", breach.ErrInvalid)
	}
	return f, nil
})

func load(name string, into any) error {
	data, err := files.ReadFile("data/" + name)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("list %s: %w: %w", name, breach.ErrInvalid, err)
	}
	return nil
}

// Choice is an answer that a closed list offers.
type Choice struct{ Code, Label string }

// List returns a closed list of the form: nature, origin, cause, data, people,
// support, confidentiality, integrity, availability, impact, gravity,
// information, means, notification or certainty. nil for another.
func List(name string) []Choice {
	f, err := cnil()
	if err != nil { // impossible: embedded
		return nil
	}
	var out []Choice
	for _, c := range f.Lists[name] {
		out = append(out, Choice{c.Code, c.Label})
	}
	return out
}

// label is the form's wording of a code; the code itself when there is none.
func (f *form) label(list, code string) string {
	if i := slices.IndexFunc(f.Lists[list], func(c choice) bool { return c.Code == code }); i >= 0 {
		return f.Lists[list][i].Label
	}
	return code
}

// labels puts codes into the form's wording and order.
func (f *form) labels(list string, codes []string) []string {
	out := []string{}
	for _, c := range f.Lists[list] {
		if slices.Contains(codes, c.Code) {
			out = append(out, c.Label)
		}
	}
	return out
}

func (f *form) size(n int64) string {
	for _, c := range f.Sizes {
		if c.Most == 0 || n <= c.Most {
			return c.Label
		}
	}
	return ""
}
