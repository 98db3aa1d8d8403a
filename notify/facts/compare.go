package facts

import (
	"slices"
	"strings"
	"time"

	"vigie/internal/i18n"
	"vigie/notify"
)

// Compare lists what the readers of a group would be told differently, in the
// order of a letter. The empty group stands for the whole.
//
// A category added counts as wrong: the list of data was given as the list,
// and the reader took precautions by it. A count that was refined is quiet: it
// says nothing about the reader. A summary is free text: whether a change of
// it matters is for a person to say, so it counts as new.
func Compare(old, now notify.Facts, group string) []notify.Change {
	var out []notify.Change
	add := func(what, before, after string, e notify.Effect) {
		if before != after {
			out = append(out, notify.Change{What: what, Before: before, After: after, Effect: e})
		}
	}
	add("name", old.Controller.Name, now.Controller.Name, notify.EffectNew)
	add("summary", summaries(old), summaries(now), notify.EffectNew)
	for _, d := range []struct {
		what        string
		before, now time.Time
	}{{"occurred", old.OccurredAt, now.OccurredAt}, {"discovered", old.DiscoveredAt, now.DiscoveredAt}, {"aware", old.AwareAt, now.AwareAt}} {
		add(d.what, day(d.before), day(d.now), was(!d.before.IsZero()))
	}
	add("system", old.System, now.System, was(old.System != ""))
	add("basis", bases(old), bases(now), was(len(old.Bases) > 0))
	add("extent", i18n.Number(i18n.French, old.Persons), i18n.Number(i18n.French, now.Persons), notify.EffectQuiet)
	out = append(out, categories(old, now, group)...)
	for _, l := range []struct {
		what        string
		before, now []string
		gone        notify.Effect
	}{
		{"consequence", old.Consequences, now.Consequences, notify.EffectQuiet}, // a warning too many
		{"measure", old.Measures, now.Measures, notify.EffectWrong},             // what was said to be done was not
		{"action", old.Actions, now.Actions, notify.EffectQuiet},
	} {
		out = append(out, lists(l.what, l.before, l.now, l.gone, notify.EffectNew)...)
	}
	out = append(out, channel(old, now)...)
	for _, c := range []struct{ what, before, now string }{
		{"dpo", old.Controller.DPO, now.Controller.DPO}, {"phone", old.Controller.Phone, now.Controller.Phone},
		{"address", old.Controller.Address, now.Controller.Address}, {"site", old.Controller.Website, now.Controller.Website},
	} {
		add(c.what, c.before, c.now, was(c.before != ""))
	}
	add("signer", old.Signer, now.Signer, notify.EffectQuiet)
	return out
}

// bases is how the people concerned are known, in French, as a reader may be
// told it.
func bases(f notify.Facts) string {
	var list []string
	for _, b := range f.Bases {
		if d := day(b.AsOf); !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return strings.Join(list, ", ")
}

// was is the effect of a statement that changes: wrong where it was made.
func was(said bool) notify.Effect {
	if said {
		return notify.EffectWrong
	}
	return notify.EffectNew
}

// categories compares what was said about the data: found, not found, attested.
func categories(old, now notify.Facts, group string) (out []notify.Change) {
	said, say := present(old, group), present(now, group)
	out = lists("category", said, say, notify.EffectWrong, notify.EffectWrong)
	out = append(out, lists("attested", old.Attested, now.Attested, notify.EffectWrong, notify.EffectNew)...)
	var before, after []string
	for _, a := range old.NotFound {
		before = append(before, a.Code)
	}
	for _, a := range now.NotFound {
		after = append(after, a.Code)
	}
	for _, c := range lists("not_found", before, after, notify.EffectQuiet, notify.EffectQuiet) {
		if c.After == "" && slices.Contains(say, c.Code) {
			continue // told as a category that was added
		}
		out = append(out, c)
	}
	return out
}

// channel compares where to complain: an address that was given and does not
// hold any more is wrong, one that opens is new.
func channel(old, now notify.Facts) []notify.Change {
	c := notify.Change{What: "complaint", Before: state(old), After: state(now), Effect: notify.EffectNew}
	if c.Before == c.After {
		return nil
	}
	if old.Complaint == "open" || now.Complaint == "withdrawn" && old.Complaint == "announced" {
		c.Effect = notify.EffectWrong
	}
	return []notify.Change{c}
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

func lists(what string, before, now []string, gone, added notify.Effect) (out []notify.Change) {
	for _, c := range before {
		if !slices.Contains(now, c) {
			out = append(out, notify.Change{What: what, Code: c, Before: c, Effect: gone})
		}
	}
	for _, c := range now {
		if !slices.Contains(before, c) {
			out = append(out, notify.Change{What: what, Code: c, After: c, Effect: added})
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

// Tell is what a person decided about the statements that are new.
type Tell string

// What is wrong is always corrected. News goes out only when somebody decides
// so; a summary whose meaning was wrong is corrected on a person's word.
const (
	TellNobody Tell = ""
	TellNews   Tell = "news"
	TellWrong  Tell = "wrong"
)

// Revise is what a reader of a group gets who was told old, now that now
// holds; ok is false when nobody writes to them again.
func Revise(old, now notify.Facts, group string, tell Tell) (r notify.Revision, ok bool) {
	r.Former = old.Version
	for _, c := range Compare(old, now, group) {
		if c.Effect == notify.EffectNew && tell == TellWrong && c.What == "summary" {
			c.Effect = notify.EffectWrong
		}
		if c.Effect == notify.EffectWrong || c.Effect == notify.EffectNew && tell != TellNobody {
			r.Changes = append(r.Changes, c)
			r.Corrects = r.Corrects || c.Effect == notify.EffectWrong
		}
	}
	return r, len(r.Changes) > 0
}
