package authority

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"vigie/internal/i18n"
	"vigie/notify"
)

var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("").Option("missingkey=error").ParseFS(files, "dossier.html", "register.html")
})

// Change is a field that differs from what was notified.
type Change struct {
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// Complement is a complementary notification: the number of the initial one,
// and only what differs from the form as it was last sent.
type Complement struct {
	Type          string    `json:"type"`
	InitialNumber string    `json:"initial_number"`
	Incident      string    `json:"incident"`
	Version       int       `json:"version"`
	DrawnUpAt     time.Time `json:"drawn_up_at"`
	Changes       []Change  `json:"changes"`
	Unknown       []string  `json:"unknown"` // still
}

// Rendered is a dossier in every shape.
type Rendered struct {
	Form       Form
	JSON, HTML []byte
	EDPB       []byte      // JSON: the second rendering
	Complement *Complement // nil before something was sent
}

// Render draws the dossier up. What was sent is compared as it was frozen: the
// same dossier again gives the same bytes.
func Render(d Dossier) (Rendered, error) {
	form, err := Fill(d)
	if err != nil {
		return Rendered{}, err
	}
	out := Rendered{Form: form}
	if out.JSON, err = json.MarshalIndent(form, "", "  "); err != nil {
		return out, err
	}
	out.JSON = append(out.JSON, '\n')
	var changes []Change
	if len(d.Sent) > 0 {
		if changes, err = compare(d.Sent[len(d.Sent)-1].Form, out.JSON); err != nil {
			return out, fmt.Errorf("dossier of %s: what was sent: %w", form.Incident, err)
		}
		out.Complement = &Complement{Type: typeComplementary, InitialNumber: form.InitialNumber, Incident: form.Incident, Version: form.Version,
			DrawnUpAt: form.DrawnUpAt, Changes: changes, Unknown: form.Unknown}
	}
	if out.HTML, err = readable(form, changes, d.Sent); err != nil {
		return out, fmt.Errorf("dossier of %s: %w", form.Incident, err)
	}
	edpb, err := EDPB(form)
	if err != nil {
		return out, fmt.Errorf("dossier of %s: %w", form.Incident, err)
	}
	out.EDPB, err = json.MarshalIndent(edpb, "", "  ")
	return out, err
}

// Write puts the dossier into dir: dossier.json and edpb.json for machines,
// dossier.html for people and, once something was sent, complement.json, which
// lists only what differs from it. Files are readable by their owner alone: a
// notification is not a public document (CRPA L311-6).
func Write(dir string, d Dossier) error {
	r, err := Render(d)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("dossier of %s: %w", r.Form.Incident, err)
	}
	put := func(name string, data []byte) error { return notify.WriteFile(dir, name, data, 0o600) }
	if r.Complement != nil {
		data, err := json.MarshalIndent(r.Complement, "", "  ")
		if err := errors.Join(err, put("complement.json", append(data, '\n'))); err != nil {
			return err
		}
	}
	return errors.Join(put("dossier.html", r.HTML), put("edpb.json", append(r.EDPB, '\n')), put("dossier.json", r.JSON))
}

// compare lists the leaves that differ, in order.
func compare(before, after []byte) ([]Change, error) {
	a, err := parseJSON(before)
	if err != nil {
		return nil, err
	}
	b, err := parseJSON(after)
	if err != nil {
		return nil, err
	}
	changes := []Change{}
	walk("", a, b, &changes)
	slices.SortFunc(changes, func(x, y Change) int { return strings.Compare(x.Field, y.Field) })
	return changes, nil
}

// formal are the fields whose change is none of the facts: when and why the
// form was drawn up, and what follows from having sent it.
var formal = []string{"drawn_up_at", "type", "initial_number", "version", "unknown", "form", "deadline.notified_at", "deadline.late", "deadline.reasons", "severity.history"}

func walk(prefix string, a, b map[string]any, out *[]Change) {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	for k := range keys {
		name := strings.TrimPrefix(prefix+"."+k, ".")
		if slices.Contains(formal, name) {
			continue
		}
		x, isMap := a[k].(map[string]any)
		y, alsoMap := b[k].(map[string]any)
		switch {
		case isMap && alsoMap:
			walk(name, x, y, out)
		case !reflect.DeepEqual(a[k], b[k]):
			*out = append(*out, Change{name, a[k], b[k]})
		}
	}
}

func readable(form Form, changes []Change, sent any) ([]byte, error) {
	t, err := parsed()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.ExecuteTemplate(&out, "dossier.html", view{form, changes, sent})
	return out.Bytes(), err
}

type view struct {
	Form
	Changes []Change
	Sent    any
}

// Named is a field in words; one without words keeps its name.
func (view) Named(field string) string {
	lists, err := cnil()
	if err != nil || lists.Fields[field] == "" {
		return field
	}
	return lists.Fields[field]
}

// When writes an instant as people read it.
func (view) When(t *time.Time) string {
	if t == nil {
		return "Inconnu"
	}
	return i18n.DateTime(i18n.French, *t)
}

// Day writes an instant that is known.
func (view) Day(t time.Time) string { return i18n.DateTime(i18n.French, t) }

// Why are the reasons of a score in French.
func (view) Why(s Severity) []string { return s.french }

// Score writes a score as people read it.
func (view) Score(s Severity) string { return strings.Replace(decimal(s.Quarters), ".", ",", 1) }

// Mille writes thousandths as a percentage.
func (view) Mille(n int64) string {
	return i18n.Number(i18n.French, n/10) + "," + string(rune('0'+n%10)) + "\u00a0%"
}

// Num writes a number as people read it.
func (view) Num(n int64) string { return i18n.Number(i18n.French, n) }

// Yes writes a truth value as people read it.
func (view) Yes(s string) string {
	switch s {
	case "yes":
		return "Oui"
	case "no":
		return "Non"
	}
	return "Inconnu"
}
