package console

import (
	"errors"
	"net/http"

	"vigie/internal/breach"
)

type failView struct {
	page
	Code int
	Text string
}

// fail answers an error: its kind in words, and in the log its text, which by
// the house's rule names things by ID and never holds a value.
func (c *console) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil { // nobody waits for the answer any more
		return
	}
	code, key := kindOf(err)
	if code >= 500 {
		c.Log.ErrorContext(r.Context(), "answering", "route", r.Pattern, "status", code, "error", err)
	}
	v := failView{page: c.page(r, "fail."+key+".title"), Code: code}
	v.Text, v.Path = v.T("fail."+key+".text"), "/"
	if err := c.show(w, code, "fail", v); err != nil {
		c.Log.ErrorContext(r.Context(), "answering", "error", err)
		http.Error(w, http.StatusText(code), code)
	}
}

func isKind(err, kind error) bool { return errors.Is(err, kind) }

func kindOf(err error) (status int, key string) {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return http.StatusRequestEntityTooLarge, "large"
	case errors.Is(err, breach.ErrNotFound):
		return http.StatusNotFound, "missing"
	case errors.Is(err, breach.ErrForbidden):
		return http.StatusForbidden, "forbidden"
	case errors.Is(err, breach.ErrConflict):
		return http.StatusConflict, "conflict"
	case errors.Is(err, breach.ErrInvalid):
		return http.StatusBadRequest, "invalid"
	case errors.Is(err, breach.ErrTemporary):
		return http.StatusServiceUnavailable, "temporary"
	}
	return http.StatusInternalServerError, "internal"
}
