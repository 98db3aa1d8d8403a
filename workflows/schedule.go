package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"vigie/internal/breach"
)

// ScheduleID names the schedule of a source.
func ScheduleID(source breach.SourceID) string { return "crawl-" + string(source) }

// EnsureSchedule visits a source at an interval, beginning at once. A visit
// that is still under way is not overtaken, and one visit at most is made up
// for after a stop. Called again, as at each start, it changes the interval if
// that is another, and nothing else.
func EnsureSchedule(ctx context.Context, c client.Client, source breach.SourceID, every time.Duration) error {
	if source == "" || every < time.Second {
		return fmt.Errorf("scheduling source %q every %s, at least 1s allowed: %w", source, every, breach.ErrInvalid)
	}
	spec, catchUp := rhythm(every)
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:   ScheduleID(source),
		Spec: spec,
		Action: &client.ScheduleWorkflowAction{
			ID:                  ScheduleID(source),
			Workflow:            WorkflowCrawl,
			Args:                []any{CrawlInput{Source: source}},
			TaskQueue:           Queue,
			WorkflowTaskTimeout: taskTimeout,
		},
		Overlap:            enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow:      catchUp,
		TriggerImmediately: true,
	})
	if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		err = retime(ctx, c, source, every)
	}
	if err != nil {
		return fmt.Errorf("scheduling source %s: %w", source, kind(err))
	}
	return nil
}

// RemoveSchedule stops visiting a source. One that has no schedule is fine.
func RemoveSchedule(ctx context.Context, c client.Client, source breach.SourceID) error {
	err := c.ScheduleClient().GetHandle(ctx, ScheduleID(source)).Delete(ctx)
	if err = kind(err); err != nil && !errors.Is(err, breach.ErrNotFound) {
		return fmt.Errorf("removing the schedule of source %s: %w", source, err)
	}
	return nil
}

// PruneSchedules stops visiting every source but those to keep: one that was
// taken out of the configuration must not be visited any more.
func PruneSchedules(ctx context.Context, c client.Client, keep []breach.SourceID) error {
	list, err := c.ScheduleClient().List(ctx, client.ScheduleListOptions{PageSize: 100})
	if err != nil {
		return fmt.Errorf("listing schedules: %w", kind(err))
	}
	for list.HasNext() {
		s, err := list.Next()
		if err != nil {
			return fmt.Errorf("listing schedules: %w", kind(err))
		}
		source, ours := strings.CutPrefix(s.ID, ScheduleID(""))
		if !ours || slices.Contains(keep, breach.SourceID(source)) {
			continue
		}
		if err := RemoveSchedule(ctx, c, breach.SourceID(source)); err != nil {
			return err
		}
	}
	return nil
}

// retime gives an existing schedule its interval.
func retime(ctx context.Context, c client.Client, source breach.SourceID, every time.Duration) error {
	return c.ScheduleClient().GetHandle(ctx, ScheduleID(source)).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			s := in.Description.Schedule
			if s.Spec != nil && len(s.Spec.Intervals) == 1 && s.Spec.Intervals[0].Every == every {
				return nil, temporal.ErrSkipScheduleUpdate
			}
			spec, catchUp := rhythm(every)
			s.Spec = &spec
			s.Policy.CatchupWindow = catchUp
			return &client.ScheduleUpdate{Schedule: &s}, nil
		},
	})
}

// rhythm spreads visits a little, so that several sources do not beat as one.
// The server takes no catch-up window below ten seconds.
func rhythm(every time.Duration) (client.ScheduleSpec, time.Duration) {
	return client.ScheduleSpec{
		Intervals: []client.ScheduleIntervalSpec{{Every: every}},
		Jitter:    min(every/20, 30*time.Second),
	}, max(every, 10*time.Second)
}
