package page

import (
	"fmt"
	"reflect"
	"slices"

	"vigie/internal/i18n"
	"vigie/notify"
)

// view is what the template shows.
type view struct {
	cat      *i18n.Catalog
	Lang     string
	Dir      string // ltr, rtl
	Easy     bool
	Others   []other
	Key      string // of the text, in file names
	Back     string // the overview, from a controller's page
	Root     string // leads to the feeds
	Feeds    bool
	Title    string
	Updated  string
	Next     string
	Incident string
	Sections []section
	History  []change
}

// other is the same page in another text.
type other struct{ Href, Lang, Dir, Name string }

// T is the word for a key in the language of the page; easy pages have easy
// words where there are some.
func (v view) T(key string, args ...any) string {
	if v.Easy && v.cat.Has("easy."+key) {
		key = "easy." + key
	}
	return v.cat.T(v.Lang, key, args...)
}

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
func (s *site) page(i int, t Text, root string) view {
	v := view{cat: s.cat, Lang: t.Lang, Dir: i18n.Direction(t.Lang), Easy: t.Easy, Key: t.key(), Root: root, Feeds: root == "" && s.absolute(), Incident: s.incident}
	for _, o := range s.Texts {
		if o.key() == t.key() {
			continue
		}
		x := other{s.name(i, o.key()), o.Lang, i18n.Direction(o.Lang), i18n.Name(o.Lang)}
		if o.Easy {
			x.Name = s.cat.T(o.Lang, "easy.name")
		}
		v.Others = append(v.Others, x)
	}
	if len(s.history) == 0 {
		return v
	}
	last := s.history.last()
	v.Updated = v.T("updated", last.Number, i18n.DateTime(t.Lang, last.At))
	v.Next = v.T("next", i18n.Date(t.Lang, next(last.At, s.Every, s.now)))
	for n := len(s.history) - 1; n >= 0; n-- {
		e := s.history[n]
		c := change{Number: e.Number, Label: s.cat.T(t.Lang, "changes.version", e.Number, i18n.DateTime(t.Lang, e.At)), What: s.what(e, i, t)}
		if root == "" && n < len(s.history)-1 {
			c.Href = fmt.Sprintf("v%d/%s", e.Number, s.name(-1, i18n.French))
		}
		v.History = append(v.History, c)
	}
	return v
}

// controllerPage shows everything one controller has to say: first what was
// sent, then what happened.
func (s *site) controllerPage(i int, t Text, root string) view {
	v := s.page(i, t, root)
	f := s.facts[i]
	v.Title = v.T("title", f.Controller.Name)
	if len(s.facts) > 1 {
		v.Back = s.name(-1, t.key())
	}
	s.sent(&v, f.Controller.ID)
	for n, b := range s.blocks[t.key()][i] {
		if n == 1 && !v.Easy {
			v.add(notify.Block{Heading: v.T("who.heading"), Text: append(v.who(f), v.T("who.search"))})
		}
		v.add(b)
	}
	v.add(v.minors())
	return v
}

// who says who gets a message and who does not: those found in the file, or,
// where the controller attests what was taken, those of its register on a day.
func (v view) who(f notify.Facts) []string {
	if len(f.Bases) == 0 {
		return []string{v.T("who.one", i18n.Body(f.Controller.Name)), v.T("who.not")}
	}
	var text []string
	for _, b := range f.Bases {
		if s := v.T("who.register", i18n.Body(f.Controller.Name), i18n.Date(v.Lang, b.AsOf)); !slices.Contains(text, s) {
			text = append(text, s)
		}
	}
	return append(text, v.T("who.not_register"))
}

func (v view) minors() notify.Block {
	return notify.Block{Heading: v.T("minors.heading"), Text: []string{v.T("minors.text"), v.T("minors.danger")}}
}

// overview lists the controllers of an incident that concerns several.
func (s *site) overview(t Text, root string) view {
	v := s.page(-1, t, root)
	v.Title = v.T("title_many")
	s.sent(&v, "")
	var said []string
	for _, f := range s.facts {
		if text := f.Summary[t.Lang]; text != "" && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	if len(said) > 0 { // the team states it in French and English
		v.add(notify.Block{Heading: v.T("happened.heading"), Text: said})
	}
	many, not := "who.many", "who.not"
	if !v.Easy && slices.ContainsFunc(s.facts, func(f notify.Facts) bool { return len(f.Bases) > 0 }) {
		many, not = "who.many_register", "who.not_register"
	}
	v.add(notify.Block{Heading: v.T("who.heading"), Text: []string{v.T(many)}})
	who := &v.Sections[len(v.Sections)-1]
	for i, f := range s.facts {
		who.Links = append(who.Links, link{s.name(i, t.key()), f.Controller.Name})
	}
	v.add(notify.Block{Text: []string{v.T(not), v.T("who.search")}})
	for _, b := range s.shared(t) {
		v.add(b)
	}
	v.add(v.minors())
	return v
}

// shared are the sections that all controllers have word for word: whoever
// does not know which body holds the own data reads at once what to do.
func (s *site) shared(t Text) (all []notify.Block) {
	lists := s.blocks[t.key()]
	for _, section := range sections(lists[0]) {
		everywhere := !slices.ContainsFunc(lists[1:], func(blocks []notify.Block) bool {
			return !slices.ContainsFunc(sections(blocks), func(other []notify.Block) bool { return reflect.DeepEqual(section, other) })
		})
		if section[0].Heading != "" && everywhere {
			all = append(all, section...)
		}
	}
	return all
}

// sections are blocks with those below the same heading together.
func sections(blocks []notify.Block) (all [][]notify.Block) {
	for _, b := range blocks {
		if b.Heading != "" || len(all) == 0 {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], b)
	}
	return all
}

func (v *view) add(b notify.Block) {
	v.Sections = append(v.Sections, section{Block: b, ID: fmt.Sprintf("s%d", len(v.Sections)+1)})
}
