package activity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/internal/store"
	"vigie/matchers/registry"
	"vigie/notify"
	"vigie/workflows"
)

const incident = breach.IncidentID("inc_1")

const (
	personsHeader   = "id,controller,birth_name,usage_name,given_names,sex,birth_date,birth_place,birth_commune,nationality,email,phone,street,line2,line3,line5,postcode,city,country,civility,deceased_at,regime,protected,elected_street,elected_postcode,elected_city,secret,email_safe,phone_safe,language\n"
	relationsHeader = "person,holder,kind,authority,from,until,deceased,barred,civility,given,name,email,phone,street,line2,line3,line5,postcode,city,country,email_safe,phone_safe\n"
)

// person is a line of persons.csv with what these tests need.
func person(id, controller, name, given, born, email, phone, street, deceased, protected string) string {
	city, code := "ORBEVILLE", "00001"
	if street == "" {
		city, code = "", ""
	}
	return strings.Join([]string{id, controller, name, "", given, "F", born, "", "", "FR", email, phone, street, "", "", "", code, city, "",
		"Mme", deceased, "", protected, "", "", "", "", "", "", "fr"}, ",") + "\n"
}

// Invented people. y1 and c1 are one human, y4 and y5 twins on one row, y7 and
// c7 one human whom only the civil registry protects.
var youth = map[string]string{
	"y1": person("y1", "ml-a", "Canarival", "Lina", "1990-05-17", "lina@example.org", "+33639980001", "3 rue Canariste", "", ""),
	"y2": person("y2", "ml-a", "Canaridal", "Omar", "1991-05-17", "omar@example.org", "", "", "", ""),
	"y3": person("y3", "ml-a", "Canarimont", "Zoé", "1992-05-17", "", "", "5 rue Canariste", "", ""),
	"y4": person("y4", "ml-a", "Canaribel", "Ada", "1993-05-17", "ada@example.org", "", "6 rue Canariste", "", ""),
	"y5": person("y5", "ml-a", "Canaribel", "Eve", "1993-05-17", "eve@example.org", "", "6 rue Canariste", "", ""),
	"y6": person("y6", "ml-a", "Canarijeune", "Noé", "2010-02-01", "noe@example.org", "", "7 rue Canariste", "", ""),
	"y7": person("y7", "ml-b", "Canarison", "Iris", "1994-05-17", "iris@example.org", "", "8 rue Canariste", "", ""),
	"y8": person("y8", "ml-a", "Canarimort", "Paul", "1940-05-17", "", "", "9 rue Canariste", "2020-01-01", ""),
}

const mother = "y6,h1,parent,joint,,,,,Mme,Mona,Canarijeune,mona@example.org,,70 rue Canariste,,,,00001,ORBEVILLE,,,\n"

var civil = map[string]string{
	"c1": person("c1", "ville", "Canarival", "LINA", "1990-05-17", "", "", "3 rue Canariste", "", ""),
	"c7": person("c7", "ville", "Canarison", "Iris", "1994-05-17", "", "", "8 rue Canariste", "", "1"),
	"c9": person("c9", "ville", "Canarifin", "Odile", "1950-05-17", "", "", "10 rue Canariste", "", ""),
}

// rows are the dump rows each person is linked to.
var rows = map[breach.PersonID]int64{"y1": 1, "c1": 1, "y2": 2, "y3": 3, "y4": 4, "y5": 4, "y6": 6, "y7": 7, "c7": 7, "y8": 8, "c9": 9}

// world is an incident with fake channels.
type world struct {
	*Steps
	t     testing.TB
	dir   string
	env   *testsuite.TestActivityEnvironment
	email *channel
	sms   *channel
	post  *channel
	ahead time.Duration // the clock, ahead of the real one
}

// newWorld is a world whose review has just been closed.
func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	return reviewed.copy(t, func(t *testing.T, dir string) {
		w := openWorld(t, dir)
		w.importYouth(youth, mother)
		w.importRegistry("civil", 2, []string{"ville"}, civil, "")
		w.open()
	})
}

// newPlan is a world whose plan waits for decisions.
func newPlan(t *testing.T) *world {
	t.Helper()
	from := newWorld(t)
	return planned.copy(t, func(t *testing.T, dir string) {
		from.must(os.CopyFS(dir, os.DirFS(from.dir)))
		openWorld(t, dir).plan()
	})
}

// template is a world that tests copy, made once: making one costs a hundred
// commits that reach the disk.
type template struct {
	once sync.Once
	dir  string
}

var (
	reviewed, planned template
	templates         string // where they are
	keyring           *seal.Keyring
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "vigie-activity-")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if keyring, err = seal.Create(filepath.Join(dir, "keys")); err != nil {
			panic(err)
		}
		templates = dir
		return m.Run()
	}())
}

func (x *template) copy(t *testing.T, build func(t *testing.T, dir string)) *world {
	t.Helper()
	x.once.Do(func() {
		dir, err := os.MkdirTemp(templates, "world-")
		if err != nil {
			t.Fatal(err)
		}
		t.Run("template", func(t *testing.T) { build(t, dir) }) // closes the store
		x.dir = dir
	})
	dir := filepath.Join(t.TempDir(), "world")
	if err := os.CopyFS(dir, os.DirFS(x.dir)); err != nil {
		t.Fatal(err)
	}
	return openWorld(t, dir)
}

// openWorld opens what is in dir, and makes what is not.
func openWorld(t testing.TB, dir string) *world {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(dir, "vigie.db"), keyring)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, dir: dir, email: newChannel(breach.ChannelEmail), sms: newChannel(breach.ChannelSMS), post: newChannel(breach.ChannelLetter)}
	w.Steps = &Steps{Store: db, Keys: keyring, Registries: &Registries{Dir: filepath.Join(dir, "registries"), Keys: keyring}, Ceiling: 1000,
		Channels: map[breach.Channel]notify.Channel{breach.ChannelEmail: w.email, breach.ChannelSMS: w.sms, breach.ChannelLetter: w.post},
		PageURL:  "https://vigie.example.org/incidents", PageDir: filepath.Join(dir, "pages"), DossierDir: filepath.Join(dir, "dossiers"),
		Now: func() time.Time { return time.Now().UTC().Add(w.ahead) }, Log: slog.New(slog.DiscardHandler)}
	suite := new(testsuite.WorkflowTestSuite)
	suite.SetLogger(sdklog.NewStructuredLogger(w.Log))
	w.env = suite.NewTestActivityEnvironment()
	w.Register(w.env)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// open brings the incident to the end of its review.
func (w *world) open() {
	w.t.Helper()
	var list []store.CandidateRow
	for id := range rows {
		list = append(list, pair(id, breach.CandidateLinked))
	}
	w.openWith(list...)
}

// pair is one of the dump's rows beside its person.
func pair(id breach.PersonID, state breach.CandidateState) store.CandidateRow {
	c := breach.Candidate{ID: breach.CandidateID("cnd_" + string(id)), Incident: incident, Registry: "youth",
		Row: rows[id], Person: id, Probability: 1, Band: breach.BandLink, State: state, Version: 1}
	if id[0] == 'c' {
		c.Registry = "civil"
	}
	return store.CandidateRow{Candidate: c}
}

// openWith does so with these pairs.
func (w *world) openWith(list ...store.CandidateRow) {
	w.t.Helper()
	ctx, at := w.t.Context(), w.Now()
	_, err := w.Store.SavePosts(ctx, []breach.Post{{ID: "pst_1", Source: "site", Title: "Similo", FirstSeenAt: at, LastSeenAt: at}})
	w.must(err)
	_, err = w.Store.RaiseAlert(ctx, breach.Alert{ID: "alr_1", Post: "pst_1", Source: "site", Entity: "Similo", RaisedAt: at})
	w.must(err)
	w.must(w.Store.ConfirmAlert(ctx, breach.Acquisition{Alert: "alr_1", Link: "http://site.example.org/f", By: "ana", Purpose: "p", LegalBasis: "l", At: at},
		breach.Incident{ID: incident, Alert: "alr_1", Title: "Similo", OpenedAt: at, OpenedBy: "ana"}, []breach.RegistryID{"youth", "civil"}))
	w.must(w.Store.SaveDump(ctx, breach.Dump{ID: dumpID(incident), Incident: incident, Digest: "sha256:00", Bytes: 1, AcquiredAt: at}, nil))
	w.profile(breach.Column{Name: "nom", Meaning: "surname", Filled: 9})
	w.state(1, "access_closed")
	w.must(w.Store.SaveCandidates(ctx, list))
}

func (w *world) profile(columns ...breach.Column) {
	w.t.Helper()
	w.must(w.Store.SaveProfile(w.t.Context(), dumpID(incident), breach.Profile{Format: "csv", Rows: 9, Complete: true, Columns: columns,
		Present: []breach.Category{{Code: "civil_status", Count: 9}, {Code: "contact", Count: 9}}}, []byte("{}")))
}

func (w *world) state(version int, measures ...string) {
	w.t.Helper()
	raw, err := json.Marshal(Statement{Measures: measures, Summary: map[string]string{
		"fr": "Le 3 octobre 2026, un tiers a copié un fichier de l'outil de suivi.",
		"en": "On 3 October 2026, somebody copied a file of the follow-up tool.",
	}})
	w.must(err)
	w.must(w.Store.SaveFacts(w.t.Context(), incident, "", version, raw))
}

func (w *world) importYouth(people map[string]string, relations string) {
	w.importRegistry("youth", 1, []string{"ml-a", "ml-b"}, people, relations)
}

func (w *world) importRegistry(name breach.RegistryID, rank int, controllers []string, people map[string]string, relations string) {
	w.t.Helper()
	m := registry.Manifest{Name: name, Kind: map[breach.RegistryID]string{"youth": "youth", "civil": "civil_status"}[name], Purpose: "test", LegalBasis: "test", RetentionDays: 10, TellRank: rank, System: "Similo"}
	for _, c := range controllers {
		m.Controllers = append(m.Controllers, breach.Controller{ID: breach.ControllerID(c), Name: "Organisme " + c, Address: "1 rue du Port|00001 ORBEVILLE",
			DPO: "dpo@" + c + ".example.org", Phone: "+33199001234", Website: c + ".example.org", Mandate: "C-1", MandateBy: "La directrice",
			MandateAt: time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC), MandateScope: "informer les personnes"})
	}
	var csv strings.Builder
	csv.WriteString(personsHeader)
	ids := make([]string, 0, len(people))
	for id := range people {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		csv.WriteString(people[id])
	}
	_, refused, err := registry.Import(w.t.Context(), registry.Options{Dir: filepath.Join(w.Registries.Dir, string(name)), Manifest: m,
		Persons: strings.NewReader(csv.String()), Relations: strings.NewReader(relationsHeader + relations), Keys: w.Keys, Now: w.Now(), MinShare: -1})
	if err != nil || refused.Count > 0 {
		w.t.Fatalf("importing %s: %v, refused %v", name, err, refused)
	}
}

// run runs an activity once, as a worker would.
func run[T any](w *world, name string, in any) (out T, err error) {
	w.t.Helper()
	v, err := w.env.ExecuteActivity(name, in)
	if err == nil && v.HasValue() {
		err = v.Get(&out)
	}
	return out, err
}

func (w *world) plan() workflows.PlanResult {
	w.t.Helper()
	out, err := run[workflows.PlanResult](w, workflows.ActivityPlan, workflows.IncidentInput{Incident: incident})
	w.must(err)
	return out
}

func (w *world) decide(c breach.ControllerID, d breach.Decision) error {
	return w.Store.DecideCase(context.Background(), incident, c, d, "raison", "", "dpo-"+breach.UserID(c), w.Now())
}

// briefs says that the institution has the intranet article.
func (w *world) briefs(c breach.ControllerID) {
	w.t.Helper()
	f, err := w.CurrentFacts(w.t.Context(), incident, c)
	w.must(err)
	err = w.Store.AddDelivery(w.t.Context(), breach.Delivery{Incident: incident, Controller: c, Kind: breach.PaperIntranet, Version: f.Version,
		At: w.Now(), By: "dpo-" + breach.UserID(c), How: "posted on the intranet"})
	if !errors.Is(err, breach.ErrConflict) { // delivered before
		w.must(err)
	}
}

// aware says that every institution but those named was told.
func (w *world) aware(but ...breach.ControllerID) {
	w.t.Helper()
	list, err := w.Store.Cases(w.t.Context(), incident)
	w.must(err)
	for _, c := range list {
		if !slices.Contains(but, c.Controller) {
			w.must(w.Store.SetAware(w.t.Context(), incident, c.Controller, w.Now(), "ana", "appel"))
		}
	}
}

// sign gives the three signatures to an institution that knows.
func (w *world) sign(c breach.ControllerID) {
	w.t.Helper()
	w.signatures(c)
	w.briefs(c)
}

// signatures are three, for an hour.
func (w *world) signatures(c breach.ControllerID) {
	w.t.Helper()
	k, err := w.Store.Case(w.t.Context(), incident, c)
	w.must(err)
	for role, by := range map[breach.ApprovalRole]breach.UserID{breach.ApprovalRequest: "ana", breach.ApprovalController: "dpo-" + breach.UserID(c)} {
		w.must(w.Store.AddApproval(w.t.Context(), w.approval(k, role, by)))
	}
	w.must(w.Store.AddApproval(w.t.Context(), w.approval(k, breach.ApprovalTeam, "bob")))
}

func (w *world) approval(k breach.Case, role breach.ApprovalRole, by breach.UserID) breach.Approval {
	return breach.Approval{ID: breach.ApprovalID(breach.NewID("apr")), Incident: incident, Controller: k.Controller, Role: role, By: by, Hash: k.PlanHash,
		At: w.Now(), ExpiresAt: w.Now().Add(time.Hour)}
}

// round is one attempt at one channel's batch.
func (w *world) round(c breach.ControllerID, ch breach.Channel) (workflows.BatchResult, error) {
	w.t.Helper()
	return run[workflows.BatchResult](w, workflows.ActivitySend,
		workflows.BatchInput{Incident: incident, Controller: c, Channel: ch, From: 1, To: 200})
}

func (w *world) outcomes(c breach.ControllerID, ch breach.Channel) workflows.OutcomesResult {
	w.t.Helper()
	out, err := run[workflows.OutcomesResult](w, workflows.ActivityOutcomes, workflows.OutcomesInput{Incident: incident, Controller: c, Channel: ch})
	w.must(err)
	return out
}

// campaign walks the rounds as the workflow does.
func (w *world) campaign(c breach.ControllerID) {
	w.t.Helper()
	for _, ch := range workflows.CampaignChannels {
		for tries := 0; ; tries++ {
			if _, err := w.round(c, ch); err == nil {
				break
			} else if tries == 5 || permanent(err) {
				w.t.Fatalf("%s of %s: %v", ch, c, err)
			}
		}
		w.outcomes(c, ch)
	}
}

func permanent(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.NonRetryable()
}

// ledger is the ledger of a controller, one short line a row.
func (w *world) ledger(c breach.ControllerID) []string {
	w.t.Helper()
	list, err := w.Store.Messages(w.t.Context(), incident, c, 1, 1000)
	w.must(err)
	var out []string
	for _, m := range list {
		out = append(out, fmt.Sprintf("%s %s %s %s [%s]", m.Subject, m.Recipient, m.Channel, m.State, m.Why))
	}
	return out
}

// row finds one row of the ledger.
func (w *world) row(c breach.ControllerID, recipient string, ch breach.Channel) breach.Message {
	w.t.Helper()
	list, err := w.Store.Messages(w.t.Context(), incident, c, 1, 1000)
	w.must(err)
	i := slices.IndexFunc(list, func(m breach.Message) bool { return m.Recipient == recipient && m.Channel == ch })
	if i < 0 {
		w.t.Fatalf("no %s for %s in the ledger of %s", ch, recipient, c)
	}
	return list[i]
}

func (w *world) wantState(c breach.ControllerID, recipient string, ch breach.Channel, want breach.MessageState, why string) {
	w.t.Helper()
	m := w.row(c, recipient, ch)
	if m.State != want || why != "" && !strings.HasSuffix(m.Why, why) {
		w.t.Errorf("%s to %s: %s [%s], want %s [...%s]", ch, recipient, m.State, m.Why, want, why)
	}
}

// ready is a world whose ml-a has decided to tell, planned.
func ready(t *testing.T) *world {
	t.Helper()
	w := newPlan(t)
	w.must(w.decide("ml-a", breach.DecisionTell))
	w.sign("ml-a")
	return w
}

// channel is a provider without a memory of its own: what it has is what it
// was given. It fails as told, by the recipient's given name.
type channel struct {
	kind    breach.Channel
	mu      sync.Mutex
	has     map[string]int             // accepted, by key: more than one is a doubled message
	to      map[string]string          // given name and address, by key
	fail    map[string]error           // answer to Send, by given name
	docs    map[string]notify.Document // by key
	keeps   map[string]bool            // accepts all the same before it fails
	blind   bool                       // cannot say what it has
	before  func(key string)           // runs before anything leaves
	deaf    error                      // answer to Ask
	settles time.Duration              // until what was accepted shows
	hidden  bool                       // does not show it yet
	news    []notify.Outcome
	slow    time.Duration
	batches int // outcomes a call
	whole   []notify.Envelope
}

// sent is what was accepted, in order.
func (c *channel) sent() []notify.Envelope {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.whole)
}

func newChannel(kind breach.Channel) *channel {
	return &channel{kind: kind, has: map[string]int{}, docs: map[string]notify.Document{}, to: map[string]string{}, fail: map[string]error{}, keeps: map[string]bool{}, batches: 2}
}

func (c *channel) Channel() breach.Channel { return c.kind }

func (c *channel) Blind() bool { return c.blind }

func (c *channel) Send(ctx context.Context, e notify.Envelope) (string, error) {
	time.Sleep(c.slow)
	if c.before != nil {
		c.before(e.Key)
	}
	if err := e.Leaving(ctx); err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.fail[e.To.Given]
	if err == nil || c.keeps[e.To.Given] {
		c.has[e.Key]++
		c.whole = append(c.whole, e)
		c.docs[e.Key] = e.Doc
		c.to[e.Key] = strings.TrimSpace(e.To.Given + " " + map[breach.Channel]string{
			breach.ChannelEmail: e.To.Email, breach.ChannelSMS: e.To.Phone, breach.ChannelLetter: e.To.Address.Street}[c.kind])
	}
	return "ref-" + e.Key, err
}

func (c *channel) Ask(_ context.Context, key string) (string, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.blind {
		return "", false, notify.ErrUnknown
	}
	return "ref-" + key, c.has[key] > 0 && !c.hidden, c.deaf
}

func (c *channel) Settled() time.Duration { return c.settles }

func (c *channel) Outcomes(_ context.Context, cursor string) ([]notify.Outcome, string, error) {
	at := 0
	if cursor != "" {
		_, _ = fmt.Sscan(cursor, &at)
	}
	end := min(at+c.batches, len(c.news))
	return c.news[at:end], fmt.Sprint(end), nil
}

// told lists who got something, sorted, and fails on a repetition.
func (c *channel) told(t *testing.T) []string {
	t.Helper()
	var out []string
	for key, n := range c.has {
		if n != 1 {
			t.Errorf("%s %s was handed over %d times", c.kind, key, n)
		}
		out = append(out, c.to[key])
	}
	slices.Sort(out)
	return out
}
