package activity

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/authority"
	"vigie/notify/facts"
	"vigie/notify/wording"
)

// Documented is one document of a version, as blocks of text.
type Documented struct {
	Name    string // letter, sms, page, dossier; the e-mail reads like the letter
	Variant string // of the reader, "" for none in particular
	Lang    string
	Blocks  []notify.Block
}

// Documents renders every document that a controller's facts make.
func Documents(f notify.Facts, k breach.Case) ([]Documented, error) {
	var out []Documented
	for _, lang := range i18n.Languages() {
		for _, v := range notify.Variants() {
			doc, err := wording.Render(f, notify.Recipient{Variant: v, Contact: breach.Contact{Language: lang}})
			if err != nil {
				return nil, err
			}
			blocks := append([]notify.Block{{Heading: doc.Title}}, doc.Blocks...)
			out = append(out, Documented{"letter", v, lang, blocks}, Documented{"sms", v, lang, []notify.Block{{Text: []string{doc.Short}}}})
		}
		blocks, err := wording.Sections(f, lang)
		if err != nil {
			return nil, err
		}
		out = append(out, Documented{"page", "", lang, blocks})
	}
	form, err := authority.Fill(authority.Dossier{Facts: f, Case: k, Words: wording.Say})
	if err != nil {
		return nil, err
	}
	blocks, err := dossierBlocks(form)
	return append(out, Documented{"dossier", "", i18n.French, blocks}), err
}

// dossierBlocks is the form as blocks, one per part.
func dossierBlocks(form authority.Form) ([]notify.Block, error) {
	raw, err := json.Marshal(form)
	if err != nil {
		return nil, err
	}
	var parts map[string]any
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	var out []notify.Block
	for name, part := range parts {
		if name == "drawn_up_at" || name == "version" {
			continue
		}
		text, err := json.MarshalIndent(part, "", " ")
		if err != nil {
			return nil, err
		}
		out = append(out, notify.Block{Heading: name, Text: []string{string(text)}})
	}
	slices.SortFunc(out, func(a, b notify.Block) int { return cmp.Compare(a.Heading, b.Heading) })
	return out, nil
}

// Impact works out what an edit of a controller's facts would change in every
// document and who would be written to, without saving anything.
func (s *Steps) Impact(ctx context.Context, id breach.IncidentID, c breach.ControllerID, e facts.Edit, tell facts.Tell) (facts.Impact, error) {
	var out facts.Impact
	if err := e.Check(s.Now(), knownWords); err != nil {
		return out, err
	}
	old, err := s.Draft(ctx, id, c)
	if err != nil {
		return out, err
	}
	k, err := s.Store.Case(ctx, id, c)
	if ignoreMissing(err) != nil {
		return out, err
	}
	now := e.Apply(old)
	old.Version, now.Version = max(1, old.Version), max(1, old.Version) // the number alone changes nothing
	if out.Documents, err = changes(old, now, k); err != nil {
		return out, err
	}
	out.Statements = facts.Compare(old, now, "")
	now.Version++
	return out, s.affected(ctx, &out, id, c, now, tell)
}

// Between says what one version of a controller's facts changed in every
// document of another.
func (s *Steps) Between(ctx context.Context, id breach.IncidentID, c breach.ControllerID, from, to int) ([]facts.DocumentChange, error) {
	h, err := s.history(ctx, id, c)
	if err != nil {
		return nil, err
	}
	a, okA := h.told[from]
	b, okB := h.told[to]
	if !okA || !okB {
		return nil, fmt.Errorf("versions %d and %d: %w", from, to, breach.ErrNotFound)
	}
	k, err := s.Store.Case(ctx, id, c)
	if err != nil {
		return nil, err
	}
	a.Version = b.Version
	return changes(a.Facts, b.Facts, k)
}

func changes(old, now notify.Facts, k breach.Case) ([]facts.DocumentChange, error) {
	after, err := Documents(now, k)
	if err != nil {
		return nil, err
	}
	before, err := Documents(old, k)
	if err != nil { // what was there may have been incomplete
		before = make([]Documented, len(after))
	}
	var out []facts.DocumentChange
	for i := range after {
		d := facts.DocumentChange{Name: after[i].Name, Variant: after[i].Variant, Lang: after[i].Lang}
		d.Blocks = blockChanges(before[i].Blocks, after[i].Blocks)
		if len(d.Blocks) > 0 {
			out = append(out, d)
		}
	}
	return out, nil
}

// blockChanges pairs blocks by heading, in the order of the new document.
func blockChanges(before, after []notify.Block) (out []facts.BlockChange) {
	said := map[string]string{}
	for _, b := range before {
		said[b.Heading] += blockText(b)
	}
	seen := map[string]string{}
	var order []string
	for _, b := range after {
		if _, ok := seen[b.Heading]; !ok {
			order = append(order, b.Heading)
		}
		seen[b.Heading] += blockText(b)
	}
	for _, h := range order {
		if said[h] != seen[h] {
			out = append(out, facts.BlockChange{Heading: h, Before: said[h], After: seen[h]})
		}
	}
	for _, b := range before {
		if _, ok := seen[b.Heading]; !ok {
			out = append(out, facts.BlockChange{Heading: b.Heading, Before: said[b.Heading]})
			seen[b.Heading] = ""
		}
	}
	return out
}

func blockText(b notify.Block) string {
	return strings.Join(append(slices.Clone(b.Text), b.List...), "\n") + "\n"
}

// affected counts whom a version would be told to.
func (s *Steps) affected(ctx context.Context, out *facts.Impact, id breach.IncidentID, c breach.ControllerID, now notify.Facts, tell facts.Tell) error {
	h := versions{told: map[int]frozen{}, tell: map[int]facts.Tell{}}
	if now.Version > 1 {
		var err error
		if h, err = s.history(ctx, id, c); ignoreMissing(err) != nil {
			return err
		}
	}
	h.now.Facts, h.tell[now.Version] = now, tell
	totals, err := s.Store.HeardTotals(ctx, id, c, now.Version)
	if err != nil {
		return err
	}
	for _, t := range totals {
		if t.Told == 0 {
			out.Waiting += t.N
			continue
		}
		out.Told += t.N
		if r, ok := h.message(t.Told, t.Variant); ok && r.Corrects {
			out.Corrected += t.N
		} else if ok {
			out.Informed += t.N
		}
	}
	return nil
}

// Versions lists the versions of a controller's facts, oldest first.
func (s *Steps) Versions(ctx context.Context, id breach.IncidentID, c breach.ControllerID) ([]facts.Version, error) {
	list, err := s.Store.FactsVersions(ctx, id, c)
	var out []facts.Version
	for _, v := range list {
		out = append(out, facts.Version{Number: v.Number, By: v.By, At: v.At, Why: v.Why, Tell: facts.Tell(v.Tell)})
	}
	return out, err
}
