package wording

import (
	"vigie/internal/i18n"
	"vigie/notify"
)

// Easy writes the communication in easy-to-read language (FALC): one idea a
// sentence, one sentence a line, everyday words. It says what Render says, from
// the same facts, and refuses as Render does. Until people concerned have read
// the words over, reviewed is false and the text says that it is a draft
// (decisions.md 29).
func Easy(f notify.Facts, lang string, reviewed bool) (notify.Document, error) {
	w, err := newWriter(f, lang)
	if err != nil {
		return notify.Document{}, err
	}
	if err := Complete(f, lang); err != nil {
		return notify.Document{}, err
	}
	doc := notify.Document{Version: f.Version, Title: w.t("easy.title")}
	intro := notify.Block{Text: []string{w.t("easy.who", w.Controller.Name), w.t("easy.about")}}
	if !reviewed {
		intro.Text = append([]string{w.t("easy.draft"), w.t("easy.draft_why")}, intro.Text...)
	}
	doc.Blocks = []notify.Block{intro, w.easyNature(), w.easyData(), w.easyList("consequences", "consequence", w.Consequences),
		w.easyList("measures", "measure", w.Measures), w.easyActions(),
		{Heading: w.t("easy.recognise.heading"), Text: []string{w.t("easy.recognise.never"), w.t("easy.recognise.bank")}}, w.easyHelp()}
	doc.Short = w.t("sms.neutral")
	return doc, w.fault()
}

// Child writes what a child of less than fifteen reads, beside the letter to
// those who represent them; it is no communication by itself.
func Child(lang string, version int, reviewed bool) (notify.Document, error) {
	w, err := newWriter(notify.Facts{}, lang)
	if err != nil {
		return notify.Document{}, err
	}
	text := []string{w.t("kid.what"), w.t("kid.inside"), w.t("kid.fault")}
	if !reviewed {
		text = append([]string{w.t("kid.draft"), w.t("kid.draft_why")}, text...)
	}
	return notify.Document{Version: version, Title: w.t("kid.title"), Blocks: []notify.Block{
		{Text: text},
		{Heading: w.t("kid.list"), List: []string{w.t("kid.answer"), w.t("kid.tell"), w.t("kid.keep")}, Ordered: true},
		{Text: []string{w.t("kid.call"), w.t("kid.free")}},
	}}, w.fault()
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

// easyData names categories; those of the form's classes that have no easy
// words are other information, once.
func (w *writer) easyData() notify.Block {
	b := notify.Block{Heading: w.t("easy.data.heading"), Text: []string{w.t("easy.data.intro")}}
	other := false
	for _, c := range w.Present {
		if !w.cat.Has("easy.category."+c.Code) || c.Code == "other" {
			other = true
			continue
		}
		b.List = append(b.List, w.t("easy.category."+c.Code))
	}
	if other {
		b.List = append(b.List, w.t("easy.category.other"))
	}
	return b
}

func (w *writer) easyList(section, kind string, codes []string) notify.Block {
	return notify.Block{Heading: w.t("easy." + section + ".heading"), List: w.codes("easy."+kind+".", codes)}
}

func (w *writer) easyActions() notify.Block {
	b := notify.Block{Heading: w.t("easy.actions.heading"), Ordered: true}
	for _, code := range w.Actions {
		key := "easy.action." + code
		b.List = append(b.List, w.t("easy.actions.item", w.t(key+".when"), w.t(key+".what"), w.t(key+".why")))
	}
	return b
}

func (w *writer) easyHelp() notify.Block {
	text := []string{w.t("easy.help.who"), w.t("easy.help.name"), w.t("easy.help.write", w.Controller.DPO)}
	if w.Controller.Phone != "" {
		text = append(text, w.t("easy.help.call", spacePhone(w.Controller.Phone)))
	}
	return notify.Block{Heading: w.t("easy.help.heading"), Text: append(text, w.t("easy.help.ask"), w.t("easy.help.cnil"))}
}
