package console

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/netip"
	"slices"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// How many questions about codes are answered. Guessing one of a million codes
// of 60 bits at this pace takes many thousands of years.
const (
	checksHour = 30   // from one address, an hour
	checksAll  = 6000 // from everywhere, an hour
)

// checkSize is what every answer about a code is filled up to a multiple of, in
// bytes: whoever watches the line learns nothing from the length.
const checkSize = 16 << 10

// MarkAnswer is what a code stands for. It names nobody.
type MarkAnswer struct {
	breach.IssuedMark
	By  string // the body
	URL string // page of the incident, or ""
}

// marker looks a code up, for a message that came by a channel.
type marker func(ctx context.Context, code string, ch breach.Channel, from netip.Prefix) (MarkAnswer, bool, error)

// checkChannels are how a message may have arrived. An SMS bears no code: to
// be told so, people must be able to say that it was one.
var checkChannels = []breach.Channel{breach.ChannelLetter, breach.ChannelEmail, breach.ChannelSMS, "phone", "other"}

type checkView struct {
	page
	Other    string // the other language
	Channels []breach.Channel
	Channel  breach.Channel
	Outcome  string // "", genuine, unknown, busy
	Answer   MarkAnswer
}

func (c *console) checkShow(w http.ResponseWriter, r *http.Request) error {
	return c.checkAnswer(w, http.StatusOK, c.checkView(r))
}

func (c *console) checkView(r *http.Request) checkView {
	v := checkView{page: c.page(r, "check.title"), Channels: checkChannels, Other: i18n.English}
	if lang := r.FormValue("lang"); slices.Contains(i18n.Languages(), lang) {
		v.Lang = lang // no cookie is set here
	}
	if v.Lang == i18n.English {
		v.Other = i18n.French
	}
	v.Title = v.T("check.title")
	return v
}

// checkSubmit answers a question about a code. A known and an unknown code get
// the same status, headers and size, after the same work; no answer says
// anything about a person.
func (c *console) checkSubmit(w http.ResponseWriter, r *http.Request) error {
	if c.CheckMark == nil {
		return breach.ErrNotFound
	}
	v := c.checkView(r)
	v.Channel = breach.Channel(r.PostForm.Get("channel"))
	if !slices.Contains(checkChannels, v.Channel) {
		v.Channel = "other"
	}
	from := c.remote(r)
	if !c.checks.allow(from, c.Now()) {
		v.Outcome = "busy"
		return c.checkAnswer(w, http.StatusTooManyRequests, v)
	}
	var known bool
	var err error
	if v.Answer, known, err = c.CheckMark(r.Context(), r.PostForm.Get("code"), v.Channel, from); err != nil {
		return err
	}
	v.Outcome = map[bool]string{true: "genuine", false: "unknown"}[known]
	return c.checkAnswer(w, http.StatusOK, v)
}

// checkAnswer writes a page of a round size.
func (c *console) checkAnswer(w http.ResponseWriter, code int, v checkView) error {
	var b bytes.Buffer
	if err := c.check.Execute(&b, v); err != nil {
		return fmt.Errorf("rendering the page for codes: %w", err)
	}
	const open, end = "<!--", "-->\n"
	fill := checkSize - (b.Len()+len(open)+len(end))%checkSize
	b.WriteString(open)
	b.Write(bytes.Repeat([]byte{'.'}, fill%checkSize))
	b.WriteString(end)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = b.WriteTo(w) // the client has gone: nothing to tell it
	return nil
}

// parseCheck reads the page for codes, which has nothing of the console's
// layout: no script, no menu, no session.
func parseCheck(fsys fs.FS) (*template.Template, error) {
	t, err := template.New("check.html").Option("missingkey=error").ParseFS(fsys, "templates/public/check.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the page for codes: %w", err)
	}
	return t, nil
}
