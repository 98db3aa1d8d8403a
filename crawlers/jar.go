package crawlers

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Cookie is one that a site has set, kept between visits so that a queue or a
// log-in is not gone through again.
type Cookie struct {
	Host    string    `json:"host"`
	Name    string    `json:"name"`
	Value   string    `json:"value"`
	Path    string    `json:"path"`
	Secure  bool      `json:"secure"`
	Expires time.Time `json:"expires"` // zero: as long as the session
}

// Bounds of what a site may have us carry (RFC 6265, 6.1 asks for 50 of 4 KiB).
const (
	cookiesKept  = 200
	cookiesAHost = 50
	cookieBytes  = 4096
)

// jar is an http.CookieJar that can be written down. Cookies go back to the
// very host that set them and nowhere else: a visit stays on one site, so
// Domain attributes serve nobody but whoever wants to follow us.
type jar struct {
	now  func() time.Time
	mu   sync.Mutex
	list []Cookie
}

func newJar(now func() time.Time, kept []Cookie) *jar {
	return &jar{now: now, list: append([]Cookie(nil), kept...)}
}

// SetCookies implements http.CookieJar.
func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range cookies {
		if len(c.Name)+len(c.Value) > cookieBytes {
			continue
		}
		k := Cookie{Host: strings.ToLower(u.Hostname()), Name: c.Name, Value: c.Value, Path: c.Path, Secure: c.Secure, Expires: c.Expires}
		if !strings.HasPrefix(k.Path, "/") {
			k.Path = "/"
		}
		if c.MaxAge > 0 {
			k.Expires = j.now().Add(time.Duration(min(c.MaxAge, 400*24*3600)) * time.Second)
		}
		j.drop(k)
		if c.MaxAge >= 0 && !j.over(k) {
			j.list = append(j.list, k)
		}
	}
	j.trim(strings.ToLower(u.Hostname()))
}

// Cookies implements http.CookieJar.
func (j *jar) Cookies(u *url.URL) []*http.Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []*http.Cookie
	for _, c := range j.list {
		if strings.EqualFold(c.Host, u.Hostname()) && under(u.Path, c.Path) && (!c.Secure || u.Scheme == "https") && !j.over(c) {
			out = append(out, &http.Cookie{Name: c.Name, Value: c.Value})
		}
	}
	return out
}

// all returns what is still good.
func (j *jar) all() []Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []Cookie
	for _, c := range j.list {
		if !j.over(c) {
			out = append(out, c)
		}
	}
	return out
}

func (j *jar) over(c Cookie) bool { return !c.Expires.IsZero() && !c.Expires.After(j.now()) }

func (j *jar) drop(k Cookie) {
	for i, c := range j.list {
		if c.Host == k.Host && c.Name == k.Name && c.Path == k.Path {
			j.list = append(j.list[:i], j.list[i+1:]...)
			return
		}
	}
}

// trim forgets the oldest ones over the bounds.
func (j *jar) trim(host string) {
	n := 0
	for i := len(j.list) - 1; i >= 0; i-- {
		if j.list[i].Host != host {
			continue
		}
		if n++; n > cookiesAHost {
			j.list = append(j.list[:i], j.list[i+1:]...)
		}
	}
	j.list = j.list[max(0, len(j.list)-cookiesKept):]
}

// under tells whether a path lies below a cookie's (RFC 6265, 5.1.4).
func under(path, of string) bool {
	if path == "" {
		path = "/"
	}
	return path == of || strings.HasPrefix(path, of) && (strings.HasSuffix(of, "/") || path[len(of)] == '/')
}
