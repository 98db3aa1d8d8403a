package activity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/crawlers/export"
	"vigie/crawlers/report"
	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/internal/france"
	"vigie/notify/weather"
	"vigie/workflows"
)

func alert(id breach.AlertID, code string, at time.Time) breach.Alert {
	return breach.Alert{ID: id, Post: breach.PostID("pst_" + id), Source: "site", Entity: "body " + code, Kind: "commune", Code: code, Confidence: .9, RaisedAt: at}
}

// A receiver gets each step once it answers, in order, signed; failures,
// repeats and another process change nothing of that.
func TestRelayTellsEachStepInOrder(t *testing.T) {
	w := openWorld(t, t.TempDir())
	secret := []byte("a secret of the receiver")
	var keys, states []string
	var status atomic.Int64
	status.Store(200)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := export.Verify(secret, r.Header.Get(export.HeaderTime), r.Header.Get(export.HeaderSign), body, w.Now()); err != nil {
			t.Error(err)
		}
		if s := int(status.Load()); s != 200 {
			rw.WriteHeader(s)
			return
		}
		keys = append(keys, r.Header.Get(export.HeaderKey))
		for _, s := range []string{"new", "seen", "confirmed"} {
			if strings.Contains(string(body), `"state":"`+s+`"`) {
				states = append(states, s)
			}
		}
	}))
	defer srv.Close()
	w.Hooks = map[string]Hook{"cert": {URL: srv.URL, Secret: secret, Client: srv.Client()}}
	relay := func() (workflows.RelayState, error) {
		return run[workflows.RelayState](w, workflows.ActivityRelay, workflows.RelayInput{Hook: "cert"})
	}
	if _, err := relay(); err != nil { // it begins at the end of the feed
		t.Fatal(err)
	}
	_, err := w.Store.RaiseAlert(t.Context(), alert("alr_1", "insee:34001", w.Now()))
	w.must(err)
	status.Store(503)
	if _, err := relay(); err == nil {
		t.Fatal("a receiver that fails is tried again")
	}
	h, err := w.Store.Hook(t.Context(), "cert")
	w.must(err)
	if h.Failures != 1 || h.Fault != "status-503" {
		t.Errorf("hook %+v", h)
	}
	w.must(w.Store.MoveAlert(t.Context(), "alr_1", breach.AlertMove{To: breach.AlertSeen, By: "ana", At: w.Now()}))
	w.must(w.Store.MoveAlert(t.Context(), "alr_1", breach.AlertMove{To: breach.AlertConfirmed, By: "ana", At: w.Now()}))
	status.Store(200)
	for range 2 {
		if _, err := relay(); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{"cert-1", "cert-2", "cert-3"}, keys); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"new", "seen", "confirmed"}, states); d != "" {
		t.Error("each step is told as it was then:", d)
	}

	// After three days a step that nobody takes is left out; 410 ends the hook.
	_, err = w.Store.RaiseAlert(t.Context(), alert("alr_2", "insee:34002", w.Now()))
	w.must(err)
	status.Store(400)
	if _, err := relay(); err == nil {
		t.Fatal("refused, and not tried again")
	}
	w.ahead = 73 * time.Hour
	if _, err := relay(); err != nil {
		t.Error(err)
	}
	if h, err = w.Store.Hook(t.Context(), "cert"); err != nil || h.Seq != 4 || h.Failures != 0 {
		t.Errorf("hook %+v: %v", h, err)
	}
	w.must(w.Store.MoveAlert(t.Context(), "alr_2", breach.AlertMove{To: breach.AlertSeen, By: "ana", At: w.Now()}))
	status.Store(410)
	if s, err := relay(); err != nil || !s.Gone {
		t.Errorf("410: %+v, %v", s, err)
	}
	w.Hooks = nil
	if s, err := relay(); err != nil || !s.Gone {
		t.Errorf("not configured any more: %+v, %v", s, err)
	}
}

// territories are few enough to build often, and enough for rain.
func territories() *france.Data {
	fr := &france.Data{Departments: []france.Department{{Code: "34", Name: "Hérault"}}, EPCI: []france.EPCI{{SIREN: "200000172", Name: "CC d'Orbe"}}}
	for i := range 25 {
		n := string(rune('a'+i)) + "ville"
		fr.Communes = append(fr.Communes, france.Commune{Code: "340" + string(rune('0'+i/10)) + string(rune('0'+i%10)), Name: n, Department: "34", SIREN: "2134000" + string(rune('0'+i/10)) + string(rune('0'+i%10))})
	}
	return fr
}

// Before a body's own communication every page of the country is the same to
// the byte, whichever body of the department the alert names and whatever was
// decided about it.
func TestNoPageTellsOfAnAlert(t *testing.T) {
	at := time.Date(2031, 3, 29, 10, 0, 0, 0, time.UTC)
	moves := map[string][]breach.AlertMove{
		"new": nil, "seen": {{To: breach.AlertSeen, By: "ana", At: at}}, "confirmed": {{To: breach.AlertConfirmed, By: "ana", At: at}},
		"dismissed":   {{To: breach.AlertDismissed, By: "ana", Code: breach.DismissHomonym, At: at}},
		"handed over": {{To: breach.AlertConfirmed, By: "ana", At: at}, {To: breach.AlertHanded, By: "ana", Handed: "CERT", At: at}},
	}
	var first, firstName string
	for _, code := range []string{"insee:34001", "insee:34017", "siren:213400003"} {
		for name, list := range moves {
			w := openWorld(t, t.TempDir())
			w.Now = func() time.Time { return at }
			w.Sources = map[breach.SourceID]breach.Source{"site": {ID: "site"}}
			_, err := w.Store.RaiseAlert(t.Context(), alert("alr_1", code, at))
			w.must(err)
			for _, m := range list {
				w.must(w.Store.MoveAlert(t.Context(), "alr_1", m))
			}
			got := w.everyPage(t)
			if first == "" {
				first, firstName = got, code+" "+name
			}
			if got != first {
				t.Errorf("%s %s differs from %s", code, name, firstName)
			}
			if name == "confirmed" {
				w.must(w.Store.RecordTold(t.Context(), "alr_1", "ana", at, "https://www.example.org/"))
				if w.everyPage(t) == first {
					t.Errorf("%s: what the body told is not shown", code)
				}
			}
		}
	}
	w := openWorld(t, t.TempDir())
	w.Now = func() time.Time { return at }
	w.Sources = map[breach.SourceID]breach.Source{"site": {ID: "site"}}
	dry := w.everyPage(t)
	reported := alert("alr_1", "insee:34001", at)
	reported.Source = breach.SourceReport
	_, err := w.Store.RaiseAlert(t.Context(), reported)
	w.must(err)
	if w.everyPage(t) != dry {
		t.Error("a report made it rain")
	}
	if first == dry {
		t.Error("a claim did not make it rain")
	}
}

// everyPage is a digest of all that is published.
func (w *world) everyPage(t *testing.T) string {
	t.Helper()
	in, err := w.Weather(t.Context(), territories())
	w.must(err)
	dir := t.TempDir()
	_, err = weather.Build(t.Context(), dir, weather.New(in))
	w.must(err)
	sum := sha256.New()
	w.must(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		_, _ = io.WriteString(sum, strings.TrimPrefix(path, dir))
		_, _ = sum.Write(raw)
		return err
	}))
	return hex.EncodeToString(sum.Sum(nil))
}

// A report enters the queue once, with what was received sealed; a kill
// between the vault and the store loses nothing and doubles nothing.
func TestFileAReport(t *testing.T) {
	w := watching(t)
	var err error
	vault := t.TempDir()
	w.Vault, err = evidence.Open(vault, w.Keys, w.Store, w.Now)
	w.must(err)
	f := report.Filing{Channel: "form", Role: "school", Body: "Mission Locale du Val d'Orbe", Text: "vu: lucie.martel@example.org 0199001234", Contact: "ecole@example.org",
		Files: []report.File{{Name: "a.html", Data: []byte("<script>a page as evidence</script>")}}}
	first, err := w.File(t.Context(), f)
	w.must(err)
	again, err := w.File(t.Context(), f)
	w.must(err)
	f.Contact = "autre@example.org"
	other, err := w.File(t.Context(), f)
	w.must(err)
	if first != again || first == other || !strings.HasPrefix(first, "rep_") {
		t.Errorf("receipts %s, %s, %s", first, again, other)
	}
	alerts, err := w.Store.Alerts(t.Context(), "")
	w.must(err)
	alerts = slices.DeleteFunc(alerts, func(a breach.Alert) bool { return a.ID == "alr_1" }) // of the world
	if len(alerts) != 1 || alerts[0].Kind != "mission_locale" || alerts[0].Confidence > .5 || alerts[0].Source != breach.SourceReport {
		t.Fatalf("alerts %+v", alerts)
	}
	list, err := w.Store.Reports(t.Context(), alerts[0].ID, 0)
	w.must(err)
	if len(list) != 2 || len(list[0].Files) != 2 {
		t.Fatalf("reports %+v", list)
	}
	custody, err := w.Store.Custody(t.Context(), list[0].Files[1])
	w.must(err)
	if len(custody) == 0 || custody[0].Who != "report:form" {
		t.Errorf("custody %+v", custody)
	}
	w.must(filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error { return inClear(t, path, d, err) }))
	w.must(filepath.WalkDir(vault, func(path string, d fs.DirEntry, err error) error { return inClear(t, path, d, err) }))

	// Words that name no known body are nobody's name in clear either.
	f = report.Filing{Channel: "email", Body: "Jean Exemplaire du Bourg", Text: "au secours"}
	if _, err := w.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	alerts, err = w.Store.Alerts(t.Context(), "")
	w.must(err)
	if !slices.ContainsFunc(alerts, func(a breach.Alert) bool { return a.Entity == unnamed }) {
		t.Errorf("alerts %+v", alerts)
	}
	if _, err := w.File(t.Context(), report.Filing{Channel: "form"}); err == nil {
		t.Error("a report that says nothing was taken")
	}
}

func inClear(t *testing.T, path string, d fs.DirEntry, err error) error {
	if err != nil || d.IsDir() {
		return err
	}
	raw, err := os.ReadFile(path)
	for _, secret := range []string{"lucie.martel", "0199001234", "ecole@example.org", "a page as evidence"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("%s rests in clear in %s", secret, filepath.Base(path))
		}
	}
	return err
}

// A person who writes is answered once, a machine never.
func TestAcknowledge(t *testing.T) {
	w := openWorld(t, t.TempDir())
	mail := &pager{kind: breach.ChannelEmail}
	w.Channels[breach.ChannelEmail] = mail
	person := report.Filing{Channel: "email", Contact: "ecole@example.org", Text: "secret words", Body: "Orbe"}
	machine := person
	machine.Auto = true
	for _, f := range []report.Filing{person, machine, {Channel: "form", Contact: "x@example.org"}, {Channel: "email"}} {
		w.must(w.Acknowledge(context.Background(), f, "rep_1"))
	}
	if len(mail.got) != 1 || mail.got[0].To.Email != "ecole@example.org" {
		t.Fatalf("answered %d", len(mail.got))
	}
	for _, b := range mail.got[0].Doc.Blocks {
		if said := strings.Join(b.Text, " "); strings.Contains(said, "secret") || strings.Contains(said, "Orbe") {
			t.Errorf("the answer repeats: %s", said)
		}
	}
}
