package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"vigie/internal/breach"
)

// Session records the exchanges of one visit into one sealed WARC file, which
// exists once Close has returned without an error and not before. A session
// is not safe for concurrent use.
type Session struct {
	vault    *Vault
	source   breach.Source
	name     string
	file     *packWriter
	basis    head
	sum      hash.Hash // of the .warc.gz
	warc     *warcWriter
	captures []breach.Capture
	whole    []breach.Capture // those whose record holds the payload
	err      error            // the first failure; nothing after it counts
}

// Begin starts a visit's file. Either Close or Abort must follow.
func (v *Vault) Begin(_ context.Context, src breach.Source) (*Session, error) {
	s := &Session{vault: v, source: src, name: breach.NewID("wrc") + warcSuffix, sum: sha256.New()}
	var err error
	var dictionary []byte
	s.basis, dictionary = v.basis(src.ID)
	if s.file, err = v.createPack(s.name, s.basis.base, dictionary); err != nil {
		return nil, fmt.Errorf("starting a capture of source %s: %w", src.ID, err)
	}
	s.warc = newWARCWriter(s.file, s.sum)
	info := fields("software", "vigie", "format", "WARC File Format 1.1",
		"conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
		"isPartOf", string(src.ID))
	h := Header{{"WARC-Filename", s.name}, {"Content-Type", warcFields}}
	if err := s.warc.write(typeInfo, newRecordID(), v.now(), h, info); err != nil {
		s.Abort()
		return nil, fmt.Errorf("starting a capture of source %s: %w", src.ID, err)
	}
	return s, nil
}

// Record keeps one exchange: request, response (or a revisit of an earlier,
// identical one) and a metadata record with the circumstances, all linked.
func (s *Session) Record(_ context.Context, ex breach.Exchange) (breach.Capture, error) {
	if s.err != nil {
		return breach.Capture{}, s.err
	}
	c := breach.Capture{
		ID: breach.CaptureID(breach.NewID("cap")), Source: s.source.ID, URL: ex.URL, At: ex.At,
		Status: ex.Status, File: s.name, Record: newRecordID(), Truncated: ex.Truncated != "",
	}
	body := payload(ex.Response)
	c.Digest, c.Bytes = digestOf(body), int64(len(body))
	if err := s.write(c, ex, body); err != nil {
		s.err = fmt.Errorf("recording capture %s: %w", c.ID, err)
		return breach.Capture{}, s.err
	}
	s.captures = append(s.captures, c)
	return c, nil
}

func (s *Session) write(c breach.Capture, ex breach.Exchange, body []byte) error {
	about := func(more ...Field) Header {
		h := Header{{"WARC-Target-URI", ex.URL}}
		if host, _, ok := cutPort(ex.Address); ok {
			h = append(h, Field{"WARC-IP-Address", host})
		}
		return append(h, more...)
	}
	if len(ex.Response) > 0 {
		kind, h, block := typeResponse, about(Field{"WARC-Truncated", ex.Truncated}), ex.Response
		if old, ok := s.vault.earlier(ex.URL, c.Digest, ex.At); ok && ex.Truncated == "" && len(body) > 0 {
			kind, block = typeRevisit, ex.Response[:len(ex.Response)-len(body)]
			h = append(h, Field{"WARC-Profile", profileIdentical}, Field{"WARC-Refers-To", old.Record},
				Field{"WARC-Refers-To-Target-URI", ex.URL}, Field{"WARC-Refers-To-Date", warcDate(old.At)})
		}
		h = append(h, Field{"WARC-Payload-Digest", c.Digest}, Field{"Content-Type", httpResponse})
		if err := s.warc.write(kind, c.Record, ex.At, h, block); err != nil {
			return err
		}
		if kind == typeResponse && ex.Status != 0 && ex.Truncated == "" {
			s.whole = append(s.whole, c)
		}
	}
	if len(ex.Request) > 0 {
		h := about(Field{"WARC-Concurrent-To", concurrent(c.Record, len(ex.Response) > 0)}, Field{"Content-Type", httpRequest})
		if err := s.warc.write(typeRequest, newRecordID(), ex.At, h, ex.Request); err != nil {
			return err
		}
	}
	id := newRecordID()
	if len(ex.Response) == 0 {
		id = c.Record
	}
	meta := fields("capture", string(c.ID), "source", string(s.source.ID), "tool", ex.Tool, "fault", ex.Fault,
		"address", ex.Address, "proxy", ex.Proxy, "circuit", ex.Circuit, "tls", ex.TLS, "certificates", strings.Join(ex.Certs, " "),
		"clock", clockSource())
	h := about(Field{"WARC-Concurrent-To", concurrent(c.Record, len(ex.Response) > 0)}, Field{"Content-Type", warcFields})
	return s.warc.write(typeMetadata, id, ex.At, h, meta)
}

// Close makes the file durable and tells custody. Only then do the captures
// count.
func (s *Session) Close(ctx context.Context) ([]breach.Capture, error) {
	if s.err == nil {
		s.err = s.warc.close(s.vault.now())
	}
	if s.err != nil {
		s.Abort()
		return nil, s.err
	}
	if err := s.file.commit(); err != nil {
		return nil, fmt.Errorf("keeping %s: %w", s.name, err)
	}
	s.vault.remember(s.whole)
	s.vault.built(s.source.ID, s.basis, s.name, s.file.count.n)
	err := s.vault.custody.AddCustody(ctx, breach.Custody{
		Subject: s.name, Event: "captured", Who: "system:crawler",
		Why:    fmt.Sprintf("visit of source %s, %d exchanges", s.source.ID, len(s.captures)),
		Digest: "sha256:" + hex.EncodeToString(s.sum.Sum(nil)), At: s.vault.now(),
	})
	if err != nil {
		return nil, fmt.Errorf("entering %s in custody: %w", s.name, err)
	}
	return s.captures, nil
}

// Abort drops the file. It does nothing after Close.
func (s *Session) Abort() { s.file.discard() }

// fields renders name-value pairs as application/warc-fields, without the
// empty ones.
func fields(pairs ...string) []byte {
	var b bytes.Buffer
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", pairs[i], oneLine(pairs[i+1]))
		}
	}
	return b.Bytes()
}

func concurrent(record string, there bool) string {
	if !there {
		return ""
	}
	return record
}
