package ses

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"vigie/internal/breach"
)

const (
	// fresh is how long what was read of the account holds. An address that is
	// suppressed meanwhile comes back as an event.
	fresh = time.Hour
	// again is when an account that could not be read is looked at again.
	again = 5 * time.Second
	// maxSuppressed bounds the memory of the suppression list.
	maxSuppressed = 2_000_000
	// maxPages bounds how many pages of the list are read.
	maxPages = 10_000
	// overlap is by how much one reading of the list goes back before the last.
	overlap = 10 * time.Minute
	// A page that is throttled is asked for again, so often and after so long.
	pageTries = 10
	pagePause = 1100 * time.Millisecond
)

// digest stands for an address: the list itself is not kept.
type digest [16]byte

func digestOf(address string) digest {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return digest(sum[:16])
}

// lists tells whether an address is on the account's suppression list.
func (c *Channel) lists(address string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.suppressed[digestOf(address)]
	return ok
}

// ready looks at the account before the first message and once an hour. Whoever
// comes meanwhile waits; when it fails, nobody asks again for some seconds. No
// failure is a recipient's fault.
func (c *Channel) ready(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if now.Before(c.look) {
		return c.blocked
	}
	err := c.Check(ctx)
	var list map[digest]struct{}
	if err == nil {
		list, err = c.suppression(ctx)
	}
	switch {
	case err == nil:
		c.suppressed, c.listed, c.look, c.blocked = list, now, now.Add(fresh), nil
	case ctx.Err() != nil: // says nothing of the account
		return fmt.Errorf("%w: %w", breach.ErrTemporary, ctx.Err())
	case c.suppressed != nil && errors.Is(err, breach.ErrTemporary): // what was read an hour ago still serves
		c.look = time.Now().Add(again)
	default:
		c.look, c.blocked = time.Now().Add(again), fmt.Errorf("%s: %w", err.Error(), breach.ErrTemporary)
	}
	return c.blocked
}

// Check refuses a configuration set that tracks readers or, when there is a
// queue, one that does not report what becomes of messages.
func (c *Channel) Check(ctx context.Context) error {
	set, err := c.mail.GetConfigurationSet(ctx, &sesv2.GetConfigurationSetInput{ConfigurationSetName: &c.Set})
	if err != nil {
		return fmt.Errorf("SES: reading configuration set %s: %w", c.Set, breach.ErrTemporary)
	}
	tracks := &breach.RefusedError{Code: "tracks", What: "SES configuration set " + c.Set, Hint: "switch off engagement metrics, and the events OPEN and CLICK"}
	if v := set.VdmOptions; v != nil && v.DashboardOptions != nil && v.DashboardOptions.EngagementMetrics == types.FeatureStatusEnabled {
		return tracks
	}
	dest, err := c.mail.GetConfigurationSetEventDestinations(ctx, &sesv2.GetConfigurationSetEventDestinationsInput{ConfigurationSetName: &c.Set})
	if err != nil {
		return fmt.Errorf("SES: reading the event destinations of %s: %w", c.Set, breach.ErrTemporary)
	}
	var reported []types.EventType
	for _, d := range dest.EventDestinations {
		if slices.Contains(d.MatchingEventTypes, types.EventTypeOpen) || slices.Contains(d.MatchingEventTypes, types.EventTypeClick) {
			return tracks
		}
		if d.Enabled {
			reported = append(reported, d.MatchingEventTypes...)
		}
	}
	for _, want := range []types.EventType{types.EventTypeBounce, types.EventTypeComplaint, types.EventTypeReject, types.EventTypeDelivery} {
		if c.Queue != "" && !slices.Contains(reported, want) {
			return &breach.RefusedError{Code: "events", What: "SES configuration set " + c.Set,
				Hint: "report the events BOUNCE, COMPLAINT, REJECT, DELIVERY and DELIVERY_DELAY to the queue"}
		}
	}
	return nil
}

// suppression reads the account's list, later what was added to it: who was taken
// off it since the start gets a letter. Where a configuration set has rules of
// its own, SES reports what it swallowed as an event. All calls but those that
// send are throttled at about one a second (SES developer guide, "Service quotas"),
// so that a long list is read in patience.
func (c *Channel) suppression(ctx context.Context) (map[digest]struct{}, error) {
	list := map[digest]struct{}{}
	in := &sesv2.ListSuppressedDestinationsInput{PageSize: aws.Int32(1000)}
	if c.suppressed != nil {
		maps.Copy(list, c.suppressed)
		in.StartDate = aws.Time(c.listed.Add(-overlap))
	}
	for range maxPages {
		out, err := c.page(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("SES: reading the suppression list: %w", breach.ErrTemporary)
		}
		for _, d := range out.SuppressedDestinationSummaries {
			list[digestOf(aws.ToString(d.EmailAddress))] = struct{}{}
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" || len(list) >= maxSuppressed {
			break
		}
	}
	return list, nil
}

// page asks for a page of the list, again when SES throttles.
func (c *Channel) page(ctx context.Context, in *sesv2.ListSuppressedDestinationsInput) (*sesv2.ListSuppressedDestinationsOutput, error) {
	for try := 1; ; try++ {
		out, err := c.mail.ListSuppressedDestinations(ctx, in)
		var api smithy.APIError
		if err == nil || try == pageTries || !errors.As(err, &api) || !throttled(api.ErrorCode()) {
			return out, err
		}
		select {
		case <-time.After(pagePause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
