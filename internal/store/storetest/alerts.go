package storetest

import (
	"context"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

// A mirror, a repost and the same visit after a crash raise nothing new.
func oneAlertAnEvent(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	first := anAlert(1)
	first.Event, first.Urgency = "ev_1", breach.UrgencyHigh
	mirror := anAlert(2)
	mirror.Event, mirror.Source = "ev_1", "mirror"
	for i, a := range []breach.Alert{first, first, mirror, mirror, first} {
		if added := got(s.RaiseAlert(ctx, a))(t); added != (i == 0) {
			t.Fatalf("raising %d: added %t", i, added)
		}
	}
	wantSame(t, []breach.Alert{first}, got(s.Alerts(ctx, ""))(t))
	wantSame(t, []breach.Sighting{{Post: "pst_1", Source: "corsaires", At: first.RaisedAt}, {Post: "pst_2", Source: "mirror", At: mirror.RaisedAt}},
		got(s.Sightings(ctx, first.ID))(t))
	elsewhere := mirror
	elsewhere.ID, elsewhere.Entity = "alr_3", "another body of the same event"
	if !got(s.RaiseAlert(ctx, elsewhere))(t) {
		t.Fatal("another body of one event has an alert of its own")
	}
	wantSame(t, 2, len(got(s.AlertsSince(ctx, noon))(t)))
	wantSame(t, 0, len(got(s.AlertsSince(ctx, later(time.Hour)))(t)))

	// What was put aside for want of proof is new again on another source, once.
	must(t, s.MoveAlert(ctx, first.ID, breach.AlertMove{To: breach.AlertDismissed, By: "amina", At: later(time.Hour), Code: breach.DismissUnproven}))
	again := mirror
	again.Post = "pst_8"
	for _, c := range []struct {
		source breach.SourceID
		want   breach.AlertState
	}{{"mirror", breach.AlertDismissed}, {"third", breach.AlertNew}} {
		again.Source, again.Post = c.source, again.Post+"x"
		if got(s.RaiseAlert(ctx, again))(t) {
			t.Fatal("a repeat raised an alert")
		}
		if a := got(s.Alert(ctx, first.ID))(t); a.State != c.want {
			t.Fatalf("after %s the alert is %s, want %s", c.source, a.State, c.want)
		}
	}
}

func alertStates(t *testing.T, open Open) {
	const by = breach.UserID("amina")
	seen, sure := breach.AlertMove{To: breach.AlertSeen, By: by, At: noon}, breach.AlertMove{To: breach.AlertConfirmed, By: by, At: noon}
	handed := breach.AlertMove{To: breach.AlertHanded, By: by, At: noon, Handed: "CERT of the region"}
	dropped := breach.AlertMove{To: breach.AlertDismissed, By: by, At: noon, Code: breach.DismissOld}
	for _, c := range []struct {
		name  string
		moves []breach.AlertMove
		last  error
		want  breach.AlertState
	}{
		{"seen and confirmed", []breach.AlertMove{seen, sure}, nil, breach.AlertConfirmed},
		{"confirmed at once", []breach.AlertMove{sure}, nil, breach.AlertConfirmed},
		{"confirmed and handed over", []breach.AlertMove{sure, handed}, nil, breach.AlertHanded},
		{"handed over to nobody", []breach.AlertMove{{To: breach.AlertHanded, By: by}}, breach.ErrInvalid, breach.AlertNew},
		{"seen twice", []breach.AlertMove{seen, seen}, breach.ErrConflict, breach.AlertSeen},
		{"dismissed without a code", []breach.AlertMove{{To: breach.AlertDismissed, By: by}}, breach.ErrInvalid, breach.AlertNew},
		{"dismissed as other without words", []breach.AlertMove{{To: breach.AlertDismissed, By: by, Code: breach.DismissOther}}, breach.ErrInvalid, breach.AlertNew},
		{"dismissed, then confirmed", []breach.AlertMove{dropped, sure}, breach.ErrConflict, breach.AlertDismissed},
		{"nobody", []breach.AlertMove{{To: breach.AlertSeen}}, breach.ErrInvalid, breach.AlertNew},
		{"made new", []breach.AlertMove{{To: breach.AlertNew, By: by}}, breach.ErrInvalid, breach.AlertNew},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, s := context.Background(), open(t)
			got(s.RaiseAlert(ctx, anAlert(1)))(t)
			for i, m := range c.moves {
				err := s.MoveAlert(ctx, alertID, m)
				if i < len(c.moves)-1 || c.last == nil {
					must(t, err)
				} else {
					wantKind(t, err, c.last)
				}
			}
			if a := got(s.Alert(ctx, alertID))(t); a.State != c.want {
				t.Errorf("state is %s, want %s", a.State, c.want)
			}
		})
	}
}

func falseAlarms(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	for i, code := range []string{breach.DismissHomonym, breach.DismissUnproven, "", breach.DismissMisread} {
		a := anAlert(i + 1)
		if i == 3 {
			a.Kind = "commune"
		}
		got(s.RaiseAlert(ctx, a))(t)
		m := breach.AlertMove{To: breach.AlertDismissed, By: "amina", Code: code, At: later(time.Hour)}
		if code == "" {
			m.To = breach.AlertConfirmed
		}
		must(t, s.MoveAlert(ctx, a.ID, m))
	}
	got(s.RaiseAlert(ctx, anAlert(9)))(t) // not decided: not counted
	wantSame(t, []breach.AlarmCount{{Kind: "commune", Decided: 1, False: 1}, {Kind: "mission_locale", Decided: 3, False: 1}}, got(s.FalseAlarms(ctx, noon))(t))
	wantSame(t, []breach.AlarmCount(nil), got(s.FalseAlarms(ctx, later(2*time.Hour)))(t))
}

// A body's storm is public after its own words, and never before the people
// in danger have been reached.
func public(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	count := func() int { return len(got(s.Public(ctx, noon))(t)) }
	got(s.RaiseAlert(ctx, anAlert(2)))(t)
	wantKind(t, s.RecordTold(ctx, "alr_2", "amina", noon, "https://www.example.org/"), breach.ErrConflict)
	wantKind(t, s.RecordTold(ctx, "alr_2", "amina", noon, ""), breach.ErrInvalid)
	must(t, s.MoveAlert(ctx, "alr_2", breach.AlertMove{To: breach.AlertConfirmed, By: "amina", At: noon}))
	if count() != 0 {
		t.Fatal("a confirmed leak is public before its body spoke")
	}
	must(t, s.RecordTold(ctx, "alr_2", "amina", later(time.Hour), "https://www.example.org/"))
	if count() != 1 {
		t.Fatal("what a body told is not public")
	}
	if n := len(got(s.Public(ctx, later(2*time.Hour)))(t)); n != 0 {
		t.Fatal("what was told long ago is still new")
	}

	planned(t, s) // an incident of alert 1, with a person in danger in its plan
	m := aMessage(1, "p", "r", breach.ChannelHuman)
	must(t, s.PlanMessages(ctx, []breach.Message{m}))
	must(t, s.RecordTold(ctx, alertID, "amina", later(time.Hour), "https://www.example.org/"))
	if count() != 1 {
		t.Fatal("public before the plan was approved")
	}
	must(t, s.SetStage(ctx, incidentID, breach.StageSend, noon))
	if count() != 1 {
		t.Fatal("public before the protected person was reached")
	}
	must(t, s.SettleByHand(ctx, incidentID, m.ID, "amina", "by telephone", noon))
	if count() != 2 {
		t.Fatal("not public after all were reached")
	}
}

func looks(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	var list []breach.Capture
	for i, c := range []breach.Capture{
		{Source: "a", Status: 200, State: "listing"}, {Source: "a", Status: 200, State: "listing"}, {Source: "a", Status: 503, State: "error"},
		{Source: "b", Status: 200, State: "gate"}, {Source: "b", Status: 200, State: "index"},
	} {
		c.ID, c.At = breach.CaptureID(rune('a'+i)), later(time.Duration(i)*time.Minute)
		list = append(list, c)
	}
	must(t, s.SaveCaptures(ctx, list))
	hour := noon.Unix() / 3600
	wantSame(t, map[breach.SourceID][]int64{"a": {hour}, "b": {hour}}, got(s.Looks(ctx, noon))(t))
	wantSame(t, map[breach.SourceID][]int64{}, got(s.Looks(ctx, later(time.Hour)))(t))
}

func duty(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	_, err := s.OpenDuty(ctx, alertID, "", noon)
	wantKind(t, err, breach.ErrNotFound)
	for _, n := range []int{1, 2} {
		got(s.RaiseAlert(ctx, anAlert(n)))(t)
	}
	if !got(s.OpenDuty(ctx, alertID, "", noon))(t) || got(s.OpenDuty(ctx, alertID, "", noon))(t) {
		t.Fatal("a duty opens once")
	}
	got(s.OpenDuty(ctx, "alr_2", "amina", later(time.Minute)))(t)
	p := breach.Page{ID: "page_1", Alert: alertID, Role: "dpo", Channel: breach.ChannelSMS, Code: "digest", At: noon}
	must(t, s.SavePage(ctx, p))
	p.Ref = "sms-1"
	must(t, s.SavePage(ctx, p)) // settled; a repeat meets the first
	wantSame(t, []breach.Page{p}, got(s.Pages(ctx, alertID))(t))
	wantSame(t, 2, len(got(s.OpenDuties(ctx))(t)))

	_, err = s.AnswerPage(ctx, "wrong", noon)
	wantKind(t, err, breach.ErrNotFound)
	wantSame(t, alertID, got(s.AnswerPage(ctx, "digest", later(time.Hour)))(t))
	_, err = s.AnswerPage(ctx, "digest", later(2*time.Hour))
	wantKind(t, err, breach.ErrConflict)
	d := got(s.Duty(ctx, alertID))(t)
	if d.Open() || d.AckedBy != "page:dpo" || !d.AckedAt.Equal(later(time.Hour)) {
		t.Fatalf("the duty is %+v", d)
	}
	must(t, s.EndDuty(ctx, alertID, later(3*time.Hour))) // answered before: nothing ends
	wantSame(t, d, got(s.Duty(ctx, alertID))(t))

	must(t, s.MoveAlert(ctx, "alr_2", breach.AlertMove{To: breach.AlertSeen, By: "amina", At: noon}))
	wantSame(t, "amina", got(s.Duty(ctx, "alr_2"))(t).AckedBy)
	wantSame(t, 0, len(got(s.OpenDuties(ctx))(t)))
}

func feed(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	got(s.RaiseAlert(ctx, anAlert(1)))(t)
	wantSame(t, store.Hook{Name: "cert", Seq: 1}, got(s.Hook(ctx, "cert"))(t))
	must(t, s.MoveAlert(ctx, alertID, breach.AlertMove{To: breach.AlertSeen, By: "amina", At: noon}))
	wantSame(t, []store.Change{{Seq: 2, Alert: alertID, State: breach.AlertSeen, At: noon}}, got(s.Feed(ctx, 1, 10))(t))
	must(t, s.SaveHook(ctx, store.Hook{Name: "cert", Seq: 2, Failures: 1, Since: noon, Fault: "status-503"}))
	must(t, s.SaveHook(ctx, store.Hook{Name: "cert", Seq: 1})) // backwards
	wantSame(t, store.Hook{Name: "cert", Seq: 2, Failures: 1, Since: noon, Fault: "status-503"}, got(s.Hook(ctx, "cert"))(t))
}

func reports(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	file := func(n string, entity string) (breach.Report, bool) {
		p, a := aPost(breach.PostID("pst_"+n)), anAlert(1)
		a.ID, a.Post, a.Source, a.Entity = breach.AlertID("alr_"+n), p.ID, breach.SourceReport, entity
		r := breach.Report{ID: "rep_" + n, At: noon, Channel: "form", Role: "school", Digest: "d" + n, Post: p.ID, Files: []string{"rep_f"}, Contact: "who@example.org"}
		_, added, err := s.FileReport(ctx, r, p, a)
		must(t, err)
		return r, added
	}
	one, added := file("1", "Val d'Orbe")
	_, twice := file("1", "Val d'Orbe")
	if !added || twice {
		t.Fatal("the same report twice is one")
	}
	_, _ = file("2", "Val d'Orbe") // a second person on the same body joins
	_, _ = file("3", "Val de Lys")
	wantSame(t, 2, len(got(s.Alerts(ctx, ""))(t)))
	wantSame(t, 2, len(got(s.Sightings(ctx, "alr_1"))(t)))
	one.Alert, one.Contact = "alr_1", ""
	list := got(s.Reports(ctx, "alr_1", 0))(t)
	wantSame(t, one, list[len(list)-1])
	wantSame(t, 3, len(got(s.Reports(ctx, "", 0))(t)))
	_, err := s.ReportContact(ctx, "rep_1", "amina", "")
	wantKind(t, err, breach.ErrInvalid)
	wantSame(t, "who@example.org", got(s.ReportContact(ctx, "rep_1", "amina", "to ask for the file"))(t))
	var clear int
	must(t, s.Raw.QueryRow(`SELECT count(*) FROM reports WHERE CAST(sealed AS TEXT) LIKE '%example%'`).Scan(&clear))
	if clear != 0 {
		t.Error("contacts rest in clear")
	}
}
