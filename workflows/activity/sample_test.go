package activity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/linkage"
	"vigie/workflows"
)

// leaks are dumps whose truth is known: the rows of each incident, and who each
// is about, "" for strangers.
type leaks struct {
	rows  map[breach.IncidentID][]matchers.Record
	truth map[breach.IncidentID][]breach.PersonID
	reads int
}

func (l *leaks) Inspect(context.Context, dump.Source) (*dump.Layout, *dump.Report, error) {
	return nil, nil, errors.New("nobody asks")
}

// Records are those of the dump whose bytes name the incident.
func (l *leaks) Records(_ context.Context, src dump.Source, _ *dump.Layout) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		l.reads++
		name := make([]byte, src.Size())
		if _, err := src.ReadAt(name, 0); err != nil && !errors.Is(err, io.EOF) {
			yield(matchers.Record{}, err)
			return
		}
		for _, r := range l.rows[breach.IncidentID(name)] {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// invent makes people, and rows about some of them and about strangers.
func invent(rng *rand.Rand, registered bool, n int) (line string, rec matchers.Record) {
	part := func(k int) string {
		var b strings.Builder
		for range k {
			b.WriteString([]string{"ba", "cor", "dun", "fe", "gri", "lau", "mo", "nel", "pri", "sou", "ti", "vau"}[rng.IntN(12)])
		}
		return strings.ToUpper(b.String()[:1]) + b.String()[1:]
	}
	name, given, street := part(3), part(2), fmt.Sprintf("%d rue %s", 1+rng.IntN(90), part(2))
	born := fmt.Sprintf("%d-%02d-%02d", 1990+rng.IntN(15), 1+rng.IntN(12), 1+rng.IntN(28))
	mail := strings.ToLower(given+"."+name) + "@example.org"
	if registered {
		line = person(fmt.Sprintf("p%03d", n), "ml-a", name, given, born, mail, "", street, "", "")
	}
	v := &rec.Values
	v[matchers.BirthName], v[matchers.GivenNames], v[matchers.BirthDate], v[matchers.Email], v[matchers.Street], v[matchers.Postcode], v[matchers.City] = name, given, born, mail, street, "00001", "ORBEVILLE"
	return line, rec
}

// newLeaks imports 200 people and matches dumps of 150 rows, a third of which
// are strangers.
func newLeaks(t *testing.T, dumps int) (*world, *leaks) {
	t.Helper()
	w := openWorld(t, t.TempDir())
	rng := rand.New(rand.NewPCG(1, 2))
	people, records := map[string]string{}, []matchers.Record{}
	for i := range 200 {
		line, rec := invent(rng, true, i)
		people[fmt.Sprintf("p%03d", i)] = line
		records = append(records, rec)
	}
	w.importYouth(people, "")
	l := &leaks{rows: map[breach.IncidentID][]matchers.Record{}, truth: map[breach.IncidentID][]breach.PersonID{}}
	w.Dumps, w.Pairs, w.Registries.Models = l, 120, w.Store
	var err error
	w.Vault, err = evidence.Open(filepath.Join(w.dir, "evidence"), w.Keys, w.Store, w.Now)
	w.must(err)
	for k := range dumps {
		id := breach.IncidentID(fmt.Sprintf("inc_%d", k))
		for n := range 150 {
			var who breach.PersonID
			var rec matchers.Record
			if n%3 == 0 {
				_, rec = invent(rng, false, n)
			} else {
				i := rng.IntN(200)
				who, rec = breach.PersonID(fmt.Sprintf("p%03d", i)), records[i]
				if rng.IntN(4) == 0 {
					rec.Values[matchers.Email] = ""
				}
				if rng.IntN(3) == 0 {
					rec.Values[matchers.Street] = fmt.Sprintf("%d avenue Perdue", n)
				}
				if rng.IntN(8) == 0 {
					rec.Values[matchers.BirthDate] = rec.Values[matchers.BirthDate][:8] + "09"
				}
			}
			rec.Row = int64(n + 1)
			l.rows[id], l.truth[id] = append(l.rows[id], rec), append(l.truth[id], who)
		}
		w.leaked(id)
	}
	return w, l
}

// leaked opens an incident and matches its dump.
func (w *world) leaked(id breach.IncidentID) breach.MatchSummary {
	w.t.Helper()
	ctx, at, n := w.t.Context(), w.Now(), string(id)
	_, err := w.Store.SavePosts(ctx, []breach.Post{{ID: breach.PostID("pst_" + n), Source: "site", Title: n, FirstSeenAt: at, LastSeenAt: at}})
	w.must(err)
	_, err = w.Store.RaiseAlert(ctx, breach.Alert{ID: breach.AlertID("alr_" + n), Post: breach.PostID("pst_" + n), Source: "site", Entity: n, RaisedAt: at})
	w.must(err)
	w.must(w.Store.ConfirmAlert(ctx, breach.Acquisition{Alert: breach.AlertID("alr_" + n), Link: "http://site.example.org/" + n, By: "ana", Purpose: "p", LegalBasis: "l", At: at},
		breach.Incident{ID: id, Alert: breach.AlertID("alr_" + n), Title: n, OpenedAt: at, OpenedBy: "ana"}, []breach.RegistryID{"youth"}))
	digest, size, err := w.Vault.PutDump(ctx, dumpID(id), "ana", "p", strings.NewReader(n))
	w.must(err)
	raw, err := json.Marshal(dump.Layout{})
	w.must(err)
	box, err := w.Keys.SealField(raw, layoutPlace(dumpID(id)))
	w.must(err)
	w.must(w.Store.SaveDump(ctx, breach.Dump{ID: dumpID(id), Incident: id, Digest: digest, Bytes: size, AcquiredAt: at}, nil))
	w.must(w.Store.SaveProfile(ctx, dumpID(id), breach.Profile{Format: "csv", Rows: 150, Complete: true}, box))
	sum, err := run[breach.MatchSummary](w, workflows.ActivityMatch, workflows.MatchInput{Incident: id, Registry: "youth"})
	w.must(err)
	return sum
}

// judgeAll lets three people judge the sample of an incident as the truth is.
func (w *world) judgeAll(l *leaks, id breach.IncidentID) (settled int) {
	w.t.Helper()
	ctx := w.t.Context()
	pairs, err := w.Store.OpenPairs(ctx, id)
	w.must(err)
	for i, p := range pairs {
		row, err := w.SampledRow(ctx, p.ID)
		w.must(err)
		if row != l.rows[id][p.Row-1] {
			w.t.Fatalf("pair %s shows another row", p.ID)
		}
		says := breach.PairOther
		if l.truth[id][p.Row-1] == p.Person {
			says = breach.PairSame
		}
		for k := range 2 {
			_, err = w.Store.JudgePair(ctx, breach.Verdict{Pair: p.ID, By: []breach.UserID{"rose", "remi", "paul"}[(i+k)%3], Says: says, At: w.Now()})
			w.must(err)
		}
	}
	return len(pairs)
}

// The whole way: a sample is drawn when dumps are matched, people judge it, the
// model is refined, the next match begins with it, and one step goes back.
func TestSampleRefinesTheNextMatch(t *testing.T) {
	t.Parallel()
	w, l := newLeaks(t, 3)
	ctx := t.Context()
	var refused *breach.RefusedError
	r, err := Refine(ctx, w.Store, "youth", nil, linkage.Options{})
	w.must(err)
	if err := PutRefined(ctx, w.Store, "youth", r, nil, "root", "too early", w.Now()); !errors.As(err, &refused) || refused.Code != "too-few" {
		t.Fatalf("without a verdict: %v, want too-few", err)
	}
	reads := l.reads
	n := 0
	for k := range 3 {
		n += w.judgeAll(l, breach.IncidentID(fmt.Sprintf("inc_%d", k)))
	}
	if l.reads != reads+3 {
		t.Errorf("the dumps were read %d times for %d pairs, want once each", l.reads-reads, n)
	}
	if r, err = Refine(ctx, w.Store, "youth", nil, linkage.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d pairs, worth %.0f, registered %.3f, alarms %v", r.Pairs, r.Worth, r.Registered.After, r.Alarms)
	if r.Pairs != n || r.Same < 100 {
		t.Errorf("%d pairs, %d same, of %d judged", r.Pairs, r.Same, n)
	}
	accept := []string{"shift"}
	w.must(PutRefined(ctx, w.Store, "youth", r, accept, "root", "judged", w.Now()))
	if err := PutRefined(ctx, w.Store, "youth", r, accept, "root", "again", w.Now()); !errors.As(err, &refused) || refused.Code != "unchanged" {
		t.Errorf("the same again: %v, want unchanged", err)
	}
	if p, err := Refine(ctx, w.Store, "youth", []breach.IncidentID{"inc_2"}, linkage.Options{}); err != nil || p.Dumps != 2 || p.After == r.After {
		t.Errorf("without a dump: %d dumps, %s, %v", p.Dumps, p.After, err)
	}

	// A leak of ten rows teaches nothing: it is weighed by the refined model itself.
	l.rows["inc_7"], l.truth["inc_7"] = l.rows["inc_0"][:10], l.truth["inc_0"][:10]
	if sum := w.leaked("inc_7"); !strings.HasPrefix(sum.Model, "refined-") {
		t.Errorf("the next match is weighed by %s", sum.Model)
	}
	w.must(w.Store.ReturnToModel(ctx, "youth", "", "root", "links were lost", w.Now()))
	l.rows["inc_8"], l.truth["inc_8"] = l.rows["inc_7"], l.truth["inc_7"]
	if sum := w.leaked("inc_8"); !strings.HasPrefix(sum.Model, "builtin-") {
		t.Errorf("after going back it is weighed by %s", sum.Model)
	}
	// What an old match was weighed by is still there.
	if m, err := w.Store.LinkageModel(ctx, "youth", r.After); err != nil || m.InForce {
		t.Errorf("the refined model is kept beside: %v", err)
	}
}

// Nothing of a row rests outside of its dump, and a purge ends the judging.
func TestSampleKeepsNoRow(t *testing.T) {
	t.Parallel()
	w, l := newLeaks(t, 1)
	ctx := t.Context()
	all, err := w.Store.Sample(ctx, "youth")
	w.must(err)
	raw, err := json.Marshal(all)
	w.must(err)
	for _, r := range l.rows["inc_0"] {
		for _, f := range []matchers.Field{matchers.BirthName, matchers.Email, matchers.Street, matchers.BirthDate} {
			if v := r.Values[f]; v != "" && strings.Contains(string(raw), v) {
				t.Fatalf("the sample keeps a value of row %d", r.Row)
			}
		}
	}
	models := map[string]bool{}
	for _, p := range all {
		models[p.Model] = true
	}
	for v := range models {
		m, err := w.Store.LinkageModel(ctx, "youth", v)
		w.must(err)
		if strings.Contains(m.Body, `"digest"`) {
			t.Error("the kept model holds digests of contacts")
		}
	}
	if _, err := w.SampledRow(ctx, all[0].ID); err != nil {
		t.Fatal(err)
	}
	w.must(w.Store.Purge(ctx, "inc_0", time.Now()))
	if _, err := w.SampledRow(ctx, all[0].ID); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("after the purge the row is still shown: %v", err)
	}
}
