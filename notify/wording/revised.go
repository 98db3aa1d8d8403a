package wording

import (
	"strings"
	"time"

	"vigie/internal/i18n"
	"vigie/notify"
)

// revisedKey is the key of words that differ for a correction and for news.
func revisedKey(r notify.Revision, name string) string {
	if r.Corrects {
		return "revised." + name + "_wrong"
	}
	return "revised." + name + "_new"
}

// easyVoice goes before the keys of easy-to-read words.
const easyVoice = "easy."

// revised says plainly what was wrong and what is right: the errors first. The
// voice goes before the keys of the words: none, or easyVoice.
func (w *writer) revised(r notify.Revision, voice string) notify.Block {
	b := notify.Block{Heading: w.t(voice + revisedKey(r, "heading"))}
	for _, effect := range []notify.Effect{notify.EffectWrong, notify.EffectNew} {
		for _, c := range r.Changes {
			if c.Effect == effect {
				if s := w.change(c, voice); s != "" {
					b.List = append(b.List, s)
				}
			}
		}
	}
	return b
}

// change is one statement, corrected or new; "" for what a letter never says.
func (w *writer) change(c notify.Change, voice string) string {
	at := voice + "revised."
	switch c.What {
	case "name":
		return w.t(at+"name", line(c.Before), line(c.After))
	case "summary":
		return w.t(at + "summary")
	case "occurred", "discovered", "aware":
		return w.pair(at+c.What, w.date(c.Before), w.date(c.After))
	case "basis":
		if c.After == "" {
			return w.t(at + "basis_gone")
		}
		return w.t(at+"basis", w.dates(c.After))
	case "system":
		return w.pair(at+c.What, line(c.Before), line(c.After))
	case "category", "attested":
		return w.one(at, c, w.term(voice, "category", c.Code))
	case "consequence", "measure":
		if c.What == "consequence" && c.After == "" {
			return ""
		}
		return w.one(at, c, w.term(voice, c.What, c.Code))
	case "action":
		if c.After == "" {
			return ""
		}
		return w.one(at, c, w.t(voice+"action."+c.Code+".what"))
	case "complaint":
		if voice == easyVoice {
			return w.t(at + "complaint")
		}
		key := at + "complaint"
		if c.Effect == notify.EffectNew {
			key += "_news"
		}
		return w.t(key, w.complaint().Text[0])
	case "phone":
		return w.pair(at+"contact", spacePhone(line(c.Before)), spacePhone(line(c.After)))
	case "dpo", "address", "site":
		return w.pair(at+"contact", address(c.Before), address(c.After))
	}
	return ""
}

// term is what a code is called; categories without easy words are other
// information.
func (w *writer) term(voice, kind, code string) string {
	key := voice + kind + "." + code
	if voice == easyVoice && kind == "category" && !w.cat.Has(key) {
		key = "easy.category.other"
	}
	return w.t(key)
}

func address(s string) string { return line(strings.ReplaceAll(s, "|", ", ")) }

func (w *writer) pair(key, before, after string) string {
	switch {
	case before == "":
		return w.t(key+"_new", after)
	case after == "":
		return w.t(key+"_gone", before)
	}
	return w.t(key, before, after)
}

func (w *writer) one(at string, c notify.Change, words string) string {
	if c.After == "" {
		return w.t(at+c.What+"_gone", words)
	}
	return w.t(at+c.What+"_new", words)
}

// dates writes a list of days.
func (w *writer) dates(days string) string {
	var out []string
	for d := range strings.SplitSeq(days, ", ") {
		out = append(out, w.date(d))
	}
	return strings.Join(out, ", ")
}

func (w *writer) date(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, i18n.Paris())
	if err != nil {
		return ""
	}
	return i18n.Date(w.lang, t)
}
