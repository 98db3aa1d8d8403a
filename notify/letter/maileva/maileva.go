// Package maileva hands letters over to a print service whose HTTP interface has
// the shape of Maileva's mail/v2: a sending is made as a draft, gets its document
// and its recipient, and is printed once it is submitted. A sending that was not
// submitted prints nothing, so that everything before the last request can be
// begun anew; a doubt about the last one is resolved by asking for the sending
// by our reference, which is the ledger row's and tells nothing of anybody.
package maileva

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/letter"
)

// Config names the service, the account and how letters are made.
type Config struct {
	URL      string // https://api.maileva.com/mail/v2
	TokenURL string // https://connexion.maileva.com/auth/realms/services/protocol/openid-connect/token
	ClientID string
	Secret   string
	// User and Password are those of an account on whose behalf the client acts;
	// empty: the client's own account.
	User, Password string

	Postage string // FAST, URGENT, ECONOMIC; empty: FAST
	// Envelope is what the service calls its windows and sizes, such as SIMPLE;
	// empty: its default.
	Envelope string
	// Settles is how long the service may take until its list shows a sending as
	// submitted, or at all: until then its "no" is not believed.
	Settles time.Duration
	Letter  letter.Options // Color and Duplex are told to the service as well
	Now     func() time.Time
}

// Service is the print service. It is safe for concurrent use.
type Service struct {
	cfg  Config
	http *http.Client

	mu      sync.Mutex // of token
	token   token
	settled sync.Map // sending -> struct{}: its last word was read
}

const (
	patience = 60 * time.Second // for one request
	maxReply = 1 << 20          // bytes of a reply that is read
	pageSize = 50               // sendings in a page of a list
	// maxPages ends a list that has no end.
	maxPages = 20_000
)

// Open checks the configuration. It sends nothing.
func Open(cfg Config) (*Service, error) {
	for what, address := range map[string]string{"url": cfg.URL, "token_url": cfg.TokenURL} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
			return nil, &breach.RefusedError{Code: "maileva", What: "maileva " + what, Hint: "want https://host/path"}
		}
	}
	if cfg.ClientID == "" || cfg.Secret == "" || (cfg.User == "") != (cfg.Password == "") {
		return nil, &breach.RefusedError{Code: "maileva", What: "maileva credentials", Hint: "a client and its secret; a user and a password belong together"}
	}
	if cfg.Postage == "" {
		cfg.Postage = "FAST"
	}
	cfg.URL = strings.TrimSuffix(cfg.URL, "/")
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	return &Service{cfg: cfg, http: &http.Client{Transport: t, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// Channel says that this is the letter channel.
func (s *Service) Channel() breach.Channel { return breach.ChannelLetter }

// Settled is how long a letter may have been submitted without a trace.
func (s *Service) Settled() time.Duration { return s.cfg.Settles }

// The states of a sending.
const (
	draft     = "DRAFT"
	pending   = "PENDING"
	accepted  = "ACCEPTED"
	processed = "PROCESSED"
	rejected  = "REJECTED"
)

// sending is what the service says of one.
type sending struct {
	ID       string `json:"id"`
	CustomID string `json:"custom_id"`
	Status   string `json:"status"`
}

// submitted tells whether it is beyond the last step.
func (x sending) submitted() bool {
	return x.Status == pending || x.Status == accepted || x.Status == processed || x.Status == rejected
}

// Send makes a sending, fills it and submits it, unless there is one under this
// key already. A draft that a crash has left is dropped.
func (s *Service) Send(ctx context.Context, e notify.Envelope) (string, error) {
	if err := notify.CheckKey(e.Key); err != nil {
		return "", err
	}
	lines, country, err := letter.Numbered(e.To)
	if err != nil {
		return "", fmt.Errorf("letter %s: %w", e.Key, err)
	}
	pdf, err := letter.Render(e, s.cfg.Letter)
	if err != nil {
		return "", err
	}
	if ref, ok, err := s.known(ctx, e.Key, ""); err != nil || ok {
		return ref, notYet(err)
	}
	id, err := s.create(ctx, e.Key)
	if err != nil {
		return "", notYet(err)
	}
	if err := s.fill(ctx, id, e.Key, pdf, lines, country); err != nil {
		return "", err
	}
	// Another sender may have made one at the same time: the older one counts.
	if ref, ok, err := s.known(ctx, e.Key, id); err != nil || ok {
		return ref, notYet(err)
	}
	return id, s.submit(ctx, id)
}

// known looks for a sending under a key: one that was submitted, or, once we
// have our own, one that is older. Drafts that are in the way are dropped.
func (s *Service) known(ctx context.Context, key, own string) (ref string, ok bool, err error) {
	list, err := s.find(ctx, key)
	if err != nil {
		return "", false, err
	}
	for _, x := range list {
		if x.submitted() {
			ref = x.ID
		}
	}
	for _, x := range list { // the oldest first
		switch {
		case x.submitted():
			continue
		case ref == "" && own != "" && x.ID == own:
			return "", false, nil // ours is the oldest: later ones give way to it
		case ref == "" && own != "":
			// Somebody else's draft is older and will be submitted; if it is not, the
			// row is asked about and handed over again.
			if err := s.drop(ctx, own); err != nil {
				return "", false, err
			}
			return "", false, fmt.Errorf("letter %s is being handed over by somebody else: %w", key, breach.ErrTemporary)
		}
		if err := s.drop(ctx, x.ID); err != nil {
			return "", false, err
		}
	}
	return ref, ref != "", nil
}

// Ask tells whether a sending under this key was submitted.
func (s *Service) Ask(ctx context.Context, key string) (string, bool, error) {
	if err := notify.CheckKey(key); err != nil {
		return "", false, err
	}
	list, err := s.find(ctx, key)
	for _, x := range list {
		if x.submitted() {
			return x.ID, true, err
		}
	}
	return "", false, err
}
