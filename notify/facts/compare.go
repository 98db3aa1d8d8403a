package facts

import (
	"slices"
	"strings"
	"time"

	"vigie/internal/i18n"
	"vigie/notify"
)

// Effect is what a changed statement means for somebody who was told the
// former one.
type Effect string

// A statement that proved wrong is corrected; a new one may matter, which a
// person decides; a quiet one is for the page and the dossier alone.
const (
	Wrong Effect = "wrong"
	New   Effect = "new"
	Quiet Effect = "quiet"
)

// Change is one statement that differs between two versions.
type Change struct {
	// What is the statement: category, not_found, attested, occurred, discovered,
	// aware, system, complaint, dpo, phone, address, site, name, summary, extent,
	// consequence, measure, action, signer.
	What   string
	Code   string // for lists, which of it
	Before string // code, day or text told before; "" nothing was said
	After  string
	Effect Effect
}

// Compare lists what the readers of a group would be told differently, in the
// order of a letter. The empty group stands for the whole.
//
// A category added counts as wrong: the list of data was given as the list,
// and the reader took precautions by it. A count that was refined is quiet: it
// says nothing about the reader. A summary is free text: whether a change of
// it matters is for a person to say, so it counts as new.
func Compare(old, now notify.Facts, group string) []Change {
	var out []Change
	add := func(c Change) {
		if c.Before != c.After {
			out = append(out, c)
		}
	}
	add(Change{"name", "", old.Controller.Name, now.Controller.Name, New})
	add(Change{"summary", "", summaries(old), summaries(now), New})
	for _, d := range []struct {
		what        string
		before, now time.Time
	}{{"occurred", old.OccurredAt, now.OccurredAt}, {"discovered", old.DiscoveredAt, now.DiscoveredAt}, {"aware", old.AwareAt, now.AwareAt}} {
		add(Change{d.what, "", day(d.before), day(d.now), was(!d.before.IsZero())})
	}
	add(Change{"system", "", old.System, now.System, was(old.System != "")})
	add(Change{"extent", "", i18n.Number(i18n.French, old.Persons), i18n.Number(i18n.French, now.Persons), Quiet})
	out = append(out, categories(old, now, group)...)
	for _, l := range []struct {
		what        string
		before, now []string
		gone        Effect
	}{
		{"consequence", old.Consequences, now.Consequences, Quiet}, // a warning too many
		{"measure", old.Measures, now.Measures, Wrong},             // what was said to be done was not
		{"action", old.Actions, now.Actions, Quiet},
	} {
		out = append(out, lists(l.what, l.before, l.now, l.gone, New)...)
	}
	out = append(out, channel(old, now)...)
	for _, c := range []Change{
		{"dpo", "", old.Controller.DPO, now.Controller.DPO, was(old.Controller.DPO != "")},
		{"phone", "", old.Controller.Phone, now.Controller.Phone, was(old.Controller.Phone != "")},
		{"address", "", old.Controller.Address, now.Controller.Address, was(old.Controller.Address != "")},
		{"site", "", old.Controller.Website, now.Controller.Website, was(old.Controller.Website != "")},
		{"signer", "", old.Signer, now.Signer, Quiet},
	} {
		add(c)
	}
	return out
}

// was is the effect of a statement that changes: wrong where it was made.
func was(said bool) Effect {
	if said {
		return Wrong
	}
	return New
}

// categories compares what was said about the data: found, not found, attested.
func categories(old, now notify.Facts, group string) (out []Change) {
	said, say := present(old, group), present(now, group)
	for _, c := range lists("category", said, say, Wrong, Wrong) {
		out = append(out, c)
	}
	for _, c := range lists("attested", old.Attested, now.Attested, Wrong, New) {
		out = append(out, c)
	}
	var before, after []string
	for _, a := range old.NotFound {
		before = append(before, a.Code)
	}
	for _, a := range now.NotFound {
		after = append(after, a.Code)
	}
	for _, c := range lists("not_found", before, after, Quiet, Quiet) {
		if c.After == "" && slices.Contains(say, c.Code) {
			continue // told as a category that was added
		}
		out = append(out, c)
	}
	return out
}

// channel compares where to complain: an address that was given and does not
// hold any more is wrong, one that opens is new.
func channel(old, now notify.Facts) []Change {
	c := Change{What: "complaint", Before: state(old), After: state(now), Effect: New}
	if c.Before == c.After {
		return nil
	}
	if old.Complaint == "open" || now.Complaint == "withdrawn" && old.Complaint == "announced" {
		c.Effect = Wrong
	}
	return []Change{c}
}

func state(f notify.Facts) string {
	s := f.Complaint
	if s == "" {
		s = "none"
	}
	if s == "open" {
		s += " " + f.ComplaintURL
	}
	return s
}

func present(f notify.Facts, group string) (codes []string) {
	for _, c := range f.PresentFor(group) {
		codes = append(codes, c.Code)
	}
	return codes
}

func lists(what string, before, now []string, gone, added Effect) (out []Change) {
	for _, c := range before {
		if !slices.Contains(now, c) {
			out = append(out, Change{what, c, c, "", gone})
		}
	}
	for _, c := range now {
		if !slices.Contains(before, c) {
			out = append(out, Change{what, c, "", c, added})
		}
	}
	return out
}

// summaries is what was said in words, but for spaces, case and signs: those
// are typing, and nobody is written to about them.
func summaries(f notify.Facts) string { return bare(f.Summary["fr"]) + "\n" + bare(f.Summary["en"]) }

func bare(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(c rune) bool {
		return strings.ContainsRune(" \t\r\n\u00a0\u202f.,;:!?'’\"«»()-–—", c)
	}), " ")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(i18n.Paris()).Format(time.DateOnly)
}

// Proved tells whether a change has the effect.
func Proved(list []Change, e Effect) bool {
	return slices.ContainsFunc(list, func(c Change) bool { return c.Effect == e })
}

// Tell is what a person decided about the statements that are new.
type Tell string

// What is wrong is always corrected. News goes out only when somebody decides
// so; a summary whose meaning was wrong is corrected on a person's word.
const (
	TellNobody Tell = ""
	TellNews   Tell = "news"
	TellWrong  Tell = "wrong"
)

// Message is what somebody gets who was told old, now that now holds: the
// changes to tell, and whether they correct. None: nobody is written to.
func Message(old, now notify.Facts, group string, tell Tell) (changes []Change, corrects bool) {
	for _, c := range Compare(old, now, group) {
		if c.Effect == New && tell == TellWrong && c.What == "summary" {
			c.Effect = Wrong
		}
		if c.Effect == Wrong || c.Effect == New && tell != TellNobody {
			changes = append(changes, c)
		}
	}
	return changes, Proved(changes, Wrong)
}
