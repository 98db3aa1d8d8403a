package linkage_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// nation is an invented population too large to be held: person n is made when
// asked for. Names follow Zipf's law over as many as a country has.
type nation struct {
	people          int
	surnames, given []string
	towns           [][2]string
}

func newNation(people int) *nation {
	c := &country{rng: rand.New(rand.NewPCG(9, 9))}
	n := &nation{people: people}
	draw := func(many, parts int) (out []string) {
		seen := map[string]bool{}
		for len(out) < many {
			if w := c.word(parts + c.rng.IntN(2)); !seen[w] {
				seen[w] = true
				out = append(out, w)
			}
		}
		return out
	}
	n.surnames, n.given = draw(150_000, 2), draw(2_000, 1)
	for i := range 6000 {
		n.towns = append(n.towns, [2]string{fmt.Sprintf("%05d", 1000+15*i), c.word(2)})
	}
	return n
}

// rank draws the place of a name: the share of the commonest is about 1/ln(n),
// here softened as names of people are.
func rank(r *rand.Rand, n int, soft float64) int {
	for {
		// Inverse of the sum of 1/(x+soft).
		x := soft * (math.Pow(float64(n)/soft+1, r.Float64()) - 1)
		if int(x) < n {
			return int(x)
		}
	}
}

func (n *nation) person(i int) matchers.Record {
	r := rand.New(rand.NewPCG(uint64(i), 77))
	rec := matchers.Record{ID: "P" + strconv.Itoa(i)}
	v := &rec.Values
	v[matchers.BirthName] = n.surnames[rank(r, len(n.surnames), 30)]
	v[matchers.GivenNames] = n.given[rank(r, len(n.given), 10)]
	v[matchers.Sex] = []string{"M", "F"}[r.IntN(2)]
	v[matchers.BirthDate] = fmt.Sprintf("%04d-%02d-%02d", 1930+r.IntN(85), 1+r.IntN(12), 1+r.IntN(28))
	v[matchers.Email] = fmt.Sprintf("%s%d@example.org", v[matchers.BirthName], r.IntN(1e6))
	v[matchers.Phone] = fmt.Sprintf("+336%08d", r.IntN(1e8))
	t := n.towns[r.IntN(len(n.towns))]
	v[matchers.Street] = fmt.Sprintf("%d rue %s", 1+r.IntN(99), n.surnames[r.IntN(5000)])
	v[matchers.Postcode], v[matchers.City] = t[0], t[1]
	return rec
}

// some yields so many people drawn with a seed.
func (n *nation) some(seed uint64, many int, row bool) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		r := rand.New(rand.NewPCG(seed, 5))
		for i := range many {
			rec := n.person(r.IntN(n.people))
			if row {
				rec.ID, rec.Row = "", int64(i+1)
				if r.IntN(5) == 0 {
					rec.Values[matchers.Phone] = ""
				}
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// spent is the processor time of this process.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// BenchmarkPanel compares one registry and many with the same rows, by processor
// time. PANEL_REGISTRIES, PANEL_PEOPLE and PANEL_ROWS make it larger.
func BenchmarkPanel(b *testing.B) {
	ctx := context.Background()
	many, people, rows := number("PANEL_REGISTRIES", 20), number("PANEL_PEOPLE", 2000), number("PANEL_ROWS", 50_000)
	n := newNation(68_000_000)
	dump := collect(n.some(1, rows, true))
	members := make([]linkage.Member, many)
	for r := range members {
		ix, err := linkage.Build(n.some(uint64(100+r), people, false))
		if err != nil {
			b.Fatal(err)
		}
		members[r] = linkage.Member{Registry: breach.RegistryID(fmt.Sprint("r", r)), Index: ix}
	}
	opt := linkage.Options{}
	nobody := func(matchers.Record, []linkage.Match) error { return nil }
	for b.Loop() {
		var model *linkage.Model
		var err error
		drawn := took(func() { model, err = linkage.Train(ctx, members[0].Index, slice(dump), opt) })
		if err != nil {
			b.Fatal(err)
		}
		m := linkage.NewMatcher(members[0].Index, model, opt)
		run := took(func() { _, err = m.Run(ctx, slice(dump), nobody) })
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("one: train %v, run %v (%.1f µs a row)", drawn, run, run.Seconds()*1e6/float64(rows))
		for k := min(50, many); ; k = min(2*k, many) {
			ratio := panelOf(b, members[:k], dump, run)
			if k == many {
				b.ReportMetric(ratio, "times-one")
				break
			}
		}
	}
}

func panelOf(b *testing.B, members []linkage.Member, dump []matchers.Record, one time.Duration) float64 {
	ctx, opt := context.Background(), linkage.Options{}
	var p *linkage.Panel
	var models []*linkage.Model
	var err error
	before := heap()
	opened := took(func() { p, err = linkage.NewPanel(ctx, members) })
	if err != nil {
		b.Fatal(err)
	}
	table := heap() - before
	train := took(func() { models, err = p.Train(ctx, slice(dump), opt) })
	if err != nil {
		b.Fatal(err)
	}
	m := p.Matcher(models, opt)
	found := 0
	pass := func() {
		found = 0
		_, err = m.Run(ctx, slice(dump), func(_ matchers.Record, as []linkage.Answer) error { found += len(as); return nil })
	}
	cold := took(pass)
	warm := took(pass)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d: open %v, %d MB; train %v; run %v, again %v (%.1f µs a row), %.2f times one; %d answers; then %d MB", len(members), opened, table>>20, train, cold, warm,
		warm.Seconds()*1e6/float64(len(dump)), warm.Seconds()/one.Seconds(), found, (heap()-before)>>20)
	return warm.Seconds() / one.Seconds()
}

// took is the processor time of f.
func took(f func()) time.Duration {
	t := spent()
	f()
	return spent() - t
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
