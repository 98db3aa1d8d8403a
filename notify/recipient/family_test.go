package recipient

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vigie/internal/breach"
	"vigie/notify"
)

// family is a generated subject with what the law says about each holder,
// written down while generating: the oracle shares no code with the rules.
type family struct {
	subject breach.Subject
	day     time.Time
	never   map[string]bool   // keys that must not be mailed, whatever else
	owner   map[string]string // e-mail, phone or street to the key it belongs to
	must    map[string]bool   // keys that must be mailed when the subject is clear
	clear   bool              // no doubt, no protection, no secret
}

// authorities a generated parent may have, with what follows from each.
var situations = []struct {
	name   string
	tell   bool
	never  bool
	doubt  bool
	make   func(r *breach.Relation, day time.Time)
	others func(r breach.Relation, day time.Time) []breach.Relation
}{
	{name: "joint", tell: true, make: func(r *breach.Relation, _ time.Time) { r.Authority = breach.AuthorityJoint }},
	{name: "joint since a date", tell: true, make: func(r *breach.Relation, d time.Time) {
		r.Authority, r.From = breach.AuthorityJoint, d.AddDate(-1, 0, 0)
	}},
	{name: "no exercise", never: true, make: func(r *breach.Relation, _ time.Time) { r.Authority = breach.AuthorityNone }},
	{name: "withdrawn", never: true, make: func(r *breach.Relation, _ time.Time) { r.Authority = breach.AuthorityWithdrawn }},
	{name: "suspended", never: true, make: func(r *breach.Relation, d time.Time) {
		r.Authority, r.From = breach.AuthoritySuspended, d.AddDate(0, -1, 0)
	}},
	{name: "barred", never: true, make: func(r *breach.Relation, _ time.Time) { r.Authority, r.Barred = breach.AuthorityJoint, true }},
	{name: "deceased", never: true, make: func(r *breach.Relation, _ time.Time) { r.Authority, r.Deceased = breach.AuthorityJoint, true }},
	{name: "unknown", doubt: true, never: true, make: func(r *breach.Relation, _ time.Time) { r.Authority = breach.AuthorityUnknown }},
	{name: "ended", never: true, make: func(r *breach.Relation, d time.Time) { r.Authority, r.Until = breach.AuthorityJoint, d }},
	{name: "stale joint under a withdrawal", never: true,
		make: func(r *breach.Relation, d time.Time) {
			r.Authority, r.From = breach.AuthorityJoint, d.AddDate(0, 0, -3)
		},
		others: func(r breach.Relation, d time.Time) []breach.Relation {
			r.Authority, r.From = breach.AuthorityWithdrawn, d.AddDate(-2, 0, 0)
			return []breach.Relation{r}
		}},
	{name: "suspension ends today", never: true,
		make: func(r *breach.Relation, d time.Time) { r.Authority, r.From = breach.AuthorityJoint, d },
		others: func(r breach.Relation, d time.Time) []breach.Relation {
			r.Authority, r.From, r.Until = breach.AuthoritySuspended, d.AddDate(-1, 0, 0), d
			return []breach.Relation{r}
		}},
	{name: "barred under another kind", never: true,
		make: func(r *breach.Relation, _ time.Time) { r.Authority = breach.AuthorityJoint },
		others: func(r breach.Relation, _ time.Time) []breach.Relation {
			r.Kind, r.Barred = breach.RelationDelegate, true
			return []breach.Relation{r}
		}},
}

var regimes = []breach.Regime{breach.RegimeNone, breach.RegimeEmancipated, breach.RegimeTutelle, breach.RegimeCuratelle,
	breach.RegimeHabilitation, breach.RegimeMandate, breach.RegimeSauvegarde}

var helpers = []breach.RelationKind{breach.RelationTutor, breach.RelationCurator, breach.RelationDelegate,
	breach.RelationAuthority, breach.RelationAgent}

func (f *family) own(key string, c breach.Contact) {
	f.owner[c.Email], f.owner[c.Phone], f.owner[c.Address.Street] = key, key, key

}

// drawFamily invents a subject of any regime and age, 0 to 3 parents in any
// situation, and perhaps one other holder.
func drawFamily(t *rapid.T) family {
	f := family{day: today.AddDate(0, 0, rapid.IntRange(-4000, 4000).Draw(t, "day")),
		never: map[string]bool{}, owner: map[string]string{}, must: map[string]bool{}, clear: true}
	s := breach.Subject{Person: "P1", Contact: contact("P1", 1), Regime: rapid.SampledFrom(regimes).Draw(t, "regime")}
	age := rapid.SampledFrom([]int{0, 7, 14, 15, 16, 17, 18, 30, 90}).Draw(t, "age")
	s.BirthDate = dayOf(f.day).AddDate(-age, 0, -rapid.IntRange(0, 300).Draw(t, "days"))
	s.Protected = rapid.IntRange(0, 9).Draw(t, "protected") == 0
	s.Secret = rapid.IntRange(0, 9).Draw(t, "secret") == 0
	s.Deceased = rapid.IntRange(0, 9).Draw(t, "deceased") == 0
	f.own("P1", s.Contact)
	for i := range rapid.IntRange(0, 3).Draw(t, "parents") {
		key := fmt.Sprintf("A%d", i)
		what := situations[rapid.IntRange(0, len(situations)-1).Draw(t, "situation")]
		row := parent(key, 10+i, "")
		what.make(&row, dayOf(f.day))
		rows := []breach.Relation{row}
		if what.others != nil {
			rows = append(rows, what.others(row, dayOf(f.day))...)
		}
		s.Relations = append(s.Relations, rows...)
		f.never[key], f.must[key] = what.never, what.tell
		f.clear = f.clear && !what.doubt
		f.own(key, row.Contact)
	}
	if rapid.Bool().Draw(t, "helper") {
		row := relation("H", 20, rapid.SampledFrom(helpers).Draw(t, "kind"), "")
		f.own("H", row.Contact)
		f.clear = false
		s.Relations = append(s.Relations, row)
	}
	s.Relations = rapid.Permutation(s.Relations).Draw(t, "order")
	f.subject = s
	return f
}

func mailed(r notify.Recipient) bool {
	return len(r.Steps) > 0 && !slices.Contains(r.Steps, breach.ChannelHuman)
}

// TestFamilies: nobody wrong is told, no envelope bears another's address,
// every decision has a reason of the closed list, and nobody is forgotten.
func TestFamilies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFamily(t)
		d := Resolve(f.subject, f.day)
		told := map[string]bool{}
		listed := false
		for _, r := range d.Recipients {
			if told[r.Key+r.Role] {
				t.Fatalf("%s is a recipient twice", r.Key)
			}
			told[r.Key+r.Role] = true
			listed = listed || !mailed(r)
			f.check(t, r)
		}
		switch {
		case f.subject.Deceased:
			if len(d.Recipients) > 0 || d.Listed || len(d.Why) == 0 {
				t.Fatalf("deceased: %s", short(d))
			}
			return
		case len(d.Recipients) == 0:
			t.Fatal("somebody is forgotten")
		case d.Listed != listed:
			t.Fatalf("listed is %v, recipients say %v", d.Listed, listed)
		case (f.subject.Protected || f.subject.Secret && f.subject.AgeAt(f.day) < 18 && f.subject.Regime != breach.RegimeEmancipated) && slices.ContainsFunc(d.Recipients, mailed):
			t.Fatalf("protected or secret, and yet mailed: %s", short(d))
		}
		f.complete(t, d)
		for _, n := range d.NotTold {
			if !slices.Contains(notify.Reasons(), n.Why) {
				t.Fatalf("%q is no reason", n.Why)
			}
		}
	})
}

func (f family) check(t *rapid.T, r notify.Recipient) {
	if len(r.Why) == 0 {
		t.Fatalf("%s: no reason", r.Key)
	}
	for _, w := range r.Why {
		if !slices.Contains(notify.Reasons(), w) {
			t.Fatalf("%q is no reason", w)
		}
	}
	for _, value := range []string{r.Contact.Email, r.Contact.Phone, r.Contact.Address.Street} {
		if value != "" && f.owner[value] != r.Key {
			t.Fatalf("%s would be written to at the address of %s", r.Key, f.owner[value])
		}
	}
	if !mailed(r) {
		return
	}
	age := f.subject.AgeAt(f.day)
	if f.never[r.Key] {
		t.Fatalf("%s must not be told", r.Key)
	}
	if r.Role == roleParent && (age >= 18 || f.subject.Regime == breach.RegimeEmancipated) {
		t.Fatalf("%s is the parent of somebody who is of age", r.Key)
	}
	if r.Role == roleSelf && age < 15 {
		t.Fatal("a child under fifteen is written to")
	}
	if i := slices.Index(r.Steps, breach.ChannelSMS); i >= 0 && !slices.Contains(r.Steps[i:], breach.ChannelLetter) {
		t.Fatal("an SMS points at no letter")
	}
}

// complete checks that in a clear case every parent who exercises is told.
func (f family) complete(t *rapid.T, d Decision) {
	s := f.subject
	acting := 0
	for _, tell := range f.must {
		if tell {
			acting++
		}
	}
	if !f.clear || s.Protected || s.Secret || s.AgeAt(f.day) >= 18 || acting > 2 || s.Regime == breach.RegimeEmancipated {
		return
	}
	for key, tell := range f.must {
		if tell && !slices.ContainsFunc(d.Recipients, func(r notify.Recipient) bool { return r.Key == key && mailed(r) }) {
			t.Fatalf("%s exercises authority and is not told: %s", key, short(d))
		}
	}
}

func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFamily(t)
		want := short(Resolve(f.subject, f.day))
		f.subject.Relations = rapid.Permutation(f.subject.Relations).Draw(t, "again")
		if got := short(Resolve(f.subject, f.day)); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	s := with(subject(16), parent("A", 2, breach.AuthorityJoint), parent("B", 3, breach.AuthorityJoint))
	for b.Loop() {
		Resolve(s, today)
	}
}
