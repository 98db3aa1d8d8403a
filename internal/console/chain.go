package console

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"vigie/internal/breach"
)

// maxBody is the largest form the console reads, in bytes.
const maxBody = 64 << 10

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

type middleware func(http.Handler) http.Handler

// chain wraps h so that the middleware run in the order they are written.
func chain(h http.Handler, list ...middleware) http.Handler {
	for i := len(list) - 1; i >= 0; i-- {
		h = list[i](h)
	}
	return h
}

// handler puts the routes behind everything a request passes, in order.
func (c *console) handler(serves func(route) bool) (http.Handler, error) {
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, fmt.Errorf("opening the console's static files: %w", err)
	}
	mux := http.NewServeMux()
	for _, rt := range c.routes() {
		if !serves(rt) {
			continue
		}
		mux.Handle(rt.method+" "+rt.path, c.guard(rt))
	}
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(static)))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { c.fail(w, r, breach.ErrNotFound) })
	return chain(mux, c.logRequests(mux), c.recoverPanic, c.secureHeaders, c.sameOrigin, limitBody, c.sessions.LoadAndSave), nil
}

// logRequests writes one line a request: the route's pattern, never the
// address, since people paste all sorts of things into addresses.
func (c *console) logRequests(mux *http.ServeMux) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, pattern := mux.Handler(r)
			began := time.Now()
			seen := &status{ResponseWriter: w, code: http.StatusOK}
			next.ServeHTTP(seen, r)
			took := time.Since(began)
			c.meters.observe(pattern, seen.code, took)
			c.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("route", pattern), slog.Int("status", seen.code), slog.Duration("took", took))
		})
	}
}

type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) { s.code = code; s.ResponseWriter.WriteHeader(code) }

func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// recoverPanic answers 500. The value of a panic may hold anything, so only
// the stack is logged.
func (c *console) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(v)
				}
				c.Log.ErrorContext(r.Context(), "panic", "stack", string(debug.Stack()))
				http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func (c *console) secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if c.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what another site makes a browser send.
func (c *console) sameOrigin(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.fail(w, r, breach.ErrForbidden)
	}))
	return p.Handler(next)
}

func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(maxBody)
		if r.Method == http.MethodPost && r.URL.Path == "/report" {
			most = maxReport
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}

// guard lets through whom the route's roles allow; everyone else is sent to
// the log-in page or refused before the handler looks anything up.
func (c *console) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, ok, err := c.current(r)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		if ok {
			r = r.WithContext(context.WithValue(r.Context(), userKey{}, u))
		}
		switch {
		case rt.public:
		case !ok:
			toLogin(w, r)
			return
		case !rt.allows(u, breach.ControllerID(r.PathValue("controller"))):
			c.fail(w, r, breach.ErrForbidden)
			return
		}
		if r.Method == http.MethodPost {
			if err := r.ParseForm(); err != nil {
				c.fail(w, r, errors.Join(breach.ErrInvalid, err))
				return
			}
		}
		if err := rt.do(w, r); err != nil {
			c.fail(w, r, err)
		}
	})
}

// toLogin sends the browser to the log-in page; a page that polls would put
// the answer into itself, so htmx is told to leave.
func toLogin(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", "/login")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}
