package console

import (
	"net/http"
	"slices"
	"strings"

	"vigie/internal/i18n"
)

const languageCookie = "vigie-language"

// language is the one chosen, else the first the browser asks for that the
// console speaks, else French.
func (c *console) language(r *http.Request) string {
	if k, err := r.Cookie(languageCookie); err == nil && slices.Contains(i18n.Languages(), k.Value) {
		return k.Value
	}
	return i18n.Choose(r.Header.Get("Accept-Language"))
}

func (c *console) languageChoose(w http.ResponseWriter, r *http.Request) error {
	if lang := r.PostForm.Get("lang"); slices.Contains(i18n.Languages(), lang) {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: lang, Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.Secure})
	}
	http.Redirect(w, r, local(r.PostForm.Get("back")), http.StatusSeeOther)
	return nil
}

// local keeps a redirect on this site.
func local(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}
