package blobtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"vigie/internal/blob"
)

// Fault is what goes wrong with a request.
type Fault int

// The faults of a service and of the way to it.
const (
	None     Fault = iota
	Broken         // 500 InternalError
	SlowDown       // 503 SlowDown
	Cut            // the connection ends before the request is read
	Lost           // the request is carried out, and its answer lost
	Short          // the answer's body ends in the middle
	Denied         // 403 AccessDenied
)

// Faulty stands between a client and a server and lets what fault says go wrong
// with each request.
func Faulty(t testing.TB, cfg blob.S3Config, fault func(r *http.Request) Fault) blob.S3Config {
	t.Helper()
	target, err := url.Parse(cfg.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	way := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // what the client has signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch fault(r) {
		case None:
			way.ServeHTTP(w, r)
		case Broken:
			answer(w, r, http.StatusInternalServerError, "InternalError")
		case SlowDown:
			answer(w, r, http.StatusServiceUnavailable, "SlowDown")
		case Denied:
			answer(w, r, http.StatusForbidden, "AccessDenied")
		case Cut:
			panic(http.ErrAbortHandler)
		case Lost:
			way.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case Short:
			whole := httptest.NewRecorder()
			way.ServeHTTP(whole, r)
			for name, values := range whole.Header() {
				w.Header()[name] = values
			}
			w.WriteHeader(whole.Code)
			_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(server.Close)
	cfg.Endpoint = server.URL
	return cfg
}

func answer(w http.ResponseWriter, r *http.Request, status int, code string) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>no</Message></Error>")
}
