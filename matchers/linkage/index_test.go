package linkage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

func slice(rs []matchers.Record) iter.Seq2[matchers.Record, error] { return chain(rs, slice0) }

func slice0(func(matchers.Record, error) bool) {}

func collect(rows iter.Seq2[matchers.Record, error]) []matchers.Record {
	var out []matchers.Record
	for r, err := range rows {
		if err != nil {
			panic(err) // rows of tests never fail
		}
		out = append(out, r)
	}
	return out
}

// all runs a registry and a leak from start to end and returns every answer by
// row number.
func all(t *testing.T, registry, rows []matchers.Record, workers int) (index, model []byte, answers map[int64][]linkage.Match, sum breach.MatchSummary) {
	t.Helper()
	opt := linkage.Options{Workers: workers}
	var buf bytes.Buffer
	if _, err := linkage.Write(context.Background(), &buf, slice(registry), nil); err != nil {
		t.Fatal(err)
	}
	ix, err := linkage.Open(bytes.NewReader(buf.Bytes()), int64(buf.Len()), 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := linkage.Train(context.Background(), ix, slice(rows), opt)
	if err != nil {
		t.Fatal(err)
	}
	if model, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	answers = map[int64][]linkage.Match{}
	sum, err = linkage.NewMatcher(ix, m, opt).Run(context.Background(), slice(rows), func(r matchers.Record, ms []linkage.Match) error {
		answers[r.Row] = ms
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes(), model, answers, sum
}

func TestSameBitsInAnyOrder(t *testing.T) {
	c := newCountry(21, 1200)
	registry := collect(c.records(c.people))
	rows := collect(rowsOf(c.leak(c.people[:2000], 1500, 0.3)))
	ix1, m1, a1, s1 := all(t, registry, rows, 1)
	rng := rand.New(rand.NewPCG(1, 2))
	rng.Shuffle(len(registry), func(i, j int) { registry[i], registry[j] = registry[j], registry[i] })
	rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	ix2, m2, a2, s2 := all(t, registry, rows, 2)
	if !bytes.Equal(ix1, ix2) {
		t.Error("the index depends on the order of the registry")
	}
	if !bytes.Equal(m1, m2) {
		t.Errorf("the model depends on the order of the rows:\n%s\n%s", m1, m2)
	}
	if d := cmp.Diff(a1, a2); d != "" {
		t.Errorf("answers differ: %s", d)
	}
	if d := cmp.Diff(s1, s2); d != "" {
		t.Errorf("summaries differ: %s", d)
	}
}

// TestRunTellsPlantedRows repeats the row of one person among the others'.
func TestRunTellsPlantedRows(t *testing.T) {
	c := newCountry(23, 400)
	ix, err := linkage.Build(c.records(c.people))
	if err != nil {
		t.Fatal(err)
	}
	model, err := linkage.Train(context.Background(), ix, slice(nil), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := linkage.NewMatcher(ix, model, linkage.Options{})
	var rows []matchers.Record
	for r, err := range c.records(c.people) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	for _, times := range []int{0, 600} {
		sum, err := m.Run(context.Background(), func(yield func(matchers.Record, error) bool) {
			for i := range len(rows) + times {
				r := rows[min(i, len(rows)-1)]
				r.Row = int64(i + 1)
				if !yield(r, nil) {
					return
				}
			}
		}, func(matchers.Record, []linkage.Match) error { return nil })
		if err != nil || sum.Hit == 0 || sum.Crowd < int64(times) || sum.Planted() != (times > 0) {
			t.Errorf("a row repeated %d times: %+v, planted %v, %v", times, sum, sum.Planted(), err)
		}
	}
}

func TestRunKeepsOrder(t *testing.T) {
	c := newCountry(22, 400)
	ix, err := linkage.Build(c.records(c.people))
	if err != nil {
		t.Fatal(err)
	}
	model, err := linkage.Train(context.Background(), ix, slice(nil), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := linkage.NewMatcher(ix, model, linkage.Options{Workers: 4})
	next := int64(1)
	sum, err := m.Run(context.Background(), rowsOf(c.leak(c.people, 2500, 0.2)), func(r matchers.Record, ms []linkage.Match) error { // three waves
		if r.Row != next {
			t.Fatalf("row %d came where row %d was due", r.Row, next)
		}
		one, err := m.Match(r)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(one, ms); d != "" {
			t.Fatalf("row %d: Run and Match differ: %s", r.Row, d)
		}
		next++
		return nil
	})
	if err != nil || sum.Rows != 2500 {
		t.Fatalf("got %d rows, %v; want 2500", sum.Rows, err)
	}
	stop := errors.New("enough")
	if _, err := m.Run(context.Background(), rowsOf(c.leak(c.people, 3000, 0.2)), func(matchers.Record, []linkage.Match) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("emit's error came back as %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Run(ctx, rowsOf(c.leak(c.people, 3000, 0.2)), func(matchers.Record, []linkage.Match) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run returned %v", err)
	}
}

func TestReaderErrors(t *testing.T) {
	bad := errors.New("disk gone")
	rows := func(yield func(matchers.Record, error) bool) {
		_ = yield(person("a", "birth_name=Quelin; given_names=Ambre"), nil) &&
			yield(matchers.Record{}, &breach.RefusedError{Code: "ragged", What: "row 2"}) &&
			yield(person("b", "birth_name=Quelin; given_names=Ondine"), nil) && yield(matchers.Record{}, bad)
	}
	if _, err := linkage.Build(rows); err == nil {
		t.Error("Build took a registry with a refused record")
	}
	ix, err := linkage.Build(slice(known))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := linkage.Train(context.Background(), ix, rows, linkage.Options{}); !errors.Is(err, bad) {
		t.Errorf("Train returned %v, want the reader's error", err)
	}
	model, err := linkage.Train(context.Background(), ix, slice(nil), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	_, err = linkage.NewMatcher(ix, model, linkage.Options{}).Run(context.Background(), rows, func(matchers.Record, []linkage.Match) error { n++; return nil })
	if !errors.Is(err, bad) || n != 2 {
		t.Errorf("Run returned %v after %d rows, want the reader's error after 2", err, n)
	}
}

func TestModel(t *testing.T) {
	ix, err := linkage.Build(slice(known))
	if err != nil {
		t.Fatal(err)
	}
	model, err := linkage.Train(context.Background(), ix, slice(known), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(model.Version, "builtin-") {
		t.Errorf("ten rows trained a model %q, want builtin-", model.Version)
	}
	b, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	var again linkage.Model
	if err := json.Unmarshal(b, &again); err != nil || again.Version != model.Version {
		t.Fatalf("model came back as %q, %v; want %q", again.Version, err, model.Version)
	}
	for _, bad := range []string{"{}", "[]", "null", strings.Replace(string(b), `"people":10`, `"people":11`, 1), strings.Replace(string(b), `"m":880000000`, `"m":880000001`, 1)} {
		if err := new(linkage.Model).UnmarshalJSON([]byte(bad)); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("model %.40q: %v, want ErrInvalid", bad, err)
		}
	}
}

func TestOpenRefusesDamage(t *testing.T) {
	var buf bytes.Buffer
	stats, err := linkage.Write(context.Background(), &buf, slice(known), nil)
	if err != nil {
		t.Fatal(err)
	}
	whole := buf.Bytes()
	check := func(b []byte) error {
		ix, err := linkage.Open(bytes.NewReader(b), int64(len(b)), 0)
		if err != nil {
			return err
		}
		if d := cmp.Diff(stats, ix.Stats()); d != "" {
			t.Errorf("stats differ: %s", d)
		}
		return ix.Verify()
	}
	if err := check(whole); err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(whole); n += 997 {
		if err := check(whole[:n]); !errors.Is(err, breach.ErrInvalid) {
			t.Fatalf("cut at %d: %v, want ErrInvalid", n, err)
		}
		flipped := bytes.Clone(whole)
		flipped[n] ^= 0x10
		if err := check(flipped); !errors.Is(err, breach.ErrInvalid) {
			t.Fatalf("flipped at %d: %v, want ErrInvalid", n, err)
		}
	}
	if err := check(append(bytes.Clone(whole), 0)); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("appended: %v, want ErrInvalid", err)
	}
}

// TestSmallMemory answers the same when hardly any page can be kept.
func TestSmallMemory(t *testing.T) {
	c := newCountry(33, 1500)
	var buf bytes.Buffer
	if _, err := linkage.Write(context.Background(), &buf, c.records(c.people), nil); err != nil {
		t.Fatal(err)
	}
	var answers [2][][]linkage.Match
	for i, memory := range []int64{0, 1} {
		ix, err := linkage.Open(bytes.NewReader(buf.Bytes()), int64(buf.Len()), memory)
		if err != nil {
			t.Fatal(err)
		}
		model, err := linkage.Train(context.Background(), ix, c.records(c.people[:500]), linkage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := linkage.NewMatcher(ix, model, linkage.Options{Workers: 4})
		if _, err := m.Run(context.Background(), c.records(c.people[:500]), func(_ matchers.Record, ms []linkage.Match) error {
			answers[i] = append(answers[i], ms)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(answers[0], answers[1]); d != "" {
		t.Errorf("answers differ with the memory: %s", d)
	}
}

func TestHostileRecords(t *testing.T) {
	huge := strings.Repeat("É’-?\xff\u0301ß", 100_000)
	var records []matchers.Record
	for i, v := range []string{"", " ", huge, "\x00\xff\xfe", "????", "----", "'", "٣٤٥", "李小龙", "a\u0300\u0301\u0302", "@", "a@b", strings.Repeat("@", 300)} {
		r := matchers.Record{ID: fmt.Sprint(i)}
		for f := range r.Values {
			r.Values[f] = v
		}
		records = append(records, r)
		for f := range matchers.NumFields {
			one := matchers.Record{ID: fmt.Sprintf("%d-%s", i, f)}
			one.Values[f] = v
			records = append(records, one)
		}
	}
	_, _, answers, _ := all(t, records, records, 2)
	if len(answers) == 0 {
		t.Error("no answers")
	}
}

// TestManyOfOneName is a registry whose every block explodes: the time stays
// linear and the loss is told, while what makes people different still works.
func TestManyOfOneName(t *testing.T) {
	const n = 20_000
	records := func(yield func(matchers.Record, error) bool) {
		for i := range n {
			r := person(fmt.Sprint(i), "birth_name=Martin; given_names=Marie; sex=F; city=Sarlat")
			if i%2 == 0 {
				r.Values[matchers.Email] = fmt.Sprintf("marie%d@example.org", i)
			}
			if !yield(r, nil) {
				return
			}
		}
	}
	ix, err := linkage.Build(records)
	if err != nil {
		t.Fatal(err)
	}
	if s := ix.Stats(); s.Capped == 0 || s.Split == 0 {
		t.Errorf("stats %+v say nothing of the loss", s)
	}
	model, err := linkage.Train(context.Background(), ix, slice(nil), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := linkage.NewMatcher(ix, model, linkage.Options{})
	ms := match(t, m, person("", "birth_name=Martin; given_names=Marie; email=marie4242@example.org"))
	if len(ms) == 0 || ms[0].Person != "4242" || ms[0].Band == breach.BandNonLink {
		t.Errorf("the owner of an e-mail among a crowd: %+v", ms)
	}
	if ms := match(t, m, person("", "birth_name=Martin; given_names=Marie")); len(ms) > 0 && ms[0].Band == breach.BandLink {
		t.Errorf("linked one of a crowd by name: %+v", ms[0])
	}
}

func TestEmpty(t *testing.T) {
	_, _, answers, sum := all(t, nil, []matchers.Record{{Row: 1}, person("", "birth_name=Quelin")}, 2)
	for _, ms := range answers {
		if len(ms) > 0 {
			t.Errorf("an empty registry matched: %+v", ms)
		}
	}
	if sum.Rows != 2 || sum.High != 0 {
		t.Errorf("summary %+v", sum)
	}
}

// match answers for one row of a sound index.
func match(t testing.TB, m *linkage.Matcher, r matchers.Record) []linkage.Match {
	t.Helper()
	ms, err := m.Match(r)
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// Rows that repeat each other teach once: a person whose row stands there a
// thousand times is found as surely as by one, and the others' model is the
// same.
func TestRepeatedRowsTeachOnce(t *testing.T) {
	c := newCountry(24, 2000)
	ix, err := linkage.Build(c.records(c.people))
	if err != nil {
		t.Fatal(err)
	}
	leak := c.leak(c.people, 600, 0.3)
	train := func(planted, times int) string {
		m, err := linkage.Train(context.Background(), ix, func(yield func(matchers.Record, error) bool) {
			for i := range len(leak) + times {
				r := planted
				if i >= times {
					r = i - times
				}
				if !yield(leak[r].rec, nil) {
					return
				}
			}
		}, linkage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return m.Version
	}
	once := train(0, 0)
	if !strings.HasPrefix(once, "trained") {
		t.Fatalf("the leak teaches nothing: %s", once)
	}
	for _, times := range []int{1, 3000, 45_000} {
		if got := train(7, times); got != once {
			t.Errorf("one row repeated %d times: model %s, want %s", times, got, once)
		}
	}
}
