package wording

import (
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

// Simply tells whether what a reader of a variant gets in a language is written
// in easy-to-read words. Nobody gets a draft: without the readings the words of
// all others stand (decisions.md 29). Minors who are told themselves are told
// in words that a minor understands (LIL art. 45), which children have read
// over as well.
func Simply(variant, lang string, read []string) bool {
	switch variant {
	case notify.VariantEasy:
		return slices.Contains(read, lang+"-easy")
	case notify.VariantYoung:
		return slices.Contains(read, lang+"-easy") && slices.Contains(read, lang+"-child")
	}
	return false
}

// plainly is the variant whose words stand in all languages.
func plainly(variant string) string {
	if variant == notify.VariantEasy {
		return notify.VariantAdult
	}
	return variant
}

// wordsFor are the words of a position: plural ones for a guardian of several
// children.
func wordsFor(r notify.Recipient) string {
	if len(r.Others) > 0 && (r.Variant == notify.VariantChild || r.Variant == notify.VariantGuardian) {
		return r.Variant + "_many"
	}
	return plainly(r.Variant)
}

// Easy writes the communication in easy-to-read language (FALC), for no reader
// in particular: one idea a sentence, one sentence a line, everyday words. It
// says what Render says, from the same facts, and refuses as Render does. Until
// people concerned have read the words over, reviewed is false and the text
// says that it is a draft (decisions.md 29).
func Easy(f notify.Facts, lang string, reviewed bool) (notify.Document, error) {
	w, err := newWriter(f, lang)
	if err != nil {
		return notify.Document{}, err
	}
	if err := Complete(f, lang); err != nil {
		return notify.Document{}, err
	}
	w.whole = true
	doc := w.easy(notify.Recipient{}, nil)
	if !reviewed {
		doc.Blocks[0].Text = append([]string{w.t("easy.draft"), w.t("easy.draft_why")}, doc.Blocks[0].Text...)
	}
	return doc, w.fault()
}

// easy writes the whole communication in easy words; with a revision, first
// what was wrong.
func (w *writer) easy(r notify.Recipient, rev *notify.Revision) notify.Document {
	doc := notify.Document{Version: w.Version, Title: w.t("easy.title")}
	intro := notify.Block{Text: []string{w.t("easy.who", w.body()), w.t("easy.about")}}
	if r.Variant == notify.VariantYoung {
		intro.Text = append(intro.Text, w.t("easy.young.also"), w.t("easy.young.fault"))
	}
	if rev != nil {
		doc.Title = w.t("easy." + revisedKey(*rev, "title"))
		intro.Text = []string{w.t("easy.who", w.body()), w.t("easy."+revisedKey(*rev, "before"), rev.Former),
			w.t("easy." + revisedKey(*rev, "sorry")), w.t("easy.revised.below")}
	}
	doc.Blocks = []notify.Block{intro}
	if rev != nil {
		doc.Blocks = append(doc.Blocks, w.revised(*rev, easyVoice))
	}
	doc.Blocks = append(doc.Blocks, w.easyNature(), w.easyData(), w.easyList("consequences", "consequence", w.Consequences),
		w.easyList("measures", "measure", w.Measures), w.easyActions(), w.easyRecognise(), w.easyComplaint(), w.easyHelp(r))
	doc.Short = w.short(r)
	return doc
}

// Child writes what a child of less than fifteen reads, beside the letter to
// those who represent them; it is no communication by itself.
func Child(lang string, version int, reviewed bool) (notify.Document, error) {
	w, err := newWriter(notify.Facts{}, lang)
	if err != nil {
		return notify.Document{}, err
	}
	blocks := w.kid()
	if !reviewed {
		blocks[0].Text = append([]string{w.t("kid.draft"), w.t("kid.draft_why")}, blocks[0].Text...)
	}
	return notify.Document{Version: version, Title: w.t("kid.title"), Blocks: blocks}, w.fault()
}

// kid is what a child reads.
func (w *writer) kid() []notify.Block {
	return []notify.Block{
		{Text: []string{w.t("kid.what"), w.t("kid.inside"), w.t("kid.fault")}},
		{Heading: w.t("kid.list"), List: []string{w.t("kid.answer"), w.t("kid.tell"), w.t("kid.keep")}, Ordered: true},
		{Text: []string{w.t("kid.call"), w.t("kid.free")}},
	}
}

// insert is what a representative reads with the child: the child's own text
// where children have read it over, else four plain sentences.
func (w *writer) insert(child bool) []notify.Block {
	if !child {
		return []notify.Block{{Heading: w.t("heading.child"),
			Text: []string{w.t("child.what"), w.t("child.fault"), w.t("child.rule"), w.t("child.tell")}}}
	}
	blocks := w.kid()
	blocks[0].Heading = w.t("heading.child")
	blocks[0].List = blocks[1].List // the reader's own actions have the numbers
	return []notify.Block{blocks[0], blocks[2]}
}

func (w *writer) easyNature() notify.Block {
	text := []string{w.t("easy.nature.what"), w.t("easy.nature.inside")}
	if w.OccurredAt.IsZero() {
		text = append(text, w.t("easy.nature.occurred_unknown"))
	} else {
		text = append(text, w.t("easy.nature.occurred", i18n.Date(w.lang, w.OccurredAt)))
	}
	if !w.DiscoveredAt.IsZero() {
		text = append(text, w.t("easy.nature.discovered", i18n.Date(w.lang, w.DiscoveredAt)))
	}
	for _, b := range w.Bases {
		text = append(text, w.t("easy.nature.register", i18n.Date(w.lang, b.AsOf)))
	}
	return notify.Block{Heading: w.t("easy.nature.heading"), Text: text}
}

// easyData names categories; for no reader in particular, by group of people
// where the facts tell groups apart.
func (w *writer) easyData() notify.Block {
	b := notify.Block{Heading: w.t("easy.data.heading"), Text: []string{w.t("easy.data.intro")}}
	if !w.whole || len(w.Groups) == 0 {
		b.List = w.easyCategories(w.Present)
		return b
	}
	for _, g := range w.byGroup() {
		b.List = append(b.List, w.t("easy.data.group", w.groups("easy.group.", g.codes), strings.Join(w.easyCategories(g.present), ", ")))
	}
	return b
}

// easyCategories are categories in easy words; those of the form's classes that
// have none are other information, once.
func (w *writer) easyCategories(list []breach.Category) (out []string) {
	other := false
	for _, c := range list {
		if !w.cat.Has("easy.category."+c.Code) || c.Code == "other" {
			other = true
			continue
		}
		out = append(out, w.t("easy.category."+c.Code))
	}
	if other {
		out = append(out, w.t("easy.category.other"))
	}
	return out
}

func (w *writer) easyList(section, kind string, codes []string) notify.Block {
	return notify.Block{Heading: w.t("easy." + section + ".heading"), List: w.codes("easy."+kind+".", codes)}
}

func (w *writer) easyActions() notify.Block {
	b := notify.Block{Heading: w.t("easy.actions.heading"), Ordered: true}
	for _, code := range w.Actions {
		b.List = append(b.List, w.easyAction(code))
	}
	return b
}

func (w *writer) easyAction(code string) string {
	key := "easy.action." + code
	return w.t("easy.actions.item", w.t(key+".when"), w.t(key+".what"), w.t(key+".why"))
}

func (w *writer) easyRecognise() notify.Block {
	text := []string{w.t("easy.recognise.never"), w.t("easy.recognise.bank")}
	if w.Controller.Phone != "" {
		text = append(text, w.t("easy.recognise.doubt"), w.t("easy.recognise.call", spacePhone(w.Controller.Phone)))
	}
	return notify.Block{Heading: w.t("easy.recognise.heading"), Text: text}
}

// easyComplaint says where to complain, as the channel stands.
func (w *writer) easyComplaint() notify.Block {
	b := notify.Block{Heading: w.t("easy.complaint.heading"), Text: []string{w.t("easy.complaint.police")}}
	switch w.Complaint {
	case "open":
		b.Text = append(b.Text, w.t("easy.complaint.open"), w.t("easy.complaint.type", w.ComplaintURL))
	case "announced":
		b.Text = append(b.Text, w.t("easy.complaint.announced"))
	}
	return b
}

func (w *writer) easyHelp(r notify.Recipient) notify.Block {
	text := []string{w.t("easy.help.who"), w.t("easy.help.name"), w.t("easy.help.write", w.Controller.DPO)}
	if w.Controller.Phone != "" {
		text = append(text, w.t("easy.help.call", spacePhone(w.Controller.Phone)))
	}
	text = append(text, w.t("easy.help.ask"))
	if r.Variant == notify.VariantYoung {
		text = append(text, w.t("kid.call"), w.t("kid.free"))
	}
	text = append(text, w.t("easy.help.cnil"))
	if r.Variant != "" { // a page says its version elsewhere
		text = append(text, w.t("easy.help.version", w.Version), w.t("easy.help.reference", string(w.Incident)))
	}
	return notify.Block{Heading: w.t("easy.help.heading"), Text: text}
}
