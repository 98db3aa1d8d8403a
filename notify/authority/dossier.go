package authority

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

//go:embed dossier.html
var files embed.FS

var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("dossier.html").Option("missingkey=error").ParseFS(files, "dossier.html")
})

// Dossier is what one controller knows when it notifies.
type Dossier struct {
	Facts notify.Facts
	Case  breach.Case
	// NotifiedAt is when the authority received the initial notification; zero
	// before. Later dossiers are complements.
	NotifiedAt time.Time
	At         time.Time // when the dossier is drawn up
	// Words gives the French words of a code such as "measure.access_closed";
	// nil or false leaves the code. notify/wording.Say is one.
	Words func(key string) (string, bool)
}

// Form is the notification in the blocks of the CNIL's form. What is not known
// yet is listed in Unknown and left empty, never guessed.
type Form struct {
	Form         string       `json:"form"`
	Type         string       `json:"type"` // initiale, complémentaire
	Incident     string       `json:"incident"`
	Version      int          `json:"version"` // of the facts
	DrawnUpAt    time.Time    `json:"drawn_up_at"`
	Organism     Organism     `json:"organism"`
	Chronology   Chronology   `json:"chronology"`
	Nature       []string     `json:"nature"`
	Origin       []string     `json:"origin"`
	Cause        string       `json:"cause"`
	Data         []string     `json:"data"`
	Records      int64        `json:"records"`
	People       People       `json:"people"`
	Consequences []string     `json:"consequences"`
	Impacts      []string     `json:"impacts"`
	Severity     SeverityPart `json:"severity"`
	Measures     []string     `json:"measures"`
	Information  Information  `json:"information"`
	Deadline     Deadline     `json:"deadline"`
	Unknown      []string     `json:"unknown"`
}

// Organism is the controller and its contact point (Art. 33(3)(b)).
type Organism struct {
	Name    string `json:"name"`
	SIREN   string `json:"siren"`
	Address string `json:"address"`
	DPO     string `json:"dpo"`
	Phone   string `json:"phone"`
}

// Chronology is when and how; the summary is in the team's words.
type Chronology struct {
	OccurredAt   *time.Time `json:"occurred_at"`
	DiscoveredAt *time.Time `json:"discovered_at"`
	AwareAt      *time.Time `json:"aware_at"`
	AwareReason  string     `json:"aware_reason"`
	Certainty    string     `json:"certainty"`
	Summary      string     `json:"summary"`
	System       string     `json:"system"`
}

// People are the people concerned (Art. 33(3)(a)).
type People struct {
	Groups []string `json:"groups"`
	Number int64    `json:"number"`
	Low    int64    `json:"low"`
	High   int64    `json:"high"`
	Class  string   `json:"open_data_class"`
}

// SeverityPart is a proposal until a person confirms it.
type SeverityPart struct {
	Proposed Severity `json:"proposed"`
	Gravity  string   `json:"gravity"`
}

// Information says whether people are told (Art. 34).
type Information struct {
	Answer    string `json:"answer"`
	Reason    string `json:"reason"`
	Exemption string `json:"exemption"`
	PublicURL string `json:"public_url"`
	// Unreached are told in public alone (Art. 34(3)(c)).
	Unreached int64 `json:"unreached"`
}

// Deadline is the 72 hours of Art. 33(1).
type Deadline struct {
	DueAt      *time.Time `json:"due_at"`
	NotifiedAt *time.Time `json:"notified_at"`
	Late       bool       `json:"late"`
	// Reasons is a draft of the reasons for the delay that a person completes.
	Reasons string `json:"reasons"`
}

// Fill fills the form in. Facts without an incident or a controller are
// ErrInvalid; everything else may be unknown yet (Art. 33(4)).
func Fill(d Dossier) (Form, error) {
	f := d.Facts
	if f.Incident == "" || f.Controller.Name == "" {
		return Form{}, fmt.Errorf("dossier: facts without an incident or a controller: %w", breach.ErrInvalid)
	}
	s, err := Assess(ProposeFactors(f))
	if err != nil {
		return Form{}, fmt.Errorf("dossier of %s: %w", f.Incident, err)
	}
	form := Form{
		Form: formVersion, Type: "initiale", Incident: string(f.Incident), Version: f.Version, DrawnUpAt: d.At.UTC(),
		Organism: Organism{Name: f.Controller.Name, SIREN: f.Controller.SIREN, Address: strings.ReplaceAll(f.Controller.Address, "|", ", "),
			DPO: f.Controller.DPO, Phone: f.Controller.Phone},
		Chronology: Chronology{OccurredAt: known(f.OccurredAt), DiscoveredAt: known(f.DiscoveredAt), AwareAt: known(d.awareAt()),
			AwareReason: d.Case.AwareReason, Certainty: "établie", Summary: f.Summary[i18n.French], System: f.System},
		Nature: []string{"Perte de la confidentialité"},
		Origin: []string{}, Cause: "Inconnu", // nobody guesses who did it, or how
		Data: labels(f), Records: f.Records,
		People:       People{Groups: concerned(f), Number: f.Persons, Low: f.Low, High: f.High, Class: openDataClass(f.Persons)},
		Consequences: d.words("consequence.", f.Consequences), Impacts: impacts(f),
		Severity: SeverityPart{Proposed: s, Gravity: gravity(s.Level)}, Measures: d.words("measure.", f.Measures),
		Information: d.information(), Deadline: d.deadline(),
	}
	if !d.NotifiedAt.IsZero() {
		form.Type = "complémentaire"
	}
	form.Unknown = form.unknown()
	return form, nil
}

func (d Dossier) awareAt() time.Time {
	if !d.Case.AwareAt.IsZero() {
		return d.Case.AwareAt
	}
	return d.Facts.AwareAt
}

func (d Dossier) words(prefix string, codes []string) []string {
	list := []string{}
	for _, code := range codes {
		text := code
		if d.Words != nil {
			if w, ok := d.Words(prefix + code); ok {
				text = w
			}
		}
		list = append(list, text)
	}
	return list
}

func (d Dossier) information() Information {
	i := Information{Reason: d.Case.Reason, Exemption: d.Case.Exemption, PublicURL: d.Facts.PageURL, Unreached: d.Facts.Unreached}
	switch d.Case.Decision {
	case breach.DecisionTell:
		i.Answer = "Non, mais elles le seront"
	case breach.DecisionRefuse:
		i.Answer = "Non ils ne le seront pas"
	default:
		i.Answer = "Non déterminé pour le moment"
	}
	return i
}

// deadline works out the 72 hours and, when they are over, drafts the reasons.
func (d Dossier) deadline() Deadline {
	aware := d.awareAt()
	if aware.IsZero() {
		return Deadline{NotifiedAt: known(d.NotifiedAt)}
	}
	due, reached := breach.Deadline(aware), d.NotifiedAt
	if reached.IsZero() {
		reached = d.At
	}
	out := Deadline{DueAt: known(due), NotifiedAt: known(d.NotifiedAt), Late: reached.After(due)}
	if !out.Late {
		return out
	}
	hours := int64((reached.Sub(due) + time.Hour - 1) / time.Hour)
	out.Reasons = fmt.Sprintf("Projet de motif, à compléter par le responsable du traitement. %s a eu connaissance de la violation le %s. "+
		"L'échéance de 72 heures était le %s ; elle est dépassée de %s heure(s). Le fichier en cause compte %s enregistrements : il a fallu l'examiner et le "+
		"comparer au registre pour établir que des données du responsable s'y trouvaient. Motif propre à l'organisme : …",
		d.Facts.Controller.Name, i18n.DateTime(i18n.French, aware), i18n.DateTime(i18n.French, due), i18n.Number(i18n.French, hours),
		i18n.Number(i18n.French, d.Facts.Records))
	return out
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// unknown lists the fields of the form that nobody has filled yet.
func (f Form) unknown() []string {
	list := []string{"origin", "cause", "measures_before"} // only the controller knows
	for _, x := range []struct {
		name    string
		missing bool
	}{
		{"organism.siren", f.Organism.SIREN == ""}, {"organism.dpo", f.Organism.DPO == ""},
		{"chronology.occurred_at", f.Chronology.OccurredAt == nil}, {"chronology.discovered_at", f.Chronology.DiscoveredAt == nil},
		{"chronology.aware_at", f.Chronology.AwareAt == nil}, {"chronology.summary", f.Chronology.Summary == ""},
		{"records", f.Records == 0}, {"people.number", f.People.Number == 0},
		{"consequences", len(f.Consequences) == 0}, {"measures", len(f.Measures) == 0},
		{"information", f.Information.Answer == "Non déterminé pour le moment"},
	} {
		if x.missing {
			list = append(list, x.name)
		}
	}
	return list
}

// Change is a field that differs from what was notified.
type Change struct {
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// Write puts the dossier into dir: dossier.json for machines, dossier.html for
// people. Once the authority has been notified, notified.json keeps the form as
// it stood before, and complement.json lists only what differs from it. Files
// are readable by their owner alone: a notification is not a public document
// (CRPA L311-6).
func Write(dir string, d Dossier) error {
	form, err := Fill(d)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("dossier of %s: %w", form.Incident, err)
	}
	data, err := json.MarshalIndent(form, "", "  ")
	if err != nil {
		return err
	}
	changes, err := complement(dir, data, !d.NotifiedAt.IsZero())
	if err != nil {
		return fmt.Errorf("dossier of %s: %w", form.Incident, err)
	}
	page, err := readable(form, changes)
	if err != nil {
		return fmt.Errorf("dossier of %s: %w", form.Incident, err)
	}
	return errors.Join(
		notify.WriteFile(dir, "dossier.html", page, 0o600),
		notify.WriteFile(dir, "dossier.json", append(data, '\n'), 0o600))
}

// complement compares with the form as notified, which is the one that stood
// in the directory when the first complement is written.
func complement(dir string, now []byte, notified bool) ([]Change, error) {
	if !notified {
		return nil, nil
	}
	before, err := os.ReadFile(filepath.Join(dir, "notified.json"))
	if errors.Is(err, fs.ErrNotExist) {
		if before, err = os.ReadFile(filepath.Join(dir, "dossier.json")); errors.Is(err, fs.ErrNotExist) {
			before, err = now, nil
		}
		if err == nil {
			err = notify.WriteFile(dir, "notified.json", before, 0o600)
		}
	}
	if err != nil {
		return nil, err
	}
	changes, err := compare(before, now)
	if err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(changes, "", "  ")
	if err != nil {
		return nil, err
	}
	return changes, notify.WriteFile(dir, "complement.json", append(data, '\n'), 0o600)
}

func compare(before, after []byte) ([]Change, error) {
	var a, b map[string]any
	if err := errors.Join(json.Unmarshal(before, &a), json.Unmarshal(after, &b)); err != nil {
		return nil, fmt.Errorf("%w: %w", breach.ErrInvalid, err)
	}
	changes := []Change{}
	walk("", a, b, &changes)
	slices.SortFunc(changes, func(x, y Change) int { return strings.Compare(x.Field, y.Field) })
	return changes, nil
}

// walk lists the leaves that differ. When and why the form was drawn up is
// not a change of facts.
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
		if slices.Contains([]string{"drawn_up_at", "type", "version", "unknown"}, name) {
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

func readable(form Form, changes []Change) ([]byte, error) {
	t, err := parsed()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, view{form, changes})
	return out.Bytes(), err
}

type view struct {
	Form
	Changes []Change
}

// When writes an instant as people read it.
func (view) When(t *time.Time) string {
	if t == nil {
		return "Inconnu"
	}
	return i18n.DateTime(i18n.French, *t)
}

// Num writes a number as people read it.
func (view) Num(n int64) string { return i18n.Number(i18n.French, n) }
