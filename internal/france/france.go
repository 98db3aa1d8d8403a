// Package france knows public facts about France: its communes with postcodes,
// population and SIREN, its EPCI, departments and regions, which given names
// were given in which decade, and how common a family name is.
//
// The data is embedded, less than a megabyte compressed. Sources: Etalab
// (decoupage-administratif, MIT) and INSEE (Code officiel géographique, Fichier
// des prénoms, Fichier des noms: Licence Ouverte 2.0). data/README.md says how
// each file was made, and that the frequency of a surname is a model, not a
// count.
package france

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

//go:embed data/*.zst
var files embed.FS

// Commune is a present commune. Code is INSEE's, five characters.
type Commune struct {
	Code       string
	Name       string
	Department string // code, "01" to "2B" to "976"
	SIREN      string // "" for a few
	Population int    // municipal population; 0 where nobody lives or nothing is known
	Postcodes  []string
}

// EPCI is a public body of inter-communal cooperation with own taxation.
type EPCI struct {
	SIREN string
	Name  string
	Kind  string // CC, CA, CU, METRO, MET69
	// Members are the INSEE codes of its communes, in ascending order.
	Members []string
}

// Department is a department or an overseas collectivity.
type Department struct {
	Code   string
	Name   string
	Region string // code of its region; its own code overseas
}

// Region is a region by its INSEE code.
type Region struct {
	Code string
	Name string
}

// Data is what Load read. It does not change and may be shared.
type Data struct {
	Communes    []Commune
	EPCI        []EPCI
	Departments []Department
	Regions     []Region

	byCode map[string]int
	former []former
	given  [2][decades]weights // of women, of men
	names  []string            // surnames, folded capitals: the common by rank, the rest in order
	head   map[string]int32    // ranks of the common, from 1
	back   int64               // undoes the stride over the rest
}

// Load returns the embedded data, decompressed at the first call, which takes
// about a tenth of a second and some twenty megabytes.
func Load() (*Data, error) { return load() }

var load = sync.OnceValues(read) // of what is embedded: the same at any time

func read() (*Data, error) {
	d := &Data{Regions: regions()}
	type part struct {
		file string
		read func([]string) error
	}
	// Two halves of about one length, neither of which looks at the other.
	var rest error
	var wg sync.WaitGroup
	readAll := func(parts ...part) error {
		for _, p := range parts {
			lines, err := lines(p.file)
			if err == nil {
				err = p.read(lines)
			}
			if err != nil {
				return fmt.Errorf("reading embedded %s: %w", p.file, err)
			}
		}
		return nil
	}
	wg.Go(func() { rest = readAll(part{"given", d.readGiven}, part{"surnames", d.readSurnames}) })
	err := readAll(part{"communes", d.readCommunes}, part{"history", d.readHistory}, part{"bodies", d.readBodies}, part{"members", d.readMembers})
	wg.Wait()
	if err == nil {
		err = rest
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Commune finds a commune by its INSEE code.
func (d *Data) Commune(code string) (Commune, bool) {
	i, ok := d.byCode[code]
	if !ok {
		return Commune{}, false
	}
	return d.Communes[i], true
}

func lines(name string) ([]string, error) {
	packed, err := files.ReadFile("data/" + name + ".zst")
	if err != nil {
		return nil, err
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	text, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), nil
}

func (d *Data) readCommunes(lines []string) error {
	n, err := strconv.Atoi(lines[0])
	if err != nil || len(lines) != 1+5*n {
		return fmt.Errorf("%d lines for %q communes", len(lines), lines[0])
	}
	column := func(i int) []string { return lines[1+i*n : 1+(i+1)*n] }
	code, name, siren, population, postcodes := column(0), column(1), column(2), column(3), column(4)
	d.Communes = make([]Commune, n)
	d.byCode = make(map[string]int, n)
	for i := range n {
		c := Commune{Code: code[i], Name: name[i], Department: department(code[i]), SIREN: siren[i], Postcodes: strings.Fields(postcodes[i])}
		if c.Population, err = strconv.Atoi(population[i]); err != nil {
			return fmt.Errorf("population of %s: %w", c.Code, err)
		}
		d.Communes[i] = c
		d.byCode[c.Code] = i
	}
	return nil
}

// department is the part of an INSEE code that names the department: three
// characters overseas (971 to 989), else two.
func department(code string) string {
	if strings.HasPrefix(code, "97") || strings.HasPrefix(code, "98") {
		return code[:3]
	}
	return code[:2]
}

func (d *Data) readBodies(lines []string) error {
	for i, line := range lines {
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			return fmt.Errorf("line %d has %d fields", i+1, len(f))
		}
		if f[0] == "E" {
			d.EPCI = append(d.EPCI, EPCI{SIREN: f[1], Name: f[2], Kind: f[3]})
		} else {
			d.Departments = append(d.Departments, Department{Code: f[1], Name: f[2], Region: f[3]})
		}
	}
	return nil
}

func (d *Data) readMembers(lines []string) error {
	at := map[string]int{}
	for i, e := range d.EPCI {
		at[e.SIREN] = i
	}
	for n, line := range lines {
		siren, codes, _ := strings.Cut(line, "\t")
		i, ok := at[siren]
		if !ok {
			return fmt.Errorf("line %d names an EPCI that is not there", n+1)
		}
		d.EPCI[i].Members = strings.Split(codes, "\t")
	}
	return nil
}

// regions are those of law 2015-29, with INSEE's codes.
func regions() []Region {
	return []Region{
		{"01", "Guadeloupe"}, {"02", "Martinique"}, {"03", "Guyane"}, {"04", "La Réunion"}, {"06", "Mayotte"},
		{"11", "Île-de-France"}, {"24", "Centre-Val de Loire"}, {"27", "Bourgogne-Franche-Comté"}, {"28", "Normandie"},
		{"32", "Hauts-de-France"}, {"44", "Grand Est"}, {"52", "Pays de la Loire"}, {"53", "Bretagne"},
		{"75", "Nouvelle-Aquitaine"}, {"76", "Occitanie"}, {"84", "Auvergne-Rhône-Alpes"},
		{"93", "Provence-Alpes-Côte d'Azur"}, {"94", "Corse"},
	}
}
