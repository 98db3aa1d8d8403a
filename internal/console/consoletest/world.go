package consoletest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"

	"vigie/internal/breach"
	"vigie/internal/console"
	"vigie/matchers"
	"vigie/notify"
	"vigie/notify/facts"
	"vigie/notify/forecast"
)

// Password opens every account of the World.
const Password = "orbe mirabelle quartz 47"

// Ceiling is how many persons a controller of the World tells before it is lifted.
const Ceiling = 10_000

// Hostile is what a leak site may call its victim.
const Hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`

// World is an invented incident with everything the console needs around it.
type World struct {
	*Store
	*Bodies
	Taken   *Taken
	Drawn   *Drawn
	Handler http.Handler
	Public  http.Handler
	Config  console.Config
	Started []breach.IncidentID
	Recalls []string // letters taken back: whose, by whom, why
	Nudged  []breach.IncidentID
	Woken   []breach.AlertID
	extra   []breach.Controller
	Filed   []console.ReportForm
	Checked []netip.Prefix // from where codes were asked about
	Broken  error          // what opening a row answers, when set
	Holes   error          // what rendering samples answers, when set

	mu    sync.Mutex
	clock time.Time
}

// NewWorld builds an incident in the middle of its review, an alert to look
// at, and an account of every role, and assembles the console over them.
func NewWorld(now time.Time, logs io.Writer) (*World, error) {
	w := &World{clock: now, Bodies: new(Bodies), Taken: new(Taken), Drawn: newDrawn()}
	w.Store = NewStore(w.Now)
	w.addUsers()
	w.addWatch()
	w.addIncident()
	w.addReview()
	w.addCases()
	w.addDangers()
	w.addRequests()
	cfg := console.Config{
		Store: w.Store, Sessions: memstore.NewWithCleanupInterval(0), People: w, Rows: w, Records: w, Samples: w.Drawn, Auditor: w.Store, Now: w.Now, Ceiling: Ceiling,
		Log:   slog.New(slog.NewTextHandler(logs, nil)),
		Nudge: func(_ context.Context, id breach.IncidentID) error { w.Nudged = append(w.Nudged, id); return nil },
		Facts: &desk{w, map[breach.ControllerID][]facts.Version{}, map[breach.ControllerID][]notify.Facts{}}, Forecast: w.forecast,
		StartIncident: w.start, Preview: w.preview, Search: w.search, Controllers: w.controllers,
		Registries: func(context.Context) ([]breach.RegistryID, error) {
			return []breach.RegistryID{"etat-civil", "jeunes"}, nil
		},
		SealText: func(plain []byte, _ string) ([]byte, error) { return plain, nil },
		OpenText: func(box []byte, _ string) ([]byte, error) { return box, nil },
		Kept: func(_ context.Context, registry breach.RegistryID, person breach.PersonID) ([]console.Kept, error) {
			if registry != "jeunes" || person != "J0042" {
				return nil, nil
			}
			return []console.Kept{{Incident: "inc_1", Title: "Similo", Held: []string{"email", "nir"}, Messages: []breach.Message{
				{State: breach.MessageDelivered, Channel: breach.ChannelLetter, Notice: 2, UpdatedAt: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)},
				{State: breach.MessageBounced, Channel: breach.ChannelEmail, Notice: 2},
			}}}, nil
		},
		FalseAlarmBudget: .1,
		Recall: func(_ context.Context, _ breach.IncidentID, c breach.ControllerID, by breach.UserID, reason string) (gone, service int, err error) {
			w.Recalls = append(w.Recalls, string(c)+" "+string(by)+" "+reason)
			return (len(w.Recalls) - 1) % 2, (len(w.Recalls) - 1) / 2, nil
		},
		Sources: func(context.Context) ([]console.Standing, error) {
			return []console.Standing{
				{Source: "quiet-harbour", State: "listing", VisitedAt: now.Add(-time.Minute), GoodAt: now.Add(-time.Minute), NextAt: now.Add(time.Hour)},
				{Source: "shut-door", State: "captcha", Fault: Hostile, Alarm: "person", Proposed: []string{"http://named-mirror.onion/", Hostile}, VisitedAt: now.Add(-3 * time.Hour), GoodAt: now.Add(-48 * time.Hour), Late: true},
				{Source: "new-one"},
			}, nil
		},
		Wakes: func(a breach.Alert) []console.Wake {
			if a.ID == "alert_3" {
				return nil
			}
			return []console.Wake{{Role: "dpo", Name: "Astreinte", Channels: []breach.Channel{breach.ChannelSMS, breach.ChannelEmail}}}
		},
		StartDuty:  func(_ context.Context, id breach.AlertID) error { w.Woken = append(w.Woken, id); return nil },
		NudgeDuty:  func(context.Context, breach.AlertID) error { return breach.ErrNotFound },
		CodeDigest: func(code string) string { return "digest of " + code },
		Concerned: func(a breach.Alert) []console.Concerned {
			return []console.Concerned{{Name: "Mission Locale d’Orbe", Kind: "mission_locale", Code: "siren:000000000"}}
		},
		File: func(_ context.Context, f console.ReportForm) (string, error) {
			if f.Text == "" {
				return "", breach.ErrInvalid
			}
			w.Filed = append(w.Filed, f)
			return "rep_receipt", nil
		},
		Bodies:      w,
		Extractions: w.Taken,
		CheckMark:   w.checkMark,
		Reason:      func(lang, code string) string { return "règle « " + code + " »" },
		Measures: func(string) []console.Choice {
			return []console.Choice{{Code: "closed", Words: "L’accès est fermé."}, {Code: "police", Words: "Une plainte est déposée."}}
		},
		Links: func(id breach.IncidentID) []console.Link {
			return []console.Link{{Name: "outbox", Text: "outbox/" + string(id)}, {Name: "page", Href: "https://avis.example.org/" + string(id), Text: "avis.example.org"}}
		},
	}
	w.Config = cfg
	var err error
	if w.Handler, err = console.New(cfg); err != nil {
		return w, err
	}
	w.Public, err = console.NewPublic(cfg)
	return w, err
}

// GoodCode is the code of an invented letter.
const GoodCode = "ABCD-1234-EFGH"

func (w *World) checkMark(_ context.Context, code string, ch breach.Channel, from netip.Prefix) (console.MarkAnswer, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Checked = append(w.Checked, from)
	if code != GoodCode || ch != breach.ChannelLetter {
		return console.MarkAnswer{}, false, nil
	}
	return console.MarkAnswer{By: "Mission Locale d’Orbe", URL: "https://avis.example.org/inc_1/",
		IssuedMark: breach.IssuedMark{Incident: "inc_1", Channel: ch, Day: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}}, true, nil
}

// Now is the World's clock.
func (w *World) Now() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.clock }

// Pass lets time go by.
func (w *World) Pass(d time.Duration) { w.mu.Lock(); defer w.mu.Unlock(); w.clock = w.clock.Add(d) }

// Code is the one-time code of an account at this moment.
func (w *World) Code(id breach.UserID) string {
	u, err := w.User(context.Background(), id)
	if err != nil {
		return ""
	}
	code, err := totp.GenerateCode(string(u.TOTP), w.Now())
	if err != nil {
		return ""
	}
	return code
}

func (w *World) start(_ context.Context, id breach.IncidentID, _ []breach.RegistryID) error {
	w.Started = append(w.Started, id)
	return nil
}

func (w *World) addUsers() {
	for id, roles := range map[breach.UserID][]breach.Role{
		"ana": {breach.RoleAnalyst}, "rose": {breach.RoleReviewer}, "remi": {breach.RoleReviewer},
		"paul": {breach.RoleApprover}, "both": {breach.RoleAnalyst, breach.RoleApprover},
		"orbe": {breach.RoleController}, "lys": {breach.RoleController}, "adam": {breach.RoleAdmin},
	} {
		u := breach.User{ID: id, Name: string(id), Roles: roles, PasswordHash: cheapHash(Password), CreatedAt: w.clock}
		secret, _, err := console.NewTOTP(id)
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		u.TOTP = []byte(secret)
		switch id {
		case "orbe":
			u.Controller = "ml-orbe"
		case "lys":
			u.Controller = "ml-lys"
		}
		w.SetUser(u)
	}
}

// cheapHash is an argon2id PHC string that costs next to nothing to check.
func cheapHash(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=64,t=1,p=1$%s$%s", b64.EncodeToString(salt),
		b64.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)))
}

func (w *World) addWatch() {
	at := w.clock.Add(-3 * time.Hour)
	w.captures = []breach.Capture{{ID: "cap_1", Source: "puits", At: at, Status: 200, File: "2026-11.warc.gz.age",
		Digest: "sha256:" + strings.Repeat("3f", 32), Bytes: 18211, State: "listing"}}
	w.posts["post_1"] = breach.Post{ID: "post_1", Source: "puits", Capture: "cap_1", Title: "Missions Locales FULL DATABASE " + Hostile,
		Text:    Hostile + "\nSample: lucie.martel@example.org ; +33 6 39 98 12 34 ; 75001\n1.2M rows, fresh. Contact on tox.\nFormat: nom;prenom;naissance;mail;tel",
		Website: "missions-locales.example.org", Country: "FR", Date: "2026-11-21", Confidence: .93,
		Links: []string{"http://127.0.0.1:8099/files/ml.csv", "javascript:alert(3)"}, FirstSeenAt: at, LastSeenAt: w.clock}
	for i, state := range []breach.AlertState{breach.AlertNew, breach.AlertNew, breach.AlertConfirmed} {
		id := breach.AlertID(fmt.Sprintf("alert_%d", i+1))
		a := breach.Alert{ID: id, Post: "post_1", Source: "puits", Entity: "Similo, logiciel des missions locales", Kind: "software",
			Code: "siren:000000000", Confidence: .91, Why: "« Missions Locales » au titre, « Similo » au texte, pays FR", RaisedAt: at, State: state}
		if state == breach.AlertConfirmed {
			a.Incident, a.DecidedBy, a.DecidedAt = "inc_1", "ana", at
		}
		w.alerts[id] = a
	}
}

func (w *World) addIncident() {
	at := w.clock.Add(-2 * time.Hour)
	w.acquisitions["alert_3"] = breach.Acquisition{Alert: "alert_3", Link: "http://127.0.0.1:8099/files/ml.csv", By: "ana",
		Purpose: "prévenir les personnes concernées", LegalBasis: "mission d’intérêt public, mandat CONV-2026-01", At: at}
	w.incidents["inc_1"] = breach.Incident{ID: "inc_1", Alert: "alert_3", Title: "Similo, logiciel des missions locales",
		OpenedAt: at, OpenedBy: "ana", Stage: breach.StageReview, Dump: "dump_1"}
	w.registries["inc_1"] = []breach.RegistryID{"jeunes", "etat-civil"}
	w.dumps["dump_1"] = breach.Dump{ID: "dump_1", Incident: "inc_1", Digest: "sha256:" + strings.Repeat("a7", 32), Bytes: 10483112, AcquiredAt: at,
		Profile: FullProfile()}
	w.summaries["inc_1"] = []breach.MatchSummary{{Registry: "jeunes", Rows: 2045, Candidates: 1733, Links: 1511, Reviews: 42, Persons: 1498, Low: 1502, High: 1541, Model: "fs-2026-11"}}
	w.custody = []breach.Custody{{Seq: 1, Subject: "dump_1", Event: "acquired", Who: "ana", Why: "alert_3", Digest: "sha256:" + strings.Repeat("a7", 32), At: at}}
	w.log("ana", "alert.confirm", "inc_1", "", true)
	w.log("system:workflow", "incident.stage", "inc_1", "review", true)
}

func (w *World) addReview() {
	why := []breach.Evidence{{Field: "name", Level: "typo", Weight: 6.2}, {Field: "given_names", Level: "exact", Weight: 4.9},
		{Field: "birth_date", Level: "exact", Weight: 11.4}, {Field: "email", Level: "different", Weight: -3.8}, {Field: "postcode", Level: "missing", Weight: 0}, {Field: "names_together", Level: "common", Weight: -.7}, {Field: "namesakes", Level: "expected_0.12"}, {Field: "rival", Level: "separated_by_given_names+birth_date"}}
	for i := range 12 {
		id := breach.CandidateID(fmt.Sprintf("cand_%02d", i+1))
		w.candidates[id] = breach.Candidate{ID: id, Incident: "inc_1", Registry: "jeunes", Row: int64(100 + i), Person: breach.PersonID(fmt.Sprintf("J%04d", i)),
			Weight: 4.5, Probability: .5 + float64(i)/50, Band: breach.BandReview, Why: why, State: breach.CandidateOpen, Version: 1}
	}
}

// Secrets are values of invented people that no page may show in clear.
var Secrets = []string{"Vauquelin", "Vauquelain", "Ludivine", "ludivine.vauquelin", "1999-04-17", "639981234", "Mirabelles", "lucie.martel", "6 39 98 12"}

// Row is the dump's side of every pair.
func (w *World) Row(_ context.Context, id breach.CandidateID) (matchers.Record, error) {
	if w.Broken != nil {
		return matchers.Record{}, w.Broken
	}
	var r matchers.Record
	r.Values[matchers.BirthName], r.Values[matchers.GivenNames], r.Values[matchers.BirthDate] = "VAUQUELIN", "Ludivine", "1999-04-17"
	r.Values[matchers.Email], r.Values[matchers.Phone] = "ludivine.vauquelin@example.org", "+33639981234"
	return r, nil
}

// Record is the registry's side.
func (w *World) Record(_ context.Context, _ breach.RegistryID, person breach.PersonID) (matchers.Record, error) {
	r := matchers.Record{ID: string(person)}
	r.Values[matchers.BirthName], r.Values[matchers.GivenNames], r.Values[matchers.BirthDate] = "Vauquelain", "Ludivine", "1999-04-17"
	r.Values[matchers.Email], r.Values[matchers.Street], r.Values[matchers.Postcode] = "lvq@courriel.example.org", "12 rue des Mirabelles", "34170"
	return r, nil
}

// Subject is the registry's side as the recipient rules see it.
func (w *World) Subject(_ context.Context, registry breach.RegistryID, person breach.PersonID) (breach.Subject, error) {
	return breach.Subject{Registry: registry, Person: person, BirthDate: time.Date(1999, 4, 17, 0, 0, 0, 0, time.UTC),
		Contact: breach.Contact{Name: "Vauquelain", Given: "Ludivine", Email: "lvq@courriel.example.org"}}, nil
}

func (w *World) addCases() {
	for i, id := range []breach.ControllerID{"ml-orbe", "ml-lys"} {
		k := breach.Case{Incident: "inc_1", Controller: id, PlanHash: "sha256:" + strings.Repeat(fmt.Sprint(i+1, "c"), 32), Persons: 742, Recipients: 811,
			Mandate: breach.Mandate{Reference: "CONV-2026-01", By: "La directrice", At: w.clock.AddDate(0, -6, 0), Scope: "informer les personnes", SetBy: "ana"}}
		if i == 0 {
			k.AwareAt, k.AwareBy, k.AwareReason = w.clock.Add(-51*time.Hour), "ana", "appel du prestataire"
		}
		w.cases = append(w.cases, k)
		raw, err := json.Marshal(map[string]any{"version": 1, "summary": map[string]string{"fr": "Un extrait d’un logiciel de suivi a été mis en vente.", "en": "An extract of a case management system was put up for sale."},
			"system": "Similo", "records": 2045, "persons": 742, "low": 740, "high": 769,
			"present": []breach.Category{{Code: "civil_status", Count: 742}, {Code: "contact", Count: 730}}, "not_found": []breach.Absence{{Code: "nir"}}})
		if err == nil {
			w.facts[id] = raw
		}
	}
	for i, m := range []breach.Message{
		{Channel: breach.ChannelEmail, State: breach.MessagePlanned}, {Channel: breach.ChannelLetter, State: breach.MessagePlanned},
		{Channel: breach.ChannelHuman, State: breach.MessageListed, Why: "protected", Role: "self"},
		{Channel: breach.ChannelHuman, State: breach.MessageListed, Why: "conflict, no-channel", Role: "parent"}} {
		m.ID, m.Seq, m.Incident, m.Controller, m.Registry = breach.MessageID(fmt.Sprintf("msg_%d", i+1)), int64(i+1), "inc_1", "ml-orbe", "jeunes"
		m.Subject, m.Recipient = breach.PersonID(fmt.Sprintf("J%04d", 40+i)), fmt.Sprintf("J%04d", 40+i)
		w.messages = append(w.messages, m)
	}
}

func (w *World) controllers(context.Context) ([]breach.Controller, error) {
	return append([]breach.Controller{{ID: "ml-orbe", Name: "Mission locale du Val d’Orbe", Mandate: "CONV-2026-01"}, {ID: "ml-lys", Name: "Mission locale de la Lys"}}, w.extra...), nil
}

func (w *World) search(_ context.Context, query string, _ int) ([]breach.Post, error) {
	if strings.Contains(query, "(") {
		return nil, breach.ErrInvalid
	}
	p, err := w.Post(context.Background(), "post_1")
	return []breach.Post{p}, err
}

func (w *World) preview(context.Context, breach.IncidentID, breach.ControllerID) ([]console.PreviewDoc, error) {
	if w.Holes != nil {
		return nil, w.Holes
	}
	return []console.PreviewDoc{
		{Channel: breach.ChannelEmail, Variant: "adult", Title: "Vos données ont été volées", Text: "Madame,\n\nLe 19 novembre 2026, un extrait du logiciel qui suit votre dossier a été mis en vente.\n\nCe qui est concerné : votre nom, votre date de naissance, votre adresse, votre courriel et votre téléphone."},
		{Channel: breach.ChannelLetter, Variant: "parent", Title: "Les données de votre enfant ont été volées", Text: "Madame, Monsieur,\n\nVous recevez cette lettre parce que vous exercez l’autorité parentale."},
	}, nil
}

func (w *World) forecast(context.Context, breach.IncidentID, breach.ControllerID) (forecast.Forecast, error) {
	return forecast.Forecast{Cost: 1_234_560_000, Most: 2_000_000_000, LastLetter: w.clock.AddDate(0, 0, 4), End: w.clock.AddDate(0, 0, 4), Tariff: forecast.Tariff{Source: "essai"},
		Lines: []forecast.Line{{Channel: breach.ChannelLetter, Messages: 811, Units: 1622, Cost: 1_234_560_000, To: w.clock.AddDate(0, 0, 4)}}}, nil
}

// Notify stops the clock and freezes the form.
func (w *World) Notify(ctx context.Context, id breach.IncidentID, c breach.ControllerID, at time.Time, number string, by breach.UserID) error {
	w.Bodies.Notified = append(w.Bodies.Notified, breach.Notification{Incident: id, Controller: c, Seq: len(w.Bodies.Notified) + 1, Number: number, SentAt: at, By: by})
	return w.SetNotified(ctx, id, c, at, string(by), number)
}
