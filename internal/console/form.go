package console

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// maxText is the longest text a form field may hold, in characters.
const maxText = 2000

// field reads a form field: trimmed, of sane length, without control
// characters but line ends. ok is false when it is empty or not acceptable.
func field(r *http.Request, name string) (text string, ok bool) {
	text = strings.TrimSpace(r.PostForm.Get(name))
	if text == "" || !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxText {
		return "", false
	}
	for _, x := range text {
		if unicode.IsControl(x) && x != '\n' && x != '\r' && x != '\t' {
			return "", false
		}
	}
	return text, true
}

// instant reads the value of a datetime-local input, which is Paris time.
func instant(r *http.Request, name string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, r.PostForm.Get(name), i18n.Paris()); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// back sends the browser to a page after a form, with what came of it as a
// code of the catalogue: done.CODE or err.CODE.
func back(w http.ResponseWriter, r *http.Request, to, outcome, code string) error {
	path, query, _ := strings.Cut(to, "?")
	q, err := url.ParseQuery(query)
	if err != nil {
		q = url.Values{}
	}
	q.Set(outcome, code)
	http.Redirect(w, r, path+"?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// answer ends a form: done on success, the kind of a refusal in words when
// the person can do something about it, the error page otherwise.
func answer(w http.ResponseWriter, r *http.Request, to, done string, err error) error {
	switch {
	case err == nil:
		return back(w, r, to, "done", done)
	case isKind(err, breach.ErrConflict):
		return back(w, r, to, "err", "conflict")
	case isKind(err, breach.ErrForbidden):
		return back(w, r, to, "err", "forbidden")
	case isKind(err, breach.ErrInvalid):
		return back(w, r, to, "err", "invalid")
	}
	return err
}
