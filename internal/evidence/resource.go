package evidence

import (
	"context"
	"fmt"

	"vigie/internal/breach"
)

// typeResource holds what was made from exchanges (ISO 28500:2017, 6.5).
const typeResource = "resource"

// Resource keeps what was made from the visit's exchanges: a page as a browser
// rendered it, or its picture. It is linked to the page's latest capture.
func (s *Session) Resource(_ context.Context, r breach.Resource) error {
	if s.err != nil {
		return s.err
	}
	of := ""
	for _, c := range s.captures {
		if c.URL == r.URL {
			of = c.Record
		}
	}
	// Two resources of one page need addresses of their own to be found by.
	h := Header{{"WARC-Target-URI", "urn:vigie:" + r.Kind + ":" + r.URL}, {"WARC-Concurrent-To", of},
		{"WARC-Payload-Digest", digestOf(r.Body)}, {"Content-Type", r.ContentType}}
	if err := s.warc.write(typeResource, newRecordID(), r.At, h, r.Body); err != nil {
		s.err = fmt.Errorf("recording the %s of a page: %w", r.Kind, err)
	}
	return s.err
}
