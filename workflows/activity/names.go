package activity

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"vigie/crawlers/watch"
)

// maxName is the longest line of a feed of names, in bytes.
const maxName = 1 << 20

// ReadNames holds a feed of names that were registered or certified against the
// team's own, and raises an alert for each that passes for one. A line is a
// name, or the JSON of a certificate: {"name": "..."} or {"dns_names": [...]}.
// The same feed twice raises nothing twice.
func (s *Steps) ReadNames(ctx context.Context, r io.Reader) (names, alike int, err error) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxName)
	for in.Scan() {
		if err := ctx.Err(); err != nil {
			return names, alike, err
		}
		for _, name := range feedNames(in.Bytes()) {
			names++
			x, ok := s.Lookalikes.Judge(name)
			if !ok {
				continue
			}
			alike++
			id := s.Keys.Digest("alert", x.Name, "name")[:20]
			why := fmt.Sprintf("counterfeit: the name %s passes for %s (%s)", x.Name, x.Of, x.Why)
			if err := s.raiseCounterfeit(ctx, id, "A name that passes for ours", why, s.Now()); err != nil {
				return names, alike, err
			}
		}
	}
	if err := in.Err(); err != nil {
		return names, alike, fmt.Errorf("reading the feed of names: %w", err)
	}
	return names, alike, nil
}

// feedNames reads one line of a feed; what is neither is nothing.
func feedNames(line []byte) []string {
	text := strings.TrimSpace(string(line))
	if !strings.HasPrefix(text, "{") {
		return []string{strings.TrimPrefix(text, "*.")}
	}
	var c struct {
		Name     string   `json:"name"`
		DNSNames []string `json:"dns_names"`
	}
	if json.Unmarshal([]byte(text), &c) != nil {
		return nil
	}
	var out []string
	for _, n := range append(c.DNSNames, c.Name) {
		if n != "" {
			out = append(out, strings.TrimPrefix(n, "*."))
		}
	}
	return out
}

// passesFor are the hits of a post in which a name passes for ours.
func (s *Steps) passesFor(text string) (out []watch.Hit) {
	for _, x := range s.Lookalikes.In(text) {
		out = append(out, watch.Hit{Entity: counterfeitEntity, Kind: "other", Confidence: 0.9, Why: fmt.Sprintf("counterfeit: the name %s passes for %s (%s)", x.Name, x.Of, x.Why)})
	}
	return out
}
