package maileva

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// fake is a print service with the states of a sending, its refusals and its
// faults. It lives on loopback.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	list   []*order
	tokens map[string]time.Time
	asked  int // for tokens
	// fault is asked before each request, with its method and the last part of
	// its path: 0 none, -1 cut before, -2 carried out and then cut, else a status.
	fault func(method, what string) int
	// ignores: the filter by reference is not known.
	ignores bool
	now     func() time.Time
}

type order struct {
	sending
	Options    map[string]any      `json:"-"`
	Documents  [][]byte            `json:"-"`
	Recipients []map[string]any    `json:"-"`
	Delivery   []map[string]string `json:"-"`
}

const clientID, clientSecret = "client:1", "secret/of the client"

func newFake(t testing.TB) *fake {
	f := &fake{tokens: map[string]time.Time{}, fault: func(string, string) int { return 0 }, now: time.Now}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", f.token)
	mux.HandleFunc("GET /mail/v2/sendings", f.index)
	mux.HandleFunc("POST /mail/v2/sendings", f.create)
	mux.HandleFunc("DELETE /mail/v2/sendings/{id}", f.with(f.remove))
	mux.HandleFunc("POST /mail/v2/sendings/{id}/documents", f.with(f.document))
	mux.HandleFunc("POST /mail/v2/sendings/{id}/recipients", f.with(f.recipient))
	mux.HandleFunc("GET /mail/v2/sendings/{id}/recipients", f.with(f.recipients))
	mux.HandleFunc("POST /mail/v2/sendings/{id}/submit", f.with(f.submit))
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n := f.fault(r.Method, r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]); {
		case n == -1:
			panic(http.ErrAbortHandler)
		case n == -2:
			mux.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case n > 0: // a careless service repeats what it was told
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(n)
			_, _ = w.Write(body)
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) service(t testing.TB) *Service {
	t.Helper()
	s, err := Open(Config{URL: f.URL + "/mail/v2/", TokenURL: f.URL + "/token", ClientID: clientID, Secret: clientSecret, Now: f.now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (f *fake) token(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, secret, ok := r.BasicAuth()
	// RFC 6749 2.3.1: both are form-encoded first.
	if !ok || id != "client%3A1" || secret != "secret%2Fof+the+client" || r.FormValue("grant_type") != "client_credentials" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	f.asked++
	value := fmt.Sprintf("token-%d", f.asked)
	f.tokens[value] = f.now().Add(5 * time.Minute)
	reply(w, http.StatusOK, map[string]any{"access_token": value, "expires_in": 300})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (f *fake) authorised(w http.ResponseWriter, r *http.Request) bool {
	until, ok := f.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if !ok || f.now().After(until) {
		w.WriteHeader(http.StatusUnauthorized)
		return false
	}
	return true
}

func (f *fake) index(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.authorised(w, r) {
		return
	}
	from, _ := strconv.Atoi(r.FormValue("start_index"))
	count, _ := strconv.Atoi(r.FormValue("count"))
	out := []sending{}
	n := 0
	for _, o := range f.list {
		if key := r.FormValue("custom_id"); key != "" && !f.ignores && o.CustomID != key {
			continue
		}
		if n++; n >= from && len(out) < count {
			out = append(out, o.sending)
		}
	}
	reply(w, http.StatusOK, map[string]any{"sendings": out})
}

func (f *fake) create(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var options map[string]any
	if !f.authorised(w, r) {
		return
	}
	if json.NewDecoder(r.Body).Decode(&options) != nil || options["name"] == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	o := &order{sending: sending{ID: fmt.Sprintf("send-%d", len(f.list)+1), CustomID: fmt.Sprint(options["custom_id"]), Status: draft}, Options: options}
	f.list = append(f.list, o)
	w.Header().Set("Location", f.URL+"/mail/v2/sendings/"+o.ID)
	reply(w, http.StatusCreated, o.sending)
}

// with finds the sending of a path.
func (f *fake) with(do func(http.ResponseWriter, *http.Request, *order)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if !f.authorised(w, r) {
			return
		}
		for _, o := range f.list {
			if o.ID == r.PathValue("id") {
				if r.Method != http.MethodGet && o.Status != draft {
					w.WriteHeader(http.StatusConflict)
					return
				}
				do(w, r, o)
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
	}
}

func (f *fake) remove(w http.ResponseWriter, _ *http.Request, o *order) {
	for i := range f.list {
		if f.list[i] == o {
			f.list = append(f.list[:i:i], f.list[i+1:]...)
			break
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (f *fake) document(w http.ResponseWriter, r *http.Request, o *order) {
	file, _, err := r.FormFile("document")
	if err != nil || !strings.Contains(r.FormValue("metadata"), `"priority":1`) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	pdf, _ := io.ReadAll(file)
	if !strings.HasPrefix(string(pdf), "%PDF-") {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	o.Documents = append(o.Documents, pdf)
	w.WriteHeader(http.StatusCreated)
}

func (f *fake) recipient(w http.ResponseWriter, r *http.Request, o *order) {
	var to map[string]any
	if json.NewDecoder(r.Body).Decode(&to) != nil || to["address_line_6"] == "" || to["country_code"] == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for i := 1; i <= 6; i++ {
		if line := to[fmt.Sprintf("address_line_%d", i)]; utf8.RuneCountInString(fmt.Sprint(line)) > 38 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	o.Recipients = append(o.Recipients, to)
	w.WriteHeader(http.StatusCreated)
}

func (f *fake) recipients(w http.ResponseWriter, _ *http.Request, o *order) {
	var list []map[string]any
	for _, to := range o.Recipients {
		list = append(list, map[string]any{"custom_id": to["custom_id"], "status": o.Status, "delivery_statuses": o.Delivery})
	}
	reply(w, http.StatusOK, map[string]any{"recipients": list})
}

func (f *fake) submit(w http.ResponseWriter, _ *http.Request, o *order) {
	if len(o.Documents) == 0 || len(o.Recipients) == 0 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	o.Status = pending
	w.WriteHeader(http.StatusOK)
}

// printed are the sendings of a key that will be printed.
func (f *fake) printed(key string) (list []*order) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.list {
		if o.CustomID == key && o.submitted() {
			list = append(list, o)
		}
	}
	return list
}

// replying answers every request in the same way, but the one for a token.
type replying struct{ body string }

func (r replying) RoundTrip(req *http.Request) (*http.Response, error) {
	body := r.body
	if strings.HasSuffix(req.URL.Path, "/token") {
		body = `{"access_token":"t","expires_in":300}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}
