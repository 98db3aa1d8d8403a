package registry

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Canaries are invented persons in one copy of a registry that was handed to
// somebody: a dump that holds them came from that copy. They are nobody in the
// registry itself (decisions.md 26), so they are never matched or addressed.
// What was planted rests sealed in the registry's directory, a file an export,
// and outlives its versions: copies leak years later.

// Canary is one invented person.
type Canary struct{ values cells }

// Planting is what was planted in one export.
type Planting struct {
	ID        string            `json:"id"`
	Registry  breach.RegistryID `json:"registry"`
	Recipient string            `json:"recipient"`
	PlantedAt time.Time         `json:"planted_at"`
	People    []Canary          `json:"people"`
}

// Record is what linkage and dumps know of a canary, under its id.
func (c *Canary) Record() matchers.Record {
	rec := matchers.Record{ID: c.values[colID]}
	copy(rec.Values[:], c.values[:matchers.NumFields])
	return rec
}

// personColumns are the columns of persons.csv in their usual order; the NIR
// comes after them where the registry holds it.
var personColumns = []column{
	colID, colController, column(matchers.BirthName), column(matchers.UsageName), column(matchers.GivenNames), column(matchers.Sex),
	column(matchers.BirthDate), column(matchers.BirthPlace), column(matchers.BirthCommune), column(matchers.Nationality),
	column(matchers.Email), column(matchers.Phone), column(matchers.Street), colLine2, colLine3, colLine5, column(matchers.Postcode),
	column(matchers.City), column(matchers.Country), colCivility, colDeceasedAt, colRegime, colProtected, colElectedStreet,
	colElectedPostcode, colElectedCity, colSecret, colEmailSafe, colPhoneSafe, colLanguage, colReading,
}

// Header returns the columns of the rows that Row gives for this registry.
func (r *Registry) Header() []string {
	var out []string
	for _, c := range r.personColumns() {
		out = append(out, c.String())
	}
	return out
}

// Row returns a canary as a row of persons.csv.
func (r *Registry) Row(c *Canary) []string {
	var out []string
	for _, col := range r.personColumns() {
		out = append(out, c.values[col])
	}
	return out
}

func (r *Registry) personColumns() []column {
	if r.meta.Manifest.NIRBasis == "" {
		return personColumns
	}
	return append(slices.Clip(personColumns), column(matchers.NIR))
}

// MarshalJSON names the values by their columns.
func (c Canary) MarshalJSON() ([]byte, error) {
	m := map[string]string{}
	for i, v := range c.values {
		if v != "" {
			m[column(i).String()] = v
		}
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Canary) UnmarshalJSON(raw []byte) error {
	var m map[string]string
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	for name, v := range m {
		if col, ok := parseColumn(name); ok {
			c.values[col] = v
		}
	}
	return nil
}

const (
	canaryDir = "canaries"
	// MaxCanaries bounds the persons of one planting: few are enough to prove
	// where a copy came from, and each is a lie in a file.
	MaxCanaries = 10_000
	// maxPlanting bounds a planting as JSON, in bytes.
	maxPlanting = 16 << 20
	// MaxRecipient bounds the name of a recipient, in bytes.
	MaxRecipient = 200
)

// Plant seals a planting in the registry's directory and returns its ID. It is
// written before the canaries are handed out: a copy that nobody could
// recognise must not exist.
func Plant(dir string, keys Sealer, p Planting) (string, error) {
	id := make([]byte, 8)
	_, _ = rand.Read(id) // never fails: crypto/rand ends the program first
	p.ID = hex.EncodeToString(id)
	raw, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(raw)
	if err = errors.Join(err, z.Close()); err != nil {
		return "", err
	}
	box, err := keys.SealField(packed.Bytes(), plantingPlace(p.Registry, p.ID))
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, canaryDir), 0o700)
	}
	if err == nil {
		_, err = replaceFile(filepath.Join(dir, canaryDir, p.ID), func(w io.Writer) error {
			_, err := w.Write(box)
			return err
		})
	}
	if err != nil {
		return "", fmt.Errorf("keeping the canaries of registry %s: %w", p.Registry, err)
	}
	return p.ID, nil
}

func plantingPlace(name breach.RegistryID, id string) string {
	return fmt.Sprintf("registry %s canaries %s", name, id)
}

// Plantings opens everything that was planted in exports of a registry, oldest
// first.
func Plantings(dir string, keys Sealer) ([]Planting, error) {
	name := breach.RegistryID(filepath.Base(dir))
	if cur, err := readCurrent(dir); err == nil {
		name = cur.Name
	}
	entries, err := os.ReadDir(filepath.Join(dir, canaryDir))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var out []Planting
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue // not finished
		}
		p, err := openPlanting(filepath.Join(dir, canaryDir, e.Name()), plantingPlace(name, e.Name()), keys)
		if err != nil {
			return nil, fmt.Errorf("opening the canaries of registry %s: %w", name, err)
		}
		out = append(out, p)
	}
	if err != nil {
		return nil, fmt.Errorf("listing the canaries of registry %s: %w", name, err)
	}
	slices.SortStableFunc(out, func(a, b Planting) int { return a.PlantedAt.Compare(b.PlantedAt) })
	return out, nil
}

func openPlanting(path, place string, keys Sealer) (p Planting, err error) {
	box, err := os.ReadFile(path)
	if err != nil {
		return p, err
	}
	packed, err := keys.OpenField(box, place)
	if err != nil {
		return p, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		err = json.NewDecoder(io.LimitReader(z, maxPlanting)).Decode(&p)
	}
	if err != nil {
		return p, fmt.Errorf("a planting is damaged: %w", breach.ErrInvalid)
	}
	return p, nil
}
