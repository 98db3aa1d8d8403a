package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

func captures(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	a := breach.Capture{ID: "cap_a", Source: "corsaires", URL: "http://127.0.0.1/", At: noon, Status: 200, File: "a.warc.gz",
		Record: "<urn:uuid:1>", Digest: "sha256:00", Bytes: 12, Truncated: true, State: "listing"}
	b := a
	b.ID, b.At, b.Truncated = "cap_b", later(time.Minute), false
	must(t, s.SaveCaptures(ctx, []breach.Capture{a, b}))
	again := a
	again.State = "changed"
	must(t, s.SaveCaptures(ctx, []breach.Capture{again}))
	wantSame(t, []breach.Capture{b, a}, got(s.Captures(ctx, "corsaires", 0))(t))
	wantSame(t, []breach.Capture{b}, got(s.Captures(ctx, "", 1))(t))
	wantSame(t, []breach.Capture(nil), got(s.Captures(ctx, "other", 5))(t))
}

func aPost(id breach.PostID) breach.Post {
	return breach.Post{ID: id, Source: "corsaires", Capture: "cap_a", Title: "Val d'Orbe", Text: "youth file", Website: "val-d-orbe.example.org",
		Country: "FR", Date: "2031-03-28", Links: []string{"/f/1"}, Confidence: 0.8, FirstSeenAt: noon, LastSeenAt: noon}
}

func must2(t *testing.T) func([]breach.Post, error) {
	return func(_ []breach.Post, err error) { t.Helper(); must(t, err) }
}

func posts(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	a, b := aPost("pst_a"), aPost("pst_b")
	b.FirstSeenAt = later(time.Minute)
	wantSame(t, []breach.Post{a}, got(s.SavePosts(ctx, []breach.Post{a, a}))(t))

	seen := a
	seen.Title, seen.Text, seen.Links, seen.Capture = "another title", "now with a file", []string{"/f/1", "/f/2"}, "cap_b"
	seen.FirstSeenAt, seen.LastSeenAt = later(time.Hour), later(time.Hour)
	seen.Deadline, seen.Price, seen.Size, seen.Views = "2026-12-01", "5000 USD", 42<<30, 7
	seen.Files, seen.Marks = []string{"/f/2"}, map[string]breach.Mark{"deadline": {Place: "div > time", Confidence: .9}}
	wantSame(t, []breach.Post{b}, got(s.SavePosts(ctx, []breach.Post{seen, b}))(t))

	want := a
	want.Title = seen.Title
	want.Text, want.Links, want.LastSeenAt = seen.Text, seen.Links, seen.LastSeenAt
	want.Deadline, want.Price, want.Size, want.Views, want.Files, want.Marks = seen.Deadline, seen.Price, seen.Size, seen.Views, seen.Files, seen.Marks
	wantSame(t, want, got(s.Post(ctx, "pst_a"))(t))
	wantSame(t, []breach.Post{b, want}, got(s.Posts(ctx, 10))(t))

	late := a // an older capture read late changes nothing
	late.LastSeenAt = later(time.Second)
	late.Text = "old"
	wantSame(t, []breach.Post(nil), got(s.SavePosts(ctx, []breach.Post{late}))(t))
	wantSame(t, want, got(s.Post(ctx, "pst_a"))(t))

	// What its own page said stays when the listing shows an excerpt, here and
	// after it had gone.
	own := want
	own.Text, own.Own, own.LastSeenAt = "now with a file and all that it holds", true, later(2*time.Hour)
	must2(t)(s.SavePosts(ctx, []breach.Post{own}))
	must(t, s.PostsGone(ctx, "corsaires", []breach.PostID{"pst_a", "pst_none"}, later(3*time.Hour)))
	must(t, s.PostsGone(ctx, "another", []breach.PostID{"pst_b"}, later(3*time.Hour)))
	must(t, s.PostsGone(ctx, "corsaires", []breach.PostID{"pst_a"}, later(4*time.Hour)))
	own.GoneAt = later(3 * time.Hour)
	wantSame(t, []breach.Post{b, own}, got(s.PostsOf(ctx, "corsaires", 10))(t))
	excerpt := want
	excerpt.Text, excerpt.Links, excerpt.LastSeenAt = "now with...", []string{"/f/3"}, later(5*time.Hour)
	must2(t)(s.SavePosts(ctx, []breach.Post{excerpt}))
	own.GoneAt, own.LastSeenAt, own.Links = time.Time{}, later(5*time.Hour), []string{"/f/1", "/f/2", "/f/3"}
	wantSame(t, own, got(s.Post(ctx, "pst_a"))(t))

	_, err := s.Post(ctx, "pst_none")
	wantKind(t, err, breach.ErrNotFound)
}

// hostileText goes through every way text can take: values in VALUES, in
// WHERE and in SET, sealed and not.
func hostileText(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	nasty := []string{
		`'); DROP TABLE captures; --`, `?`, `?0 ?name \? ??`, `\`, `\'`, `$1 $$ %s {{x}}`, "a\nb\r\tc\u2028", "\u202ename", "é\u0301🛑",
		`"quoted" /* c */ -- d`, `E'\x41'`, strings.Repeat("ü'", 5000),
	}
	for i, text := range nasty {
		id := breach.CaptureID(fmt.Sprintf("cap_%d", i))
		c := breach.Capture{ID: id, Source: breach.SourceID(text), URL: text, State: text, At: noon}
		must(t, s.SaveCaptures(ctx, []breach.Capture{c}))
		wantSame(t, []breach.Capture{c}, got(s.Captures(ctx, c.Source, 2))(t))
		p := aPost(breach.PostID(fmt.Sprintf("pst_%d", i)))
		p.Title, p.Text, p.Country, p.Date, p.Links = text, text, text, text, []string{text}
		_, err := s.SavePosts(ctx, []breach.Post{p})
		must(t, err)
		wantSame(t, p, got(s.Post(ctx, p.ID))(t))
	}
	// What PostgreSQL cannot hold is made storable in both engines.
	must(t, s.SaveCaptures(ctx, []breach.Capture{{ID: "cap_nul", Source: "a\x00b\xff", At: noon}}))
	wantSame(t, breach.SourceID("ab\uFFFD"), got(s.Captures(ctx, "a\x00b\xff", 2))(t)[0].Source)
}

func alerts(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	one, two := anAlert(1), anAlert(2)
	for i, want := range []bool{true, false} {
		same := one
		same.ID = breach.AlertID(fmt.Sprintf("alr_1%d", i))
		if i == 0 {
			same = one
		}
		if added := got(s.RaiseAlert(ctx, same))(t); added != want {
			t.Fatalf("raising the same event, time %d: added %t, want %t", i+1, added, want)
		}
	}
	if !got(s.RaiseAlert(ctx, two))(t) {
		t.Fatal("another post raises another alert")
	}
	wantSame(t, []breach.Alert{two, one}, got(s.Alerts(ctx, ""))(t))

	dismiss := breach.AlertMove{To: breach.AlertDismissed, By: "amina", At: later(time.Hour)}
	wantKind(t, s.MoveAlert(ctx, two.ID, dismiss), breach.ErrInvalid)
	dismiss.Code, dismiss.Reason = breach.DismissHomonym, "a namesake"
	must(t, s.MoveAlert(ctx, two.ID, dismiss))
	two.State, two.DecidedBy, two.DecidedAt, two.ReasonCode, two.Reason = breach.AlertDismissed, "amina", later(time.Hour), "homonym", "a namesake"
	wantSame(t, two, got(s.Alert(ctx, two.ID))(t))
	wantSame(t, []breach.Alert{one}, got(s.Alerts(ctx, breach.AlertNew))(t))
	wantKind(t, s.MoveAlert(ctx, two.ID, dismiss), breach.ErrConflict)
	wantKind(t, s.MoveAlert(ctx, "alr_none", dismiss), breach.ErrNotFound)
}

func confirming(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	inc := incident(t, s)
	wantSame(t, inc, got(s.Incident(ctx, inc.ID))(t))
	wantSame(t, []breach.Incident{inc}, got(s.Incidents(ctx))(t))
	wantSame(t, []breach.RegistryID{"youth", "civil"}, got(s.Registries(ctx, inc.ID))(t))
	wantSame(t, anAcquisition(), got(s.Acquisition(ctx, alertID))(t))
	a := got(s.Alert(ctx, alertID))(t)
	if a.State != breach.AlertConfirmed || a.Incident != inc.ID || a.DecidedBy != "amina" {
		t.Fatalf("the alert is %+v", a)
	}

	second := inc
	second.ID = "inc_2"
	wantKind(t, s.ConfirmAlert(ctx, anAcquisition(), second, nil), breach.ErrConflict)
	_, err := s.Incident(ctx, "inc_2")
	wantKind(t, err, breach.ErrNotFound)

	// Nothing is kept of a confirmation that fails half-way: the incident's ID is taken.
	if !got(s.RaiseAlert(ctx, anAlert(2)))(t) {
		t.Fatal("not added")
	}
	acq, same := anAcquisition(), inc
	acq.Alert, same.Alert = "alr_2", "alr_2"
	wantKind(t, s.ConfirmAlert(ctx, acq, same, nil), breach.ErrConflict)
	if a := got(s.Alert(ctx, "alr_2"))(t); a.State != breach.AlertNew {
		t.Fatalf("the alert is %s after a confirmation that failed", a.State)
	}
	_, err = s.Acquisition(ctx, "alr_2")
	wantKind(t, err, breach.ErrNotFound)

	// The body of another post joins nothing; that of the same leak does, once,
	// and both stand in the title. A done incident is joined by nobody.
	wantSame(t, breach.IncidentID(""), got(s.Kin(ctx, "alr_2"))(t))
	wantKind(t, s.JoinIncident(ctx, "alr_2", inc.ID, "amina", noon), breach.ErrConflict)
	other := a
	other.ID, other.Entity, other.State, other.Incident, other.DecidedBy, other.DecidedAt = "alr_3", "Commune d'Orbe", breach.AlertNew, "", "", time.Time{}
	if !got(s.RaiseAlert(ctx, other))(t) {
		t.Fatal("not added")
	}
	wantSame(t, inc.ID, got(s.Kin(ctx, "alr_3"))(t))
	wantKind(t, s.JoinIncident(ctx, "alr_3", "inc_none", "amina", noon), breach.ErrConflict)
	must(t, s.JoinIncident(ctx, "alr_3", inc.ID, "amina", noon))
	wantKind(t, s.JoinIncident(ctx, "alr_3", inc.ID, "amina", noon), breach.ErrConflict)
	if b := got(s.Alert(ctx, "alr_3"))(t); b.State != breach.AlertConfirmed || b.Incident != inc.ID || b.DecidedBy != "amina" {
		t.Fatalf("the second body's alert is %+v", b)
	}
	wantSame(t, inc.Title+" · Commune d'Orbe", got(s.Incident(ctx, inc.ID))(t).Title)

	acq.Purpose = ""
	wantKind(t, s.ConfirmAlert(ctx, acq, same, nil), breach.ErrInvalid)
}
