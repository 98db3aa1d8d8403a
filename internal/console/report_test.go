package console_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

var hiddenField = regexp.MustCompile(`name="(issued|proof)" value="([^"]*)"`)

// fill opens the form, waits, and sends it; fields override what a person writes.
func (s site) fill(t *testing.T, from string, wait time.Duration, files map[string][]byte, fields ...string) answer {
	t.Helper()
	page := s.browser(t).get("/report")
	values := map[string]string{"role": "school", "body": "Collège d'Orbe", "text": "vu sur un site", "contact": "ecole@example.org"}
	for _, m := range hiddenField.FindAllStringSubmatch(page.Body, -1) {
		values[m[1]] = m[2]
	}
	for i := 0; i+1 < len(fields); i += 2 {
		values[fields[i]] = fields[i+1]
	}
	s.Pass(wait)
	var b bytes.Buffer
	mw := multipart.NewWriter(&b)
	for k, v := range values {
		_ = mw.WriteField(k, v)
	}
	for name, data := range files {
		w, err := mw.CreateFormFile("files", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(data)
	}
	_ = mw.Close()
	r := httptest.NewRequest(http.MethodPost, "http://console.example.org/report", &b)
	r.Header.Set("Content-Type", mw.FormDataContentType())
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	return answer{w.Code, w.Header().Get("Location"), w.Body.String(), w.Header()}
}

func TestReport(t *testing.T) {
	for _, tt := range []struct {
		name   string
		wait   time.Duration
		files  map[string][]byte
		fields []string
		code   int
		want   string
		filed  int
	}{
		{"sound", time.Minute, nil, nil, 200, "rep_receipt", 1},
		{"with a file", time.Minute, map[string][]byte{"<script>.html": []byte("<script>alert(1)</script>")}, nil, 200, "rep_receipt", 1},
		{"nothing said", time.Minute, nil, []string{"text", ""}, 400, `data-code="empty"`, 0},
		{"faster than a person", time.Second, nil, nil, 400, `data-code="fast"`, 0},
		{"open since yesterday", 24 * time.Hour, nil, nil, 400, `data-code="old"`, 0},
		{"not our form", time.Minute, nil, []string{"proof", "00"}, 400, `data-code="broken"`, 0},
		{"an older form's time", time.Minute, nil, []string{"issued", "1"}, 400, `data-code="broken"`, 0},
		{"a machine", time.Minute, nil, []string{"homepage", "https://spam.example.org"}, 200, `id="receipt"`, 0},
		{"a file too large", time.Minute, map[string][]byte{"a": make([]byte, 11<<20)}, nil, 413, `data-code="large"`, 0},
		{"too many files", time.Minute, map[string][]byte{"a": {1}, "b": {1}, "c": {1}, "d": {1}, "e": {1}, "f": {1}}, nil, 413, `data-code="large"`, 0},
		{"a field too long", time.Minute, nil, []string{"text", strings.Repeat("x", 70<<10)}, 413, `data-code="large"`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			a := s.fill(t, "198.51.100.7:1234", tt.wait, tt.files, tt.fields...)
			if a.Code != tt.code || !strings.Contains(a.Body, tt.want) || len(s.Filed) != tt.filed {
				t.Errorf("status %d, %d filed, want %d, %d, %q", a.Code, len(s.Filed), tt.code, tt.filed, tt.want)
			}
			if strings.Contains(a.Body, "Collège") || strings.Contains(a.Body, "ecole@") {
				t.Error("the answer repeats what was sent")
			}
		})
	}
}

// One address sends a few an hour; another one still can.
func TestReportsAreLimited(t *testing.T) {
	s := newSite(t)
	codes := ""
	for range 8 {
		codes += fmt.Sprintln(s.fill(t, "[2001:db8:1:2::7]:1", 5*time.Second, nil).Code)
	}
	neighbour := s.fill(t, "[2001:db8:1:2:ffff::1]:1", 5*time.Second, nil).Code // the same /64
	other := s.fill(t, "198.51.100.8:1", 5*time.Second, nil).Code
	s.Pass(time.Hour)
	later := s.fill(t, "[2001:db8:1:2::7]:1", 5*time.Second, nil).Code
	if strings.Count(codes, "200") != 6 || strings.Count(codes, "429") != 2 || neighbour != 429 || other != 200 || later != 200 {
		t.Errorf("%s neighbour %d, other %d, an hour later %d", codes, neighbour, other, later)
	}
}

// A page's code is taken once; what is wrong says so and nothing more.
func TestAnswerAPage(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	b.post("/alerts/alert_3/wake").want(t, 303, "/alerts/alert_3?err=nobody")
	b.post("/alerts/alert_2/wake").want(t, 303, "/alerts/alert_2?done=waking")
	b.post("/alerts/alert_2/wake").want(t, 303, "/alerts/alert_2?err=conflict")
	if len(s.Woken) != 1 {
		t.Errorf("woken %v", s.Woken)
	}
	b.get("/alerts/alert_2").contains(t, `data-open="true"`, `id="wakes"`, `id="pages"`, `id="concerned"`)
	stranger := s.browser(t)
	for _, tt := range []struct {
		code string
		want int
		word string
	}{{"WRONG", 404, "unknown"}, {"", 404, "unknown"}, {strings.Repeat("A", 5000), 404, "unknown"}, {"CODE-alert_2", 200, "taken"}, {"CODE-alert_2", 409, "used"}} {
		a := stranger.post("/ack", "code", tt.code)
		if a.Code != tt.want || !strings.Contains(a.Body, `data-outcome="`+tt.word+`"`) {
			t.Errorf("%.20q: status %d, want %d %s", tt.code, a.Code, tt.want, tt.word)
		}
	}
	b.get("/alerts/alert_2").contains(t, `data-open="false"`, "page:dpo")
	codes := 0
	for range 30 {
		if stranger.post("/ack", "code", "guess").Code == 429 {
			codes++
		}
	}
	if codes != 15 {
		t.Errorf("%d of 30 guesses were refused, want all beyond 20 tries an hour", codes)
	}
}

// Opening how to reach a reporter needs a reason and is audited.
func TestReportContact(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	b.get("/alerts/alert_2").contains(t, "rep_1")
	b.post("/reports/rep_1/contact").want(t, 303, "/alerts?err=reason")
	b.post("/reports/rep_1/contact", "reason", "demander l’image").contains(t, "ecole@example.org")
	if e := s.Events[len(s.Events)-1]; e.Action != "report.contact" || e.Who != "ana" {
		t.Errorf("audited %+v", e)
	}
}

// The public site has the form and the page for codes, and nothing else.
func TestPublicSite(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]int{"/report": 200, "/ack": 200, "/login": 404, "/alerts": 404, "/metrics": 404, "/": 404, "/static/console.css": 200} {
		w := httptest.NewRecorder()
		s.Public.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://report.example.org"+path, nil))
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}
