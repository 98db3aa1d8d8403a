package activity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"vigie/internal/breach"
	"vigie/matchers/dump"
	"vigie/workflows"
)

// dumpID follows from the incident, so that a repeated acquisition meets the
// first one.
func dumpID(id breach.IncidentID) breach.DumpID {
	return breach.DumpID("dmp_" + string(id[min(len(id), 4):]))
}

// Acquire fetches the file that a named person decided to acquire, sealing it
// before its first byte rests, and enters it in the chain of custody.
func (s *Steps) Acquire(ctx context.Context, in workflows.IncidentInput) (breach.DumpID, error) {
	defer beat(ctx)()
	id := in.Incident
	d := dumpID(id)
	if _, _, err := s.Store.Dump(ctx, d); err == nil {
		return d, nil
	}
	inc, err := s.Store.Incident(ctx, id)
	if err != nil {
		return d, kind(err)
	}
	acq, err := s.Store.Acquisition(ctx, inc.Alert)
	if err != nil {
		return d, kind(err)
	}
	if acq.Link == "" { // the controller says what was taken, and nobody has a file
		return d, nil
	}
	alert, err := s.Store.Alert(ctx, inc.Alert)
	if err != nil {
		return d, kind(err)
	}
	post, err := s.Store.Post(ctx, alert.Post)
	if err != nil {
		return d, kind(err)
	}
	src, ok := s.Sources[alert.Source]
	if !ok {
		return d, kind(fmt.Errorf("source %s is not configured: %w", alert.Source, breach.ErrInvalid))
	}
	var digest string
	var size int64
	keep := func(r io.Reader) error {
		var err error
		digest, size, err = s.Vault.PutDump(ctx, d, string(acq.By), acq.Purpose+" · "+acq.LegalBasis, r)
		return err
	}
	// What a former attempt has sealed is not fetched again: the site may be gone.
	if err = keep(absent{}); errors.Is(err, errAbsent) {
		err = s.Crawler.Fetch(ctx, src, post, acq.Link, keep)
	}
	if err != nil {
		return d, kind(fmt.Errorf("acquiring %s: %w", d, err))
	}
	return d, kind(s.Store.SaveDump(ctx, breach.Dump{
		ID: d, Incident: id, Origin: acq.Link, Digest: digest, Bytes: size, AcquiredAt: s.Now(),
	}, nil))
}

// fileless tells an incident whose file nobody has: it rests on what controllers
// attest.
func (s *Steps) fileless(ctx context.Context, id breach.IncidentID) (bool, error) {
	inc, err := s.Store.Incident(ctx, id)
	if err != nil || inc.Dump != "" {
		return false, err
	}
	acq, err := s.Store.Acquisition(ctx, inc.Alert)
	return err == nil && acq.Link == "", err
}

var errAbsent = errors.New("not held")

// absent is a dump that cannot be read: the vault does not ask for one that it
// holds already.
type absent struct{}

func (absent) Read([]byte) (int, error) { return 0, errAbsent }

// Read learns what the dump's columns mean, over the whole file.
func (s *Steps) Read(ctx context.Context, in workflows.IncidentInput) (int64, error) {
	defer beat(ctx)()
	id := in.Incident
	d := dumpID(id)
	if known, raw, err := s.Store.Dump(ctx, d); err == nil && len(raw) > 0 {
		return known.Profile.Rows, nil // it rests sealed and does not change
	}
	if none, err := s.fileless(ctx, id); err != nil || none {
		return 0, kind(err)
	}
	src, err := s.Vault.OpenDump(ctx, d, "system:matchers", "reading")
	if err != nil {
		return 0, kind(err)
	}
	defer func() { _ = src.Close() }()
	layout, report, err := s.Dumps.Inspect(ctx, src)
	if err != nil {
		return 0, kind(fmt.Errorf("reading %s: %w", d, err))
	}
	raw, err := json.Marshal(layout)
	if err != nil {
		return 0, err
	}
	// Names of files and columns may be of people.
	if raw, err = s.Keys.SealField(raw, layoutPlace(d)); err != nil {
		return 0, err
	}
	if err := s.relate(ctx, d, report); err != nil {
		return 0, kind(err)
	}
	profile := report.Profile()
	return profile.Rows, kind(s.Store.SaveProfile(ctx, d, profile, raw))
}

// relate compares the dump with the registries and the dumps before it, and
// keeps its sketch for those after it.
func (s *Steps) relate(ctx context.Context, d breach.DumpID, report *dump.Report) error {
	known, err := s.Registries.Known()
	if err != nil {
		return err
	}
	report.Owners = dump.Owners(report.Clues, known)
	if report.Canaries, err = s.Registries.Exports(report.Canaries); err != nil {
		return err
	}
	if err := s.auditCanaries(ctx, d, report.Canaries); err != nil {
		return err
	}
	if report.Recycled, err = s.Sketches.Recycled(report.Sketch, string(d)); err != nil {
		return err
	}
	return s.Sketches.Keep(string(d), report.Sketch)
}

// layoutPlace is the place a dump's layout is sealed for.
func layoutPlace(d breach.DumpID) string { return "layout " + string(d) }

// layout returns how the dump is laid out, as Read learnt it.
func (s *Steps) layout(ctx context.Context, id breach.IncidentID) (*dump.Layout, error) {
	_, raw, err := s.Store.Dump(ctx, dumpID(id))
	if err != nil {
		return nil, err
	}
	var l dump.Layout
	if raw, err = s.Keys.OpenField(raw, layoutPlace(dumpID(id))); err != nil {
		return nil, fmt.Errorf("opening the layout of %s: %w", dumpID(id), err)
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		return nil, fmt.Errorf("parsing the layout of %s: %w", dumpID(id), err)
	}
	return &l, nil
}
