// Package institution writes what the people of an institution need when its
// data were stolen, from the same facts as the letters to the persons
// concerned: the letter to its head, a staff FAQ, the press release, the
// intranet article that front desks check messages with, the call centre's
// script with the volume to expect, complaint kits, and what is asked at three
// and six months.
//
// Every document bears the number of the version of the facts it was rendered
// from. What the law asks, forms of address, the local help and the model of
// calls are data with a date and a source (data/*.yaml), words stand in
// messages/*.yaml; codes of the facts (categories, measures) take the words of
// the letters, passed in as Say, so that no two documents can disagree.
//
// Documents hold counts and categories, never a person: the list of the
// institution's people leaves sealed for its key alone (Seal).
package institution

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

//go:embed messages/*.yaml data/*.yaml document.html
var files embed.FS

var catalogue = sync.OnceValues(func() (*i18n.Catalog, error) { return i18n.New(files) })

// Kind is a sort of document.
type Kind string

// The documents of an institution.
const (
	KindLetter    Kind = "letter"    // to the head
	KindFAQ       Kind = "faq"       // for the staff
	KindIntranet  Kind = "intranet"  // with the check procedure of front desks
	KindCalls     Kind = "calls"     // call centre: script and volume
	KindPress     Kind = "press"     // communique
	KindFollowup3 Kind = "followup3" // what is asked at three months
	KindFollowup6 Kind = "followup6" // at six
)

// Kinds lists the documents that are written when a plan is made, in the order
// in which they are needed.
func Kinds() []Kind { return []Kind{KindLetter, KindIntranet, KindFAQ, KindCalls, KindPress} }

// Internal tells a document that never leaves the institution and its team.
func (k Kind) Internal() bool { return k != KindPress && !strings.HasPrefix(string(k), "kit-") }

// Brief is what documents are written from.
type Brief struct {
	Facts notify.Facts
	Case  breach.Case // the institution's own clock
	// Letters is how many letters and e-mails leave for the persons concerned;
	// 0 while nothing is planned.
	Letters int64
	// FirstAt is the day on which the first of them may arrive, PublicAt the
	// hour of the public page: zero while they are not fixed.
	FirstAt, PublicAt time.Time
	// At is when the documents are drawn up: it chooses the dated data.
	At time.Time
	// Team is who writes: the watch team's name and its published number.
	Team, TeamPhone string
	// Region is the INSEE code of the institution's region, "" where nobody
	// knows: it chooses who helps nearby.
	Region string
	// Say gives the words of a code such as "category.nir" as the letters have
	// them; notify/wording.Phrase is one.
	Say func(lang, key string) (words string, ok bool)
}

// Render writes one document in a language. It refuses, with the code
// "incomplete", facts that leave a hole in it.
func Render(b Brief, k Kind, lang string) (notify.Document, error) {
	w, err := newWriter(b, lang)
	if err != nil {
		return notify.Document{}, err
	}
	build, ok := map[Kind]func(*writer) []notify.Block{
		KindLetter: (*writer).letter, KindFAQ: (*writer).faq, KindIntranet: (*writer).intranet,
		KindCalls: (*writer).calls, KindPress: (*writer).press,
		KindFollowup3: func(w *writer) []notify.Block { return w.followup(3) },
		KindFollowup6: func(w *writer) []notify.Block { return w.followup(6) },
	}[k]
	if !ok {
		return notify.Document{}, fmt.Errorf("document %q: %w", k, breach.ErrInvalid)
	}
	doc := notify.Document{Version: w.Version, Title: w.t("title."+string(k), w.body())}
	doc.Blocks = append(build(w), w.foot())
	return doc, w.fault()
}

// writer renders in one language and remembers every hole.
type writer struct {
	notify.Facts
	b     Brief
	cat   *i18n.Catalog
	lang  string
	holes []string
}

func newWriter(b Brief, lang string) (*writer, error) {
	cat, err := catalogue()
	if err != nil {
		return nil, fmt.Errorf("institution's templates: %w", err)
	}
	w := &writer{Facts: clean(b.Facts), b: b, cat: cat, lang: lang}
	for _, need := range []struct {
		name string
		ok   bool
	}{
		{"language", slices.Contains(i18n.Languages(), lang)},
		{"incident", w.Incident != ""}, {"version", w.Version > 0},
		{"controller.name", w.Controller.Name != ""}, {"controller.dpo", w.Controller.DPO != ""},
		{"summary." + lang, w.Summary[lang] != ""}, {"present", len(w.Present) > 0},
		{"at", !b.At.IsZero()}, {"words", b.Say != nil},
	} {
		if !need.ok {
			w.holes = append(w.holes, need.name)
		}
	}
	return w, w.fault()
}

func (w *writer) fault() error {
	if len(w.holes) == 0 {
		return nil
	}
	return &breach.RefusedError{Code: "incomplete", What: "institution's documents of incident " + string(w.Incident),
		Hint: "missing: " + strings.Join(w.holes, ", ")}
}

// body is the controller inside a sentence.
func (w *writer) body() i18n.Body { return i18n.Body(w.Controller.Name) }

func (w *writer) t(key string, args ...any) string {
	if !w.cat.Has(key) {
		w.holes = append(w.holes, key)
		return ""
	}
	return w.cat.T(w.lang, key, args...)
}

// codes puts codes of the facts into the words of the letters.
func (w *writer) codes(prefix string, codes []string) []string {
	list := make([]string, 0, len(codes))
	for _, code := range codes {
		words, ok := w.b.Say(w.lang, prefix+code)
		if !ok {
			w.holes = append(w.holes, prefix+code)
		}
		list = append(list, words)
	}
	return list
}

// due is when the notification to the authority is due; zero while nobody has
// set the hour of awareness.
func (w *writer) due() time.Time {
	if w.b.Case.AwareAt.IsZero() {
		return time.Time{}
	}
	return breach.Deadline(w.b.Case.AwareAt)
}

// foot says what the document was made from.
func (w *writer) foot() notify.Block {
	return notify.Block{Text: []string{w.t("foot.version", w.Version, string(w.Incident), i18n.Date(w.lang, w.b.At))}}
}

// clean makes one line of printable text of what people typed.
func clean(f notify.Facts) notify.Facts {
	said := make(map[string]string, len(f.Summary))
	for lang, s := range f.Summary {
		said[lang] = oneLine(s)
	}
	f.Summary, f.System, f.AttestedBy = said, oneLine(f.System), oneLine(f.AttestedBy)
	f.PageURL, f.ComplaintURL = oneLine(f.PageURL), oneLine(f.ComplaintURL)
	c := &f.Controller
	c.Name, c.DPO, c.Phone, c.Website = oneLine(c.Name), oneLine(c.DPO), oneLine(c.Phone), oneLine(c.Website)
	return f
}

func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
}
