package page

import (
	"fmt"
	"slices"

	"vigie/internal/i18n"
	"vigie/notify"
)

// view is what the template shows.
type view struct {
	cat       *i18n.Catalog
	Lang      string
	OtherLang string
	Other     string // file in the other language
	Back      string // the overview, from a controller's page
	Root      string // leads to the feeds
	Feeds     bool
	Title     string
	Updated   string
	Incident  string
	Sections  []section
	History   []change
}

// T is the word for a key in the language of the page.
func (v view) T(key string, args ...any) string { return v.cat.T(v.Lang, key, args...) }

type section struct {
	notify.Block
	ID    string
	Links []link
}

type link struct{ Href, Text string }

type change struct {
	Number            int
	Label, What, Href string
}

// page starts a view with what every page has.
func (s *site) page(i int, lang, root string) view {
	other := i18n.English
	if lang == i18n.English {
		other = i18n.French
	}
	last := s.history.last()
	v := view{cat: s.cat, Lang: lang, OtherLang: other, Other: s.name(i, other), Root: root, Feeds: root == "" && s.absolute(),
		Incident: s.incident, Updated: s.cat.T(lang, "updated", last.Number, i18n.DateTime(lang, last.At))}
	for n := len(s.history) - 1; n >= 0; n-- {
		e := s.history[n]
		c := change{Number: e.Number, Label: s.cat.T(lang, "changes.version", e.Number, i18n.DateTime(lang, e.At)), What: s.what(e, lang)}
		if root == "" && n < len(s.history)-1 {
			c.Href = fmt.Sprintf("v%d/%s", e.Number, s.name(-1, lang))
		}
		v.History = append(v.History, c)
	}
	return v
}

// controllerPage shows everything one controller has to say.
func (s *site) controllerPage(i int, lang, root string) view {
	v := s.page(i, lang, root)
	name := s.facts[i].Controller.Name
	v.Title = s.cat.T(lang, "title", name)
	if len(s.facts) > 1 {
		v.Back = s.name(-1, lang)
	}
	who := notify.Block{Heading: s.cat.T(lang, "who.heading"), Text: []string{s.cat.T(lang, "who.one", name), s.cat.T(lang, "who.search")}}
	minors := notify.Block{Heading: s.cat.T(lang, "minors.heading"), Text: []string{s.cat.T(lang, "minors.text"), s.cat.T(lang, "minors.danger")}}
	for n, b := range s.blocks[lang][i] {
		if n == 1 {
			v.add(who)
		}
		v.add(b)
	}
	v.add(minors)
	return v
}

// overview lists the controllers of an incident that concerns several.
func (s *site) overview(lang, root string) view {
	v := s.page(-1, lang, root)
	v.Title = s.cat.T(lang, "title_many")
	var said []string
	for _, f := range s.facts {
		if text := f.Summary[lang]; text != "" && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	v.add(notify.Block{Text: said})
	who := section{ID: "who", Block: notify.Block{Heading: s.cat.T(lang, "who.heading"), Text: []string{s.cat.T(lang, "who.many")}}}
	for i, f := range s.facts {
		who.Links = append(who.Links, link{s.name(i, lang), f.Controller.Name})
	}
	v.Sections = append(v.Sections, who)
	v.add(notify.Block{Text: []string{s.cat.T(lang, "who.search")}})
	v.add(notify.Block{Heading: s.cat.T(lang, "minors.heading"), Text: []string{s.cat.T(lang, "minors.text"), s.cat.T(lang, "minors.danger")}})
	return v
}

func (v *view) add(b notify.Block) {
	v.Sections = append(v.Sections, section{Block: b, ID: fmt.Sprintf("s%d", len(v.Sections)+1)})
}
