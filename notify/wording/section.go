package wording

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

func (w *writer) intro(r notify.Recipient) notify.Block {
	b := notify.Block{Text: []string{w.t("intro."+wordsFor(r), w.body())}}
	switch about := line(r.About); {
	case about != "" && len(r.Others) > 0:
		b.Text = append(b.Text, w.t("about_many", line(strings.Join(append([]string{about}, r.Others...), ", "))))
	case about != "":
		b.Text = append(b.Text, w.t("about", about))
	}
	if r.Variant == notify.VariantYoung {
		b.Text = append(b.Text, w.t("young.help"))
	}
	return b
}

// Sections renders what does not depend on the reader, in reading order.
func (w *writer) Sections() []notify.Block {
	blocks := []notify.Block{w.nature(), w.data()}
	if len(w.NotFound) > 0 || len(w.Attested) > 0 {
		blocks = append(blocks, w.absent()...)
	}
	blocks = append(blocks, w.consequences(), w.measures(), w.actions(), w.recognise(), w.complaint(), w.contact(), w.rights())
	if w.Unreached > 0 {
		blocks = append(blocks, w.unreached())
	}
	return blocks
}

// unreached is Art. 34(3)(c): those whom no letter reaches are told in public.
func (w *writer) unreached() notify.Block {
	return notify.Block{Heading: w.t("heading.unreached"), Text: []string{
		w.t("unreached.number", i18n.Number(w.lang, w.Unreached)), w.t("unreached.public"), w.t("unreached.call"),
	}}
}

// nature is Art. 34(2): the nature of the breach.
func (w *writer) nature() notify.Block {
	name := w.body()
	text := []string{w.Summary[w.lang]}
	if w.plainSummary {
		text = nil
	}
	if w.OccurredAt.IsZero() {
		text = append(text, w.t("nature.occurred_unknown"))
	} else {
		text = append(text, w.t("nature.occurred", i18n.Date(w.lang, w.OccurredAt)))
	}
	if !w.DiscoveredAt.IsZero() {
		text = append(text, w.t("nature.discovered", i18n.Date(w.lang, w.DiscoveredAt)))
	}
	if !w.AwareAt.IsZero() {
		text = append(text, w.t("nature.aware", name, i18n.Date(w.lang, w.AwareAt)))
	}
	if w.System != "" {
		text = append(text, w.t("nature.system", w.System))
	}
	text = append(text, w.basis()...)
	if w.Persons > 0 && len(w.Bases) == 0 {
		text = append(text, w.cat.N(w.lang, "nature.extent", w.Persons, name))
	}
	return notify.Block{Heading: w.t("heading.nature"), Text: text}
}

// basis says how the people concerned are known, where it is not by the file:
// who attests what, which register at which moment, and how many they are.
func (w *writer) basis() (text []string) {
	if len(w.Bases) == 0 {
		return nil
	}
	var days []string
	for _, b := range w.Bases {
		key, day := "basis.whole", i18n.Date(w.lang, b.AsOf)
		if b.Listed {
			key = "basis.listed"
		}
		text = append(text, w.t(key, b.By, w.body(), day))
		if !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	key := "basis.register"
	if w.Found() {
		key = "basis.both"
	}
	text = append(text, w.t(key, strings.Join(days, ", ")))
	if w.Persons > 0 {
		text = append(text, w.t("basis.number", i18n.Number(w.lang, w.Persons)))
	}
	return text
}

// dataIntro says from where the categories are known.
func (w *writer) dataIntro() string {
	if len(w.Bases) == 0 {
		return w.t("data.intro")
	}
	if slices.ContainsFunc(w.Present, func(c breach.Category) bool { return !w.TakenAttested(c.Code) }) {
		return w.t("basis.data_both", w.Bases[0].By)
	}
	return w.t("basis.data", w.Bases[0].By)
}

func (w *writer) data() notify.Block {
	b := notify.Block{Heading: w.t("heading.data"), Text: []string{w.dataIntro()}}
	for _, c := range w.Present {
		b.List = append(b.List, w.t("category."+c.Code))
	}
	if w.whole && len(w.Groups) > 0 { // for no reader in particular: by group
		b.List = nil
		for _, g := range w.byGroup() {
			var words []string
			for _, c := range g.present {
				words = append(words, w.t("category."+c.Code))
			}
			b.List = append(b.List, w.t("data.group", w.groups("group.", g.codes), strings.Join(words, " ; ")))
		}
	}
	return b
}

// grouped is what was found about groups of people of whom the same was found.
type grouped struct {
	codes   []string
	present []breach.Category
}

// byGroup says of every group what its letters say: one that the facts do not
// tell apart is told everything.
func (w *writer) byGroup() (list []grouped) {
	for _, code := range []string{notify.GroupAdults, notify.GroupMinors, notify.GroupProtected} {
		present := w.PresentFor(code)
		same := slices.IndexFunc(list, func(g grouped) bool {
			return slices.EqualFunc(g.present, present, func(a, b breach.Category) bool { return a.Code == b.Code })
		})
		if same >= 0 {
			list[same].codes = append(list[same].codes, code)
			continue
		}
		list = append(list, grouped{[]string{code}, present})
	}
	return list
}

// groups names groups of people, the first letter of the whole as it is.
func (w *writer) groups(prefix string, codes []string) string {
	var names []string
	for i, code := range codes {
		name := w.t(prefix + code)
		if i > 0 {
			first, size := utf8.DecodeRuneInString(name)
			name = string(unicode.ToLower(first)) + name[size:]
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// absent keeps apart what was not found and what the controller attests.
func (w *writer) absent() []notify.Block {
	heading := w.t("heading.absent")
	var blocks []notify.Block
	if len(w.NotFound) > 0 {
		b := notify.Block{Heading: heading, Text: []string{w.t("data.absent_intro")}}
		rows := w.NotFound[0].Rows
		alike := !slices.ContainsFunc(w.NotFound, func(a breach.Absence) bool { return a.Rows != rows })
		if alike { // the same number behind each would hide what it says
			b.Text[0] += " " + w.t("data.absent_rows", i18n.Number(w.lang, rows))
		}
		for _, a := range w.NotFound {
			item := w.t("category." + a.Code)
			if !alike {
				item = w.t("data.absent_item", item, i18n.Number(w.lang, a.Rows))
			}
			b.List = append(b.List, item)
		}
		blocks, heading = append(blocks, b), ""
	}
	if len(w.Attested) > 0 {
		words := w.t("data.attested", w.AttestedBy)
		if !w.AttestedAt.IsZero() {
			words = w.t("data.attested_on", w.AttestedBy, i18n.Date(w.lang, w.AttestedAt))
		}
		b := notify.Block{Heading: heading, Text: []string{words}}
		for _, code := range w.Attested {
			b.List = append(b.List, w.t("category."+code))
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// consequences is Art. 33(3)(c), by reference of Art. 34(2).
func (w *writer) consequences() notify.Block {
	return notify.Block{Heading: w.t("heading.consequences"), List: w.codes("consequence.", w.Consequences)}
}

// measures is Art. 33(3)(d).
func (w *writer) measures() notify.Block {
	return notify.Block{Heading: w.t("heading.measures"), List: w.codes("measure.", w.Measures)}
}

// actions are ranked as the facts rank them: most urgent first, each with when
// and why.
func (w *writer) actions() notify.Block {
	b := notify.Block{Heading: w.t("heading.actions"), Ordered: true}
	for _, code := range w.Actions {
		key := "action." + code
		b.List = append(b.List, w.t("item.action", w.t(key+".when"), w.t(key+".what"), w.t(key+".why")))
	}
	return b
}

func (w *writer) codes(prefix string, codes []string) []string {
	list := make([]string, 0, len(codes))
	for _, code := range codes {
		list = append(list, w.t(prefix+code))
	}
	return list
}

func (w *writer) recognise() notify.Block {
	text := []string{w.t("recognise.how"), w.t("recognise.never")}
	phone, site := w.Controller.Phone, w.Controller.Website
	switch {
	case phone != "" && site != "":
		text = append(text, w.t("recognise.check", spacePhone(phone), site))
	case phone != "":
		text = append(text, w.t("recognise.check_phone", spacePhone(phone)))
	case site != "":
		text = append(text, w.t("recognise.check_site", site))
	}
	if w.PageURL != "" {
		text = append(text, w.t("recognise.page", w.PageURL))
	}
	return notify.Block{Heading: w.t("heading.recognise"), Text: text}
}

func (w *writer) complaint() notify.Block {
	state := w.Complaint
	if state == "" {
		state = "none"
	}
	if state == "open" {
		return notify.Block{Heading: w.t("heading.complaint"), Text: []string{w.t("complaint.open", w.ComplaintURL)}}
	}
	return notify.Block{Heading: w.t("heading.complaint"), Text: []string{w.t("complaint." + state)}}
}

// contact is Art. 33(3)(b), and the rights that remain.
func (w *writer) contact() notify.Block {
	c := w.Controller
	text := []string{w.t("contact.dpo", c.Name, c.DPO)}
	if c.Phone != "" {
		text = append(text, w.t("contact.phone", spacePhone(c.Phone)))
	}
	if c.Address != "" {
		text = append(text, w.t("contact.address", c.Address))
	}
	if c.Website != "" {
		text = append(text, w.t("contact.site", c.Website))
	}
	if w.Signer != "" {
		text = append(text, w.t("contact.signed", w.Signer, w.body()))
	}
	return notify.Block{Heading: w.t("heading.contact"), Text: text}
}

// rights are what remains to whom our answer does not satisfy.
func (w *writer) rights() notify.Block {
	return notify.Block{Heading: w.t("heading.rights"), Text: []string{w.t("contact.rights"), w.t("contact.cnil"), w.t("contact.version", w.Version, string(w.Incident))}}
}

// stages are the parts into which a page puts what to do. A code that is in
// none of them is to be done now.
var stages = []struct {
	heading string
	codes   []string
}{
	{"heading.actions_now", nil},
	{"heading.actions_week", []string{"watch_accounts", "warn_family", "check_social"}},
	{"heading.actions_later", []string{"report", "get_help"}},
}

// staged is what to do now, this week and later, each with when and why.
func (w *writer) staged() []notify.Block {
	var blocks []notify.Block
	stageOf := func(code string) int {
		return max(0, slices.IndexFunc(stages, func(s struct {
			heading string
			codes   []string
		}) bool {
			return slices.Contains(s.codes, code)
		}))
	}
	for n, stage := range stages {
		all := w.actions().List
		b := notify.Block{Heading: w.t(stage.heading), Ordered: true}
		for i, code := range w.Actions {
			if stageOf(code) == n {
				b.List = append(b.List, all[i])
			}
		}
		if len(b.List) > 0 {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// short is the SMS that points to a letter or an e-mail. It has no link and no
// category of data; a neutral one names no service either.
func (w *writer) short(r notify.Recipient) string {
	if r.Neutral || w.Controller.Phone == "" {
		return w.t("sms.neutral")
	}
	return w.t("sms.named", w.body(), spacePhone(w.Controller.Phone))
}

// spacePhone writes a French E.164 number as people dial it: 01 99 00 12 34.
func spacePhone(e164 string) string {
	rest, ok := strings.CutPrefix(e164, "+33")
	if !ok || len(rest) != 9 {
		return e164
	}
	n := "0" + rest
	return strings.Join([]string{n[0:2], n[2:4], n[4:6], n[6:8], n[8:10]}, " ")
}
