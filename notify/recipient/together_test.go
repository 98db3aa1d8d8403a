package recipient

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"vigie/internal/breach"
	"vigie/notify"
)

// clan is a few children around a few adults, with what the generator knows of
// each child: the oracle reads these and shares no code with the rule.
type clan struct {
	subjects []breach.Subject
	around   []map[string]string // holder to situation, per child
	odd      []bool              // a protection, secret, death or elected domicile
}

// drawClan invents two to four minors, each with up to three of four adults in
// any situation, at addresses that may differ from child to child.
func drawClan(t *rapid.T) clan {
	var c clan
	n := rapid.IntRange(2, 4).Draw(t, "children")
	plain := rapid.Bool().Draw(t, "plain") // else nearly no two would be alike
	for i := range n {
		s := breach.Subject{Registry: "r", Controller: "c", Person: breach.PersonID(fmt.Sprintf("P%d", i)), Contact: contact(fmt.Sprintf("P%d", i), i+1)}
		s.Contact.Given = fmt.Sprintf("Enfant%d", i)
		age := rapid.SampledFrom([]int{3, 8, 14, 15, 17}).Draw(t, "age")
		s.BirthDate = dayOf(today).AddDate(-age, -2, 0)
		odd := false
		if !plain {
			for _, f := range []func(){func() { s.Protected = true }, func() { s.Secret = true }, func() { s.Deceased = true },
				func() { s.Elected = breach.Address{Postcode: "99000", City: "Orbe"} }, func() { s.Regime = breach.RegimeEmancipated }} {
				if rapid.IntRange(0, 11).Draw(t, "odd") == 0 {
					f()
					odd = true
				}
			}
		}
		around := map[string]string{}
		second := rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "second") // a half-sibling now and then
		for a := range 4 {
			key := fmt.Sprintf("A%d", a)
			if plain && a > 0 && a != second || !plain && rapid.IntRange(0, 2).Draw(t, "there") == 0 {
				continue
			}
			what := situations[0]
			if !plain || rapid.IntRange(0, 9).Draw(t, "any") == 0 {
				what = situations[rapid.IntRange(0, len(situations)-1).Draw(t, "situation")]
			}
			row := parent(key, 10+a, "")
			if rapid.IntRange(0, 7).Draw(t, "moved") == 0 {
				row.Contact.Address.Street = "99 rue Neuve"
			}
			what.make(&row, dayOf(today))
			s.Relations = append(s.Relations, row)
			if what.others != nil {
				s.Relations = append(s.Relations, what.others(row, dayOf(today))...)
			}
			around[key] = what.name
		}
		if !plain && rapid.IntRange(0, 3).Draw(t, "service") == 0 {
			s.Relations = append(s.Relations, relation("I", 30, breach.RelationAuthority, ""))
			around["I"] = "institute"
		}
		c.subjects, c.around, c.odd = append(c.subjects, s), append(c.around, around), append(c.odd, odd)
	}
	return c
}

// TestTogether: what one letter names together never tells anybody of a family
// who is not of it, nor of somebody who is protected; and brothers and sisters
// about whom nothing is in doubt do share a letter.
func TestTogether(t *testing.T) {
	dangerous := []string{"withdrawn", "suspended", "barred", "stale joint under a withdrawal", "suspension ends today", "barred under another kind"}
	joined, kept := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := drawClan(t)
		for i, a := range c.subjects {
			for j, b := range c.subjects[:i] {
				da, db := Resolve(a, today), Resolve(b, today)
				for _, ra := range da.Recipients {
					for _, rb := range db.Recipients {
						if ra.Key != rb.Key {
							continue
						}
						sa, sb := Together(a, da, ra), Together(b, db, rb)
						minors := a.AgeAt(today) >= 15 == (b.AgeAt(today) >= 15)
						clear := !c.odd[i] && !c.odd[j] && len(c.around[i]) == 2 && c.around[i]["A0"] == "joint" && c.around[i]["A1"] == "joint" &&
							len(c.around[j]) == 2 && c.around[j]["A0"] == "joint" && c.around[j]["A1"] == "joint"
						if sa == "" || sa != sb {
							if clear && minors && ra.Contact == rb.Contact && ra.Role == roleParent && mailed(ra) && mailed(rb) {
								t.Fatalf("%s and %s have the same parents and get letters apart: %q, %q", a.Person, b.Person, sa, sb)
							}
							kept++
							continue
						}
						joined++
						switch {
						case c.odd[i] || c.odd[j]:
							t.Fatal("a protected, secret, emancipated or dead child is named beside another")
						case !mailed(ra) || !mailed(rb) || ra.Contact != rb.Contact || ra.Role != rb.Role || ra.Role == roleInstitute || ra.Role == roleSelf:
							t.Fatalf("one letter for two positions or addresses: %+v, %+v", ra, rb)
						case !minors:
							t.Fatal("a letter about somebody under fifteen and somebody who is told")
						}
						for _, who := range []map[string]string{c.around[i], c.around[j]} {
							for key, what := range who {
								if slices.Contains(dangerous, what) {
									t.Fatalf("%s is %s, and children are named together", key, what)
								}
								if c.around[i][key] == "" || c.around[j][key] == "" {
									t.Fatalf("%s is of the family of one child and not of the other", key)
								}
							}
						}
					}
				}
			}
		}
	})
	if joined < 20 || kept < 20 {
		t.Errorf("the generator joined %d and parted %d: it tries nothing", joined, kept)
	}
}

// A notice about a civil-status act shows filiation: a letter a child.
func TestTogetherNeverAboutActs(t *testing.T) {
	s := with(subject(8), parent("A", 2, breach.AuthorityJoint))
	d := Resolve(s, today, AboutAct())
	if len(d.Recipients) == 0 {
		t.Fatal("nobody is told")
	}
	for _, r := range d.Recipients {
		if Together(s, d, r) != "" {
			t.Error("children are named together in a letter about an act")
		}
	}
	placed := with(subject(8), parent("A", 2, breach.AuthorityJoint), relation("I", 5, breach.RelationAuthority, ""))
	for d, i := Resolve(placed, today), 0; i < len(d.Recipients); i++ {
		if r := d.Recipients[i]; (Together(placed, d, r) == "") != (r.Role == roleInstitute) {
			t.Errorf("%s of a placed child: %q", r.Role, Together(placed, d, r))
		}
	}
	if d := Resolve(s, today); Together(s, d, d.Recipients[0]) == "" {
		t.Error("a plain case is parted")
	}
	if got := Together(s, d, notify.Recipient{}); got != "" {
		t.Error("a recipient of nothing")
	}
}
