package app

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/workflows/activity"
)

// Canaries: an identifier, a name, a number and an address of invented people.
const (
	canaryPerson  = "J-CANARIS-0042"
	canaryParent  = "J-CANARIS-0099"
	canaryName    = "Canarivage"
	canaryNumber  = "+33639980042"
	canaryAddress = "42 rue Canarimage"
)

// told is an app with a finished incident in which somebody was told, asked and
// was looked at.
func told(t *testing.T, at time.Time) *App {
	t.Helper()
	cfg := Defaults(filepath.Join(t.TempDir(), "data"))
	cfg.Keys = filepath.Join(t.TempDir(), "keys")
	cfg.Channels.Outbox = filepath.Join(cfg.Data, "outbox")
	a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = a.Store.RaiseAlert(ctx, breach.Alert{ID: "alr_1", Post: "pst_1", Source: "site", Entity: "Similo", RaisedAt: at})
	ok(err)
	ok(a.Store.ConfirmAlert(ctx, breach.Acquisition{Alert: "alr_1", Link: "l", By: "ana", Purpose: "p", LegalBasis: "l", At: at},
		breach.Incident{ID: "inc_1", Alert: "alr_1", Title: "Similo", OpenedAt: at, OpenedBy: "ana", Stage: breach.StageAcquire}, []breach.RegistryID{"youth"}))
	ok(a.Store.OpenCase(ctx, breach.Case{Incident: "inc_1", Controller: "ml-a"}))
	seal := func(text, place string) []byte {
		box, err := a.Keys.SealField([]byte(text), place)
		ok(err)
		return box
	}
	ok(a.Store.SaveCandidates(ctx, []store.CandidateRow{
		{Candidate: breach.Candidate{ID: "cnd_1", Incident: "inc_1", Registry: "youth", Row: 1, Person: canaryPerson, Probability: 1, Band: breach.BandLink, State: breach.CandidateLinked, Version: 1, Held: []string{"email", "name"}}},
		{Candidate: breach.Candidate{ID: "cnd_2", Incident: "inc_1", Registry: "youth", Row: 2, Person: canaryPerson, Probability: .5, Band: breach.BandReview, State: breach.CandidateRejected, Version: 1}, Sealed: seal(canaryName, activity.CandidatePlace("cnd_2"))},
	}))
	m := breach.Message{ID: "msg_1", Seq: 1, Incident: "inc_1", Controller: "ml-a", Registry: "youth", Subject: canaryPerson, Recipient: canaryParent, Role: "parent",
		Notice: 3, Channel: breach.ChannelLetter, State: breach.MessageHandedOver, Why: "parent-joint", AddressKey: "k1", Provider: "letter", UpdatedAt: at}
	list := m
	list.ID, list.Seq, list.Recipient, list.Role, list.Channel, list.State = "msg_2", 2, canaryPerson+"/parent", "parent", breach.ChannelHuman, breach.MessageListed
	ok(a.Store.PlanMessages(ctx, []breach.Message{m, list}))
	ok(a.Store.OpenDangers(ctx, []breach.Danger{{ID: "dng_1", Incident: "inc_1", Registry: "youth", Person: canaryPerson, Controller: "ml-a", Why: []string{breach.DangerProtected}, OpenedAt: at}}))
	ok(a.Store.TakeDanger(ctx, "inc_1", "dng_1", "ana", at))
	ok(a.Store.TryDanger(ctx, "inc_1", breach.Attempt{Danger: "dng_1", At: at, By: "ana", Means: "call", Outcome: breach.DangerReached, Note: "chez Maître " + canaryName}))
	ok(a.Store.AddAccess(ctx, store.Access{At: at, Who: "ana", Incident: "inc_1", Action: "candidate.open", Object: "cnd_2", Why: "rappel au " + canaryNumber}))
	ok(a.Store.AddRequest(ctx, breach.Request{ID: "req_1", Kind: breach.RequestWrong, Message: "msg_1", ReceivedAt: at, DueAt: at.Add(time.Hour), TakenBy: "ana"}, seal(canaryName, "request req_1")))
	box, err := notify.NewOutbox(filepath.Join(a.Config.Channels.Outbox, "sms"), ".json")
	ok(err)
	_, err = box.Put(ctx, "msg_1", []byte(canaryName+" "+canaryNumber+" "+canaryAddress))
	ok(err)
	shelves, err := Shelves(ctx, a.Config)
	ok(err)
	shelf := shelves[0]
	for _, key := range []string{"msg_1", "msg_other"} {
		_, err = shelf.Send(ctx, notify.Envelope{Key: key, Language: "fr", Date: at, From: breach.Controller{Name: "Mission", Address: "1 rue du Port|00001 ORBEVILLE"},
			To:  breach.Contact{Given: "Lina", Name: canaryName + key, Address: breach.Address{Street: canaryAddress, Postcode: "00001", City: "ORBEVILLE"}},
			Doc: notify.Document{Version: 1, Title: "T", Blocks: []notify.Block{{Text: []string{"x"}}}}})
		ok(err)
	}
	for _, s := range breach.Stages[1:] {
		ok(a.Store.SetStage(ctx, "inc_1", s, at))
	}
	return a
}

// residue names the files of the data directory in which a canary stands.
func residue(t *testing.T, a *App) (found []string) {
	t.Helper()
	err := filepath.WalkDir(a.Config.Data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, c := range []string{canaryPerson, canaryParent, canaryName, canaryNumber, canaryAddress} {
			if bytes.Contains(raw, []byte(c)) {
				found = append(found, filepath.Base(path)+": "+c)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// After the purge no name, number or identifier is left in any store, the audit
// chain verifies, and who has the registry still proves that a person was told.
func TestPurgeLeavesCommitments(t *testing.T) {
	at := now().AddDate(-1, 0, -1)
	a := told(t, at)
	ctx := t.Context()
	if found := residue(t, a); len(found) < 3 {
		t.Fatalf("the canaries are not where this test looks: %v", found)
	}
	inc, err := a.Store.Incident(ctx, "inc_1")
	if err != nil {
		t.Fatal(err)
	}
	before, err := a.Store.Told(ctx, "inc_1", "")
	if err != nil {
		t.Fatal(err)
	}
	ended, err := a.Retire(ctx, inc, "thirty days and a year are over")
	if err != nil || !slices.Equal(ended, []string{store.KeepDump, store.KeepAccess}) {
		t.Fatalf("ended %v: %v", ended, err)
	}
	if found := residue(t, a); len(found) > 0 {
		t.Errorf("left behind: %s", strings.Join(found, "\n"))
	}
	if letters, err := filepath.Glob(filepath.Join(a.Config.Channels.Outbox, "letters", "*.pdf")); err != nil || len(letters) != 1 {
		t.Errorf("letters left: %v %v, want the one of another incident", letters, err)
	}
	if r, err := a.Store.VerifyAudit(ctx, nil); err != nil || !r.OK {
		t.Errorf("the audit chain: %+v %v", r, err)
	}
	after, err := a.Store.Told(ctx, "inc_1", "")
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("counts %v became %v: %v", before, after, err)
	}
	steps := &activity.Steps{Store: a.Store, Keys: a.Keys}
	k, err := steps.Recall(ctx, "inc_1", "youth", canaryPerson)
	if err != nil || len(k.Messages) != 2 || k.Messages[0].Notice != 3 || !k.Messages[0].UpdatedAt.Equal(at) || !k.Committed || !k.Danger || !slices.Equal(k.Held, []string{"email", "name"}) {
		t.Errorf("the proof: %+v %v", k, err)
	}
	if !strings.HasSuffix(k.Messages[1].Recipient, "/parent") || strings.Contains(k.Messages[1].Recipient, "CANARIS") {
		t.Errorf("recipient %q", k.Messages[1].Recipient)
	}
	if k, err := steps.Recall(ctx, "inc_1", "youth", "J-0043"); err != nil || len(k.Messages) > 0 {
		t.Errorf("somebody else: %+v %v", k, err)
	}
	if again, err := a.Retire(ctx, inc, "again"); err != nil || len(again) > 0 {
		t.Errorf("again: %v %v", again, err)
	}
	// Five years on, the salt goes and with it every way to a person.
	if err := a.Store.Retire(ctx, "inc_1", store.KeepProof, now()); err != nil {
		t.Fatal(err)
	}
	if k, err := steps.Recall(ctx, "inc_1", "youth", canaryPerson); err != nil || len(k.Messages)+len(k.Held) > 0 || !k.ProofEnded {
		t.Errorf("after the salt: %+v %v", k, err)
	}
}

func TestAHoldKeepsEverything(t *testing.T) {
	a := told(t, now().AddDate(-9, 0, 0))
	ctx := t.Context()
	inc, err := a.Store.Incident(ctx, "inc_1")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Store.PlaceHold(ctx, breach.Hold{Subject: "inc_1", Reason: "prosecutor", By: "ana", At: now(), Until: now().AddDate(1, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	due, held, err := a.Overdue(ctx, inc)
	if err != nil || len(due) > 0 || held.IsZero() {
		t.Errorf("due %v, held until %v: %v", due, held, err)
	}
	if ended, err := a.Retire(ctx, inc, "x"); err != nil || len(ended) > 0 || len(residue(t, a)) == 0 {
		t.Errorf("ended %v under a hold: %v", ended, err)
	}
}

// Each thing has its own day.
func TestRetentions(t *testing.T) {
	closed := now().Truncate(time.Hour)
	inc := breach.Incident{Stage: breach.StageDone, ClosedAt: closed}
	r := RetentionConfig{Dump: 10, Access: 20, Categories: 0, Proof: 30}
	for _, tt := range []struct {
		days    int
		retired map[string]time.Time
		want    string
	}{
		{9, nil, ""}, {10, nil, "dump"}, {20, nil, "dump access"}, {30, map[string]time.Time{"dump": closed}, "access proof"}, {9999, nil, "dump access proof"},
	} {
		if got := strings.Join(r.due(inc, tt.retired, closed.AddDate(0, 0, tt.days)), " "); got != tt.want {
			t.Errorf("after %d days: %q, want %q", tt.days, got, tt.want)
		}
	}
	inc.Stage = breach.StageSend
	if got := r.due(inc, nil, closed.AddDate(9, 0, 0)); len(got) > 0 {
		t.Errorf("under way, and due %v", got)
	}
}
