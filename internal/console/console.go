package console

import (
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/prometheus/client_golang/prometheus"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/matchers"
	"vigie/notify/forecast"
)

//go:embed templates static messages
var files embed.FS

// Store is what the console asks of the store: the union of what its pages
// ask for, each declared beside the page.
type Store interface {
	accountStore
	alertStore
	incidentStore
	reviewStore
	caseStore
	laneStore
	auditStore
	statementStore
	requestStore
}

// People opens a registered person. Opening is written to the audit log by
// the console before anything is shown.
type People interface {
	Subject(ctx context.Context, registry breach.RegistryID, person breach.PersonID) (breach.Subject, error)
}

// Records opens a registered person as linkage compared it, with fields that
// a Subject does not have (birth name, sex, place of birth).
type Records interface {
	Record(ctx context.Context, registry breach.RegistryID, person breach.PersonID) (matchers.Record, error)
}

// Rows opens the sealed dump row of a candidate pair.
type Rows interface {
	Row(ctx context.Context, candidate breach.CandidateID) (matchers.Record, error)
}

// Auditor writes one event to the audit log. Neither object nor detail may
// carry a personal value.
type Auditor interface {
	Audit(ctx context.Context, who breach.UserID, action, object, detail string) error
}

// PreviewDoc is one sample of a rendered communication, made for an invented
// recipient: nothing in it comes from a registered person.
type PreviewDoc struct {
	Channel breach.Channel
	Variant string // adult, young, parent, ...
	Title   string
	Text    string // plain text, paragraphs apart by an empty line
}

// Link is something the assembly keeps outside the console, such as the
// public page or the outbox of the demo.
type Link struct {
	Name string // key under "link." of the catalogue: page, outbox, dossier
	Href string // a web address, or "" when only Text helps
	Text string
}

// Config is everything the console needs. Store, Sessions, People, Rows,
// Auditor, Nudge and StartIncident are required.
type Config struct {
	Store    Store
	Sessions scs.Store // a scs.CtxStore is used as one
	People   People
	Records  Records // nil: what a Subject holds is compared
	Rows     Rows
	Auditor  Auditor

	// Ceiling is how many persons one controller may tell before it is lifted.
	Ceiling int64

	// Nudge wakes an incident's workflow up; losing one does no harm.
	Nudge func(ctx context.Context, incident breach.IncidentID) error
	// StartIncident starts the workflow, or does nothing when it runs.
	StartIncident func(ctx context.Context, incident breach.IncidentID, registries []breach.RegistryID) error

	// Recall takes back a controller's letters that have not left, audits it, and
	// says how many had left, and how many are with a print service that gives
	// none back; nil: letters are not recalled from here.
	Recall func(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, by breach.UserID, reason string) (gone, service int, err error)

	// Preview renders samples; breach.ErrInvalid says that the facts have holes.
	Preview     func(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]PreviewDoc, error)
	Search      func(ctx context.Context, query string, limit int) ([]breach.Post, error)
	Registries  func(ctx context.Context) ([]breach.RegistryID, error)
	Controllers func(ctx context.Context) ([]breach.Controller, error)
	// Sources tells where each watched source stands; nil: none is watched.
	Sources func(ctx context.Context) ([]Standing, error)
	Links   func(incident breach.IncidentID) []Link
	// Facts edits the facts of a controller; nil: nobody does here.
	Facts FactsDesk
	// Forecast says what a plan will cost and when its last letter leaves; nil:
	// nobody knows.
	Forecast func(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (forecast.Forecast, error)
	// Samples is the pairs that people judge so that the model is refined; nil: not
	// served.
	Samples Samples
	// Extractions is what controllers attest was taken; nil: not served.
	Extractions Extractions
	// Bodies is what goes to institutions and the authority; nil: not served.
	Bodies Bodies
	// Reason puts a recipient rule's reason code into words; nil shows codes.
	Reason func(lang, code string) string
	// Measures lists what may have been done about a breach, in a language.
	Measures func(lang string) []Choice

	// SealText and OpenText seal what people write, bound to a place; nil: no
	// request is taken in. Kept finds what is kept of a person.
	SealText func(plain []byte, place string) ([]byte, error)
	OpenText func(box []byte, place string) ([]byte, error)
	Kept     func(ctx context.Context, registry breach.RegistryID, person breach.PersonID) ([]Kept, error)

	// FalseAlarmBudget is the share of decided alerts that may be false.
	FalseAlarmBudget float64

	// Wakes says whom an alert would wake; StartDuty starts to wake them,
	// NudgeDuty tells that somebody answered, CodeDigest is what the store keeps
	// of a page's code.
	Wakes      func(a breach.Alert) []Wake
	StartDuty  func(ctx context.Context, alert breach.AlertID) error
	NudgeDuty  func(ctx context.Context, alert breach.AlertID) error
	CodeDigest func(code string) string
	// Concerned lists the bodies that an alert on a supplier concerns.
	Concerned func(a breach.Alert) []Concerned
	// File takes in a person's report; FormKey signs its form.
	File    filer
	FormKey []byte
	// CheckMark looks up the code of a message; nil: none bears one.
	CheckMark marker
	// Proxies stand in front of the console: what they say of where a request
	// comes from is believed.
	Proxies []netip.Prefix

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: nothing is logged

	// Secure is set when browsers come over https: cookies are then marked
	// Secure and carry the __Host- prefix.
	Secure bool
	// Metrics gathers what /metrics shows; nil makes a registry of its own.
	Metrics *prometheus.Registry
	// MetricsOpen shows /metrics to others than the loopback.
	MetricsOpen bool
}

// console is the assembled web app. It does not change after New, but for the
// limits on log-in and the counts it remembers for a few seconds.
type console struct {
	Config
	words    *i18n.Catalog
	pages    map[string]*template.Template
	sessions *scs.SessionManager
	gate     gate
	meters   meters
	tally    tally
	forms    *limiter // reports
	answers  *limiter // codes of pages
	checks   *limiter // codes of messages
	check    *template.Template
	uploads  chan struct{}
}

// New assembles the console. It fails when something required is missing or
// when the catalogues or templates disagree.
func New(cfg Config) (http.Handler, error) {
	c, err := assemble(cfg)
	if err != nil {
		return nil, err
	}
	return c.handler(func(route) bool { return true })
}

// NewPublic assembles what strangers may reach, to be served apart from the
// console: the form for reports and the page where a code is given.
func NewPublic(cfg Config) (http.Handler, error) {
	c, err := assemble(cfg)
	if err != nil {
		return nil, err
	}
	return c.handler(func(rt route) bool { return rt.stranger })
}

func assemble(cfg Config) (*console, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	words, err := i18n.New(files)
	if err != nil {
		return nil, fmt.Errorf("reading the console's catalogues: %w", err)
	}
	pages, err := parsePages(files)
	if err != nil {
		return nil, err
	}
	check, err := parseCheck(files)
	if err != nil {
		return nil, err
	}
	c := &console{Config: cfg, words: words, pages: pages, sessions: newSessions(cfg),
		forms: newLimiter(formsHour, formsAll), answers: newLimiter(answersHour, answersAll),
		checks: newLimiter(checksHour, checksAll), check: check, uploads: make(chan struct{}, 3)}
	c.gate.init()
	if err := c.meters.register(cfg.Metrics); err != nil {
		return nil, fmt.Errorf("registering the console's metrics: %w", err)
	}
	return c, nil
}

func (cfg *Config) complete() error {
	for name, missing := range map[string]bool{
		"Store": cfg.Store == nil, "Sessions": cfg.Sessions == nil,
		"People": cfg.People == nil, "Rows": cfg.Rows == nil, "Auditor": cfg.Auditor == nil,
		"Nudge": cfg.Nudge == nil, "StartIncident": cfg.StartIncident == nil,
	} {
		if missing {
			return fmt.Errorf("console: %s is missing: %w", name, breach.ErrInvalid)
		}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Metrics == nil {
		cfg.Metrics = prometheus.NewRegistry()
	}
	if cfg.Registries == nil {
		cfg.Registries = func(context.Context) ([]breach.RegistryID, error) { return nil, nil }
	}
	if cfg.Controllers == nil {
		cfg.Controllers = func(context.Context) ([]breach.Controller, error) { return nil, nil }
	}
	if cfg.Preview == nil {
		cfg.Preview = func(context.Context, breach.IncidentID, breach.ControllerID) ([]PreviewDoc, error) { return nil, nil }
	}
	if cfg.Search == nil {
		cfg.Search = func(context.Context, string, int) ([]breach.Post, error) { return nil, nil }
	}
	if cfg.Reason == nil {
		cfg.Reason = func(_, code string) string { return code }
	}
	if cfg.Measures == nil {
		cfg.Measures = func(string) []Choice { return nil }
	}
	if cfg.Wakes == nil {
		cfg.Wakes = func(breach.Alert) []Wake { return nil }
	}
	if cfg.StartDuty == nil {
		cfg.StartDuty = func(context.Context, breach.AlertID) error { return nil }
	}
	if cfg.Concerned == nil {
		cfg.Concerned = func(breach.Alert) []Concerned { return nil }
	}
	if len(cfg.FormKey) == 0 { // of this process: forms end with it
		cfg.FormKey = make([]byte, 32)
		_, _ = rand.Read(cfg.FormKey) // crypto/rand.Read never fails
	}
	if cfg.Links == nil {
		cfg.Links = func(breach.IncidentID) []Link { return nil }
	}
	return nil
}

// nudge wakes the workflow up. A failure is logged and nothing more: the
// decision stands in the store, where the workflow looks by itself.
func (c *console) nudge(ctx context.Context, incident breach.IncidentID) {
	if err := c.Nudge(ctx, incident); err != nil {
		c.Log.WarnContext(ctx, "nudging the workflow", "incident", incident, "error", err)
	}
}
