package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// player is a person in front of the console: a browser without JavaScript, an
// account, and nothing else.
type player struct {
	acc    account
	base   *url.URL
	client *http.Client
	file   string // cookies, so that a restart finds the session again
}

// patience is how long a player waits for a page: a machine that is busy with
// other work is no fault of the console.
const patience = 3 * time.Minute

func newPlayer(acc account, base, dir string) (*player, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	p := &player{
		acc: acc, base: u, client: &http.Client{Jar: jar, Timeout: patience},
		file: filepath.Join(dir, "session-"+string(acc.User.ID)+".json"),
	}
	var kept []*http.Cookie
	if raw, err := os.ReadFile(p.file); err == nil && json.Unmarshal(raw, &kept) == nil {
		jar.SetCookies(u, kept)
	}
	return p, nil
}

// page is an answer of the console.
type page struct {
	*goquery.Document
	status int
	path   string // after redirects
	fault  string // what the console says went wrong with a form, as a code
}

// get asks for a page, logging in when the console asks for it.
func (p *player) get(ctx context.Context, path string) (*page, error) {
	return p.logged(ctx, func() (*page, error) { return p.do(ctx, http.MethodGet, path, nil) })
}

// post sends a form and follows the redirect to the page that shows the result.
func (p *player) post(ctx context.Context, path string, form url.Values) (*page, error) {
	return p.logged(ctx, func() (*page, error) { return p.do(ctx, http.MethodPost, path, form) })
}

// logged does something that needs a session.
func (p *player) logged(ctx context.Context, do func() (*page, error)) (*page, error) {
	pg, err := do()
	if err != nil {
		return nil, err
	}
	if pg.Find("form#login").Length() > 0 {
		if err := p.login(ctx); err != nil {
			return nil, err
		}
		if pg, err = do(); err != nil {
			return nil, err
		}
	}
	if pg.fault != "" && pg.fault != "conflict" { // a conflict means that somebody was first: look again
		return pg, fmt.Errorf("%s: %s refused the form: %s", p.acc.User.ID, pg.path, pg.fault)
	}
	if pg.status >= 400 {
		said := strings.Join(strings.Fields(pg.Find("main").Text()), " ")
		return pg, fmt.Errorf("%s: %s answered %d: %s", p.acc.User.ID, pg.path, pg.status, said)
	}
	return pg, nil
}

func (p *player) do(ctx context.Context, method, path string, form url.Values) (*page, error) {
	ref, err := url.Parse(path)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, p.base.ResolveReference(ref).String(), body)
	if err != nil {
		return nil, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", p.base.Scheme+"://"+p.base.Host)
	}
	res, err := p.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.acc.User.ID, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return &page{Document: doc, status: res.StatusCode, path: res.Request.URL.Path, fault: res.Request.URL.Query().Get("err")}, nil
}

// login enters the password and a one-time code. A code works once, so a
// player who has just logged in somewhere takes the next one, or waits for it.
func (p *player) login(ctx context.Context) error {
	for wait := time.Duration(0); ; wait = 2 * time.Second {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		for _, ahead := range []time.Duration{0, 30 * time.Second} {
			code, err := totp.GenerateCodeCustom(p.acc.TOTP, time.Now().Add(ahead), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix})
			if err != nil {
				return err
			}
			pg, err := p.do(ctx, http.MethodPost, "/login", url.Values{
				"user": {string(p.acc.User.ID)}, "password": {p.acc.Password}, "code": {code},
			})
			if err != nil {
				return err
			}
			if pg.Find("form#login").Length() == 0 {
				return p.keep()
			}
		}
		if wait > 0 {
			// Five failures lock the account for a minute; a person waits.
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(28 * time.Second):
			}
		}
	}
}

// keep writes the session's cookies.
func (p *player) keep() error {
	raw, err := json.Marshal(p.client.Jar.Cookies(p.base))
	if err != nil {
		return err
	}
	return writeFile(p.file, raw)
}
