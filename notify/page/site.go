package page

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

// Text is one version of the page's words: a language, plain or easy to read.
type Text struct {
	Lang  string
	Easy  bool // FALC
	Words Words
}

// key names a text in files: "fr", "en", "fr-facile".
func (t Text) key() string {
	if t.Easy {
		return t.Lang + "-facile"
	}
	return t.Lang
}

// Site is what a page is built from.
type Site struct {
	Facts []notify.Facts // of one incident, one for each controller
	// Texts are the versions to publish; French and English come first, and no
	// draft may be among them (decisions.md 29).
	Texts []Text
	// Sent is what went out, as the marks on it say. It comes first on the page.
	Sent []breach.SentDay
	// Check is where a code is checked and Report where false messages are
	// reported: addresses that people type; "" when there is none.
	Check, Report string
	Sender        string // address that sends e-mails; "" when none does
	Key           []byte // public key of the marks (PEM); nil: none is published
	Procedure     string // how a mark is checked with it
	// Every is how long the page may stand without being looked at again; 0 is
	// a week.
	Every time.Duration
}

// Plain is the usual pair of texts, French and English.
func Plain(words Words) []Text {
	return []Text{{Lang: i18n.French, Words: words}, {Lang: i18n.English, Words: words}}
}

const week = 7 * 24 * time.Hour

// next is when the page is looked at again at the latest: a whole number of
// periods after its last version, and never a time that is past.
func next(last time.Time, every time.Duration, now time.Time) time.Time {
	if every <= 0 {
		every = week
	}
	if now.Before(last) {
		return last.Add(every)
	}
	return last.Add((now.Sub(last)/every + 1) * every)
}

// Stale tells whether the page in a directory promises its next update for a
// time that has come. One that is not there promises nothing.
func Stale(dir string, every time.Duration, now time.Time) (bool, error) {
	h, err := readHistory(dir)
	if err != nil || len(h) == 0 {
		return false, err
	}
	built, err := os.Stat(filepath.Join(dir, "index.html"))
	if err != nil {
		return false, fmt.Errorf("page: %w", err)
	}
	return !now.Before(next(h.last().At, every, built.ModTime())), nil
}
