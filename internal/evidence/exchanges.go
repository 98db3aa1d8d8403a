package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
)

// maxExchange bounds what is read of one response: more than a visit keeps.
const maxExchange = 64 << 20

// Exchanges reads a WARC file of the vault as the visit that made it: each
// capture, in order, with the response as received, which is empty where
// nothing came back and has no body where that is a record of an earlier
// visit. The state that a reader gave the page is not in evidence.
func (v *Vault) Exchanges(ctx context.Context, name string, do func(breach.Capture, []byte) error) error {
	rc, err := v.openPlain(name)
	if err != nil {
		return err
	}
	defer func() { _ = rc.Close() }()
	last := breach.Capture{}
	var response []byte
	for in := NewReader(ctxReader{ctx, rc}); ; {
		r, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, errors.Join(ctx.Err(), err))
		}
		switch kind := r.Header.Value("WARC-Type"); {
		case kind == typeResponse, kind == typeRevisit:
			if response, err = io.ReadAll(io.LimitReader(r.Block, maxExchange)); err != nil {
				return fmt.Errorf("reading %s: %w", name, err)
			}
			if last, err = captureOf(r, name); err != nil {
				return err
			}
			last.Status, last.Bytes = statusOf(response), int64(len(payload(response)))
		case kind == typeMetadata && r.Header.Value("WARC-Profile") == "" && r.Header.Value("Content-Type") == warcFields:
			about, err := io.ReadAll(io.LimitReader(r.Block, maxHeader))
			if err != nil {
				return fmt.Errorf("reading %s: %w", name, err)
			}
			said := fieldsOf(about)
			if said["capture"] == "" {
				continue
			}
			if id := r.Header.Value("WARC-Record-ID"); r.Header.Value("WARC-Concurrent-To") == "" { // nothing came back
				if last, err = captureOf(r, name); err != nil {
					return err
				}
				last.Record, last.Digest, response = id, digestOf(nil), nil
			} else if r.Header.Value("WARC-Concurrent-To") != last.Record {
				continue
			}
			last.ID, last.Source = breach.CaptureID(said["capture"]), breach.SourceID(said["source"])
			if err := do(last, response); err != nil {
				return err
			}
			last, response = breach.Capture{}, nil
		}
	}
}

// Began is when the visit that made a WARC file began.
func (v *Vault) Began(ctx context.Context, name string) (time.Time, error) {
	rc, err := v.openPlain(name)
	if err != nil {
		return time.Time{}, err
	}
	defer func() { _ = rc.Close() }()
	r, err := NewReader(ctxReader{ctx, rc}).Next()
	if err != nil {
		return time.Time{}, fmt.Errorf("reading %s: %w", name, errors.Join(ctx.Err(), err))
	}
	c, err := captureOf(r, name)
	return c.At, err
}

// captureOf is what a record's header says of a capture.
func captureOf(r *Record, file string) (breach.Capture, error) {
	at, err := time.Parse("2006-01-02T15:04:05.999999999Z", r.Header.Value("WARC-Date"))
	if err != nil {
		return breach.Capture{}, fmt.Errorf("reading %s: %w", file, errDamaged)
	}
	return breach.Capture{URL: r.Header.Value("WARC-Target-URI"), At: at, File: file, Record: r.Header.Value("WARC-Record-ID"),
		Digest: r.Header.Value("WARC-Payload-Digest"), Truncated: r.Header.Value("WARC-Truncated") != ""}, nil
}

// statusOf reads the status of an HTTP response, 0 for what is none.
func statusOf(response []byte) int {
	line, _, _ := bytes.Cut(response, []byte("\r\n"))
	words := strings.Fields(string(line[:min(len(line), 100)]))
	if len(words) < 2 || !strings.HasPrefix(words[0], "HTTP/") {
		return 0
	}
	n, err := strconv.Atoi(words[1])
	if err != nil || n < 0 || n > 999 {
		return 0
	}
	return n
}

// fieldsOf reads application/warc-fields.
func fieldsOf(block []byte) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(string(block)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			out[name] = strings.TrimSpace(value)
		}
	}
	return out
}

// Unrowed are the WARC files of which the ledger lists no capture, oldest name
// first: of visits that were cut between their evidence and their rows, or
// whose rows were taken out.
func (v *Vault) Unrowed(ctx context.Context, ledger Ledger) ([]string, error) {
	warcs, _, err := v.List()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range warcs {
		rows, err := ledger.CapturesIn(ctx, name)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 && !v.fresh(name) {
			out = append(out, name)
		}
	}
	return out, nil
}
