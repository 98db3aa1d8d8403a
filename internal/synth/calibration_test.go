package synth_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/internal/france"
	"vigie/internal/synth"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// BenchmarkCalibration holds what linkage says of many small leaks against the
// truth, cell by cell: how often the 95 % interval of the people concerned
// holds their number, how wide it is by that number, how far stated and
// observed probability lie apart between .5 and .999, and how many links are
// false, and by subgroup how stated and observed go together. One operation is all
// the leaks of a cell:
//
//	go test ./internal/synth -run '^$' -bench Calibration -benchtime 1x
//
// Cells are registry/columns/recipe/strangers/rows.
func BenchmarkCalibration(b *testing.B) {
	fr, err := france.Load()
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	if _, err := (synth.Population{People: 20_000, Seed: 11}).Write(context.Background(), dir); err != nil {
		b.Fatal(err)
	}
	all := groups{}
	for _, registry := range []string{"youth", "civil"} {
		people := readPeople(b, filepath.Join(dir, registry, "persons.csv"))
		ix, err := linkage.Build(func(yield func(matchers.Record, error) bool) {
			for i := range people {
				if !yield(people[i], nil) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		t := trial{dir: dir, registry: registry, ix: ix, groups: groupsOf(people), opt: linkage.Options{Share: fr.NameShare}}
		for _, columns := range []string{"all", "names+date", "names", "fullname+postcode", "names+commune", "email"} {
			for _, recipe := range []string{"a", "b"} {
				for _, strangers := range []float64{0, .35, .9, .99} {
					for _, rows := range []int{30, 100, 1000, 5000} {
						if registry == "civil" && (recipe == "b" || rows == 5000 || strangers == .9) {
							continue // the youth registry shows them
						}
						b.Run(fmt.Sprintf("%s/%s/%s/%g/%d", registry, columns, recipe, strangers, rows), func(b *testing.B) {
							for b.Loop() {
								c := cell{groups: groups{}}
								for seed := range uint64(leaksOf(rows)) {
									t.run(b, &c, columns, recipe, strangers, rows, seed+1)
								}
								c.report(b)
								all.add(registry+"/"+columns, c.groups)
							}
						})
					}
				}
			}
		}
	}
	all.log(b)
}

func leaksOf(rows int) int { return max(3, min(20, 8_000/rows)) }

type trial struct {
	dir, registry string
	ix            *linkage.Index
	groups        map[string][]string // of a person
	opt           linkage.Options
}

// cell is what the leaks of one kind showed.
type cell struct {
	leaks, in           float64
	width, bias, people float64
	trained             float64
	groups              groups
}

// stated is what was said of pairs, and what was true.
type stated struct {
	bins              [8]struct{ n, p, hit float64 }
	links, falseLinks int
	members, seen     int // rows about registered people, and those linked or in review
}

type groups map[string]*stated

var edges = [...]float64{.5, .6, .7, .8, .9, .95, .99, .999, 2}

func (g groups) of(name string) *stated {
	if g[name] == nil {
		g[name] = &stated{}
	}
	return g[name]
}

func (g groups) add(prefix string, o groups) {
	for name, s := range o {
		t := g.of(prefix + "/" + name)
		for i, x := range s.bins {
			t.bins[i].n, t.bins[i].p, t.bins[i].hit = t.bins[i].n+x.n, t.bins[i].p+x.p, t.bins[i].hit+x.hit
		}
		t.links, t.falseLinks = t.links+s.links, t.falseLinks+s.falseLinks
		t.members, t.seen = t.members+s.members, t.seen+s.seen
	}
}

// ece is the expected calibration error between .5 and .999, and of how many
// pairs.
func (s *stated) ece() (float64, float64) {
	var n, gap float64
	for _, x := range s.bins[:7] {
		n += x.n
		gap += math.Abs(x.p - x.hit)
	}
	return gap / max(n, 1), n
}

func (g groups) log(b *testing.B) {
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for k := range g {
			if !yield(k) {
				return
			}
		}
	}) {
		s := g[name]
		e, n := s.ece()
		fmt.Printf("\nGROUP %-40s ece %.4f of %.0f pairs; links %d false %d; members %d", name, e, n, s.links, s.falseLinks, s.members)
		for i, x := range s.bins {
			if x.n > 0 {
				fmt.Printf("\n      %.3f: n %.0f stated %.4f observed %.4f", edges[i], x.n, x.p/x.n, x.hit/x.n)
			}
		}
	}
}

func (c *cell) report(b *testing.B) {
	s := c.groups.of("everybody")
	e, n := s.ece()
	b.ReportMetric(c.in/c.leaks, "coverage")
	b.ReportMetric(c.width/c.leaks, "width")
	b.ReportMetric(c.bias/c.leaks, "bias")
	b.ReportMetric(c.people/c.leaks, "people")
	b.ReportMetric(e, "ece")
	b.ReportMetric(n, "pairs")
	b.ReportMetric(float64(s.links), "links")
	b.ReportMetric(float64(s.falseLinks), "false")
	b.ReportMetric(c.trained/c.leaks, "trained")
}

func (t *trial) run(b *testing.B, c *cell, columns, recipe string, strangers float64, rows int, seed uint64) {
	b.Helper()
	dir := b.TempDir()
	l := synth.Leak{Registry: t.dir, Rows: rows, Strangers: strangers, Seed: seed, Recipe: recipe}
	if _, err := l.Write(context.Background(), dir); err != nil {
		b.Fatal(err)
	}
	leak, truth := readLeak(b, dir, t.registry, columns)
	given := func(yield func(matchers.Record, error) bool) {
		for i := range leak {
			if !yield(leak[i], nil) {
				return
			}
		}
	}
	model, err := linkage.Train(context.Background(), t.ix, iter.Seq2[matchers.Record, error](given), t.opt)
	if err != nil {
		b.Fatal(err)
	}
	if strings.HasPrefix(model.Version, "trained") {
		c.trained++
	}
	persons, best := map[string]bool{}, map[string]float64{}
	i := 0
	all := c.groups.of("everybody")
	sum, err := linkage.NewMatcher(t.ix, model, t.opt).Run(context.Background(), given, func(_ matchers.Record, ms []linkage.Match) error {
		is := truth[i]
		i++
		if is != "" {
			persons[is] = true
			all.members++
			for _, g := range t.groups[is] {
				c.groups.of(g).members++
			}
		}
		for _, m := range ms {
			best[m.Person] = max(best[m.Person], m.Probability)
			all.count(m, m.Person == is)
			for _, g := range t.groups[m.Person] {
				c.groups.of(g).count(m, m.Person == is)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	n := int64(len(persons))
	c.leaks++
	if sum.Low <= n && n <= sum.High {
		c.in++
	}
	var e float64
	for _, p := range best {
		e += p
	}
	c.people += float64(n)
	c.width += float64(sum.High-sum.Low) / float64(max(n, 1))
	c.bias += (e - float64(n)) / float64(max(n, 1))
	if os.Getenv("CALIB") != "" {
		b.Logf("%d rows: truth %d expected %.1f interval %d-%d %s", rows, n, e, sum.Low, sum.High, model.Version[:7])
	}
}

func (s *stated) count(m linkage.Match, right bool) {
	if m.Band == breach.BandLink {
		s.links++
		if !right {
			s.falseLinks++
		}
	}
	if m.Probability < edges[0] {
		return
	}
	k := 0
	for m.Probability >= edges[k+1] {
		k++
	}
	x := &s.bins[k]
	x.n++
	x.p += m.Probability
	if right {
		x.hit++
	}
}

// fieldOf tells what the columns of both recipes and of the registries mean.
var fieldOf = map[string]matchers.Field{
	"Nom": matchers.BirthName, "Prénom": matchers.GivenNames, "Date de naissance": matchers.BirthDate, "Nationalité": matchers.Nationality,
	"Email": matchers.Email, "Adresse": matchers.Street, "Code postal": matchers.Postcode, "Ville": matchers.City, "Téléphone": matchers.Phone, "Civilité": matchers.Sex,
	"NOM_USAGE": matchers.UsageName, "NOM_NAISSANCE": matchers.BirthName, "PRENOMS": matchers.GivenNames, "DT_NAISS": matchers.BirthDate, "NATIO": matchers.Nationality,
	"ADR_VOIE": matchers.Street, "ADR_CP": matchers.Postcode, "ADR_COMMUNE": matchers.City, "TEL_PORTABLE": matchers.Phone, "MEL": matchers.Email, "SEXE": matchers.Sex,
	"birth_name": matchers.BirthName, "usage_name": matchers.UsageName, "given_names": matchers.GivenNames, "sex": matchers.Sex, "birth_date": matchers.BirthDate,
	"birth_place": matchers.BirthPlace, "birth_commune": matchers.BirthCommune, "nationality": matchers.Nationality, "email": matchers.Email, "phone": matchers.Phone,
	"street": matchers.Street, "postcode": matchers.Postcode, "city": matchers.City,
}

// fieldsOf are the fields that a leak of some columns has.
var fieldsOf = map[string][]matchers.Field{
	"names+date":        {matchers.BirthName, matchers.UsageName, matchers.GivenNames, matchers.BirthDate},
	"names":             {matchers.BirthName, matchers.UsageName, matchers.GivenNames},
	"fullname+postcode": {matchers.FullName, matchers.Postcode},
	"names+commune":     {matchers.BirthName, matchers.UsageName, matchers.GivenNames, matchers.City},
	"email":             {matchers.Email},
}

func readTable(b *testing.B, path string, comma rune) (header []string, rows [][]string) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma = comma
	if header, err = r.Read(); err != nil {
		b.Fatal(err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	for {
		row, err := r.Read()
		if err == io.EOF {
			return header, rows
		}
		if err != nil {
			b.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func record(header, row []string) (r matchers.Record) {
	for i, h := range header {
		if f, ok := fieldOf[h]; ok {
			r.Values[f] = row[i]
		}
	}
	if d := r.Values[matchers.BirthDate]; len(d) == 10 && d[2] == '/' { // a reader of dumps would have turned it
		r.Values[matchers.BirthDate] = d[6:] + "-" + d[3:5] + "-" + d[:2]
	}
	if s := r.Values[matchers.Sex]; len(s) > 1 {
		r.Values[matchers.Sex] = map[bool]string{true: "M", false: "F"}[s == "M."]
	}
	return r
}

func readPeople(b *testing.B, path string) (out []matchers.Record) {
	header, rows := readTable(b, path, ',')
	for _, row := range rows {
		r := record(header, row)
		r.ID = row[0]
		out = append(out, r)
	}
	return out
}

// readLeak reads a leak of some columns, and of each row whom it is about.
func readLeak(b *testing.B, dir, registry, columns string) (leak []matchers.Record, truth []string) {
	b.Helper()
	header, rows := readTable(b, filepath.Join(dir, "leak.csv"), ';')
	_, truths := readTable(b, filepath.Join(dir, "truth.csv"), ',')
	for i, row := range rows {
		r := record(header, row)
		if keep := fieldsOf[columns]; keep != nil {
			v := r.Values
			surname := v[matchers.BirthName]
			if surname == "" {
				surname = v[matchers.UsageName]
			}
			v[matchers.FullName] = strings.TrimSpace(v[matchers.GivenNames] + " " + surname)
			r.Values = [matchers.NumFields]string{}
			for _, f := range keep {
				r.Values[f] = v[f]
			}
		}
		r.Row = int64(i + 1)
		who := truths[i][2]
		if registry == "youth" {
			who = truths[i][3]
		}
		if r.Values == [matchers.NumFields]string{} {
			who = "" // a row that says nothing exposes nobody
		}
		leak, truth = append(leak, r), append(truth, who)
	}
	return leak, truth
}

// groupsOf tells the groups of people who are easily mistaken.
func groupsOf(people []matchers.Record) map[string][]string {
	twins := map[string]int{}
	twin := func(r *matchers.Record) string {
		v := &r.Values
		return v[matchers.BirthName] + v[matchers.BirthDate] + v[matchers.BirthPlace]
	}
	for i := range people {
		twins[twin(&people[i])]++
	}
	out := map[string][]string{}
	for i := range people {
		r := &people[i]
		v := &r.Values
		note := func(is bool, group string) {
			if is {
				out[r.ID] = append(out[r.ID], group)
			}
		}
		note(v[matchers.Sex] == "F" && v[matchers.UsageName] != "", "married women")
		note(strings.HasPrefix(v[matchers.BirthCommune], "99"), "born abroad")
		note(twins[twin(r)] > 1, "twins")
		note(v[matchers.BirthDate] > "2008", "minors")
	}
	return out
}
