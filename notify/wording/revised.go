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

// revised says plainly what was wrong and what is right: the errors first.
func (w *writer) revised(r notify.Revision) notify.Block {
	b := notify.Block{Heading: w.t(revisedKey(r, "heading"))}
	for _, effect := range []notify.Effect{notify.EffectWrong, notify.EffectNew} {
		for _, c := range r.Changes {
			if c.Effect == effect {
				if s := w.change(c); s != "" {
					b.List = append(b.List, s)
				}
			}
		}
	}
	return b
}

// change is one statement, corrected or new; "" for what a letter never says.
func (w *writer) change(c notify.Change) string {
	switch c.What {
	case "name":
		return w.t("revised.name", line(c.Before), line(c.After))
	case "summary":
		return w.t("revised.summary")
	case "occurred", "discovered", "aware":
		return w.pair(c.What, w.date(c.Before), w.date(c.After))
	case "basis":
		if c.After == "" {
			return w.t("revised.basis_gone")
		}
		return w.t("revised.basis", w.dates(c.After))
	case "system":
		return w.pair(c.What, line(c.Before), line(c.After))
	case "category", "attested":
		return w.one(c, w.t("category."+c.Code))
	case "consequence", "measure":
		if c.What == "consequence" && c.After == "" {
			return ""
		}
		return w.one(c, w.t(c.What+"."+c.Code))
	case "action":
		if c.After == "" {
			return ""
		}
		return w.one(c, w.t("action."+c.Code+".what"))
	case "complaint":
		key := "revised.complaint"
		if c.Effect == notify.EffectNew {
			key = "revised.complaint_news"
		}
		return w.t(key, w.complaint().Text[0])
	case "phone":
		return w.pair("contact", spacePhone(line(c.Before)), spacePhone(line(c.After)))
	case "dpo", "address", "site":
		return w.pair("contact", address(c.Before), address(c.After))
	}
	return ""
}

func address(s string) string { return line(strings.ReplaceAll(s, "|", ", ")) }

func (w *writer) pair(key, before, after string) string {
	switch {
	case before == "":
		return w.t("revised."+key+"_new", after)
	case after == "":
		return w.t("revised."+key+"_gone", before)
	}
	return w.t("revised."+key, before, after)
}

func (w *writer) one(c notify.Change, words string) string {
	if c.After == "" {
		return w.t("revised."+c.What+"_gone", words)
	}
	return w.t("revised."+c.What+"_new", words)
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
