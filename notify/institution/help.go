package institution

import (
	"fmt"
	"slices"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

// Group is for whom a complaint kit is written.
type Group string

// The groups of notices.md 2.5 that complain in different ways.
const (
	GroupAdult   Group = "adult"
	GroupYoung   Group = "young"
	GroupParent  Group = "parent"
	GroupTutor   Group = "tutor"
	GroupCurator Group = "curator"
)

// Groups lists them in order.
func Groups() []Group { return []Group{GroupAdult, GroupYoung, GroupParent, GroupTutor, GroupCurator} }

// Kit writes the complaint kit of a group. It follows the state of the
// complaint channel in the facts, none, announced, open or withdrawn, and
// refuses another state and an open channel without an address.
func Kit(b Brief, g Group, lang string) (notify.Document, error) {
	if !slices.Contains(Groups(), g) {
		return notify.Document{}, fmt.Errorf("complaint kit for %q: %w", g, breach.ErrInvalid)
	}
	w, err := newWriter(b, lang)
	if err != nil {
		return notify.Document{}, err
	}
	who := notify.Block{Heading: w.t("kit.who"), Text: []string{w.t("kit." + string(g) + ".who")}}
	if w.cat.Has("kit." + string(g) + ".caution") {
		who.Text = append(who.Text, w.t("kit."+string(g)+".caution"))
	}
	facts := w.nature()
	facts.Heading = w.t("kit.facts")
	facts.Text = append([]string{w.t("kit.copy")}, facts.Text...)
	facts.List = w.present()
	bring := notify.Block{Heading: w.t("kit.bring"), List: []string{w.t("kit.identity"), w.t("kit.notice"), w.t("kit.harm"), w.t("kit.reference", string(w.Incident), w.Version)}}
	if g == GroupParent || g == GroupTutor || g == GroupCurator {
		bring.List = append(bring.List, w.t("kit."+string(g)+".paper"))
	}
	doc := notify.Document{Version: w.Version, Title: w.t("title.kit-"+string(g), w.body()), Blocks: []notify.Block{
		{Text: []string{w.t("kit.opening")}}, who, {Heading: w.t("kit.state"), Text: []string{w.complaint()}},
		bring, facts, w.panel("", false), w.foot()}}
	return doc, w.fault()
}

// complaint says where the complaint channel of the incident stands.
func (w *writer) complaint() string {
	switch w.Complaint {
	case "", "none":
		return w.t("kit.none")
	case "open":
		if w.ComplaintURL == "" {
			w.holes = append(w.holes, "complaint_url")
		}
		return w.t("kit.open", w.ComplaintURL)
	case "announced", "withdrawn":
		return w.t("kit." + w.Complaint)
	}
	w.holes = append(w.holes, "complaint")
	return ""
}

// Help is one service that helps victims.
type Help struct {
	Code string   `yaml:"code"`
	Name string   `yaml:"name"`
	How  words    `yaml:"how"`
	At   string   `yaml:"at"`      // address to type or number to dial
	For  string   `yaml:"for"`     // people, institutions or both
	Deps []string `yaml:"regions"` // INSEE codes of regions; none: the whole country
}

type helpList struct {
	Dated `yaml:",inline"`
	Help  []Help `yaml:"help"`
}

var help = read("help.yaml", func(l helpList) Dated { return l.Dated })

// Panel lists who helps in a region, given by its INSEE code ("" for none
// known: the services of the whole country alone), and where the list is from.
func Panel(region string) ([]Help, Dated, error) {
	list, err := help()
	if err != nil {
		return nil, Dated{}, err
	}
	var out []Help
	for _, h := range list.Help {
		if len(h.Deps) == 0 || region != "" && slices.Contains(h.Deps, region) {
			out = append(out, h)
		}
	}
	return out, list.Dated, nil
}

// panel is the local help as a block, for the institution or for people.
func (w *writer) panel(region string, institutions bool) notify.Block {
	b := notify.Block{Heading: w.t("help.heading")}
	list, from, err := Panel(region)
	if err != nil {
		w.holes = append(w.holes, "help")
		return b
	}
	for _, h := range list {
		if other := map[bool]string{true: "people", false: "institutions"}[institutions]; h.For != other {
			b.List = append(b.List, w.t("help.item", h.Name, h.How[w.lang], h.At))
		}
	}
	b.Text = []string{w.t("help.from", i18n.Date(w.lang, from.From))}
	return b
}
