package dump

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

var remake = flag.Bool("remake", false, "cross-validate the model of meanings, learn it anew from testdata/told.jsonl.gz and write meaning_learnt.txt")

// told is a table whose columns its writer told: three blind writers invented the
// files, and what is kept of each is the first 200 rows as they were cut. A
// column without a meaning was not told.
type told struct {
	File     string
	Names    []string
	Meanings []string
	Rows     [][]string
}

func toldTables(t testing.TB) (list []told) {
	t.Helper()
	f, err := os.Open("testdata/told.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		var x told
		if err := json.Unmarshal(s.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
	}
	if s.Err() != nil || len(list) < 100 {
		t.Fatalf("%d tables, %v", len(list), s.Err())
	}
	return list
}

// lesson is a column to learn from.
type lesson struct {
	file, said, want string
	weights          map[string]float64
	seen             []evidence
	bare, stands     bool // without headers; not revised
	fold             int
	numbers          []int // of the evidence
}

// columns are those of a table.
func (x told) columns(o *Options) []*column {
	cols := newColumns(len(x.Names))
	for n, row := range x.Rows {
		for i := range cols {
			if i < len(row) {
				cols[i].add([]byte(row[i]), int64(n+1), o)
			}
		}
	}
	return cols
}

// lessons are the columns as the rules understand them, with headers or without.
func (x told) lessons(cols []*column, o *Options, bare bool) (list []lesson) {
	names := x.Names
	if bare {
		names = make([]string, len(x.Names))
	}
	t := weighed(cols, names, o)
	h := fnv.New32a()
	h.Write([]byte(x.File))
	for i, want := range x.Meanings {
		if want != "" && t.out[i].Meaning != MeaningEmpty {
			list = append(list, lesson{x.File, t.out[i].Meaning, want, t.weights[i], t.evidence(i), bare, learntAlone(t.out[i].Meaning) || t.stands(i), int(h.Sum32() % 5), nil})
		}
	}
	return list
}

// learntAlone tells meanings finer than the writers', which only rules tell.
func learntAlone(m string) bool { return learntKinds.index(m) < 0 }

// learntKinds are the meanings that the writers used.
var learntKinds = newLearnt([]string{birthName, usageName, givenNames, fullName, sex, birthDate, birthPlace, nationality, email, phone, street, postcode, city, country, nir,
	MeaningUnknown, MeaningDate, MeaningIBAN, MeaningCard, MeaningPassword, MeaningHash, MeaningLogin, MeaningIP, MeaningRowID, MeaningText, MeaningNumber, MeaningCode, MeaningLocation, MeaningCommune,
	MeaningIdentityCard, MeaningPassport, MeaningLicence, MeaningTaxNumber, MeaningINE, MeaningCAF, MeaningFranceTravail, MeaningSIREN, MeaningSIRET, MeaningFINESS, MeaningUAI, MeaningEmployer, MeaningOccupation,
	MeaningSchool, MeaningHealth, MeaningBenefit, MeaningFamily, MeaningToken, MeaningMAC, MeaningAmount, MeaningURL, MeaningUserAgent, MeaningBoolean, MeaningBIC, MeaningRelation})

// agree tells whether an answer is what the writer told, or finer.
func agree(said, want string) bool {
	switch said {
	case birthCommune:
		return want == MeaningCommune || want == birthPlace
	case MeaningRIB, MeaningRIBAccount, MeaningRIBBank, MeaningRIBBranch, MeaningRIBKey:
		return want == MeaningIBAN || want == MeaningCode || want == MeaningUnknown
	case MeaningBirthYear, MeaningBirthMonth, MeaningBirthDay:
		return want == birthDate || want == MeaningNumber
	case MeaningDepartment:
		return want == MeaningCode || want == MeaningUnknown
	case MeaningUUID:
		return want == MeaningToken || want == MeaningRowID
	case MeaningEmailHash, MeaningPhoneHash, MeaningAnyHash:
		return want == MeaningHash || want == MeaningToken
	}
	return said == want
}

// Learning is by gradient, with steps of their own for each weight (AdaGrad:
// Duchi, Hazan, Singer 2011), and draws the weights back to nothing. Meanings
// that are out of the question already are passed over, and so is evidence that
// fewer tables than tablesLeast show.
const (
	rounds      = 12
	pace        = 0.05
	decay       = 3e-3
	wrongLeast  = 2e-3
	tablesLeast = 3
)

// learn finds what each evidence adds to each meaning. Lessons of a table stand
// one behind the other.
func learn(list []lesson) *learnt {
	m := newLearnt(learntKinds.meanings)
	n := len(m.meanings)
	number, names, tables, last := map[string]int{}, []string(nil), []int(nil), []string(nil)
	var use []*lesson
	for i := range list {
		l := &list[i]
		if l.stands || m.index(l.want) < 0 {
			continue
		}
		use = append(use, l)
		l.numbers = l.numbers[:0]
		for _, e := range l.seen {
			k, ok := number[e.name]
			if !ok {
				k = len(names)
				number[e.name] = k
				names, tables, last = append(names, e.name), append(tables, 0), append(last, "")
			}
			if last[k] != l.file {
				tables[k]++
				last[k] = l.file
			}
			l.numbers = append(l.numbers, k)
		}
	}
	w, g := make([]float64, n*len(names)), make([]float64, n*len(names))
	for i := range g {
		g[i] = 1e-2
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		r.Shuffle(len(use), func(i, j int) { use[i], use[j] = use[j], use[i] })
		for _, l := range use {
			z := m.prior(l.said, l.weights)
			for j, k := range l.numbers {
				for c, x := range w[k*n : k*n+n] {
					z[c] += x * l.seen[j].value
				}
			}
			z = softmax(z)
			z[m.index(l.want)]--
			var off []int
			for c, q := range z {
				if math.Abs(q) > wrongLeast {
					off = append(off, c)
				}
			}
			for j, k := range l.numbers {
				if tables[k] < tablesLeast {
					continue
				}
				for _, c := range off {
					d := z[c]*l.seen[j].value + decay*w[k*n+c]
					g[k*n+c] += d * d
					w[k*n+c] -= pace * d / math.Sqrt(g[k*n+c])
				}
			}
		}
	}
	for k, name := range names {
		for c, x := range w[k*n : k*n+n] {
			if x = math.Round(x*100) / 100; math.Abs(x) >= weightLeast {
				m.adds[name] = append(m.adds[name], addend{c, x})
			}
		}
	}
	return m
}

// weightLeast is what is written of the weights: smaller ones change nothing.
const weightLeast = 0.05

func (m *learnt) write() string {
	var b strings.Builder
	b.WriteString(strings.Join(m.meanings, " ") + "\n")
	for _, name := range slices.Sorted(maps.Keys(m.adds)) {
		b.WriteString(name + "\t")
		for i, a := range m.adds[name] {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%d:%.0f", a.meaning, a.weight*100)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// told is what the model makes of a column.
func (l *lesson) told(m *learnt) (string, float64) {
	if l.stands {
		return l.said, 1
	}
	return m.answer(l.said, l.weights, l.seen)
}

// allLessons are those of tables with their headers and without.
func allLessons(tables []told) (list []lesson) {
	o := worldOptions()
	for _, x := range tables {
		cols := x.columns(&o)
		list = append(append(list, x.lessons(cols, &o, false)...), x.lessons(cols, &o, true)...)
	}
	return list
}

// inventedLessons are of the tables that software writes, of those that tests
// invent, of other draws than the tests', and of each of their columns alone:
// they hold headers and meanings that the writers seldom used.
func inventedLessons() (list []lesson) {
	o := worldOptions()
	for draw := range uint64(2) {
		list = append(list, allLessons(software(draw))...)
	}
	take := func(x invented) {
		made := told{fmt.Sprint("invented/", len(list)), make([]string, len(x.meanings)), x.meanings, x.rows}
		for _, l := range made.lessons(made.columns(&o), &o, true) {
			if learntKinds.index(l.want) >= 0 {
				list = append(list, l)
			}
		}
	}
	for seed := range uint64(4 * len(tableShapes)) {
		take(invent(1000*uint64(len(tableShapes))+seed, 40+int(seed%5)*60))
	}
	for k, field := range slices.Sorted(maps.Keys(fields)) {
		for n := range 3 {
			take(inventShape("row_id "+field+" code:status", uint64(100_000+10*k+n), 30+30*n))
		}
	}
	return list
}

// confusion counts columns by what they are and what was said.
type confusion struct {
	right, real, said map[string]float64
	sure              int // said with 0.8 or more, and wrong
}

func (x *confusion) add(l *lesson, said string, p float64) {
	if x.right == nil {
		x.right, x.real, x.said = map[string]float64{}, map[string]float64{}, map[string]float64{}
	}
	x.real[l.want]++
	if agree(said, l.want) {
		x.right[l.want]++
		x.said[l.want]++
		return
	}
	x.said[said]++
	if p >= 0.8 {
		x.sure++
	}
}

// share is the part of the columns told right.
func (x *confusion) share() float64 {
	var right, n float64
	for m, k := range x.real {
		right += x.right[m]
		n += k
	}
	return right / n
}

func (x *confusion) String() string {
	f, n := 0.0, 0.0
	for m, k := range x.real {
		f += 2 * x.right[m] / (k + x.said[m])
		n += k
	}
	return fmt.Sprintf("%.3f of %.0f right, macro F1 %.3f, wrong and sure %d", x.share(), n, f/float64(len(x.real)), x.sure)
}

// TestLearnMeanings checks that the model is what told tables teach: without
// -remake, that it tells most of their columns; with it, by fifths of the files
// that were left out, and writes it anew.
func TestLearnMeanings(t *testing.T) {
	list := allLessons(toldTables(t))
	if !*remake {
		var x confusion
		m := learntModel()
		for i := range list {
			said, p := list[i].told(m)
			x.add(&list[i], said, p)
		}
		t.Log(&x)
		if x.share() < 0.9 {
			t.Errorf("the model fits its tables no longer, learn it anew: %s", &x)
		}
		return
	}
	extra := inventedLessons()
	var rules, model [2]confusion
	for fold := range 5 {
		m := learn(append(slices.DeleteFunc(slices.Clone(list), func(l lesson) bool { return l.fold == fold }), extra...))
		for i := range list {
			l := &list[i]
			if l.fold != fold {
				continue
			}
			k := int(when(l.bare))
			rules[k].add(l, l.said, 0)
			said, p := l.told(m)
			model[k].add(l, said, p)
		}
	}
	for k, name := range []string{"with headers", "without"} {
		t.Logf("%s: rules %s; learnt, by files left out: %s", name, &rules[k], &model[k])
	}
	for _, writer := range []string{"a/", "b/", "c/"} {
		var blind [2]confusion // of one writer, learnt from the others
		m := learn(append(slices.DeleteFunc(slices.Clone(list), func(l lesson) bool { return strings.HasPrefix(l.file, writer) }), extra...))
		for i := range list {
			if l := &list[i]; strings.HasPrefix(l.file, writer) {
				said, p := l.told(m)
				blind[int(when(l.bare))].add(l, said, p)
			}
		}
		t.Logf("writer %s left out: with headers %s; without %s", writer, &blind[0], &blind[1])
	}
	if err := os.WriteFile("meaning_learnt.txt", []byte(learn(append(list, extra...)).write()), 0o644); err != nil {
		t.Fatal(err)
	}
}
