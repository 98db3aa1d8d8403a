// Package activity does the steps that the workflows order. It is where the
// rooms meet: crawlers, matchers and notify know nothing of each other, the
// store or the evidence; here they are put together.
//
// Every activity may be killed at any moment and run again: what it has done
// is found in the store, the vault or the provider, and is not done twice.
// Activities take and return identifiers and counts only.
package activity

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	sdk "go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"vigie/crawlers"
	"vigie/crawlers/index"
	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/internal/seal"
	"vigie/internal/store"
	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/linkage"
	"vigie/notify"
	"vigie/notify/mark"
	"vigie/workflows"
)

// Dumps reads dumps, which is done in a process of its own.
type Dumps interface {
	Inspect(ctx context.Context, src dump.Source) (*dump.Layout, *dump.Report, error)
	Records(ctx context.Context, src dump.Source, l *dump.Layout) iter.Seq2[matchers.Record, error]
}

// Sketches knows the dumps that were read before.
type Sketches interface {
	Keep(id string, x *dump.Sketch) error
	Recycled(x *dump.Sketch, but string) ([]dump.Recycled, error)
}

// Steps holds what the activities work with.
type Steps struct {
	Store      *store.Store
	Keys       *seal.Keyring
	Vault      *evidence.Vault
	Crawler    *crawlers.Crawler
	Index      *index.Index
	Watch      *watch.Matcher
	Standing   *index.Standing // queries that new posts are held against; nil for none
	Dumps      Dumps
	Sketches   Sketches
	Registries *Registries
	Channels   map[breach.Channel]notify.Channel
	// Hours says, for a channel that does not reach people at every hour, the
	// first moment at which a message may; nil for those that do.
	Hours   map[breach.Channel]func(e notify.Envelope, now time.Time) time.Time
	Sources map[breach.SourceID]breach.Source
	Lease   time.Duration // of a source by its visitor; 0: a minute
	// Event names the event that a post tells of; nil: the same title is one.
	Event   func(breach.Post) string
	Linkage linkage.Options
	Pairs   int    // drawn of each dump and registry for people to judge; 0: none
	Ceiling int64  // persons told by one controller without anybody lifting it
	PageDir string // public pages
	PageURL string // where they are read
	// Mirror publishes a built page elsewhere as well; nil: nowhere.
	Mirror     func(ctx context.Context, dir string, incident breach.IncidentID) error
	DossierDir string            // Art. 33 dossiers, never public
	Marks      *mark.Signer      // proves messages genuine; nil: they bear no mark
	CheckURL   string            // where a code is checked; "": nowhere
	ReportURL  string            // where a false message is reported; "": nowhere
	Sender     string            // address that sends e-mails, as the page names it
	PageEvery  time.Duration     // a public page is looked at again within; 0: a week
	Decoys     []Decoy           // receive a copy of everything
	Lookalikes *watch.Lookalikes // names that pass for ours; nil: none are watched
	OwnDomains []string          // that our messages may write
	Team       Team              // who writes to institutions
	// Region is the INSEE code of the region that a controller lies in, "" for
	// none known; nil knows none.
	Region func(breach.Controller) string
	Duties Duties
	Hooks  map[string]Hook
	Now    func() time.Time
	Log    *slog.Logger

	leaving leaving
	batches sync.Map // batch -> *sync.Mutex: a retry waits for the attempt it replaces
	// nothingBack is false while letters may wait because an e-mail came back.
	nothingBack atomic.Bool
	sampled     sampledRows
	taken       sync.Map // channel -> *taken: how far outcomes were taken in
}

// Registrar is what a worker offers to register activities.
type Registrar interface {
	RegisterActivityWithOptions(a any, options sdk.RegisterOptions)
}

// Register makes the activities known to a worker under their names.
func (s *Steps) Register(r Registrar) {
	for name, f := range map[string]any{
		workflows.ActivityCrawl:    s.Crawl,
		workflows.ActivityAcquire:  s.Acquire,
		workflows.ActivityRead:     s.Read,
		workflows.ActivityMatch:    s.Match,
		workflows.ActivityReview:   s.Review,
		workflows.ActivityPlan:     s.Plan,
		workflows.ActivityApproval: s.Approval,
		workflows.ActivitySend:     s.Send,
		workflows.ActivityOutcomes: s.Outcomes,
		workflows.ActivityPublish:  s.Publish,
		workflows.ActivityRemind:   s.Remind,
		workflows.ActivityStage:    s.Stage,
		workflows.ActivityClock:    s.Clock,
		workflows.ActivityDuty:     s.Duty,
		workflows.ActivityWake:     s.Wake,
		workflows.ActivityRelay:    s.Relay,
		workflows.ActivityRevise:   s.Revise,
		workflows.ActivityRevision: s.Revision,
		workflows.ActivityLane:     s.Lane,
		workflows.ActivityFollowup: s.Followup,
	} {
		r.RegisterActivityWithOptions(f, sdk.RegisterOptions{Name: name})
	}
}

// Stage moves an incident forward.
func (s *Steps) Stage(ctx context.Context, in workflows.StageInput) error {
	return kind(s.Store.SetStage(ctx, in.Incident, in.Stage, s.Now()))
}

// kind tells Temporal by the kind of an error whether trying again can help.
// The message stays: it names things by ID alone and is encrypted in histories.
func kind(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, breach.ErrTemporary):
		return err
	case errors.Is(err, breach.ErrInvalid), errors.Is(err, seal.ErrKey), errors.Is(err, breach.ErrNotFound):
		// What a step names was committed before the step was ordered: if it is
		// not there, it will not come. What may still come says ErrTemporary.
		return temporal.NewNonRetryableApplicationError(words(err), workflows.TypeInvalid, nil)
	case errors.Is(err, breach.ErrForbidden):
		return temporal.NewNonRetryableApplicationError(err.Error(), workflows.TypeForbidden, nil)
	}
	return err
}

// words is an error with what a refusal advises.
func words(err error) string {
	var refused *breach.RefusedError
	if errors.As(err, &refused) && refused.Hint != "" {
		return err.Error() + " (" + refused.Hint + ")"
	}
	return err.Error()
}

// beat heartbeats every second until stop is called, so that a worker that
// died is noticed within the heartbeat timeout even during one long step.
func beat(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	var once sync.Once
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				sdk.RecordHeartbeat(ctx)
			case <-done:
				return
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { once.Do(func() { close(done) }) }
}
