package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vigie/internal/breach"
)

// Names of the workflows. They are in clear in histories.
const (
	WorkflowCrawl    = "crawl"
	WorkflowIncident = "incident"
	WorkflowCampaign = "campaign"
	WorkflowClock    = "clock"
	WorkflowDuty     = "duty"
	WorkflowRelay    = "relay"
	WorkflowRevision = "revision"
	WorkflowLane     = "lane"
	WorkflowFollowup = "followup"
)

// Workflow IDs come from the thing they drive: a second start of the same
// meets the first. They are in clear in histories.

// IncidentWorkflowID names the workflow of an incident.
func IncidentWorkflowID(id breach.IncidentID) string { return "incident-" + string(id) }

// CampaignWorkflowID names the workflow of a controller's campaign.
func CampaignWorkflowID(id breach.IncidentID, c breach.ControllerID) string {
	return "campaign-" + string(id) + "-" + string(c)
}

// ClockWorkflowID names the workflow of a controller's 72 hours.
func ClockWorkflowID(id breach.IncidentID, c breach.ControllerID) string {
	return "clock-" + string(id) + "-" + string(c)
}

// RevisionWorkflowID names the workflow of a later version of a controller's facts.
func RevisionWorkflowID(id breach.IncidentID, c breach.ControllerID, version int) string {
	return fmt.Sprintf("revision-%s-%s-%d", id, c, version)
}

// FollowupWorkflowID names the workflow of an incident's follow-ups.
func FollowupWorkflowID(id breach.IncidentID) string { return "followup-" + string(id) }

// Register gives a worker, a test environment or a replayer the workflows.
// Activities are registered by workflows/activity.
func Register(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Crawl, workflow.RegisterOptions{Name: WorkflowCrawl})
	r.RegisterWorkflowWithOptions(Incident, workflow.RegisterOptions{Name: WorkflowIncident})
	r.RegisterWorkflowWithOptions(Campaign, workflow.RegisterOptions{Name: WorkflowCampaign})
	r.RegisterWorkflowWithOptions(Clock, workflow.RegisterOptions{Name: WorkflowClock})
	r.RegisterWorkflowWithOptions(Duty, workflow.RegisterOptions{Name: WorkflowDuty})
	r.RegisterWorkflowWithOptions(Revision, workflow.RegisterOptions{Name: WorkflowRevision})
	r.RegisterWorkflowWithOptions(Relay, workflow.RegisterOptions{Name: WorkflowRelay})
	r.RegisterWorkflowWithOptions(Lane, workflow.RegisterOptions{Name: WorkflowLane})
	r.RegisterWorkflowWithOptions(Followup, workflow.RegisterOptions{Name: WorkflowFollowup})
}

// CrawlerOptions are the settings of a worker on QueueCrawl. A visit mostly
// waits: for a slow site, in a queue, between two pages. How many pages are
// asked for at once is the crawler's to bound.
func CrawlerOptions() worker.Options {
	o := WorkerOptions()
	o.MaxConcurrentActivityExecutionSize = 200
	o.DisableWorkflowWorker = true
	return o
}

// SenderOptions are the settings of a worker on QueueSend or a QueueMatch.
func SenderOptions() worker.Options {
	o := WorkerOptions()
	o.DisableWorkflowWorker = true
	return o
}

// WorkerOptions are the settings of a worker on Queue. Heartbeats leave the
// process each second, so that a busy machine does not make a living activity
// look dead; a worker told to stop lets running items end.
func WorkerOptions() worker.Options {
	return worker.Options{
		MaxConcurrentActivityExecutionSize: 64,
		MaxHeartbeatThrottleInterval:       time.Second,
		DefaultHeartbeatThrottleInterval:   time.Second,
		StickyScheduleToStartTimeout:       2 * time.Second,
		WorkerStopTimeout:                  5 * time.Second,
		DeadlockDetectionTimeout:           taskTimeout, // a busy machine is no deadlock
		DisableRegistrationAliasing:        true,
	}
}
