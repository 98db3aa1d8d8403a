package synth

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vigie/internal/breach"
)

// Optimum says how well a leak could be linked at best, by one who knows how
// it was made: by Bayes' theorem, with the probabilities from which the people
// and their errors were drawn.
//
// Of every row, the candidates are the registered people with its birth date,
// with its names, or of its surname and year, and the true person always. Their
// likelihoods are summed over every way in which recipe a can make the row
// (errormodel.go); that of a stranger over the people whom the country's model
// could have made with these names (density.go). What is left out makes the
// optimum look better, never worse, but for two things: capitals and accents
// are folded first, and a stranger's names are taken to be independent given
// origin, sex and decade of birth.
type Optimum struct {
	Registry string // a folder that Population.Write made: the civil registry alone
	Leak     string // a folder that Leak.Write made from it, by recipe a
	Sample   int    // people drawn to count the country's names; 0: two million
}

// OptimumFound is what Optimum.Find found.
type OptimumFound struct {
	Rows      int     `json:"rows"`
	Members   int     `json:"members"`
	Precision float64 `json:"precision"` // of the rows whose best candidate has p >= .5
	Recall    float64 `json:"recall"`
	BestF1    float64 `json:"best_f1"`
	Careful   float64 `json:"recall_at_999"` // highest recall at a precision of .999
	Expected  float64 `json:"expected_999"`  // the same, as the probabilities foretell it
	Error     float64 `json:"calibration"`   // mean difference of stated and true, in tenths of probability
}

// answer is the best candidate of a row.
type answer struct {
	probability float64
	right       bool
}

// Find goes through the leak. A leak of another recipe, or a population with a
// youth registry, is breach.ErrInvalid.
func (o Optimum) Find(ctx context.Context) (OptimumFound, error) {
	p, err := readPopulation(o.Registry)
	if err != nil {
		return OptimumFound{}, err
	}
	if p.Only != "civil" || !p.OwnPhones {
		return OptimumFound{}, fmt.Errorf("the optimum of a population with a youth registry or shared numbers: %w", breach.ErrInvalid)
	}
	people, err := index(ctx, o.Registry, p)
	if err != nil {
		return OptimumFound{}, err
	}
	if o.Sample == 0 {
		o.Sample = defaultSample
	}
	d, err := sampleDensity(ctx, p.Population, o.Sample)
	if err != nil {
		return OptimumFound{}, err
	}
	leaked, truth, err := readLeak(o.Leak)
	if err != nil {
		return OptimumFound{}, err
	}
	found := OptimumFound{Rows: len(leaked)}
	for _, id := range truth {
		if id != "" {
			found.Members++
		}
	}
	b := &bayes{density: d, people: people, strangers: 1 - float64(found.Members)/float64(found.Rows)}
	var answers []answer
	jobs := 0
	err = inOrder(ctx, func() (int, bool, error) {
		jobs++
		return (jobs - 1) * optimumRows, (jobs-1)*optimumRows < len(leaked), nil
	}, func(from int) (out []answer) {
		for i := from; i < min(from+optimumRows, len(leaked)); i++ {
			out = append(out, b.best(leaked[i], truth[i]))
		}
		return out
	}, func(some []answer) error {
		answers = append(answers, some...)
		return nil
	})
	found.count(answers)
	return found, err
}

// optimumRows is how many rows are judged at a time.
const optimumRows = 256

func (f *OptimumFound) count(answers []answer) {
	slices.SortStableFunc(answers, func(a, b answer) int { return cmp.Compare(b.probability, a.probability) })
	hits, expected := 0, 0.0
	var stated, true10, n [10]float64
	for i, a := range answers {
		if a.right {
			hits++
		}
		expected += a.probability
		tenth := min(int(a.probability*10), 9)
		stated[tenth] += a.probability
		n[tenth]++
		if a.right {
			true10[tenth]++
		}
		if i+1 < len(answers) && answers[i+1].probability == a.probability {
			continue
		}
		rows, members := float64(i+1), float64(f.Members)
		if a.probability >= 0.5 {
			f.Precision, f.Recall = float64(hits)/rows, float64(hits)/members
		}
		f.BestF1 = max(f.BestF1, 2*float64(hits)/(rows+members))
		if float64(hits) >= 0.999*rows {
			f.Careful = max(f.Careful, float64(hits)/members)
		}
		if expected >= 0.999*rows {
			f.Expected = max(f.Expected, expected/members)
		}
	}
	for i := range n {
		f.Error += max(stated[i]-true10[i], true10[i]-stated[i]) / float64(max(len(answers), 1))
	}
}

// leakedRow is a row of a leak, folded where folding tells nothing apart.
type leakedRow struct {
	name, given, born                  string
	sex, nationality                   string
	email, phone, street, postcode     string
	hasSex, hasNation, hasMail, hasTel bool // whether the leak has the column
	hasAddress                         bool
}

// readLeak returns the rows and whom each is about, "" for a stranger.
func readLeak(dir string) ([]leakedRow, []string, error) {
	all, err := readAll(filepath.Join(dir, "leak.csv"), ';')
	if err != nil {
		return nil, nil, err
	}
	at := map[string]int{}
	for i, h := range all[0] {
		at[h] = i
	}
	if _, ok := at["Nom"]; !ok {
		return nil, nil, fmt.Errorf("a leak without recipe a's names: %w", breach.ErrInvalid)
	}
	truths, err := readAll(filepath.Join(dir, "truth.csv"), ',')
	if err != nil || len(truths) != len(all) {
		return nil, nil, fmt.Errorf("truth.csv does not fit leak.csv: %w", errors.Join(breach.ErrInvalid, err))
	}
	var leaked []leakedRow
	var truth []string
	for i, row := range all[1:] {
		of := func(h string) string {
			if c, ok := at[h]; ok {
				return row[c]
			}
			return ""
		}
		has := func(h string) bool { _, ok := at[h]; return ok }
		leaked = append(leaked, leakedRow{name: fold(of("Nom")), given: fold(of("Prénom")), born: isoDate(of("Date de naissance")),
			sex: map[string]string{"M.": "M", "Mme": "F", "Mlle": "F"}[of("Civilité")], nationality: nationOf(of("Nationalité")), email: of("Email"),
			phone: lastDigits(of("Téléphone")), street: fold(of("Adresse")), postcode: strings.Repeat("0", max(5-len(of("Code postal")), 0)) + of("Code postal"),
			hasSex: has("Civilité"), hasNation: has("Nationalité"), hasMail: has("Email"), hasTel: has("Téléphone"), hasAddress: has("Adresse")})
		truth = append(truth, truths[i+1][2])
	}
	return leaked, truth, nil
}

func readAll(path string, comma rune) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma = comma
	all, err := r.ReadAll()
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s is empty: %w", filepath.Base(path), breach.ErrInvalid)
	}
	return all, err
}

func fold(s string) string { return strings.ToUpper(unaccent(s)) }

func isoDate(s string) string {
	if len(s) != 10 {
		return s
	}
	return s[6:] + "-" + s[3:5] + "-" + s[:2]
}

func nationOf(s string) string {
	if f := fold(s); f == "FRANCAISE" || f == "FR" || f == "FRANCE" {
		return "Française"
	}
	return s
}

// lastDigits are the nine that tell a French number.
func lastDigits(s string) string {
	var out []byte
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			out = append(out, s[i])
		}
	}
	if strings.Contains(s, "(0)") { // +33 (0)
		out = slices.Delete(out, 2, 3)
	}
	return string(out[max(len(out)-9, 0):])
}
