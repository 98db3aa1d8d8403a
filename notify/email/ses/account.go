package ses

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"vigie/internal/breach"
)

const (
	// fresh is how long what was read of the account holds. An address that is
	// suppressed meanwhile comes back as an event.
	fresh = time.Hour
	// maxSuppressed bounds the memory of the suppression list.
	maxSuppressed = 2_000_000
	// maxPages bounds how many pages of the list are read.
	maxPages = 10_000
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
// comes meanwhile waits.
func (c *Channel) ready(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.Message.Now(); c.suppressed != nil && now.Sub(c.checked) < fresh {
		return nil
	}
	if err := c.Check(ctx); err != nil {
		return fmt.Errorf("%s: %w", err.Error(), breach.ErrTemporary) // no recipient's fault, whatever it is
	}
	list, err := c.suppression(ctx)
	if err != nil {
		return fmt.Errorf("SES: reading the suppression list: %w", breach.ErrTemporary)
	}
	c.suppressed, c.checked = list, c.Message.Now()
	return nil
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

// suppression reads the account's list. Where a configuration set has one of
// its own rules, SES reports what it swallowed as an event.
func (c *Channel) suppression(ctx context.Context) (map[digest]struct{}, error) {
	list := map[digest]struct{}{}
	var next *string
	for range maxPages {
		out, err := c.mail.ListSuppressedDestinations(ctx, &sesv2.ListSuppressedDestinationsInput{PageSize: aws.Int32(1000), NextToken: next})
		if err != nil {
			return nil, err
		}
		for _, d := range out.SuppressedDestinationSummaries {
			list[digestOf(aws.ToString(d.EmailAddress))] = struct{}{}
		}
		if next = out.NextToken; aws.ToString(next) == "" || len(list) >= maxSuppressed {
			break
		}
	}
	return list, nil
}
