package reading

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"sync"

	"vigie/internal/breach"
	"vigie/internal/france"
	"vigie/matchers/dump"
	"vigie/matchers/dump/jail"
)

// ServeChild ends the process after doing its job if a Jail has started it as a
// child, and does nothing otherwise. It is the first line of the program, and of
// every TestMain whose tests read dumps.
func ServeChild() {
	if jail.Child() {
		os.Exit(jail.Serve(handler(formats)))
	}
}

// handler does one task in the child.
func handler(formats func(visible bool) []dump.Format) func(context.Context, *jail.Call) error {
	return func(ctx context.Context, c *jail.Call) error {
		var t task
		if err := json.Unmarshal(c.Job, &t); err != nil {
			return err
		}
		e := &dump.Engine{Formats: formats(t.Visible), Options: options(&t), Passwords: t.Passwords, Skip: t.Skip}
		if c.Spool != nil {
			e.Spool = func(r io.Reader) (dump.Source, error) { return c.Spool.Put(r) }
		}
		e.Progress = func(p dump.Progress) { _ = progress(c, p) }
		switch t.Op {
		case opInspect:
			return inspect(ctx, e, c)
		case opRecords:
			return sendRecords(ctx, e, c, t.Layout)
		case opConvert:
			return convert(ctx, e, c, *t.Conversion)
		}
		return errors.New("unknown task")
	}
}

func inspect(ctx context.Context, e *dump.Engine, c *jail.Call) error {
	l, r, err := e.Inspect(ctx, c.Source)
	if r != nil {
		err = errors.Join(sendJSON(c, kindReport, r), sendJSON(c, kindSketch, r.Sketch), err)
	}
	if err != nil {
		return refusedFirst(err)
	}
	return sendJSON(c, kindLayout, l)
}

// progress tells at once: when a member ends this process, the parent must know
// which.
func progress(c *jail.Call, p dump.Progress) error {
	raw, err := json.Marshal(p)
	if err != nil || len(raw) > jail.MaxPayload {
		return err
	}
	return c.SendNow(kindProgress, raw)
}

// refusedFirst finds the refusal among joined errors: it is what crosses to the
// parent by its code.
func refusedFirst(err error) error {
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		return refused
	}
	return err
}

// sendJSON sends v as JSON, in pieces if it is long.
func sendJSON(c *jail.Call, kind byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	for len(raw) > jail.MaxPayload {
		if err := c.Send(kindMore, raw[:jail.MaxPayload]); err != nil {
			return err
		}
		raw = raw[jail.MaxPayload:]
	}
	return c.Send(kind, raw)
}

// options gives the French dictionaries, which are loaded when a column of words
// first asks for them.
func options(t *task) dump.Options {
	the := sync.OnceValue(func() *france.Dictionary {
		fr, err := france.Load()
		if err != nil {
			return new(france.Dictionary)
		}
		return fr.Dictionary()
	})
	return dump.Options{
		GivenName: func(s string) float64 { return the().GivenName(s) },
		Surname:   func(s string) float64 { return the().Surname(s) },
		Commune:   func(s string) bool { return the().Commune(s) },
		Territory: t.Territory, Now: t.Now, Canaries: t.Canaries,
	}
}

func sendRecords(ctx context.Context, e *dump.Engine, c *jail.Call, l *dump.Layout) error {
	out := packer{c: c, layout: l, fields: l.Fields(), tables: map[string]uint64{}}
	if len(l.Tables) > 1 {
		for i, label := range l.Labels() {
			out.tables[label] = uint64(i) + 1
		}
	}
	if err := e.Pack(ctx, c.Source, l, out.add); err != nil {
		return err
	}
	return out.flush()
}

func convert(ctx context.Context, e *dump.Engine, c *jail.Call, conv dump.Conversion) error {
	w := &sender{c: c}
	refused, err := e.Convert(ctx, w, c.Source, conv)
	var many *dump.ManyTablesError
	if errors.As(err, &many) {
		return sendJSON(c, kindMany, many)
	}
	if err == nil {
		err = w.flush()
	}
	if err != nil {
		return err
	}
	return sendJSON(c, kindRefused, refused)
}

// batch is how many bytes are gathered before they are sent.
const batch = 256 << 10

// sender gathers converted bytes.
type sender struct {
	c   *jail.Call
	buf []byte
}

func (s *sender) Write(p []byte) (int, error) {
	s.buf = append(s.buf, p...)
	if len(s.buf) < batch {
		return len(p), nil
	}
	return len(p), s.flush()
}

func (s *sender) flush() error {
	for len(s.buf) > 0 {
		n := min(len(s.buf), jail.MaxPayload)
		if err := s.c.Send(kindBytes, s.buf[:n]); err != nil {
			return err
		}
		s.buf = s.buf[:copy(s.buf, s.buf[n:])]
	}
	return nil
}
