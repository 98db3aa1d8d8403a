package authority

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"vigie/internal/breach"
)

// Template is the form in the sections of the EDPB's common template. Its text
// was a draft that nobody could read when the mapping was written: the answers
// are complete, the numbers are not the official ones, and Note says so.
type Template struct {
	Template  string    `json:"template"`
	From      time.Time `json:"from"`
	Source    string    `json:"source"`
	Official  int       `json:"official_questions"`
	Numbering bool      `json:"official_numbering"`
	Note      string    `json:"note"`
	Sections  []Section `json:"sections"`
	Unknown   []string  `json:"unknown"` // numbers of required questions without an answer
}

// Section is a part of the template.
type Section struct {
	Code    string   `json:"code"`
	Title   string   `json:"title"`
	Answers []Answer `json:"answers"`
}

// Answer answers one question; nil is unknown.
type Answer struct {
	Number   string `json:"number"`
	Ask      string `json:"ask"`
	Required bool   `json:"required"`
	Value    any    `json:"value"`
}

type mapping struct {
	Name      string    `yaml:"name"`
	From      time.Time `yaml:"from"`
	Source    string    `yaml:"source"`
	Official  int       `yaml:"official_questions"`
	Numbering bool      `yaml:"official_numbering"`
	Sections  []struct {
		Code      string `yaml:"code"`
		Title     string `yaml:"title"`
		Questions []struct {
			Ask      string `yaml:"ask"`
			From     string `yaml:"from"`
			Required bool   `yaml:"required"`
		} `yaml:"questions"`
	} `yaml:"sections"`
}

var edpb = sync.OnceValues(func() (mapping, error) {
	var m mapping
	err := load("edpb.yaml", &m)
	if err == nil && (m.From.IsZero() || m.Source == "" || len(m.Sections) == 0) {
		err = fmt.Errorf("the mapping has no date, source or section: %w", breach.ErrInvalid)
	}
	return m, err
})

// EDPB renders a form a second time. A question whose field the form does not
// have is ErrInvalid: the mapping is wrong, and no answer is made up.
func EDPB(f Form) (Template, error) {
	m, err := edpb()
	if err != nil {
		return Template{}, err
	}
	data, err := json.Marshal(f)
	if err != nil {
		return Template{}, err
	}
	fields, err := parseJSON(data)
	if err != nil {
		return Template{}, err
	}
	t := Template{Template: m.Name, From: m.From, Source: m.Source, Official: m.Official, Numbering: m.Numbering, Unknown: []string{}}
	if !m.Numbering {
		t.Note = "Draft of the common template. The numbers are this program's own, not the official ones."
	}
	for i, s := range m.Sections {
		out := Section{Code: s.Code, Title: s.Title}
		for j, q := range s.Questions {
			a := Answer{Number: fmt.Sprintf("%d.%d", i+1, j+1), Ask: q.Ask, Required: q.Required}
			value, ok := field(fields, q.From)
			if !ok {
				return Template{}, fmt.Errorf("question %s: the form has no field %q: %w", a.Number, q.From, breach.ErrInvalid)
			}
			if a.Value = value; empty(value) {
				a.Value = nil
				if q.Required {
					t.Unknown = append(t.Unknown, a.Number)
				}
			}
			out.Answers = append(out.Answers, a)
		}
		t.Sections = append(t.Sections, out)
	}
	return t, nil
}

// field finds a value by its path, such as "organism.name".
func field(from map[string]any, path string) (any, bool) {
	name, rest, deeper := strings.Cut(path, ".")
	v, ok := from[name]
	if !ok || !deeper {
		return v, ok
	}
	in, ok := v.(map[string]any)
	if !ok {
		return nil, false
	}
	return field(in, rest)
}

// empty tells an answer that nobody has given.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == "" || v == "Inconnu"
	case float64:
		return v == 0
	case []any:
		return len(v) == 0
	}
	return false
}
