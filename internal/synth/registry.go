package synth

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
)

var personsHeader = []string{"id", "controller", "birth_name", "usage_name", "given_names", "sex", "birth_date", "birth_place", "birth_commune",
	"nationality", "email", "phone", "street", "line2", "line3", "line5", "postcode", "city", "country", "civility", "deceased_at", "regime",
	"protected", "elected_street", "elected_postcode", "elected_city", "secret", "email_safe", "phone_safe", "language"}

var relationsHeader = []string{"person", "holder", "kind", "authority", "from", "until", "deceased", "barred", "civility", "given", "name",
	"email", "phone", "street", "line2", "line3", "line5", "postcode", "city", "country", "email_safe", "phone_safe"}

// manifest describes a registry, as manifest.yaml.
type manifest struct {
	Name          string              `yaml:"name"`
	Kind          string              `yaml:"kind"`
	Title         string              `yaml:"title"`
	Purpose       string              `yaml:"purpose"`
	LegalBasis    string              `yaml:"legal_basis"`
	RetentionDays int                 `yaml:"retention_days"`
	TellRank      int                 `yaml:"tell_rank"`
	System        string              `yaml:"system"`
	Controllers   []breach.Controller `yaml:"controllers"`
	Columns       map[string]string   `yaml:"columns"`
}

// The standing mandates of the invented bodies.
const (
	mandateBy    = "La directrice générale"
	mandateScope = "Rechercher les personnes concernées et les informer au nom de l'organisme (RGPD art. 28 et 34)"
)

var mandateAt = time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)

var civilManifest = manifest{
	Name: "civil", Kind: "civil_status", Title: "État civil de Montrevel-sur-Orbe (inventé)",
	Purpose:       "Tenue des registres de l'état civil",
	LegalBasis:    "RGPD art. 6(1)(c) et (e) ; Code civil art. 34 et suivants",
	RetentionDays: 27375, TellRank: 2,
	Controllers: []breach.Controller{{ID: "ville-montrevel-sur-orbe", Name: "Ville de Montrevel-sur-Orbe", Kind: "commune",
		Address: "1 place de la Mairie|39990 MONTREVEL-SUR-ORBE", DPO: "dpo@montrevel-sur-orbe.example.org", Phone: "+33199009000",
		Website: "montrevel-sur-orbe.example.org", Mandate: "CONV-2026-00", MandateBy: mandateBy, MandateAt: mandateAt, MandateScope: mandateScope}},
	Columns: map[string]string{},
}

var youthManifest = manifest{
	Name: "youth", Kind: "youth", Title: "Registre jeunes des Missions Locales (inventé)",
	Purpose:       "Accompagnement des jeunes de 15 à 25 ans vers l'emploi et l'autonomie",
	LegalBasis:    "RGPD art. 6(1)(e) ; Code du travail art. L5314-2",
	RetentionDays: 1095, TellRank: 1, System: "Similo",
	Controllers: []breach.Controller{
		{ID: "ml-val-d-orbe", Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Address: "12 rue du Lavoir|39990 MONTREVEL-SUR-ORBE",
			DPO: "dpo@ml-val-d-orbe.example.org", Phone: "+33199001234", Website: "ml-val-d-orbe.example.org", Mandate: "CONV-2026-01", MandateBy: mandateBy, MandateAt: mandateAt, MandateScope: mandateScope},
		{ID: "ml-plaine-de-vesle", Name: "Mission Locale de la Plaine de Vesle", Kind: "mission_locale", Address: "5 avenue des Peupliers|39991 VESLE-LA-PLAINE",
			DPO: "dpo@ml-plaine-de-vesle.example.org", Phone: "+33199001235", Website: "ml-plaine-de-vesle.example.org", Mandate: "CONV-2026-02", MandateBy: mandateBy, MandateAt: mandateAt, MandateScope: mandateScope},
		{ID: "ml-monts-d-aure", Name: "Mission Locale des Monts d'Aure", Kind: "mission_locale", Address: "2 place du Marché|39992 AURE-LES-MONTS",
			DPO: "dpo@ml-monts-d-aure.example.org", Phone: "+33199001236", Website: "ml-monts-d-aure.example.org", Mandate: "CONV-2026-03", MandateBy: mandateBy, MandateAt: mandateAt, MandateScope: mandateScope},
	},
	Columns: map[string]string{},
}

// maxOwners is how many registries a population may be cut into: each keeps
// two files open while it is written, and numbers of four digits.
const maxOwners = 9_999

// controllersOf says who answers for an owner's registry; 0 is the whole town.
func controllersOf(owner int) []breach.Controller {
	if owner == 0 {
		return civilManifest.Controllers
	}
	return []breach.Controller{{ID: breach.ControllerID(fmt.Sprintf("commune-%04d", owner)), Name: fmt.Sprintf("Commune inventée no %d", owner), Kind: "commune",
		Address: "1 place de la Mairie|39990 MONTREVEL-SUR-ORBE", DPO: fmt.Sprintf("dpo%d@communes-orbe.example.org", owner), Phone: "+33199009000",
		Website: "communes-orbe.example.org", Mandate: fmt.Sprintf("CONV-2026-%04d", owner), MandateBy: mandateBy, MandateAt: mandateAt, MandateScope: mandateScope}}
}

// ownerManifest is the civil registry's, for one of many owners.
func ownerManifest(owner int) manifest {
	m := civilManifest
	if owner > 0 {
		m.Name, m.Title = fmt.Sprintf("civil-%04d", owner), fmt.Sprintf("État civil, commune inventée no %d", owner)
		m.Controllers = controllersOf(owner)
	}
	return m
}

// ownerFolder is where the registry of an owner lies in a population.
func ownerFolder(owner int) string {
	if owner == 0 {
		return "civil"
	}
	return filepath.Join("owners", fmt.Sprintf("%04d", owner))
}

// registries are the files of a population; nil for those not written.
type registries struct {
	civil, youth, civilTies, youthTies, ids *sink
}

func createRegistries(dir string, p Population, owner int) (*registries, error) {
	var r registries
	var err error
	if p.Only != "youth" {
		if r.civil, r.civilTies, err = createRegister(filepath.Join(dir, ownerFolder(owner)), ownerManifest(owner)); err != nil {
			return &r, err
		}
	}
	if !p.country() {
		if r.youth, r.youthTies, err = createRegister(filepath.Join(dir, "youth"), youthManifest); err != nil {
			return &r, err
		}
	}
	if r.civil != nil && r.youth != nil {
		r.ids, err = createSink(filepath.Join(dir, peopleFile), header([]string{"civil", "youth", "left"}))
	}
	return &r, err
}

// peopleFile maps the identifiers of the two registries. Only Leak reads it.
const peopleFile = "people.csv"

func createRegister(dir string, m manifest) (people, ties *sink, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	raw, err := yaml.Marshal(m)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "manifest.yaml"), raw, 0o600)
	}
	if err == nil {
		people, err = createSink(filepath.Join(dir, "persons.csv"), header(personsHeader))
	}
	if err == nil {
		ties, err = createSink(filepath.Join(dir, "relations.csv"), header(relationsHeader))
	}
	return people, ties, err
}

func (r *registries) sinks() []*sink {
	return []*sink{r.civil, r.youth, r.civilTies, r.youthTies, r.ids}
}

func (r *registries) close() (err error) {
	if r == nil {
		return nil
	}
	for _, s := range r.sinks() {
		if s != nil {
			err = errors.Join(err, s.close())
		}
	}
	return err
}

func (r *registries) write(made *chunkText) error {
	for i, s := range r.sinks() {
		if s == nil {
			continue
		}
		if err := s.write(made.tables()[i]); err != nil {
			return err
		}
	}
	return nil
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	y, m, d := t.Date()
	return string([]byte{byte('0' + y/1000), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10), '-',
		byte('0' + m/10), byte('0' + m%10), '-', byte('0' + d/10), byte('0' + d%10)})
}
