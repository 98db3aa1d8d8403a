package storetest

import (
	"context"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

func papers(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	p := breach.Paper{Incident: incidentID, Controller: town, Kind: breach.PaperIntranet, Language: "fr", Version: 1, File: "v1/intranet.fr.html", Digest: "a", At: noon}
	must(t, s.SavePaper(ctx, p))
	must(t, s.SavePaper(ctx, p))
	again := p
	again.Digest, again.At = "b", later(time.Hour)
	must(t, s.SavePaper(ctx, again))
	want := p
	want.Digest = "b" // the day on which the version was first written stays
	wantSame(t, []breach.Paper{want}, got(s.Papers(ctx, incidentID, town))(t))

	d := breach.Delivery{Incident: incidentID, Controller: town, Kind: breach.PaperIntranet, Version: 1, At: noon, By: "amina", How: "given to the director's office"}
	for _, bad := range []func(*breach.Delivery){
		func(d *breach.Delivery) { d.By = "" }, func(d *breach.Delivery) { d.How = "" }, func(d *breach.Delivery) { d.At = time.Time{} },
	} {
		x := d
		bad(&x)
		wantKind(t, s.AddDelivery(ctx, x), breach.ErrInvalid)
	}
	x := d
	x.Version = 2
	wantKind(t, s.AddDelivery(ctx, x), breach.ErrNotFound) // nobody wrote it
	if got(s.Delivered(ctx, incidentID, town, breach.PaperIntranet, 1))(t) {
		t.Error("delivered before anybody delivered it")
	}
	must(t, s.AddDelivery(ctx, d))
	wantKind(t, s.AddDelivery(ctx, d), breach.ErrConflict)
	if !got(s.Delivered(ctx, incidentID, town, breach.PaperIntranet, 1))(t) || got(s.Delivered(ctx, incidentID, town, breach.PaperIntranet, 2))(t) ||
		got(s.Delivered(ctx, incidentID, town, "faq", 1))(t) {
		t.Error("a delivery counts for its kind and version alone")
	}
	wantSame(t, []breach.Delivery{d}, got(s.Deliveries(ctx, incidentID, town))(t))

	_, err := s.HandoverKey(ctx, town)
	wantKind(t, err, breach.ErrNotFound)
	k := breach.HandoverKey{Controller: town, Recipient: "age1x", How: "read back on the phone", By: "amina", At: noon}
	must(t, s.SetHandoverKey(ctx, k))
	k.Recipient = "age1y"
	must(t, s.SetHandoverKey(ctx, k))
	wantSame(t, k, got(s.HandoverKey(ctx, town))(t))
	wantKind(t, s.SetHandoverKey(ctx, breach.HandoverKey{Controller: town, Recipient: "age1z", By: "amina"}), breach.ErrInvalid)
}

func notifications(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	n := breach.Notification{Incident: incidentID, Controller: town, Type: breach.NotificationInitial, Number: "2031-0001", SentAt: noon, By: "amina", At: noon,
		Version: 1, Form: []byte(`{"type":"initiale"}`)}
	x := n
	x.Type = breach.NotificationComplementary
	wantKind(t, s.AddNotification(ctx, x), breach.ErrConflict) // of nothing
	x = n
	x.Number = ""
	wantKind(t, s.AddNotification(ctx, x), breach.ErrInvalid)
	must(t, s.AddNotification(ctx, n))
	wantKind(t, s.AddNotification(ctx, n), breach.ErrConflict) // a second initial one
	if at := got(s.Notified(ctx, incidentID, town))(t); !at.Equal(noon) {
		t.Errorf("the clock stops at %v", at)
	}
	c := n
	c.Type, c.Number, c.SentAt, c.Form = breach.NotificationComplementary, "2031-0001-C1", later(time.Hour), []byte(`{"x":1}`)
	must(t, s.AddNotification(ctx, c))
	if at := got(s.Notified(ctx, incidentID, town))(t); !at.Equal(noon) {
		t.Errorf("a complement moves the clock to %v", at)
	}
	n.Seq, c.Seq = 1, 2
	wantSame(t, []breach.Notification{n, c}, got(s.Notifications(ctx, incidentID, town))(t))

	note := breach.Note{By: "amina", At: noon, Reason: "read the logs", Content: []byte(`{"cause":"unknown"}`)}
	must(t, s.AddNote(ctx, incidentID, town, store.NoteAnswers, note))
	must(t, s.AddNote(ctx, incidentID, town, store.NoteAnswers, note))
	later := note
	later.Content = []byte(`{"cause":"external_malicious"}`)
	must(t, s.AddNote(ctx, incidentID, town, store.NoteAnswers, later))
	note.Seq, later.Seq = 1, 2
	wantSame(t, []breach.Note{note, later}, got(s.Notes(ctx, incidentID, town, store.NoteAnswers))(t))
	wantKind(t, s.AddNote(ctx, incidentID, town, "poem", note), breach.ErrInvalid)
	note.Reason = ""
	wantKind(t, s.AddNote(ctx, incidentID, town, store.NoteSeverity, note), breach.ErrInvalid)
}

func registerEntries(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	list := []store.RegisterEntry{{ID: "a", Controller: town, Source: "madis", Content: []byte(`{}`), By: "amina", At: noon}, {ID: "b", Controller: "other", Source: "madis", Content: []byte(`{}`), By: "amina", At: noon}}
	if n := got(s.AddRegisterEntries(ctx, list[:1], "amina"))(t); n != 1 {
		t.Errorf("%d new entries", n)
	}
	if n := got(s.AddRegisterEntries(ctx, list, "amina"))(t); n != 1 {
		t.Errorf("taken in again: %d new entries", n)
	}
	wantSame(t, list, got(s.RegisterEntries(ctx, ""))(t))
	wantSame(t, list[:1], got(s.RegisterEntries(ctx, town))(t))
	_, err := s.AddRegisterEntries(ctx, list, "")
	wantKind(t, err, breach.ErrInvalid)
	if at := got(s.FirstTold(ctx, incidentID, town))(t); !at.IsZero() {
		t.Errorf("somebody was told at %v", at)
	}
}

func followups(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	a := breach.Strategy{Measures: "Two factors everywhere.", Score: 60, Next: "An audit in June, by the IT head.", NewFacts: true}
	wantKind(t, s.AnswerFollowup(ctx, incidentID, town, 3, a, "maire", noon), breach.ErrNotFound)
	f := breach.Followup{Incident: incidentID, Controller: town, Months: 3, DueAt: noon, AskedAt: noon}
	must(t, s.AskFollowup(ctx, f))
	again := f
	again.AskedAt = later(time.Hour)
	must(t, s.AskFollowup(ctx, again))
	wantSame(t, []breach.Followup{f}, got(s.Followups(ctx, incidentID))(t))
	bad := a
	bad.Score = 101
	wantKind(t, s.AnswerFollowup(ctx, incidentID, town, 3, bad, "maire", noon), breach.ErrInvalid)
	must(t, s.AnswerFollowup(ctx, incidentID, town, 3, a, "maire", later(time.Hour)))
	f.AnsweredAt, f.By, f.Strategy = later(time.Hour), "maire", a
	wantSame(t, []breach.Followup{f}, got(s.Followups(ctx, incidentID))(t))
}
