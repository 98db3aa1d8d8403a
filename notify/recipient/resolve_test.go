package recipient

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
)

var today = time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func born(age int) time.Time { return time.Date(2026-age, 6, 1, 0, 0, 0, 0, time.UTC) }

// contact invents a full contact that belongs to one holder alone.
func contact(id string, house int) breach.Contact {
	return breach.Contact{
		Civility: "Mme", Given: "Alix", Name: "Exemple" + id,
		Email: id + "@example.org", Phone: fmt.Sprintf("+336399800%02d", house),
		Address: breach.Address{Street: fmt.Sprintf("%d rue de l'Invention", house), Postcode: "99100", City: "Orbe"},
	}
}

func subject(age int) breach.Subject {
	return breach.Subject{Person: "P1", BirthDate: born(age), Contact: contact("P1", 1)}
}

func parent(id string, house int, a breach.Authority) breach.Relation {
	return relation(id, house, breach.RelationParent, a)
}

func relation(id string, house int, kind breach.RelationKind, a breach.Authority) breach.Relation {
	return breach.Relation{Person: "P1", Holder: breach.PersonID(id), Kind: kind, Authority: a, Contact: contact(id, house)}
}

func with(s breach.Subject, rows ...breach.Relation) breach.Subject {
	s.Relations = append(s.Relations, rows...)
	return s
}

func change[T any](v T, f func(*T)) T { f(&v); return v }

// reads says how a subject reads.
func reads(how string) func(*breach.Subject) {
	return func(s *breach.Subject) { s.Contact.Reading = how }
}

// short writes a decision as "key role variant steps why", a recipient a line.
func short(d Decision) string {
	var b strings.Builder
	for _, r := range d.Recipients {
		var steps []string
		for _, s := range r.Steps {
			steps = append(steps, string(s))
		}
		fmt.Fprintf(&b, "%s %s %s [%s] %s", r.Key, r.Role, r.Variant, strings.Join(steps, " "), strings.Join(r.Why, ","))
		if r.Neutral {
			b.WriteString(" neutral")
		}
		b.WriteString("\n")
	}
	for _, n := range d.NotTold {
		fmt.Fprintf(&b, "not %s: %s\n", n.Holder, n.Why)
	}
	if d.Listed {
		b.WriteString("listed\n")
	}
	return b.String()
}

const all = "[email sms letter]"

func TestResolve(t *testing.T) {
	joint, sole, none := breach.AuthorityJoint, breach.AuthoritySole, breach.AuthorityNone
	for _, tt := range []struct {
		name string // the article first
		s    breach.Subject
		want string
	}{
		{"C. civ. 414: adult", subject(40), "P1 self adult " + all + " self-adult\n"},
		{"an adult who reads easy words", change(subject(40), reads(breach.ReadingEasy)), "P1 self easy " + all + " self-adult\n"},
		{"C. civ. 457-1: in tutelle, and reads as others do", with(change(change(subject(40), func(s *breach.Subject) { s.Regime = breach.RegimeTutelle }), reads(breach.ReadingPlain)), relation("T", 4, breach.RelationTutor, "")),
			"P1 self adult " + all + " self-tutelle\nT tutor tutor " + all + " tutor\n"},
		{"a parent who reads easy words is told in the words about a child", with(subject(16), change(parent("A", 2, breach.AuthorityJoint), func(r *breach.Relation) { r.Contact.Reading = breach.ReadingEasy })),
			"P1 self young " + all + " self-young\nA parent guardian " + all + " parent-joint\n"},
		{"C. civ. 371-1: at eighteen the parents' authority ends", with(subject(18), parent("A", 2, joint)),
			"P1 self adult " + all + " self-adult\nnot A: of-age\n"},
		{"C. civ. 372, 373-2: each parent at the own address", with(subject(8), parent("A", 2, joint), parent("B", 3, joint)),
			"A parent child " + all + " parent-joint\nB parent child " + all + " parent-joint\n"},
		{"LIL 45: from fifteen the young person as well", with(subject(15), parent("A", 2, joint), parent("B", 3, joint)),
			"P1 self young " + all + " self-young\nA parent guardian " + all + " parent-joint\nB parent guardian " + all + " parent-joint\n"},
		{"C. civ. 372: joint, the other parent not recorded", with(subject(8), parent("A", 2, joint)),
			"A parent child " + all + " parent-joint\n"},
		{"C. civ. 373-2-1: without exercise, not told by default", with(subject(8), parent("A", 2, sole), parent("B", 3, none)),
			"A parent child " + all + " parent-sole\nnot B: parent-no-exercise\n"},
		{"C. civ. 373-1: the other parent has died", with(subject(8), parent("A", 2, joint), change(parent("B", 3, joint), func(r *breach.Relation) { r.Deceased = true })),
			"A parent child " + all + " parent-joint\nnot B: holder-deceased\n"},
		{"C. civ. 378: withdrawal wins over a stale row", with(subject(8), parent("A", 2, joint), parent("B", 3, joint), parent("B", 3, breach.AuthorityWithdrawn)),
			"A parent child " + all + " parent-joint neutral\nnot B: parent-withdrawn\n"},
		{"C. civ. 378-2: suspension wins over a newer row", with(subject(8), parent("A", 2, joint), parent("B", 3, breach.AuthoritySuspended),
			change(parent("B", 3, joint), func(r *breach.Relation) { r.From = day("2026-10-01") })),
			"A parent child " + all + " parent-joint neutral\nnot B: parent-suspended\n"},
		{"C. civ. 378-2: a suspension that ended and nothing newer", with(subject(8), parent("A", 2, joint), parent("B", 3, joint),
			change(parent("B", 3, breach.AuthoritySuspended), func(r *breach.Relation) { r.Until = day("2026-10-01") })),
			"A parent child " + all + " parent-joint neutral\nB parent child [human] exclusion-ended neutral\nlisted\n"},
		{"C. civ. 381: authority given back by a newer row", with(subject(8), parent("A", 2, joint),
			change(parent("B", 3, breach.AuthorityWithdrawn), func(r *breach.Relation) { r.Until = day("2026-10-01") }),
			change(parent("B", 3, joint), func(r *breach.Relation) { r.From = day("2026-10-01") })),
			"A parent child " + all + " parent-joint\nB parent child " + all + " parent-joint\n"},
		{"C. civ. 378: withdrawal from next week", with(subject(8), parent("A", 2, joint), parent("B", 3, joint),
			change(parent("B", 3, breach.AuthorityWithdrawn), func(r *breach.Relation) { r.From = day("2026-11-28") })),
			"A parent child " + all + " parent-joint neutral\nB parent child [human] exclusion-ahead neutral\nlisted\n"},
		{"C. civ. 515-11: a protection order names a parent, nothing is marked safe", with(subject(8), parent("A", 2, joint),
			change(parent("B", 3, joint), func(r *breach.Relation) { r.Barred = true })),
			"A parent child [letter] parent-joint,email-unsafe,phone-unsafe neutral\nnot B: holder-barred\n"},
		{"C. civ. 515-11: likewise, the mailbox is marked safe", with(subject(8), change(parent("A", 2, joint), func(r *breach.Relation) { r.Contact.EmailSafe = true }),
			change(parent("B", 3, joint), func(r *breach.Relation) { r.Barred = true })),
			"A parent child [email letter] parent-joint,phone-unsafe neutral\nnot B: holder-barred\n"},
		{"C. civ. 515-11: barred by a row nobody could read", with(subject(8), parent("A", 2, joint),
			change(parent("B", 3, breach.AuthorityUnknown), func(r *breach.Relation) { r.Barred = true })),
			"A parent child [letter] parent-joint,email-unsafe,phone-unsafe neutral\nB parent child [human] authority-unknown,email-unsafe,phone-unsafe neutral\nlisted\n"},
		{"C. civ. 515-11: the only address is also the barred parent's", with(subject(8), parent("A", 3, joint),
			change(parent("B", 3, joint), func(r *breach.Relation) { r.Barred, r.Contact.Phone = true, "+33639980099" })),
			"A parent child [human] shared-with-barred,parent-joint,email-unsafe,phone-unsafe neutral\nnot B: holder-barred\nlisted\n"},
		{"C. civ. 378: an adult child at the home of the father who had lost authority", with(change(subject(19), func(s *breach.Subject) { s.Contact.Address = contact("B", 3).Address }), parent("B", 3, breach.AuthorityWithdrawn)),
			"P1 self adult " + all + " self-adult\nnot B: parent-withdrawn\n"},
		{"C. civ. 515-11: an adult child at the home of a barred father", with(change(subject(19), func(s *breach.Subject) { s.Contact.Address = contact("B", 3).Address }), change(parent("B", 3, joint), func(r *breach.Relation) { r.Barred = true })),
			"P1 self adult [human] shared-with-barred,self-adult,email-unsafe,phone-unsafe neutral\nnot B: holder-barred\nlisted\n"},
		{"C. civ. 515-11 6 bis: protected, everything by a human", with(change(subject(30), func(s *breach.Subject) { s.Protected = true }), parent("A", 2, none)),
			"P1 self adult [human] protected,email-unsafe,phone-unsafe neutral\nnot A: parent-no-exercise\nlisted\n"},
		{"C. civ. 515-11: protected child, no parent is mailed", with(change(subject(9), func(s *breach.Subject) { s.Protected = true }), parent("A", 2, joint), parent("B", 3, none)),
			"P1 self child [human] protected,email-unsafe,phone-unsafe neutral\nnot A: protection-stands\nnot B: parent-no-exercise\nlisted\n"},
		{"C. civ. 372: authority unknown", with(subject(8), parent("A", 2, joint), parent("B", 3, breach.AuthorityUnknown)),
			"A parent child " + all + " parent-joint\nB parent child [human] authority-unknown\nlisted\n"},
		{"C. civ. 373-2-1: sole beside joint cannot be", with(subject(8), parent("A", 2, sole), parent("B", 3, joint)),
			"A parent guardian [human] rows-conflict\nB parent guardian [human] rows-conflict\nlisted\n"},
		{"C. civ. 310: more than two parents cannot be", with(subject(8), parent("A", 2, joint), parent("B", 3, joint), parent("C", 4, joint)),
			"A parent guardian [human] rows-conflict\nB parent guardian [human] rows-conflict\nC parent guardian [human] rows-conflict\nlisted\n"},
		{"C. civ. 372: one holder, two authorities", with(subject(8), parent("A", 2, sole), parent("B", 3, sole), parent("B", 3, none)),
			"A parent child " + all + " parent-sole\nB parent child [human] rows-conflict\nlisted\n"},
		{"two rows of one day give two addresses", with(subject(8), parent("A", 2, joint), parent("B", 3, joint), parent("B", 4, joint)),
			"A parent child " + all + " parent-joint\nB parent child [human] rows-conflict\nlisted\n"},
		{"the newer row gives the address", with(subject(8), parent("A", 2, joint), parent("B", 3, joint),
			change(parent("B", 4, joint), func(r *breach.Relation) { r.From, r.Contact.Email = day("2026-01-01"), "" })),
			"A parent child " + all + " parent-joint\nB parent child [sms letter] parent-joint\n"},
		{"C. civ. 377: delegate, parents without exercise", with(subject(8), parent("A", 2, none), relation("D", 4, breach.RelationDelegate, "")),
			"D delegate child " + all + " delegate\nnot A: parent-no-exercise\n"},
		{"C. civ. 377-1: delegate beside a parent", with(subject(8), parent("A", 2, joint), relation("D", 4, breach.RelationDelegate, "")),
			"D delegate child " + all + " delegate\nA parent child " + all + " parent-joint\n"},
		{"C. civ. 408: tutor of a minor", with(subject(16), relation("T", 4, breach.RelationTutor, "")),
			"P1 self young " + all + " self-young\nT tutor guardian " + all + " tutor\n"},
		{"C. civ. 390: tutor beside a parent who exercises", with(subject(8), parent("A", 2, joint), relation("T", 4, breach.RelationTutor, "")),
			"A parent guardian [human] rows-conflict\nT tutor guardian [human] rows-conflict\nlisted\n"},
		{"C. civ. 375-7: child placed, parents keep authority", with(subject(8), parent("A", 2, joint), relation("I", 5, breach.RelationAuthority, "")),
			"I institute child " + all + " institute\nA parent child " + all + " parent-joint\n"},
		{"C. civ. 375-7: the service alone does not represent", with(subject(8), relation("I", 5, breach.RelationAuthority, "")),
			"I institute child " + all + " institute\nP1/parent parent child [human] no-representative\nlisted\n"},
		{"C. civ. 388: a minor with nobody", subject(8), "P1/parent parent child [human] no-representative\nlisted\n"},
		{"C. civ. 388: a minor of sixteen with nobody", subject(16),
			"P1 self young " + all + " self-young\nP1/parent parent guardian [human] no-representative\nlisted\n"},
		{"C. civ. 413-7: emancipated, alone", with(change(subject(16), func(s *breach.Subject) { s.Regime = breach.RegimeEmancipated }), parent("A", 2, joint)),
			"P1 self adult " + all + " self-emancipated\nnot A: emancipated-alone\n"},
		{"C. civ. 413-2: nobody is emancipated at fifteen", change(subject(15), func(s *breach.Subject) { s.Regime = breach.RegimeEmancipated }),
			"P1 self young [human] regime-conflict\nlisted\n"},
		{"CSP L1111-5: secret kept, a human decides", with(change(subject(16), func(s *breach.Subject) { s.Secret = true }), parent("A", 2, joint)),
			"P1 self young [human] secret neutral\nnot A: secret-kept\nlisted\n"},
		{"C. civ. 459, 473: tutelle, both", with(change(subject(40), func(s *breach.Subject) { s.Regime = breach.RegimeTutelle }), relation("T", 4, breach.RelationTutor, "")),
			"P1 self easy " + all + " self-tutelle\nT tutor tutor " + all + " tutor\n"},
		{"C. civ. 440: tutelle without a tutor", change(subject(40), func(s *breach.Subject) { s.Regime = breach.RegimeTutelle }),
			"P1 self easy " + all + " self-tutelle\nP1/tutor tutor tutor [human] guardian-missing\nlisted\n"},
		{"C. civ. 467: curatelle, both", with(change(subject(40), func(s *breach.Subject) { s.Regime = breach.RegimeCuratelle }), relation("C", 4, breach.RelationCurator, "")),
			"P1 self easy " + all + " self-curatelle\nC curator curator " + all + " curator\n"},
		{"C. civ. 494-1: habilitation, both", with(change(subject(80), func(s *breach.Subject) { s.Regime = breach.RegimeHabilitation }), relation("G", 4, breach.RelationAgent, "")),
			"P1 self easy " + all + " self-assisted\nG agent agent " + all + " agent\n"},
		{"C. civ. 477: mandate, the agent has died", with(change(subject(80), func(s *breach.Subject) { s.Regime = breach.RegimeMandate }),
			change(relation("G", 4, breach.RelationAgent, ""), func(r *breach.Relation) { r.Deceased = true })),
			"P1 self easy " + all + " self-assisted\nP1/agent agent agent [human] guardian-missing\nnot G: holder-deceased\nlisted\n"},
		{"C. civ. 435: sauvegarde, the person alone", with(change(subject(80), func(s *breach.Subject) { s.Regime = breach.RegimeSauvegarde }), relation("G", 4, breach.RelationAgent, "")),
			"P1 self adult " + all + " self-sauvegarde\nnot G: sauvegarde-alone\n"},
		{"C. civ. 414: somebody acts for a capable adult", with(subject(40), relation("T", 4, breach.RelationTutor, "")),
			"P1 self adult [human] regime-conflict\nnot T: regime-conflict\nlisted\n"},
		{"recital 27: deceased, nobody", with(change(subject(40), func(s *breach.Subject) { s.Deceased = true }), parent("A", 2, joint)), "not A: deceased\n"},
		{"recital 27: date of death", change(subject(40), func(s *breach.Subject) { s.DeceasedAt = day("2020-01-02") }), ""},
		{"a death still to come", change(subject(40), func(s *breach.Subject) { s.DeceasedAt = day("2027-01-02") }), "P1 self adult [human] death-unclear\nlisted\n"},
		{"birth date unknown", change(subject(40), func(s *breach.Subject) { s.BirthDate = time.Time{} }), "P1 self adult [human] age-unknown\nlisted\n"},
		{"a regime these rules do not know", change(subject(40), func(s *breach.Subject) { s.Regime = "novel" }), "P1 self adult [human] regime-unknown\nlisted\n"},
		{"Art. 34(3)(c): no way to reach", change(subject(40), func(s *breach.Subject) { s.Contact = breach.Contact{Phone: "+33639980001"} }), "P1 self adult [] no-contact,self-adult\nlisted\n"},
		{"decisions 5: no SMS without a letter behind it", change(subject(40), func(s *breach.Subject) { s.Contact.Address = breach.Address{} }), "P1 self adult [email] self-adult\n"},
		{"a landline takes no SMS", change(subject(40), func(s *breach.Subject) { s.Contact.Phone = "+33199001234" }), "P1 self adult [email letter] self-adult\n"},
		{"an address that is none", change(subject(40), func(s *breach.Subject) { s.Contact.Email = "x@example.org\r\nBcc: y@example.org" }), "P1 self adult [sms letter] self-adult,email-unusable\n"},
		{"a mailbox of two people", with(subject(8), parent("A", 2, joint), change(parent("B", 3, joint), func(r *breach.Relation) { r.Contact.Email = "a@EXAMPLE.org" })),
			"A parent child [sms letter] parent-joint,email-shared\nB parent child [sms letter] parent-joint,email-shared\n"},
		{"the child's record bears the parent's mailbox", with(change(subject(8), func(s *breach.Subject) { s.Contact.Email = "A@example.org" }), parent("A", 2, joint), parent("B", 3, joint)),
			"A parent child " + all + " parent-joint\nB parent child " + all + " parent-joint\n"},
		{"a relation that has ended", with(subject(8), parent("A", 2, joint), change(relation("D", 4, breach.RelationDelegate, ""), func(r *breach.Relation) { r.Until = day("2026-11-21") })),
			"A parent child " + all + " parent-joint\nnot D: relation-ended\n"},
		{"a kind of relation nobody knows", with(subject(8), parent("A", 2, joint), relation("X", 4, "aunt", "")),
			"A parent child " + all + " parent-joint\nX unknown guardian [human] rows-conflict\nlisted\n"},
		{"a row without a holder", with(subject(8), parent("A", 2, joint), parent("", 4, joint)),
			"P1/parent parent child [human] holder-unnamed\nA parent child " + all + " parent-joint\nlisted\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, short(Resolve(tt.s, today))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestProtectedKeepsOnlyWhatIsSafe(t *testing.T) {
	s := subject(30)
	s.Protected, s.Contact.PhoneSafe = true, true
	s.Elected = breach.Address{Street: "1 rue du Palais", Postcode: "99000", City: "Autreville"}
	got := Resolve(s, today).Recipients[0].Contact
	want := breach.Contact{Civility: "Mme", Given: "Alix", Name: "ExempleP1", Phone: s.Contact.Phone, PhoneSafe: true, Address: s.Elected}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWithoutEmail(t *testing.T) {
	d := Resolve(subject(40), today, WithoutEmail(func(e string) bool { return e == "P1@example.org" }))
	if got, want := short(d), "P1 self adult [sms letter] self-adult,channel-compromised\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Who gets a notice about an act is among those who may have the act.
func TestAboutAct(t *testing.T) {
	joint := breach.AuthorityJoint
	regime := func(g breach.Regime) func(*breach.Subject) { return func(s *breach.Subject) { s.Regime = g } }
	for _, tt := range []struct {
		name string
		s    breach.Subject
		want string
	}{
		{"adult", subject(40), "P1 self adult " + all + " self-adult\n"},
		{"emancipated", change(subject(16), regime(breach.RegimeEmancipated)), "P1 self adult " + all + " self-emancipated\n"},
		{"at sixteen the parents alone", with(subject(16), parent("A", 2, joint)), "A parent guardian " + all + " parent-joint\nnot P1: not-entitled\n"},
		{"child", with(subject(8), parent("A", 2, joint)), "A parent child " + all + " parent-joint\n"},
		{"tutelle: the tutor represents", with(change(subject(40), regime(breach.RegimeTutelle)), relation("T", 4, breach.RelationTutor, "")),
			"P1 self easy " + all + " self-tutelle\nT tutor tutor " + all + " tutor\n"},
		{"curatelle: the curator does not", with(change(subject(40), regime(breach.RegimeCuratelle)), relation("C", 4, breach.RelationCurator, "")),
			"P1 self easy " + all + " self-curatelle\nC curator curator [human] not-entitled,curator\nlisted\n"},
		{"a service does not either", with(subject(8), parent("A", 2, joint), relation("I", 5, breach.RelationAuthority, "")),
			"I institute child [human] not-entitled,institute\nA parent child " + all + " parent-joint\nlisted\n"},
		{"a delegate, within what was ordered", with(subject(8), relation("D", 4, breach.RelationDelegate, "")),
			"D delegate child [human] not-entitled,delegate\nlisted\n"},
		{"protected", change(subject(16), func(s *breach.Subject) { s.Protected = true }), "P1 self young [human] protected,email-unsafe,phone-unsafe neutral\nlisted\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, short(Resolve(tt.s, today, AboutAct()))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestBirthdays(t *testing.T) {
	s := with(subject(15), parent("A", 2, breach.AuthorityJoint))
	for _, tt := range []struct {
		born, on string
		want     []string
	}{
		{"2011-11-22", "2026-11-21", []string{"child"}},
		{"2011-11-21", "2026-11-21", []string{"young", "guardian"}},
		{"2008-11-22", "2026-11-21", []string{"young", "guardian"}},
		{"2008-11-21", "2026-11-21", []string{"adult"}},
		{"2008-02-29", "2026-02-28", []string{"young", "guardian"}},
		{"2008-02-29", "2026-03-01", []string{"adult"}},
	} {
		s.BirthDate = day(tt.born)
		var got []string
		for _, r := range Resolve(s, day(tt.on)).Recipients {
			got = append(got, r.Variant)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("born %s, on %s: got %v, want %v", tt.born, tt.on, got, tt.want)
		}
	}
}

func TestEveryReasonIsListed(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range notify.Reasons() {
		if seen[r] {
			t.Errorf("reason %s stands twice", r)
		}
		seen[r] = true
	}
}
