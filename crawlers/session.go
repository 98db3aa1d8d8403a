package crawlers

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
)

// sessionBytes bounds what is read of a session that a person hands over.
const sessionBytes = 256 << 10

// ReadSession reads the cookies of a session that a person has opened in a
// browser: a cookies.txt, as browsers export it (seven fields between tabs), or
// the value of a Cookie header, with or without its name. Only cookies of the
// source's own hosts are taken. No value ever stands in an error.
func ReadSession(r io.Reader, src breach.Source) ([]Cookie, error) {
	hosts := hostsOf(src)
	var out []Cookie
	s := bufio.NewScanner(io.LimitReader(r, sessionBytes))
	s.Buffer(nil, sessionBytes)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimRight(s.Text(), "\r")
		http, only := strings.CutPrefix(line, "#HttpOnly_")
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") && !only:
		case strings.Count(http, "\t") == 6:
			c, err := fieldsCookie(strings.Split(http, "\t"))
			if err != nil {
				return nil, fmt.Errorf("line %d of the session: %w", n, err)
			}
			if slices.Contains(hosts, c.Host) {
				out = append(out, c)
			}
		default:
			list, err := headerCookies(line, hosts)
			if err != nil {
				return nil, fmt.Errorf("line %d of the session: %w", n, err)
			}
			out = append(out, list...)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("reading the session: %w: %w", breach.ErrInvalid, err)
	}
	if len(out) == 0 {
		return nil, &breach.RefusedError{Code: "no-cookies", What: "session",
			Hint: "a cookies.txt or a Cookie header with cookies of the source's own hosts"}
	}
	return out[:min(len(out), cookiesKept)], nil
}

func hostsOf(src breach.Source) []string {
	var out []string
	for _, a := range addresses(src) {
		if u, err := url.Parse(a); err == nil {
			out = append(out, strings.ToLower(u.Hostname()))
		}
	}
	return out
}

// fieldsCookie reads host, subdomains, path, secure, expiry, name, value.
func fieldsCookie(f []string) (Cookie, error) {
	seconds, err := strconv.ParseInt(f[4], 10, 64)
	if err != nil || f[5] == "" || len(f[5])+len(f[6]) > cookieBytes {
		return Cookie{}, fmt.Errorf("not a cookie: %w", breach.ErrInvalid)
	}
	c := Cookie{Host: strings.ToLower(strings.TrimPrefix(f[0], ".")), Path: f[2], Secure: f[3] == "TRUE", Name: f[5], Value: f[6], Given: true}
	if !strings.HasPrefix(c.Path, "/") {
		c.Path = "/"
	}
	if seconds > 0 {
		c.Expires = time.Unix(min(seconds, 1<<35), 0).UTC()
	}
	return c, nil
}

// headerCookies reads a Cookie header; it is for every host of the source.
func headerCookies(line string, hosts []string) ([]Cookie, error) {
	if name, value, found := strings.Cut(line, ":"); found && strings.EqualFold(strings.TrimSpace(name), "Cookie") {
		line = value
	}
	list, err := http.ParseCookie(strings.TrimSpace(line))
	if err != nil {
		return nil, fmt.Errorf("not a cookie: %w", breach.ErrInvalid)
	}
	var out []Cookie
	for _, c := range list {
		for _, h := range hosts {
			if len(c.Name)+len(c.Value) <= cookieBytes {
				out = append(out, Cookie{Host: h, Path: "/", Name: c.Name, Value: c.Value, Given: true})
			}
		}
	}
	return out, nil
}

// Admit puts a session that a person has opened in the place of an earlier one.
func (m *Memory) Admit(session []Cookie) {
	m.Cookies = append(slices.DeleteFunc(m.Cookies, func(c Cookie) bool { return c.Given }), session...)
}

// Circuit returns the session that the source's proxy knows, making it when
// there is none: a person who opens the site with it as the password, and the
// source's name as the user, comes by the circuit that visits then take.
func (m *Memory) Circuit() string {
	if m.Session == "" {
		m.Session = rand.Text()
	}
	return m.Session
}

// allowed leaves out what a person handed over where nobody allowed it.
func allowed(src breach.Source, kept []Cookie) []Cookie {
	if src.Accounts != "" {
		return kept
	}
	return slices.DeleteFunc(slices.Clone(kept), func(c Cookie) bool { return c.Given })
}
