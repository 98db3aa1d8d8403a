// Package workflows is the durable spine: a crawl that a Schedule starts, an
// incident from acquisition to publication, and a campaign per controller that
// hands communications over in batches. It is deterministic: it imports the
// Temporal SDK and breach, nothing else of ours, and calls activities by name.
//
// Only identifiers and counts pass through here, so histories hold no personal
// data; they are encrypted as well (workflows/codec). The store keeps the
// truth: signals only wake a workflow up, which then asks an activity how
// things stand, so a lost or repeated signal does no harm.
//
// A restart brings new code to old runs. A change to which commands a workflow
// gives, or to their order, stands behind workflow.GetVersion; the histories
// in testdata are replayed in the tests and stay there as long as a run of
// their version may be open. Timeouts and retry policies may change freely.
package workflows

import (
	"time"

	"vigie/internal/breach"
)

// Queue is the task queue of the one-process mode.
const Queue = "vigie"

// QueueCrawl is where visits wait for a worker, so that slow sites never hold
// up an incident.
const QueueCrawl = "vigie-crawl"

// QueueSend is where hand-overs wait for a worker: hundreds of campaigns at the
// pace of a slow provider never hold up a clock, an alarm or an approval.
const QueueSend = "vigie-send"

// QueueMatch is where the matching of a registry waits that is set apart: only
// a worker that was started for it takes it.
func QueueMatch(r breach.RegistryID) string { return "vigie-match-" + string(r) }

// SignalNudge tells an incident to look again at what people have decided.
const SignalNudge = "nudge"

// Names of the activities, as workflows/activity registers them. Each may run
// more than once for the same input, after a crash or a retry, and must then
// come to the same end. Acquire, read, review, plan and approval take an
// IncidentInput, clock a ClockInput, send a BatchInput; the others the input
// of their name.
const (
	ActivityCrawl    = "crawl"
	ActivityAcquire  = "acquire"
	ActivityRead     = "read"
	ActivityMatch    = "match"
	ActivityReview   = "review"
	ActivityPlan     = "plan"
	ActivityApproval = "approval"
	ActivitySend     = "send"
	ActivityOutcomes = "outcomes"
	ActivityPublish  = "publish"
	ActivityRemind   = "remind"
	ActivityStage    = "stage"
	ActivityClock    = "clock"
	ActivityDuty     = "duty"
	ActivityWake     = "wake"
	ActivityRelay    = "relay"
	ActivityRevise   = "revise"
	ActivityRevision = "revision"
	ActivityLane     = "lane"
	ActivityFollowup = "followup"
)

// CrawlInput names the source to visit.
type CrawlInput struct {
	Source    breach.SourceID `json:"source"`
	Heartbeat int             `json:"heartbeat,omitempty"` // seconds; 0: DefaultHeartbeat
}

// CrawlResult counts what a visit brought.
type CrawlResult struct {
	Captures int `json:"captures"`
	Posts    int `json:"posts"`
	New      int `json:"new"`
	Edited   int `json:"edited,omitempty"`
	Removed  int `json:"removed,omitempty"`
	Alerts   int `json:"alerts"`
	// Wait is until the next visit, if that is before the Schedule's next start.
	Wait time.Duration `json:"wait,omitempty"`
}

// IncidentInput names the incident to drive. Registries are those to compare
// with, as configured when it was opened.
type IncidentInput struct {
	Incident   breach.IncidentID   `json:"incident"`
	Registries []breach.RegistryID `json:"registries"`
	Apart      []breach.RegistryID `json:"apart,omitempty"`     // of these, matched by workers of their own
	Heartbeat  int                 `json:"heartbeat,omitempty"` // seconds; 0: DefaultHeartbeat
	Resume     *Resume             `json:"resume,omitempty"`    // set by the workflow alone
}

// Resume is where an incident goes on whose history was cut (continue-as-new).
type Resume struct {
	Stage breach.Stage          `json:"stage"`
	Plan  []ControllerPlan      `json:"plan,omitempty"`
	Done  []breach.ControllerID `json:"done,omitempty"`   // campaigns that ended well
	Fault []breach.ControllerID `json:"failed,omitempty"` // campaigns that ended in an error
}

// StageInput moves an incident forward.
type StageInput struct {
	Incident breach.IncidentID `json:"incident"`
	Stage    breach.Stage      `json:"stage"`
}

// MatchInput is one dump against one registry.
type MatchInput struct {
	Incident breach.IncidentID `json:"incident"`
	Registry breach.RegistryID `json:"registry"`
}

// ReviewState says how many candidate pairs wait for a person.
type ReviewState struct {
	Open   int64 `json:"open"`
	Closed bool  `json:"closed"` // a reviewer closed the review; it is never so while pairs are open
}

// PlanResult counts the ledger rows planned for each controller.
type PlanResult struct {
	Controllers []ControllerPlan `json:"controllers"`
}

// ControllerPlan is one controller's part of a plan.
type ControllerPlan struct {
	Controller breach.ControllerID `json:"controller"`
	Persons    int64               `json:"persons"`
	Messages   int64               `json:"messages"`
}

// ApprovalState says which controllers may start, and whom we wait for.
type ApprovalState struct {
	Ready   []breach.ControllerID `json:"ready"`   // approved, not expired, danger lane cleared
	Refused []breach.ControllerID `json:"refused"` // reasoned decision not to tell
	Waiting []breach.ControllerID `json:"waiting"`
}

// CampaignInput drives one controller's communications. Next and Channel are
// where a continued run goes on.
type CampaignInput struct {
	Incident   breach.IncidentID   `json:"incident"`
	Controller breach.ControllerID `json:"controller"`
	First      int64               `json:"first,omitempty"`     // ledger rows run from this, 1 when 0,
	Messages   int64               `json:"messages"`            // to this
	Channel    int                 `json:"channel"`             // index into CampaignChannels
	Next       int64               `json:"next"`                // first row not yet given to a batch
	Later      int64               `json:"later,omitempty"`     // when to walk the rows again, in Unix seconds; 0: never
	Heartbeat  int                 `json:"heartbeat,omitempty"` // seconds; 0: DefaultHeartbeat
}

// RevisionInput names a version of a controller's facts that came after the
// first plan.
type RevisionInput struct {
	Incident   breach.IncidentID   `json:"incident"`
	Controller breach.ControllerID `json:"controller"`
	Version    int                 `json:"version"`
	Heartbeat  int                 `json:"heartbeat,omitempty"` // seconds; 0: DefaultHeartbeat
}

// RevisionPlan is the range of ledger rows that a revision hands over; To is
// before From when nobody is written to.
type RevisionPlan struct {
	From       int64 `json:"from"`
	To         int64 `json:"to"`
	Superseded bool  `json:"superseded"` // a later version takes its place
}

// RevisionState says whether a revision is approved.
type RevisionState struct {
	Ready      bool `json:"ready"`
	Superseded bool `json:"superseded"`
}

// CampaignChannels is the order of the rounds: e-mail, then the SMS that
// points to a letter, then the letter. Each round looks at evidence: a row is
// sent only if nothing before it told the person.
var CampaignChannels = []breach.Channel{breach.ChannelEmail, breach.ChannelSMS, breach.ChannelLetter}

// BatchInput is a range of ledger rows to hand over through one channel.
type BatchInput struct {
	Incident   breach.IncidentID   `json:"incident"`
	Controller breach.ControllerID `json:"controller"`
	Channel    breach.Channel      `json:"channel"`
	From       int64               `json:"from"` // inclusive
	To         int64               `json:"to"`   // inclusive
}

// BatchResult counts what one attempt did. Totals come from the ledger: a
// retried attempt counts only its own part.
type BatchResult struct {
	Sent    int64 `json:"sent"`
	Bounced int64 `json:"bounced"`
	Held    int64 `json:"held"`
	Doubt   int64 `json:"doubt"`
	Skipped int64 `json:"skipped"`
	// NotBefore is when the first of the rows may go that are left for a quiet
	// hour to end or a quota to open, in Unix seconds; 0: none are.
	NotBefore int64 `json:"not_before,omitempty"`
}

// OutcomesInput asks a channel's provider what became of messages.
type OutcomesInput struct {
	Incident   breach.IncidentID   `json:"incident"`
	Controller breach.ControllerID `json:"controller"`
	Channel    breach.Channel      `json:"channel"`
}

// OutcomesResult counts verdicts taken in. Pending counts messages handed over
// whose verdict the provider gives soon: the round waits for them, for a while.
type OutcomesResult struct {
	Delivered int64 `json:"delivered"`
	Bounced   int64 `json:"bounced"`
	Pending   int64 `json:"pending"`
}

// ClockInput starts one controller's 72-hour clock.
type ClockInput struct {
	Incident   breach.IncidentID   `json:"incident"`
	Controller breach.ControllerID `json:"controller"`
}

// ClockState says when a controller became aware, when the Art. 33
// notification is due and whether it has been made.
type ClockState struct {
	AwareUnix    int64 `json:"aware_unix"`    // seconds; 0: not aware yet
	DeadlineUnix int64 `json:"deadline_unix"` // seconds
	Notified     bool  `json:"notified"`
}

// RemindInput asks for a reminder to be recorded and shown.
type RemindInput struct {
	Incident   breach.IncidentID   `json:"incident"`
	Controller breach.ControllerID `json:"controller"`
	Hours      int                 `json:"hours"` // since AwareAt
}

// PublishInput asks for the public page and the dossiers to be built.
type PublishInput struct {
	Incident breach.IncidentID `json:"incident"`
}
