package institution

import (
	"strings"

	"vigie/internal/i18n"
	"vigie/notify"
)

// nature says what happened, when, and how many persons it concerns.
func (w *writer) nature() notify.Block {
	text := []string{w.Summary[w.lang]}
	if w.OccurredAt.IsZero() {
		text = append(text, w.t("nature.occurred_unknown"))
	} else {
		text = append(text, w.t("nature.occurred", i18n.Date(w.lang, w.OccurredAt)))
	}
	if !w.DiscoveredAt.IsZero() {
		text = append(text, w.t("nature.discovered", i18n.Date(w.lang, w.DiscoveredAt)))
	}
	if w.System != "" {
		text = append(text, w.t("nature.system", w.System))
	}
	switch {
	case w.Persons > 0 && len(w.Bases) > 0:
		b := w.Bases[0]
		text = append(text, w.t("nature.register", b.By, i18n.Date(w.lang, b.AsOf), w.body(), i18n.Number(w.lang, w.Persons)))
	case w.Persons > 0:
		text = append(text, w.cat.N(w.lang, "nature.extent", w.Persons, w.body()))
	}
	return notify.Block{Heading: w.t("nature.heading"), Text: text}
}

// present lists the categories found.
func (w *writer) present() []string {
	var codes []string
	for _, c := range w.Present {
		codes = append(codes, c.Code)
	}
	return w.codes("category.", codes)
}

// data keeps apart what was found, what was looked for and not found, and what
// the controller attests (decisions.md 1).
func (w *writer) data() notify.Block {
	intro := w.t("data.intro")
	if len(w.Bases) > 0 {
		intro = w.t("data.register", w.Bases[0].By)
	}
	return notify.Block{Heading: w.t("data.heading"), Text: append([]string{intro}, w.absent()...), List: w.present()}
}

// absent says what must not be called "not taken", and what may.
func (w *writer) absent() []string {
	var text, looked []string
	for _, a := range w.NotFound {
		looked = append(looked, a.Code)
	}
	if len(looked) > 0 {
		text = append(text, w.t("data.not_found", strings.Join(w.codes("category.", looked), " ; ")))
	}
	if len(w.Attested) > 0 {
		var by any = w.AttestedBy
		if w.AttestedBy == "" {
			by = w.body()
		}
		text = append(text, w.t("data.attested", by, strings.Join(w.codes("category.", w.Attested), " ; ")))
	}
	return text
}

// actions are what people are told to do, in the words of the letters.
func (w *writer) actions() []string {
	var list []string
	for _, a := range w.Actions {
		parts := w.codes("action."+a, []string{".when", ".what"})
		list = append(list, w.t("action.item", parts[0], parts[1]))
	}
	return list
}

// never is what no genuine message asks for.
func (w *writer) never() string { return w.t("check.never") }

// phone writes a French number in E.164 as people dial it.
func phone(e164 string) string {
	rest, ok := strings.CutPrefix(e164, "+33")
	if !ok || len(rest) != 9 {
		return e164
	}
	n := "0" + rest
	return strings.Join([]string{n[0:2], n[2:4], n[4:6], n[6:8], n[8:10]}, "\u00a0")
}
