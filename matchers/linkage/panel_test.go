package linkage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// panelCase is several registries of one country and a leak of it.
type panelCase struct {
	members []linkage.Member
	rows    []matchers.Record
}

// newPanelCase draws registries of many sizes that share people: one empty, one
// of a crowd that bears one name and one phone, one of full names. Rows lack
// fields at random; some name two people.
func newPanelCase(t testing.TB, seed uint64, rows int) panelCase {
	t.Helper()
	c := newCountry(seed, 500)
	var out panelCase
	var in []human
	add := func(records []matchers.Record) {
		for i := range records {
			v := &records[i].Values
			v[matchers.NIR] = nirOf(&records[i])
		}
		ix, err := linkage.Build(slice(records))
		if err != nil {
			t.Fatal(err)
		}
		out.members = append(out.members, linkage.Member{Registry: breach.RegistryID(fmt.Sprintf("r%d", len(out.members))), Index: ix, NIR: len(out.members)%3 != 0})
	}
	for _, share := range []float64{0.5, 0.1, 0.01, 0} {
		people := c.registry(share)
		in = append(in, people...)
		add(collect(c.records(people)))
	}
	full := collect(c.records(c.registry(0.2)))
	for i := range full {
		v := &full[i].Values
		v[matchers.FullName] = v[matchers.BirthName] + " " + v[matchers.GivenNames]
		v[matchers.BirthName], v[matchers.UsageName], v[matchers.GivenNames] = "", "", ""
	}
	add(full)
	crowd := collect(c.records(c.people[:400]))
	for i := range crowd {
		v := &crowd[i].Values
		v[matchers.Phone] = "+33199001234"
		if i%2 == 0 {
			v[matchers.BirthName], v[matchers.UsageName], v[matchers.GivenNames] = "Martin", "", []string{"Marie", "Maria", "M"}[i/2%3]
		}
		if i%4 == 0 {
			v[matchers.BirthDate] = ""
		}
	}
	add(crowd)
	rng := rand.New(rand.NewPCG(seed, 1))
	out.rows = collect(rowsOf(c.leak(in, rows, 0.4)))
	for i := range out.rows {
		v := &out.rows[i].Values
		if rng.IntN(2) == 0 && v[matchers.BirthDate] != "" {
			v[matchers.BirthCommune] = c.towns[0][2]
			v[matchers.NIR] = nirOf(&out.rows[i])
			if v[matchers.BirthCommune] = ""; rng.IntN(3) == 0 {
				v[matchers.BirthDate] = ""
			}
		}
		switch rng.IntN(12) {
		case 0:
			v[matchers.GivenNames] += " et " + c.people[rng.IntN(len(c.people))].given[0]
		case 1:
			v[matchers.Phone] = "+33199001234"
		case 2:
			v[matchers.BirthName], v[matchers.GivenNames] = "Martin", "Marie"
		case 3:
			v[matchers.FullName] = v[matchers.GivenNames] + " " + v[matchers.BirthName]
			v[matchers.BirthName], v[matchers.GivenNames] = "", ""
		case 4:
			v[matchers.BirthName], v[matchers.GivenNames] = "", ""
		}
		for f := range v {
			if rng.IntN(9) == 0 {
				v[f] = ""
			}
		}
	}
	return out
}

// nirOf invents the NIR that goes with a record.
func nirOf(r *matchers.Record) string {
	v := &r.Values
	sex, d, commune := "1", v[matchers.BirthDate], v[matchers.BirthCommune]
	if v[matchers.Sex] == "F" {
		sex = "2"
	}
	if d == "" || commune == "" {
		return ""
	}
	return proved(sex + d[2:4] + d[5:7] + commune + "123")
}

// TestPanelIsManyMatchers compares models, answers and summaries with those of
// a matcher for each registry.
func TestPanelIsManyMatchers(t *testing.T) {
	for _, test := range []struct {
		name    string
		seed    uint64
		rows    int
		largest int
	}{
		{"all in the table", 61, 1500, 1 << 30},
		{"some on their own", 62, 900, 200},
		{"too few rows to learn from", 63, 150, 1 << 30},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newPanelCase(t, test.seed, test.rows)
			ctx := context.Background()
			p, err := linkage.NewPanelUpTo(ctx, c.members, test.largest)
			if err != nil {
				t.Fatal(err)
			}
			opt := linkage.Options{Workers: 3}
			models, err := p.Train(ctx, slice(c.rows), opt)
			if err != nil {
				t.Fatal(err)
			}
			answers := make([]map[int64][]linkage.Match, len(c.members))
			for r := range answers {
				answers[r] = map[int64][]linkage.Match{}
			}
			next := int64(1)
			sums, err := p.Matcher(models, opt).Run(ctx, slice(c.rows), func(row matchers.Record, as []linkage.Answer) error {
				if row.Row != next {
					t.Errorf("row %d came where row %d was due", row.Row, next)
				}
				next++
				for _, a := range as {
					answers[a.Member][row.Row] = a.Matches
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			matches := 0
			for r, m := range c.members {
				model, want, sum := alone(t, m, c.rows, opt)
				if got, _ := json.Marshal(models[r]); !bytes.Equal(got, model) {
					t.Errorf("registry %d: the model differs", r)
				}
				if d := cmp.Diff(want, answers[r]); d != "" {
					t.Errorf("registry %d: answers differ: %.2000s", r, d)
				}
				if d := cmp.Diff(sum, sums[r]); d != "" {
					t.Errorf("registry %d: summaries differ: %s", r, d)
				}
				matches += len(want)
			}
			if matches < test.rows {
				t.Errorf("only %d rows matched: nothing was compared", matches)
			}
		})
	}
}

// alone runs one registry by itself.
func alone(t *testing.T, m linkage.Member, rows []matchers.Record, opt linkage.Options) (model []byte, answers map[int64][]linkage.Match, sum breach.MatchSummary) {
	t.Helper()
	ctx := context.Background()
	opt.NIR = m.NIR
	learnt, err := linkage.Train(ctx, m.Index, slice(rows), opt)
	if err != nil {
		t.Fatal(err)
	}
	if model, err = json.Marshal(learnt); err != nil {
		t.Fatal(err)
	}
	answers = map[int64][]linkage.Match{}
	sum, err = linkage.NewMatcher(m.Index, learnt, opt).Run(ctx, slice(rows), func(row matchers.Record, ms []linkage.Match) error {
		if len(ms) > 0 {
			answers[row.Row] = ms
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sum.Registry = m.Registry
	return model, answers, sum
}

func TestPanelEnds(t *testing.T) {
	c := newPanelCase(t, 64, 800)
	p, err := linkage.NewPanel(context.Background(), c.members)
	if err != nil {
		t.Fatal(err)
	}
	models, err := p.Train(context.Background(), slice(c.rows), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := p.Matcher(models, linkage.Options{})
	stop := errors.New("enough")
	if _, err := m.Run(context.Background(), slice(c.rows), func(matchers.Record, []linkage.Answer) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("emit's error came back as %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	if _, err := m.Run(ctx, slice(c.rows), func(matchers.Record, []linkage.Answer) error {
		if n++; n == 300 {
			cancel()
		}
		return nil
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run returned %v", err)
	}
	if _, err := p.Train(ctx, slice(c.rows), linkage.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled training returned %v", err)
	}
	if _, err := linkage.NewPanel(ctx, c.members); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled opening returned %v", err)
	}
}

// TestPanelNamesDamage spoils each page of one index: whoever meets it says
// whose it is.
func TestPanelNamesDamage(t *testing.T) {
	c := newCountry(65, 500)
	var buf bytes.Buffer
	if _, err := linkage.Write(context.Background(), &buf, c.records(c.people), nil); err != nil {
		t.Fatal(err)
	}
	good, err := linkage.Build(c.records(c.people[:50]))
	if err != nil {
		t.Fatal(err)
	}
	for at := 100; at < buf.Len(); at += 64 << 10 {
		raw := bytes.Clone(buf.Bytes())
		raw[at] ^= 4
		bad, err := linkage.Open(bytes.NewReader(raw), int64(len(raw)), 0)
		if err != nil {
			continue // seen at once
		}
		members := []linkage.Member{{Registry: "good", Index: good}, {Registry: "bad", Index: bad}}
		err = func() error {
			p, err := linkage.NewPanel(context.Background(), members)
			if err != nil {
				return err
			}
			models, err := p.Train(context.Background(), c.records(c.people), linkage.Options{})
			if err != nil {
				return err
			}
			_, err = p.Matcher(models, linkage.Options{}).Run(context.Background(), c.records(c.people), func(matchers.Record, []linkage.Answer) error { return nil })
			return err
		}()
		if !errors.Is(err, breach.ErrInvalid) || !strings.Contains(err.Error(), "registry bad") {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
}
