package recipient

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// This file is an oracle. Each story is written from the law (notices.md 2.5,
// decisions.md 3 and 4): it draws a family in one regime and, from the dates it
// drew and nothing else, says who must be mailed, who needs a human and who
// must hear nothing. It shares no code with the rules but the nouns.

// verdict is what the law says on a day.
type verdict struct {
	mail  map[string]string // key to variant
	human []string          // keys that a human sees
	never []string          // keys of whom nothing may be mailed
}

// told builds a verdict: pairs of key and variant.
func told(pairs ...string) verdict {
	v := verdict{mail: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		v.mail[pairs[i]] = pairs[i+1]
	}
	return v
}

func (v verdict) humans(keys ...string) verdict { v.human = append(v.human, keys...); return v }
func (v verdict) nobody(keys ...string) verdict { v.never = append(v.never, keys...); return v }

// draw is one family being drawn.
type draw struct {
	r    *rand.Rand
	day  time.Time
	s    breach.Subject
	own  map[string]string // value to the only key that may be reached at it
	past map[string]bool   // values nobody may be reached at any more
	n    int
}

func newDraw(r *rand.Rand) *draw {
	d := &draw{r: r, own: map[string]string{}, past: map[string]bool{},
		day: time.Date(2019+r.IntN(12), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)}
	d.s = breach.Subject{Person: "P", Registry: "reg", Contact: d.contact("P")}
	return d
}

// contact invents a contact for a key. Values are numbered: none is drawn twice.
func (d *draw) contact(key string) breach.Contact {
	d.n++
	c := breach.Contact{Given: "Alix", Name: "Exemple", Email: fmt.Sprintf("%s%d@example.org", strings.ToLower(key), d.n), Phone: fmt.Sprintf("+3363998%04d", d.n),
		Address: breach.Address{Street: fmt.Sprintf("%d rue de l'Invention", d.n), Postcode: "99100", City: "Orbe"}}
	d.own[c.Email], d.own[c.Phone], d.own[c.Address.Street] = key, key, key
	return c
}

// former marks a contact as of the past.
func (d *draw) former(c breach.Contact) breach.Contact {
	d.past[c.Email], d.past[c.Phone], d.past[c.Address.Street] = true, true, true
	return c
}

// aged makes the subject so many years old, by a few days to most of a year; at
// the bound, born on this very day.
func (d *draw) aged(years int) {
	days := d.r.IntN(360)
	if d.r.IntN(3) == 0 {
		days = 0
	}
	d.s.BirthDate = d.day.AddDate(-years, 0, -days)
	if d.s.AgeAt(d.day) != years { // 29 February
		d.s.BirthDate = d.day.AddDate(-years, 0, -1)
	}
}

// minor draws an age below eighteen, and says which variant representatives get
// and whether the young person is told as well.
func (d *draw) minor() (variant string, v verdict) {
	age := []int{0, 3, 9, 14, 15, 16, 17}[d.r.IntN(7)]
	d.aged(age)
	if age >= 15 {
		return "guardian", told("P", "young")
	}
	return "child", told()
}

func (d *draw) add(key string, kind breach.RelationKind, a breach.Authority, edit ...func(*breach.Relation)) breach.Contact {
	row := breach.Relation{Person: "P", Holder: breach.PersonID(key), Kind: kind, Authority: a, Contact: d.contact(key)}
	for _, e := range edit {
		e(&row)
	}
	d.s.Relations = append(d.s.Relations, row)
	return row.Contact
}

func (d *draw) parent(key string, a breach.Authority, edit ...func(*breach.Relation)) {
	d.add(key, breach.RelationParent, a, edit...)
}

// around is a day near today: far before, the eve, the day, the morrow, far
// after; where says on which side it lies.
func (d *draw) around() (at time.Time, where int) {
	days := []int{-800, -1, 0, 1, 800}[d.r.IntN(5)]
	return d.day.AddDate(0, 0, days), days
}

func since(at time.Time) func(*breach.Relation) { return func(r *breach.Relation) { r.From = at } }
func till(at time.Time) func(*breach.Relation)  { return func(r *breach.Relation) { r.Until = at } }
func barred(r *breach.Relation)                 { r.Barred = true }
func dead(r *breach.Relation)                   { r.Deceased = true }

const (
	jointly = breach.AuthorityJoint
	alone   = breach.AuthoritySole
	without = breach.AuthorityNone
)

// safe says whether the rules must keep off channels that are not marked safe.
type story struct {
	name  string
	safe  bool // a protection stands: only what is marked safe
	quiet bool // letters bear a neutral sender
	draw  func(d *draw) verdict
}

func with2(v verdict, variant string, keys ...string) verdict {
	for _, k := range keys {
		v.mail[k] = variant
	}
	return v
}

var stories = []story{
	{name: "372: joint authority, each at home", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		d.parent("B", jointly)
		return with2(v, g, "A", "B")
	}},
	{name: "372: one parent known", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		return with2(v, g, "A")
	}},
	{name: "414: adult, parents' rows still there", draw: func(d *draw) verdict {
		d.aged([]int{18, 19, 40, 90}[d.r.IntN(4)])
		d.parent("A", jointly)
		d.parent("B", without)
		return told("P", "adult").nobody("A", "B")
	}},
	{name: "372 al. 2: filiation after a year, joint since a declaration", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", alone, till(d.day.AddDate(-1, 0, 0)))
		d.parent("A", jointly, since(d.day.AddDate(-1, 0, 0)))
		d.former(d.s.Relations[0].Contact)
		d.parent("B", without, till(d.day.AddDate(-1, 0, 0)))
		d.former(d.s.Relations[2].Contact)
		d.parent("B", jointly, since(d.day.AddDate(-1, 0, 0)))
		return with2(v, g, "A", "B")
	}},
	{name: "373-2-1: sole exercise", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", alone)
		d.parent("B", without)
		return with2(v, g, "A").nobody("B")
	}},
	{name: "373-1: the other parent died", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", []breach.Authority{jointly, alone}[d.r.IntN(2)])
		d.parent("B", jointly, dead)
		return with2(v, g, "A").nobody("B")
	}},
	{name: "378: withdrawn, and a newer stale row says joint", quiet: true, draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		d.parent("B", breach.AuthorityWithdrawn, since(d.day.AddDate(0, 0, -30)))
		d.parent("B", jointly, since(d.day.AddDate(0, 0, -d.r.IntN(30))))
		return with2(v, g, "A").nobody("B")
	}},
	{name: "378-2: suspended until a day", quiet: true, draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		end, where := d.around()
		d.parent("B", jointly, since(d.day.AddDate(-6, 0, 0)))
		d.parent("B", breach.AuthoritySuspended, since(d.day.AddDate(-5, 0, 0)), till(end))
		if where < 0 { // over, and nobody has written down what holds now
			v = v.humans("B")
		}
		return with2(v, g, "A").nobody("B")
	}},
	{name: "378: withdrawal from a day on", quiet: true, draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		from, where := d.around()
		d.parent("B", jointly, since(d.day.AddDate(-6, 0, 0)))
		d.parent("B", breach.AuthorityWithdrawn, since(from))
		if where > 0 { // not yet: still, nothing is mailed
			v = v.humans("B")
		}
		return with2(v, g, "A").nobody("B")
	}},
	{name: "381: authority given back", draw: func(d *draw) verdict {
		g, v := d.minor()
		back := d.day.AddDate(0, 0, -1-d.r.IntN(900))
		d.parent("A", jointly)
		d.parent("B", breach.AuthorityWithdrawn, since(back.AddDate(-3, 0, 0)), till(back))
		d.former(d.s.Relations[1].Contact)
		d.parent("B", jointly, since(back))
		return with2(v, g, "A", "B")
	}},
	{name: "515-11: a protection order names a parent", safe: true, quiet: true, draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		d.parent("B", []breach.Authority{jointly, alone, without}[d.r.IntN(3)], barred)
		return with2(v, g, "A").nobody("B")
	}},
	{name: "515-11: the order names another kind of holder", safe: true, quiet: true, draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		d.add("B", breach.RelationDelegate, "", barred)
		d.parent("B", jointly)
		return with2(v, g, "A").nobody("B")
	}},
	{name: "515-11 6 bis: protected adult", safe: true, quiet: true, draw: func(d *draw) verdict {
		d.aged(18 + d.r.IntN(70))
		d.s.Protected = true
		d.former(d.s.Contact)
		if d.r.IntN(2) == 0 {
			d.s.Elected = breach.Address{Street: "1 rue du Palais", Postcode: "99000", City: "Autreville"}
			d.own["1 rue du Palais"] = "P"
		}
		return told().humans("P")
	}},
	{name: "515-11 6 bis: protected child, whatever the parents", safe: true, quiet: true, draw: func(d *draw) verdict {
		d.minor()
		d.s.Protected = true
		d.former(d.s.Contact)
		d.parent("A", jointly)
		d.parent("B", jointly)
		return told().humans("P").nobody("A", "B")
	}},
	{name: "377: delegated, the parents without exercise", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", without)
		d.parent("B", without)
		d.add("D", breach.RelationDelegate, "")
		return with2(v, g, "D").nobody("A", "B")
	}},
	{name: "377-1: shared with a delegate", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		d.add("D", breach.RelationDelegate, "")
		return with2(v, g, "A", "D")
	}},
	{name: "377-2: the delegation has ended", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		d.former(d.add("D", breach.RelationDelegate, "", till(d.day.AddDate(0, 0, -d.r.IntN(500)))))
		return with2(v, g, "A").nobody("D")
	}},
	{name: "390, 408: tutelle of a minor", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly, dead)
		d.add("T", breach.RelationTutor, "")
		return with2(v, g, "T").nobody("A")
	}},
	{name: "390: a tutor and a parent cannot both be right", draw: func(d *draw) verdict {
		_, v := d.minor()
		d.parent("A", jointly)
		d.add("T", breach.RelationTutor, "")
		return v.humans("A", "T").nobody("A", "T")
	}},
	{name: "375-7: placed, the parents keep authority", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		d.parent("B", jointly)
		d.add("I", breach.RelationAuthority, "")
		return with2(v, g, "A", "B", "I")
	}},
	{name: "375-7: placed, nobody else", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.add("I", breach.RelationAuthority, "")
		return with2(v, g, "I").humans("P/parent")
	}},
	{name: "413-1: emancipated", draw: func(d *draw) verdict {
		d.aged(16 + d.r.IntN(2))
		d.s.Regime = breach.RegimeEmancipated
		d.parent("A", jointly)
		return told("P", "adult").nobody("A")
	}},
	{name: "413-2: nobody is emancipated before sixteen", draw: func(d *draw) verdict {
		d.aged(d.r.IntN(16))
		d.s.Regime = breach.RegimeEmancipated
		d.parent("A", jointly)
		return told().humans("P").nobody("A")
	}},
	{name: "CSP L1111-5: the follow-up is secret", quiet: true, draw: func(d *draw) verdict {
		d.minor()
		d.s.Secret = true
		d.parent("A", jointly)
		d.parent("B", jointly)
		return told().humans("P").nobody("A", "B")
	}},
	{name: "440, 459: tutelle", draw: func(d *draw) verdict {
		d.aged(18 + d.r.IntN(80))
		d.s.Regime = breach.RegimeTutelle
		begins, where := d.around()
		if c := d.add("T", breach.RelationTutor, "", since(begins)); where > 0 {
			d.former(c)
			return told("P", "easy").humans("P/tutor").nobody("T")
		}
		return told("P", "easy", "T", "tutor")
	}},
	{name: "467: curatelle", draw: func(d *draw) verdict {
		d.aged(18 + d.r.IntN(80))
		d.s.Regime = breach.RegimeCuratelle
		d.add("C", breach.RelationCurator, "")
		return told("P", "easy", "C", "curator")
	}},
	{name: "494-1: habilitation familiale", draw: func(d *draw) verdict {
		d.aged(18 + d.r.IntN(80))
		d.s.Regime = breach.RegimeHabilitation
		d.add("G", breach.RelationAgent, "")
		return told("P", "easy", "G", "agent")
	}},
	{name: "477: mandate whose agent has died", draw: func(d *draw) verdict {
		d.aged(18 + d.r.IntN(80))
		d.s.Regime = breach.RegimeMandate
		d.add("G", breach.RelationAgent, "", dead)
		return told("P", "easy").humans("P/agent").nobody("G")
	}},
	{name: "435: sauvegarde, the person alone", draw: func(d *draw) verdict {
		d.aged(18 + d.r.IntN(80))
		d.s.Regime = breach.RegimeSauvegarde
		d.add("G", breach.RelationAgent, "")
		return told("P", "adult").nobody("G")
	}},
	{name: "recital 27: dead since a day, or not yet", draw: func(d *draw) verdict {
		d.aged(60)
		at, where := d.around()
		d.s.DeceasedAt = at
		if where > 0 {
			return told().humans("P")
		}
		return told().nobody("P")
	}},
	{name: "372: nobody knows who exercises", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		d.parent("B", breach.AuthorityUnknown)
		return with2(v, g, "A").humans("B").nobody("B")
	}},
	{name: "373-2-1: alone beside another cannot be", draw: func(d *draw) verdict {
		_, v := d.minor()
		d.parent("A", alone)
		d.parent("B", jointly)
		return v.humans("A", "B").nobody("A", "B")
	}},
	{name: "373-2: a parent moved", draw: func(d *draw) verdict {
		g, v := d.minor()
		d.parent("A", jointly)
		d.former(d.s.Relations[0].Contact)
		d.parent("A", jointly, since(d.day.AddDate(0, 0, -d.r.IntN(400))))
		d.parent("B", jointly)
		return with2(v, g, "A", "B")
	}},
	{name: "515-11: the safe parent lives where the barred one does", safe: true, quiet: true, draw: func(d *draw) verdict {
		_, v := d.minor()
		d.parent("A", jointly)
		d.parent("B", jointly, barred)
		d.s.Relations[0].Contact.Address = d.s.Relations[1].Contact.Address
		return v.humans("A").nobody("A", "B")
	}},
	{name: "388: a minor with nobody", draw: func(d *draw) verdict {
		_, v := d.minor()
		return v.humans("P/parent")
	}},
}

// judge compares what the rules say with the verdict.
func judge(d *draw, st story, v verdict) error {
	got := Resolve(d.s, d.day)
	mail, human := map[string]string{}, []string{}
	for _, r := range got.Recipients {
		if len(r.Why) == 0 || slices.ContainsFunc(r.Why, func(w string) bool { return !slices.Contains(notify.Reasons(), w) }) {
			return fmt.Errorf("%s: reasons %q", r.Key, r.Why)
		}
		for _, value := range []string{r.Contact.Email, r.Contact.Phone, r.Contact.Address.Street} {
			if value == "" || !mailed(r) {
				continue
			}
			if d.own[value] != r.Key || d.past[value] {
				return fmt.Errorf("%s would be reached where %s is, or was", r.Key, d.own[value])
			}
		}
		if st.quiet && !r.Neutral {
			return fmt.Errorf("%s: the outside tells who writes", r.Key)
		}
		if st.safe && (r.Contact.Email != "" && !r.Contact.EmailSafe || r.Contact.Phone != "" && !r.Contact.PhoneSafe) {
			return fmt.Errorf("%s: a channel that nobody marked safe", r.Key)
		}
		if mailed(r) {
			mail[r.Key] = r.Variant
		} else {
			human = append(human, r.Key)
		}
	}
	for _, k := range v.never {
		if mail[k] != "" {
			return fmt.Errorf("%s must hear nothing and is written to", k)
		}
		reason := slices.Contains(human, k) || slices.ContainsFunc(got.NotTold, func(n NotTold) bool { return string(n.Holder) == k && n.Why != "" }) ||
			k == "P" && len(got.Why) > 0
		if !reason {
			return fmt.Errorf("%s is not told, and nothing says why", k)
		}
	}
	if fmt.Sprint(mail) != fmt.Sprint(v.mail) {
		return fmt.Errorf("mailed %v, the law says %v", mail, v.mail)
	}
	slices.Sort(human)
	slices.Sort(v.human)
	if !slices.Equal(human, v.human) {
		return fmt.Errorf("a human sees %v, the law says %v", human, v.human)
	}
	if got.Listed != (len(human) > 0) {
		return fmt.Errorf("listed: %t with %v", got.Listed, human)
	}
	return nil
}

// families judges n families, every regime in turn.
func families(t testing.TB, n int, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 6))
	for i := range n {
		st := stories[i%len(stories)]
		d := newDraw(r)
		v := st.draw(d)
		r.Shuffle(len(d.s.Relations), func(a, b int) { d.s.Relations[a], d.s.Relations[b] = d.s.Relations[b], d.s.Relations[a] })
		if err := judge(d, st, v); err != nil {
			t.Fatalf("family %d, %s, on %s, born %s: %v\n%+v", i, st.name, d.day.Format(time.DateOnly), d.s.BirthDate.Format(time.DateOnly), err, d.s.Relations)
		}
	}
}

// TestTheLaw judges some thousands of families against the oracle.
func TestTheLaw(t *testing.T) {
	if len(stories) < 20 {
		t.Fatalf("%d regimes", len(stories))
	}
	families(t, 60*len(stories), 1)
}

// BenchmarkTheLaw judges 100,000 families and more each time round.
func BenchmarkTheLaw(b *testing.B) {
	for seed := uint64(1); b.Loop(); seed++ {
		families(b, 3000*len(stories), seed)
	}
	b.ReportMetric(float64(3000*len(stories)*b.N)/b.Elapsed().Seconds(), "families/s")
}

// An oracle that cannot disagree is none: each wrong verdict is found.
func TestTheOracleDisagrees(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, st := range stories {
		for name, spoil := range map[string]func(*verdict){
			"one more":  func(v *verdict) { v.mail["Z"] = "adult" },
			"a human":   func(v *verdict) { v.human = append(v.human, "Z") },
			"one fewer": func(v *verdict) { v.human, v.mail = nil, map[string]string{} },
		} {
			d := newDraw(r)
			v := st.draw(d)
			if name == "one fewer" && len(v.mail)+len(v.human) == 0 {
				continue
			}
			if spoil(&v); judge(d, st, v) == nil {
				t.Errorf("%s: %s was not noticed", st.name, name)
			}
		}
	}
}
