package maileva

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"vigie/internal/breach"
	"vigie/notify"
)

// verdicts are the delivery statuses that say something for good. What comes
// back is told as the post's reasons, as for a letter whose code was scanned.
var verdicts = map[string]notify.Outcome{
	"DELIVERED":            {State: breach.MessageDelivered, Code: "delivered"},
	"RETURNED":             {State: breach.MessageBounced, Code: "returned-unknown"},
	"UNKNOWN_ADDRESSEE":    {State: breach.MessageBounced, Code: "returned-unknown"},
	"INSUFFICIENT_ADDRESS": {State: breach.MessageBounced, Code: "returned-address"},
	"REFUSED":              {State: breach.MessageBounced, Code: "returned-refused"},
	"UNCLAIMED":            {State: breach.MessageBounced, Code: "returned-unclaimed"},
}

// recipient is what the service says of one.
type recipient struct {
	CustomID string `json:"custom_id"`
	Status   string `json:"status"`
	Delivery []struct {
		Status string `json:"status"`
	} `json:"delivery_statuses"` // the oldest first
}

// Outcomes goes through the sendings from the cursor on, which is an index, until
// it has something to tell. A letter that comes back weeks later is found too:
// sendings whose last word was not read yet are looked at each time.
func (s *Service) Outcomes(ctx context.Context, cursor string) ([]notify.Outcome, string, error) {
	from := 1
	if cursor != "" {
		n, err := strconv.Atoi(cursor)
		if err != nil || n < 1 {
			return nil, cursor, fmt.Errorf("cursor %q: want an index: %w", cursor, breach.ErrInvalid)
		}
		from = n
	}
	for range maxPages {
		list, err := s.page(ctx, url.Values{"sort": {"creation_date"}}, from)
		if err != nil {
			return nil, cursor, notYet(err)
		}
		var out []notify.Outcome
		for _, x := range list {
			o, ok, err := s.outcome(ctx, x)
			if err != nil {
				return nil, cursor, notYet(err)
			}
			if ok {
				out = append(out, o)
			}
		}
		from += len(list)
		if len(out) > 0 || len(list) < pageSize {
			return out, strconv.Itoa(from), nil
		}
	}
	return nil, cursor, notify.ErrUnknown
}

// outcome is the last word about a sending, if there is one.
func (s *Service) outcome(ctx context.Context, x sending) (o notify.Outcome, ok bool, err error) {
	if notify.CheckKey(x.CustomID) != nil { // not one of ours
		return o, false, nil
	}
	known, read := s.settled.Load(x.ID)
	switch {
	case read:
		return known.(notify.Outcome), true, nil
	case x.Status == rejected:
		o = notify.Outcome{State: breach.MessageFailed, Code: "rejected"}
	case x.Status != processed:
		return o, false, nil
	default:
		var reply struct {
			Recipients []recipient `json:"recipients"`
		}
		if _, err := s.call(ctx, "asking what became of a sending", http.MethodGet, "/sendings/"+x.ID+"/recipients", "", nil, &reply); err != nil {
			return o, false, err
		}
		for _, r := range reply.Recipients {
			if r.Status == rejected {
				o, ok = notify.Outcome{State: breach.MessageBounced, Code: "rejected"}, true
			}
			for _, d := range r.Delivery {
				if v, final := verdicts[d.Status]; final {
					o, ok = v, true
				}
			}
		}
		if !ok {
			return o, false, nil
		}
	}
	o.Key, o.Ref = x.CustomID, x.ID
	if o.State != breach.MessageDelivered { // what was delivered may still come back
		s.settled.Store(x.ID, o)
	}
	return o, true, nil
}
