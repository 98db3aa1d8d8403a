package wording

import (
	"slices"
	"time"

	"vigie/internal/i18n"
	"vigie/notify"
)

// Marked adds to a message on a screen the code that proves it genuine, the day
// it is good for, and where it is checked: by typing an address, never by a
// link (notices.md 4.3). check may be "".
func Marked(d notify.Document, lang, code, check string, day time.Time) notify.Document {
	cat, err := catalogue()
	if err != nil {
		return d
	}
	lang = i18n.Choose(lang)
	b := notify.Block{Text: []string{cat.T(lang, "mark.code", code, i18n.Date(lang, day.Add(12*time.Hour)))}}
	if check != "" {
		b.Text = append(b.Text, cat.T(lang, "mark.check", check))
	}
	d.Blocks = append(slices.Clone(d.Blocks), b)
	return d
}
