package synth

import (
	"bufio"
	"encoding/csv"
	"errors"
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

// Manifest describes a registry, as manifest.yaml.
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

var civilManifest = manifest{
	Name: "civil", Kind: "civil_status", Title: "État civil de Montrevel-sur-Orbe (inventé)",
	Purpose:       "Tenue des registres de l'état civil",
	LegalBasis:    "RGPD art. 6(1)(c) et (e) ; Code civil art. 34 et suivants",
	RetentionDays: 27375, TellRank: 2,
	Controllers: []breach.Controller{{ID: "ville-montrevel-sur-orbe", Name: "Ville de Montrevel-sur-Orbe", Kind: "commune",
		Address: "1 place de la Mairie|39990 MONTREVEL-SUR-ORBE", DPO: "dpo@montrevel-sur-orbe.example.org", Phone: "+33199009000",
		Website: "montrevel-sur-orbe.example.org", Mandate: "CONV-2026-00"}},
	Columns: map[string]string{},
}

var youthManifest = manifest{
	Name: "youth", Kind: "youth", Title: "Registre jeunes des Missions Locales (inventé)",
	Purpose:       "Accompagnement des jeunes de 15 à 25 ans vers l'emploi et l'autonomie",
	LegalBasis:    "RGPD art. 6(1)(e) ; Code du travail art. L5314-2",
	RetentionDays: 1095, TellRank: 1, System: "Similo",
	Controllers: []breach.Controller{
		{ID: "ml-val-d-orbe", Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Address: "12 rue du Lavoir|39990 MONTREVEL-SUR-ORBE",
			DPO: "dpo@ml-val-d-orbe.example.org", Phone: "+33199001234", Website: "ml-val-d-orbe.example.org", Mandate: "CONV-2026-01"},
		{ID: "ml-plaine-de-vesle", Name: "Mission Locale de la Plaine de Vesle", Kind: "mission_locale", Address: "5 avenue des Peupliers|39991 VESLE-LA-PLAINE",
			DPO: "dpo@ml-plaine-de-vesle.example.org", Phone: "+33199001235", Website: "ml-plaine-de-vesle.example.org", Mandate: "CONV-2026-02"},
		{ID: "ml-monts-d-aure", Name: "Mission Locale des Monts d'Aure", Kind: "mission_locale", Address: "2 place du Marché|39992 AURE-LES-MONTS",
			DPO: "dpo@ml-monts-d-aure.example.org", Phone: "+33199001236", Website: "ml-monts-d-aure.example.org", Mandate: "CONV-2026-03"},
	},
	Columns: map[string]string{},
}

// sink is one CSV file being written.
type sink struct {
	file *os.File
	buf  *bufio.Writer
	csv  *csv.Writer
}

func createSink(path string, header []string) (*sink, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	s := &sink{file: f, buf: bufio.NewWriterSize(f, 1<<16)}
	s.csv = csv.NewWriter(s.buf)
	return s, s.csv.Write(header)
}

func (s *sink) close() error {
	s.csv.Flush()
	return errors.Join(s.csv.Error(), s.buf.Flush(), s.file.Sync(), s.file.Close())
}

// register is one registry being written.
type register struct {
	people, ties       *sink
	persons, relations int
}

// registries are the files of a population.
type registries struct {
	civil, youth *register
	ids          *sink
}

func createRegistries(dir string) (*registries, error) {
	var r registries
	var err error
	if r.civil, err = createRegister(filepath.Join(dir, "civil"), civilManifest); err != nil {
		return nil, err
	}
	if r.youth, err = createRegister(filepath.Join(dir, "youth"), youthManifest); err != nil {
		return nil, err
	}
	r.ids, err = createSink(filepath.Join(dir, peopleFile+".part"), []string{"civil", "youth", "left"})
	return &r, err
}

func createRegister(dir string, m manifest) (*register, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	raw, err := yaml.Marshal(m)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.yaml"), raw, 0o600); err != nil {
		return nil, err
	}
	var r register
	if r.people, err = createSink(filepath.Join(dir, "persons.csv"), personsHeader); err != nil {
		return nil, err
	}
	r.ties, err = createSink(filepath.Join(dir, "relations.csv"), relationsHeader)
	return &r, err
}

func (r *registries) close() error {
	return errors.Join(r.civil.people.close(), r.civil.ties.close(), r.youth.people.close(), r.youth.ties.close(), r.ids.close())
}

// write puts a household into the registries it belongs to.
func (r *registries) write(m *maker, people []*person) error {
	for _, p := range people {
		if err := r.civil.write(civilRow(m, p), civilRelations(p)); err != nil {
			return err
		}
		ids := []string{civilID(p.seq), "", ""}
		if age := p.ageAt(m.asOf); age >= 15 && age <= 25 {
			if m.chance(0.08) {
				ids[2] = "1" // was followed once; the row is gone from the youth registry
			} else {
				ids[1] = youthID(p.seq)
				if err := r.youth.write(youthRow(m, p), youthRelations(m, p)); err != nil {
					return err
				}
			}
		}
		if err := r.ids.csv.Write(ids); err != nil {
			return err
		}
	}
	return nil
}

func (r *register) write(row []string, ties [][]string) error {
	r.persons++
	r.relations += len(ties)
	if err := r.people.csv.Write(row); err != nil {
		return err
	}
	for _, t := range ties {
		if err := r.ties.csv.Write(t); err != nil {
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
	return t.Format(time.DateOnly)
}
