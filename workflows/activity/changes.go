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
	"vigie/notify/institution"
	"vigie/notify/wording"
)

// documented is one document of a version, as blocks of text.
type documented struct {
	name    string // letter, sms, page, dossier, or an institution's; the e-mail reads like the letter
	variant string // of the reader, "" for none in particular
	lang    string
	blocks  []notify.Block
}

// documents renders every document that a controller's facts make: what its
// people get in every language and level that people have read over, the page,
// the institution's papers, the authority's dossier.
func documents(b institution.Brief, read []string) ([]documented, error) {
	f := b.Facts
	out, err := communications(f, read)
	if err != nil {
		return nil, err
	}
	for _, lang := range i18n.Languages() {
		blocks, err := wording.Sections(f, lang)
		if err != nil {
			return nil, err
		}
		out = append(out, documented{"page", "", lang, blocks})
		for _, k := range institution.Kinds() {
			doc, err := institution.Render(b, k, lang)
			if err != nil {
				return nil, err
			}
			out = append(out, documented{"paper-" + string(k), "", lang, titled(doc)})
		}
		for _, g := range institution.Groups() {
			doc, err := institution.Kit(b, g, lang)
			if err != nil {
				return nil, err
			}
			out = append(out, documented{"kit-" + string(g), "", lang, titled(doc)})
		}
	}
	form, err := authority.Fill(authority.Dossier{Facts: f, Case: b.Case, Words: wording.Say})
	if err != nil {
		return nil, err
	}
	blocks, err := dossierBlocks(form)
	return append(out, documented{"dossier", "", i18n.French, blocks}), err
}

// communications are what people get: every variant in French and English, and the
// adults' in each other language that may be sent, whose words follow the same
// facts.
func communications(f notify.Facts, read []string) (out []documented, err error) {
	langs := i18n.Languages()
	for _, lang := range i18n.Others() {
		if slices.Contains(read, lang) {
			langs = append(langs, lang)
		}
	}
	for _, lang := range langs {
		for _, v := range notify.Variants() {
			if v != notify.VariantAdult && !slices.Contains(i18n.Languages(), lang) {
				continue
			}
			doc, err := wording.Alone(f, notify.Recipient{Variant: v}, lang, read)
			if err != nil {
				return nil, err
			}
			out = append(out, documented{"letter", v, lang, titled(doc)}, documented{"sms", v, lang, []notify.Block{{Text: []string{doc.Short}}}})
		}
	}
	return out, nil
}

func titled(doc notify.Document) []notify.Block {
	return append([]notify.Block{{Heading: doc.Title}}, doc.Blocks...)
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
	if out.Documents, err = s.changes(ctx, old, now, k); err != nil {
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
	return s.changes(ctx, a.Facts, b.Facts, k)
}

func (s *Steps) changes(ctx context.Context, old, now notify.Facts, k breach.Case) ([]facts.DocumentChange, error) {
	read, err := s.ReadOver(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.brief(ctx, k, now)
	if err != nil {
		return nil, err
	}
	after, err := documents(b, read)
	if err != nil {
		return nil, err
	}
	b.Facts = old
	before, err := documents(b, read)
	if err != nil { // what was there may have been incomplete
		before = make([]documented, len(after))
	}
	var out []facts.DocumentChange
	for i := range after {
		d := facts.DocumentChange{Name: after[i].name, Variant: after[i].variant, Lang: after[i].lang}
		d.Blocks = blockChanges(before[i].blocks, after[i].blocks)
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
