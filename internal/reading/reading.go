// Package reading puts the formats of dumps together and reads dumps in the
// jail: a child process of this binary that has neither network nor files nor
// keys, and asks this one for the bytes (decisions.md 21). What ends a child
// is noted for the member it was reading, and the dump is read again without
// it, so that one bad file in an archive does not hide the others.
package reading

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/dump/jail"
)

// Reader reads dumps in child processes. The zero value is ready to use.
type Reader struct {
	Jail      jail.Jail
	Territory string              // of phone numbers without prefix, ISO 3166-1 alpha-2; "" is FR
	Passwords []string            // for encrypted containers, tried in order
	Visible   bool                // leave out hidden sheets, rows and columns (--compat notify)
	Progress  func(dump.Progress) // told now and then; nil is none
	Now       func() time.Time    // nil is time.Now
	// Canaries gives the invented persons that Inspect looks for; nil is none.
	Canaries func() (*dump.Canaries, error)
}

// task is what a child is asked to do.
type task struct {
	Op         string // one of the op constants
	Territory  string
	Passwords  []string
	Visible    bool
	Now        time.Time
	Skip       map[string]string
	Layout     *dump.Layout     `json:",omitempty"`
	Conversion *dump.Conversion `json:",omitempty"`
	Canaries   *dump.Canaries   `json:",omitempty"`
}

const (
	opInspect = "inspect"
	opRecords = "records"
	opConvert = "convert"
)

// Kinds of answers. A document longer than one answer may be comes in pieces
// of kind more before its own.
const (
	kindMore     = 'm'
	kindProgress = 'p'
	kindLayout   = 'l'
	kindReport   = 'r'
	kindSketch   = 's'
	kindRecords  = 'R'
	kindBytes    = 'b'
	kindRefused  = 'n' // rows a conversion refused
	kindMany     = 't' // tables to choose from
)

// maxDeaths bounds how often a dump is begun again after its child ended.
const maxDeaths = 8

// maxDocument bounds a layout or a report, in bytes.
const maxDocument = 128 << 20

// Inspect says how a dump is laid out and what is in it. A dump of which
// nothing can be read is a breach.RefusedError; the report is there as well.
func (r *Reader) Inspect(ctx context.Context, src dump.Source) (*dump.Layout, *dump.Report, error) {
	skip := map[string]string{}
	var canaries *dump.Canaries
	if r.Canaries != nil {
		var err error
		if canaries, err = r.Canaries(); err != nil {
			return nil, nil, err
		}
	}
	for deaths := 0; ; deaths++ {
		var layout *dump.Layout
		var report *dump.Report
		at := ""
		err := r.run(ctx, task{Op: opInspect, Skip: skip, Canaries: canaries}, src, func(kind byte, p []byte) error {
			switch kind {
			case kindProgress:
				return r.progress(p, &at)
			case kindLayout:
				return unmarshal(p, &layout)
			case kindReport:
				return unmarshal(p, &report)
			case kindSketch:
				if report != nil {
					return unmarshal(p, &report.Sketch)
				}
			}
			return errAnswer
		})
		code, ended := death(err)
		switch {
		case ended && at != "" && skip[at] == "" && deaths < maxDeaths:
			skip[at] = code
			continue
		case ended:
			return nil, dump.RefusedReport(code, hintOf(err)), err
		case err != nil:
			return nil, report, err
		case layout == nil || report == nil:
			return nil, nil, errAnswer
		}
		layout.Skip = skip
		return layout, report, nil
	}
}

// Records streams the people of a dump by its Layout, as dump.Engine does.
func (r *Reader) Records(ctx context.Context, src dump.Source, l *dump.Layout) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		if l == nil {
			yield(matchers.Record{}, fmt.Errorf("reading a dump without its layout: %w", breach.ErrInvalid))
			return
		}
		stopped := errors.New("enough")
		in := unpacker{layout: l, fields: l.Fields()}
		var rec matchers.Record
		at := ""
		err := r.run(ctx, task{Op: opRecords, Skip: l.Skip, Layout: l}, src, func(kind byte, p []byte) error {
			switch kind {
			case kindProgress:
				return r.progress(p, &at)
			case kindRecords:
				for len(p) > 0 {
					rest, err := in.next(p, &rec)
					if err != nil {
						return err
					}
					if p = rest; !yield(rec, nil) {
						return stopped
					}
				}
				return nil
			}
			return errAnswer
		})
		if err != nil && !errors.Is(err, stopped) {
			yield(matchers.Record{}, err)
		}
	}
}

// Convert writes one table of a dump to w and returns how many rows were
// refused. A dump.ManyTablesError lists the tables when none was named.
func (r *Reader) Convert(ctx context.Context, w io.Writer, src dump.Source, c dump.Conversion) (refused int64, err error) {
	at := ""
	var many *dump.ManyTablesError
	err = r.run(ctx, task{Op: opConvert, Conversion: &c}, src, func(kind byte, p []byte) error {
		switch kind {
		case kindProgress:
			return r.progress(p, &at)
		case kindBytes:
			_, err := w.Write(p)
			return err
		case kindRefused:
			return unmarshal(p, &refused)
		case kindMany:
			return unmarshal(p, &many)
		}
		return errAnswer
	})
	if err == nil && many != nil {
		err = many
	}
	return refused, err
}

var errAnswer = &breach.RefusedError{Code: jail.CodeGarbled, What: "dump", Hint: "the reading process answered what nobody asked"}

// run starts a child and joins the pieces of its documents.
func (r *Reader) run(ctx context.Context, t task, src dump.Source, each func(kind byte, p []byte) error) error {
	t.Territory, t.Passwords, t.Visible = r.Territory, r.Passwords, r.Visible
	now := time.Now
	if r.Now != nil {
		now = r.Now
	}
	t.Now = now()
	job, err := json.Marshal(t)
	if err != nil {
		return err
	}
	var held []byte
	return r.Jail.Run(ctx, job, src, func(kind byte, p []byte) error {
		if kind == kindMore {
			if len(held)+len(p) > maxDocument {
				return errAnswer
			}
			held = append(held, p...)
			return nil
		}
		if len(held) > 0 {
			p = append(held, p...)
			held = nil
		}
		return each(kind, p)
	})
}

func (r *Reader) progress(raw []byte, at *string) error {
	var p dump.Progress
	if err := unmarshal(raw, &p); err != nil {
		return err
	}
	*at = p.Member
	if r.Progress != nil {
		r.Progress(p)
	}
	return nil
}

// unmarshal reads a document of a child, which may be hostile by then.
func unmarshal(p []byte, v any) error {
	if json.Unmarshal(p, v) != nil {
		return errAnswer
	}
	return nil
}

// death tells that a child ended otherwise than by an answer, and how.
func death(err error) (code string, ended bool) {
	var refused *breach.RefusedError
	if !errors.As(err, &refused) {
		return "", false
	}
	switch refused.Code {
	case jail.CodeCrashed, jail.CodeMemory, jail.CodeStalled, jail.CodeGarbled:
		return refused.Code, true
	}
	return refused.Code, false
}

func hintOf(err error) string {
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		return refused.Hint
	}
	return ""
}
