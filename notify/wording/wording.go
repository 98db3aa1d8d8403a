// Package wording turns the facts of an incident into the words a recipient
// reads: the communication of GDPR Art. 34, in French and in English, in one
// variant per position of the reader.
//
// The words stand in messages/*.yaml, never in Go; the facts choose among them
// by codes. A letter with a hole is not sent: a fact that Art. 34(2) asks for
// and that is missing, or a code without words, refuses the document. The
// result is plain text in blocks; each channel escapes it in its own way.
//
// What was looked for and not found is never called "not taken": only what the
// controller attests may be (decisions.md 1).
package wording

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"unicode"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

//go:embed messages/*.yaml messages/easy/*.yaml messages/more/*.yaml
var messages embed.FS

var catalogue = sync.OnceValues(func() (*i18n.Catalog, error) {
	c, err := i18n.New(messages)
	if err != nil {
		return nil, err
	}
	return c, c.Add(messages, "messages/more", needed)
})

// Hash is the SHA-256, in hex, of every template: an approval binds it, so
// that a changed word voids the approval.
func Hash() string {
	h := sha256.New()
	names, _ := fs.Glob(messages, "messages/*.yaml")     // sorted; the patterns are well formed
	easy, _ := fs.Glob(messages, "messages/easy/*.yaml") // easy-to-read
	more, _ := fs.Glob(messages, "messages/more/*.yaml") // other languages
	names = append(append(names, easy...), more...)
	for _, name := range names {
		data, err := messages.ReadFile(name)
		if err != nil { // impossible: embedded
			continue
		}
		_, _ = fmt.Fprintf(h, "%s %d\n%s", name, len(data), data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Reason explains a reason code of notify.Reasons in a language; a code that
// does not exist is returned as it is.
func Reason(lang, code string) string {
	cat, err := catalogue()
	if err != nil || !cat.Has("reason."+code) {
		return code
	}
	return cat.T(lang, "reason."+code)
}

// Category names a category of data in a language; a code that does not exist
// is returned as it is.
func Category(lang, code string) string {
	cat, err := catalogue()
	if err != nil || !cat.Has("category."+code) {
		return code
	}
	return cat.T(lang, "category."+code)
}

// Say returns the words of a key of the catalogue in French, such as
// "measure.access_closed"; ok is false when there are none.
func Say(key string) (words string, ok bool) {
	cat, err := catalogue()
	if err != nil || !cat.Has(key) {
		return key, false
	}
	return cat.T(i18n.French, key), true
}

// Phrase returns the words of a key of the catalogue in a language, such as
// "category.nir"; ok is false when there are none.
func Phrase(lang, key string) (words string, ok bool) {
	cat, err := catalogue()
	if err != nil || !cat.Has(key) {
		return key, false
	}
	return cat.T(lang, key), true
}

// Language is the language a recipient is written to: the one the registry
// states when there are words in it, else French.
func Language(r notify.Recipient) string { return i18n.Choose(r.Contact.Language) }

// Render writes the communication for one recipient. It refuses, with a
// breach.RefusedError whose code is "incomplete", facts that leave out what
// Art. 34(2) asks for, and codes or variants without words.
func Render(f notify.Facts, r notify.Recipient) (notify.Document, error) {
	return compose(f, r, Language(r), nil, nil)
}

// Revise writes the communication that corrects or completes what a recipient
// was told by an earlier version: first what was wrong and what is right, then
// the whole as Render has it, so that it is complete in itself.
func Revise(f notify.Facts, r notify.Recipient, rev notify.Revision) (notify.Document, error) {
	return compose(f, r, Language(r), &rev, nil)
}

// Alone writes the communication in one language without the French beside it,
// at the reader's level where read says that its words were read over.
func Alone(f notify.Facts, r notify.Recipient, lang string, read []string) (notify.Document, error) {
	return compose(f, r, lang, nil, read)
}

func compose(f notify.Facts, r notify.Recipient, lang string, rev *notify.Revision, read []string) (notify.Document, error) {
	w, err := newWriter(f, lang)
	if err != nil {
		return notify.Document{}, err
	}
	if err := Complete(w.Facts, w.lang); err != nil {
		return notify.Document{}, err
	}
	w.Present = w.PresentFor(notify.GroupOf(r.Variant))
	if Simply(r.Variant, lang, read) {
		doc := w.easy(r, rev)
		return doc, w.fault()
	}
	doc := notify.Document{Version: f.Version, Title: w.t("title." + wordsFor(r))}
	doc.Blocks = append(doc.Blocks, w.intro(r))
	if rev != nil {
		doc.Title = w.t(revisedKey(*rev, "title"))
		doc.Blocks[0].Text[0] = w.t(revisedKey(*rev, "intro"), w.body(), rev.Former)
		doc.Blocks = append(doc.Blocks, w.revised(*rev, ""))
	}
	doc.Blocks = append(doc.Blocks, w.Sections()...)
	if r.Variant == notify.VariantChild {
		doc.Blocks = append(doc.Blocks, w.insert(slices.Contains(read, lang+"-child"))...)
	}
	doc.Short = w.short(r)
	return doc, w.fault()
}

// Sections renders the same facts for no reader in particular: what happened,
// the data, consequences, measures, actions, how to recognise messages,
// complaint, contact. The public page is made of them, so that page and
// letters cannot disagree. It refuses as Render does.
func Sections(f notify.Facts, lang string) ([]notify.Block, error) {
	w, err := newWriter(f, lang)
	if err != nil {
		return nil, err
	}
	if err := Complete(w.Facts, lang); err != nil {
		return nil, err
	}
	w.whole = true
	return w.Sections(), w.fault()
}

// Page renders the sections as the public page has them: what Sections says,
// with what to do put under now, this week and later, and who may be called.
func Page(f notify.Facts, lang string) ([]notify.Block, error) {
	blocks, err := Sections(f, lang)
	if err != nil {
		return nil, err
	}
	w, err := newWriter(f, lang)
	if err != nil {
		return nil, err
	}
	heading, contact := w.t("heading.actions"), w.t("heading.contact")
	var out []notify.Block
	for _, b := range blocks {
		switch b.Heading {
		case heading:
			out = append(out, w.staged()...)
		case contact:
			if w.Controller.Hours != "" {
				b.Text = append(b.Text, w.t("contact.hours", w.Controller.Hours))
			}
			if w.Controller.Phone != "" {
				b.Text = append(b.Text, w.t("contact.relay"))
			}
			out = append(out, b)
		default:
			out = append(out, b)
		}
	}
	return out, w.fault()
}

// writer renders with one catalogue and language, and remembers every hole.
type writer struct {
	notify.Facts
	cat   *i18n.Catalog
	lang  string
	whole bool // for no reader in particular
	holes []string
	// plainSummary: there is no summary in this language.
	plainSummary bool
}

func newWriter(f notify.Facts, lang string) (*writer, error) {
	cat, err := catalogue()
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	w := &writer{Facts: clean(f), cat: cat, lang: lang}
	if !slices.Contains(i18n.Languages(), lang) && w.Summary[lang] == "" {
		// What happened is in the team's words, which nobody has translated: it
		// stands in the French beside. Here only what the codes say stands.
		w.Summary[lang] = w.t("heading.data") + "."
		w.plainSummary = true
	}
	return w, nil
}

func (w *writer) t(key string, args ...any) string {
	if !w.cat.Has(key) {
		w.holes = append(w.holes, key)
		return ""
	}
	return w.cat.T(w.lang, key, args...)
}

// body is the controller inside a sentence.
func (w *writer) body() i18n.Body { return i18n.Body(w.Controller.Name) }

func (w *writer) fault() error {
	if len(w.holes) == 0 {
		return nil
	}
	return &breach.RefusedError{Code: "incomplete", What: "facts of incident " + string(w.Incident),
		Hint: fmt.Sprintf("no words for %s", strings.Join(w.holes, ", "))}
}

// clean makes one line of printable text of everything people typed: no
// control, no invisible direction mark, no run of spaces.
func clean(f notify.Facts) notify.Facts {
	summary := make(map[string]string, len(f.Summary))
	for k, v := range f.Summary {
		summary[k] = line(v)
	}
	f.Summary = summary
	f.System, f.AttestedBy, f.Signer = line(f.System), line(f.AttestedBy), line(f.Signer)
	f.Bases = slices.Clone(f.Bases)
	for i := range f.Bases {
		f.Bases[i].By = line(f.Bases[i].By)
	}
	f.PageURL, f.ComplaintURL = line(f.PageURL), line(f.ComplaintURL)
	c := &f.Controller
	c.Name, c.Address, c.DPO = line(c.Name), line(strings.ReplaceAll(c.Address, "|", ", ")), line(c.DPO)
	c.Phone, c.Website, c.Hours = line(c.Phone), line(c.Website), line(c.Hours)
	return f
}

func line(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c) && c != '\u00a0':
			return ' '
		case unicode.Is(unicode.Cf, c) || unicode.IsControl(c) || c == unicode.ReplacementChar:
			return -1
		}
		return c
	}, s)
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c == ' ' }), " ")
}
