package registry

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"vigie/internal/breach"
	"vigie/internal/setting"
	"vigie/matchers"
)

// Manifest says what a registry is, who answers for it and by what right.
type Manifest struct {
	Name          breach.RegistryID   `yaml:"name" json:"name"`
	Kind          string              `yaml:"kind" json:"kind"`
	Title         string              `yaml:"title" json:"title"`
	Purpose       string              `yaml:"purpose" json:"purpose"`         // GDPR Art. 5(1)(b)
	LegalBasis    string              `yaml:"legal_basis" json:"legal_basis"` // GDPR Art. 6
	RetentionDays int                 `yaml:"retention_days" json:"retention_days"`
	TellRank      int                 `yaml:"tell_rank" json:"tell_rank"` // the lowest tells a human found in several
	System        string              `yaml:"system" json:"system"`       // software that holds the original
	Controllers   []breach.Controller `yaml:"controllers" json:"controllers"`
	// Columns settles what the columns of persons.csv and relations.csv mean
	// where their headers are not the standard ones: header -> standard name.
	Columns map[string]string `yaml:"columns" json:"columns"`
	// Dates says which comes first in dates such as 03/04/2006: "dmy" or "mdy".
	// Without it the values must show it.
	Dates string `yaml:"dates" json:"dates"`
	// NIRBasis is the legal basis for comparing the NIR. Without it a NIR
	// column is refused (decisions.md 26; decree 2019-341).
	NIRBasis string `yaml:"nir_basis" json:"nir_basis"`
}

// KindCivilStatus is a registry of civil-status acts: who may hear of one is
// who may have the act.
const KindCivilStatus = "civil_status"

// Kinds of registry.
var kinds = []string{KindCivilStatus, "youth", "school", "staff", "subscribers"}

// everyName stands for every registry where one is asked for.
const everyName = "all"

var nameRule = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// maxManifest bounds a manifest: some hundreds of controllers fit well.
const maxManifest = 4 << 20

// ReadManifest reads and checks a manifest. Unknown keys are refused: a
// misspelt one would be silently without effect.
func ReadManifest(r io.Reader) (Manifest, error) {
	var m Manifest
	if err := setting.Read(r, maxManifest, &m); err != nil {
		if errors.Is(err, io.EOF) {
			return m, refuse("empty", "manifest", "write name, kind, purpose, legal_basis and controllers")
		}
		return m, fmt.Errorf("reading the manifest: %w", err)
	}
	return m, m.Check()
}

// Check tells what a manifest lacks.
func (m Manifest) Check() error {
	switch {
	case !nameRule.MatchString(string(m.Name)) || m.Name == everyName:
		return refuse("bad-name", "manifest", "name: small letters, digits, - and _, at most 64; not all, which names every registry")
	case !slices.Contains(kinds, m.Kind):
		return refuse("unknown-kind", "manifest "+string(m.Name), "kind is one of civil_status, youth, school, staff, subscribers")
	case m.Purpose == "" || m.LegalBasis == "":
		return refuse("no-basis", "manifest "+string(m.Name), "state purpose and legal_basis")
	case m.RetentionDays <= 0:
		return refuse("no-retention", "manifest "+string(m.Name), "state retention_days")
	case m.Dates != "" && m.Dates != datesDMY && m.Dates != datesMDY:
		return refuse("unknown-dates", "manifest "+string(m.Name), "dates is dmy or mdy")
	case len(m.Controllers) == 0:
		return refuse("no-controller", "manifest "+string(m.Name), "name at least one controller")
	}
	seen := map[breach.ControllerID]bool{}
	for _, c := range m.Controllers {
		if c.ID == "" || seen[c.ID] {
			return refuse("bad-controller", "manifest "+string(m.Name), "every controller has an id of its own")
		}
		seen[c.ID] = true
	}
	for header, meaning := range m.Columns {
		if !knownColumn(meaning) {
			return refuse("unknown-meaning", fmt.Sprintf("manifest %s, column %q", m.Name, header), "use a standard header as the meaning")
		}
		if meaning == matchers.NIR.String() && m.NIRBasis == "" {
			return refuse("nir-without-basis", "manifest "+string(m.Name), "state nir_basis, or leave the column out")
		}
	}
	return nil
}

func (m Manifest) controls(id breach.ControllerID) bool {
	return slices.ContainsFunc(m.Controllers, func(c breach.Controller) bool { return c.ID == id })
}

func refuse(code, what, hint string) error {
	return &breach.RefusedError{Code: code, What: what, Hint: hint}
}
