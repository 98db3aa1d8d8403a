package institution

import (
	"vigie/internal/i18n"
	"vigie/notify"
)

// faq answers what the staff asks first: about their own data, what to tell
// people, what not to say.
func (w *writer) faq() []notify.Block {
	ask := func(key string, answer ...string) notify.Block {
		return notify.Block{Heading: w.t("faq." + key + ".q"), Text: answer}
	}
	measures := ask("done", w.t("faq.done.a"))
	measures.List = w.codes("measure.", w.Measures)
	tell := ask("tell", w.t("faq.tell.a"))
	tell.List, tell.Ordered = w.actions(), true
	say := ask("forbidden", w.t("faq.forbidden.a"))
	say.List = []string{w.t("faq.forbidden.who"), w.t("faq.forbidden.lookup"), w.t("faq.forbidden.protected"), w.t("faq.forbidden.guess")}
	what := w.data()
	what.Heading = w.t("faq.data.q")
	happened := w.nature()
	happened.Heading = w.t("faq.what.q")
	return []notify.Block{{Text: []string{w.t("faq.opening", w.body())}},
		happened, what, ask("mine", w.t("faq.mine.a")), measures, tell, say,
		ask("press", w.t("faq.press.a")), ask("threat", w.t("faq.threat.a")), ask("contact", w.t("faq.contact.a", w.Controller.DPO))}
}

// intranet is the article that front desks work with: what leaves, how it
// looks, and how to check a message that somebody shows them.
func (w *writer) intranet() []notify.Block {
	when := w.t("intranet.unset")
	if !w.b.FirstAt.IsZero() {
		when = w.t("intranet.when", i18n.Date(w.lang, w.b.FirstAt))
	}
	check := notify.Block{Heading: w.t("check.heading"), Text: []string{w.t("check.opening")}, Ordered: true}
	for _, key := range []string{"look", "ask", "page", "doubt", "report", "never_read"} {
		check.List = append(check.List, w.t("check."+key))
	}
	page := w.t("check.page_unset")
	if w.PageURL != "" {
		page = w.t("check.page_at", w.PageURL)
	}
	return []notify.Block{
		{Text: []string{w.t("intranet.opening", w.body()), when}},
		w.nature(), w.data(),
		{Heading: w.t("intranet.look"), List: []string{w.t("look.letter"), w.t("look.email"), w.t("look.sms"), w.never()}},
		check,
		{Heading: w.t("intranet.where"), Text: []string{page, w.t("faq.contact.a", w.Controller.DPO)}},
		{Heading: w.t("intranet.danger"), Text: []string{w.t("intranet.danger_text")}},
	}
}

// calls is the call centre's script, with the volume to expect.
func (w *writer) calls() []notify.Block {
	script := notify.Block{Heading: w.t("calls.script"), Ordered: true}
	for _, key := range []string{"hello", "identify", "genuine", "answer", "actions", "complaint", "danger", "end"} {
		script.List = append(script.List, w.t("calls."+key))
	}
	tell := notify.Block{Heading: w.t("calls.say"), List: w.actions(), Ordered: true}
	return []notify.Block{{Text: []string{w.t("calls.opening", w.body())}}, w.volume(), script,
		{Heading: w.t("calls.categories"), Text: w.absent(), List: w.present()}, tell,
		{Heading: w.t("kit.state"), Text: []string{w.complaint()}}, w.panel("", false)}
}

// press is the communique. It stands on its own: journalists read nothing else.
func (w *writer) press() []notify.Block {
	done := notify.Block{Heading: w.t("press.done"), List: w.codes("measure.", w.Measures)}
	harm := notify.Block{Heading: w.t("press.consequences"), List: w.codes("consequence.", w.Consequences)}
	do := notify.Block{Heading: w.t("press.do"), List: w.actions(), Ordered: true}
	opening := []string{w.t("press.opening", w.body())}
	if !w.b.PublicAt.IsZero() {
		opening = append([]string{w.t("press.embargo", i18n.DateTime(w.lang, w.b.PublicAt))}, opening...)
	}
	contact := []string{w.t("press.people", w.Controller.DPO), w.t("press.no_lookup")}
	if w.PageURL != "" {
		contact = append(contact, w.t("check.page_at", w.PageURL))
	}
	return []notify.Block{{Text: opening}, w.nature(), w.data(), harm, done, do,
		{Heading: w.t("press.told"), Text: []string{w.t("press.told_text"), w.never()}},
		{Heading: w.t("press.contact"), Text: contact}}
}

// followup asks the institution, at three or six months, what became of it.
func (w *writer) followup(months int64) []notify.Block {
	h, err := headOf(w.Controller.Kind)
	if err != nil {
		w.holes = append(w.holes, "heads")
		return nil
	}
	ask := notify.Block{Heading: w.t("followup.ask"), Ordered: true}
	for _, key := range []string{"measures", "score", "next", "calls", "fraud", "authority"} {
		ask.List = append(ask.List, w.t("followup."+key))
	}
	said := notify.Block{Heading: w.t("followup.known"), Text: []string{w.t("followup.known_text")}, List: w.codes("measure.", w.Measures)}
	return []notify.Block{{Text: []string{h.To[w.lang], h.Call[w.lang], w.t("followup.opening", months, w.body())}},
		said, ask, {Heading: w.t("followup.people"), Text: []string{w.t("followup.people_text"), h.Close[w.lang]}}}
}
