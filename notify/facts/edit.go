// Package facts is what people do to the facts of an incident: edit them, say
// why, and see what the edit means for those who were told something else. It
// is pure: facts in, facts and differences out.
//
// An Edit holds what only people know or may correct; counts, intervals and
// what was looked for stay the machine's. Compare says which statements of a
// communication proved wrong, which are new, and which nobody needs to be
// written to about.
package facts

import (
	"io"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
	"vigie/internal/setting"
	"vigie/notify"
)

// Edit is the part of the facts that a person of the team states.
type Edit struct {
	Summary      map[string]string `yaml:"summary"` // by language
	System       string            `yaml:"system"`
	OccurredAt   time.Time         `yaml:"occurred_at,omitempty"`
	DiscoveredAt time.Time         `yaml:"discovered_at,omitempty"`
	Present      []string          `yaml:"present"` // category codes; counts stay the machine's
	Groups       []notify.Group    `yaml:"groups,omitempty"`
	Attestation  Attestation       `yaml:"attestation,omitempty"`
	Consequences []string          `yaml:"consequences"`
	Measures     []string          `yaml:"measures"`
	Actions      []string          `yaml:"actions"`
	Complaint    string            `yaml:"complaint"`
	ComplaintURL string            `yaml:"complaint_url,omitempty"`
	Signer       string            `yaml:"signer,omitempty"`
}

// Attestation is a named person's word that the source did not hold some
// categories: the only ground for calling them "not taken".
type Attestation struct {
	Codes    []string  `yaml:"codes,omitempty"`
	Function string    `yaml:"function,omitempty"` // printed
	Name     string    `yaml:"name,omitempty"`     // kept, not printed
	At       time.Time `yaml:"at,omitempty"`
}

// Of is the edit that leaves the facts as they are.
func Of(f notify.Facts) Edit {
	e := Edit{
		Summary: f.Summary, System: f.System, OccurredAt: f.OccurredAt, DiscoveredAt: f.DiscoveredAt, Groups: f.Groups,
		Attestation:  Attestation{Codes: f.Attested, Function: f.AttestedBy, Name: f.AttestedName, At: f.AttestedAt},
		Consequences: f.Consequences, Measures: f.Measures, Actions: f.Actions,
		Complaint: f.Complaint, ComplaintURL: f.ComplaintURL, Signer: f.Signer,
	}
	for _, c := range f.Present {
		e.Present = append(e.Present, c.Code)
	}
	return e
}

// Apply writes the edit into the facts. A category a person adds has no count
// of its own; one that is present is no longer among those not found.
func (e Edit) Apply(f notify.Facts) notify.Facts {
	f.Summary, f.System, f.OccurredAt, f.DiscoveredAt, f.Groups = e.Summary, e.System, e.OccurredAt, e.DiscoveredAt, e.Groups
	a := e.Attestation
	f.Attested, f.AttestedBy, f.AttestedName, f.AttestedAt = a.Codes, a.Function, a.Name, a.At
	f.Consequences, f.Measures, f.Actions = e.Consequences, e.Measures, e.Actions
	f.Complaint, f.ComplaintURL, f.Signer = e.Complaint, e.ComplaintURL, e.Signer
	before := f.Present
	f.Present = nil
	for _, code := range e.Present {
		c := breach.Category{Code: code}
		if i := slices.IndexFunc(before, func(x breach.Category) bool { return x.Code == code }); i >= 0 {
			c = before[i]
		}
		f.Present = append(f.Present, c)
	}
	f.NotFound = slices.DeleteFunc(slices.Clone(f.NotFound), func(a breach.Absence) bool { return slices.Contains(e.Present, a.Code) })
	return f
}

// maxFile is the longest file of facts that is read, in bytes.
const maxFile = 64 << 10

// Parse reads an edit from YAML. The refusal never quotes what was typed.
func Parse(r io.Reader) (e Edit, err error) {
	if err := setting.Read(r, maxFile, &e); err != nil {
		return Edit{}, refused("not-yaml", "facts", "one YAML document of at most 64 KiB, with the fields that an export has and no others")
	}
	return e, nil
}

// Format writes an edit as YAML.
func (e Edit) Format() ([]byte, error) { return yaml.Marshal(e) }

func refused(code, what, hint string) error {
	return &breach.RefusedError{Code: code, What: what, Hint: hint}
}
