package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"vigie/internal/breach"
)

// Ledger is what the store knows of the evidence.
type Ledger interface {
	// Held gives the digest of every file and dump that should be there.
	Held(ctx context.Context) (map[string]string, error)
	// CapturesIn lists the captures that a WARC file holds.
	CapturesIn(ctx context.Context, file string) ([]breach.Capture, error)
}

// Verify opens and checks everything in the vault, every WARC file and every
// dump, against what the ledger says. With no ledger only what the files say of
// themselves is checked.
func (v *Vault) Verify(ctx context.Context, ledger Ledger) (Report, error) {
	if ledger == nil {
		ledger = noLedger{}
	}
	if err := v.recover(ctx, ledger); err != nil {
		return Report{}, err
	}
	warcs, dumps, err := v.List() // first: what comes meanwhile is not missed
	if err != nil {
		return Report{}, err
	}
	known, err := ledger.Held(ctx)
	if err != nil {
		return Report{}, err
	}
	total := Report{Faults: []Fault{}} // prints as [], not null
	add := func(file string, faults ...Fault) {
		for _, f := range faults {
			f.File = file
			total.Faults = append(total.Faults, f)
		}
	}
	here := map[string]bool{}
	for _, name := range warcs {
		here[name] = true
		captures, err := ledger.CapturesIn(ctx, name)
		if err != nil {
			return total, err
		}
		rep, err := v.verifyFile(ctx, name, known[name], captures, known != nil)
		if err != nil {
			return total, fmt.Errorf("verifying %s: %w", name, err)
		}
		if _, told := known[name]; !told && known != nil && !v.fresh(name) {
			rep.Faults = append(rep.Faults, Fault{Kind: "unlogged"})
		}
		total.Records += rep.Records
		add(name, rep.Faults...)
	}
	for _, id := range dumps {
		here[string(id)] = true
		digest, _, err := v.digestDump(ctx, id)
		switch want, ok := known[string(id)]; {
		case ctx.Err() != nil:
			return total, ctx.Err()
		case err != nil:
			add(string(id), Fault{Kind: "sealed"})
		case ok && digest != want:
			add(string(id), Fault{Kind: "file-digest"})
		}
	}
	for name := range known {
		if !here[name] && !v.has(name) {
			add(name, Fault{Kind: "missing-file"})
		}
	}
	total.OK = len(total.Faults) == 0
	return total, nil
}

// has tells whether a file or a dump is there.
func (v *Vault) has(name string) bool {
	path := v.dumpPath(breach.DumpID(name))
	if warcName(name) {
		path = v.warcPath(name)
	}
	_, err := os.Stat(path)
	return err == nil
}

// Fresh tells whether a file came just now: custody and the store may not know
// it yet.
func (v *Vault) Fresh(name string) bool { return v.fresh(name) }

func (v *Vault) fresh(name string) bool {
	info, err := os.Stat(v.warcPath(name))
	return err == nil && time.Since(info.ModTime()) < time.Minute
}

// Adopt tells custody of the WARC files that a crash has kept it from hearing
// of: complete, durable, never acknowledged. Those that came just now belong to
// a visit under way, unless all is true: at a start nothing is. It returns how
// many.
func (v *Vault) Adopt(ctx context.Context, ledger Ledger, all bool) (n int, err error) {
	warcs, _, err := v.List()
	if err != nil {
		return 0, err
	}
	known, err := ledger.Held(ctx)
	if err != nil {
		return 0, err
	}
	for _, name := range warcs {
		if _, told := known[name]; told || !all && v.fresh(name) {
			continue
		}
		digest, err := v.digestWARC(ctx, name)
		if err != nil {
			continue // it does not open; verifying tells of it
		}
		if err := v.custody.AddCustody(ctx, breach.Custody{Subject: name, Event: "captured", Who: "system:recovery",
			Why: "found after a crash", Digest: digest, At: v.now()}); err != nil {
			return n, fmt.Errorf("entering %s in custody: %w", name, err)
		}
		n++
	}
	return n, nil
}

func (v *Vault) digestWARC(ctx context.Context, name string) (string, error) {
	rc, err := v.OpenWARC(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = rc.Close() }()
	sum := sha256.New()
	_, err = io.Copy(sum, ctxReader{ctx, rc})
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), err
}

type noLedger struct{}

func (noLedger) Held(context.Context) (map[string]string, error) { return nil, nil }

func (noLedger) CapturesIn(context.Context, string) ([]breach.Capture, error) { return nil, nil }

// verifyFile checks one sealed WARC file. Damage is a fault, not an error.
func (v *Vault) verifyFile(ctx context.Context, name, digest string, captures []breach.Capture, rows bool) (Report, error) {
	rc, err := v.OpenWARC(name)
	if errors.Is(err, breach.ErrNotFound) {
		return Report{}, err
	}
	if err != nil {
		return Report{Faults: []Fault{{Kind: "sealed"}}}, nil
	}
	defer func() { _ = rc.Close() }()
	sum := sha256.New()
	in := io.TeeReader(ctxReader{ctx, rc}, sum)
	rep, err := VerifyWARC(in)
	if err == nil {
		_, err = io.Copy(io.Discard, in)
	}
	if ctx.Err() != nil {
		return rep, ctx.Err()
	}
	if err != nil {
		rep.Faults = append(rep.Faults, Fault{Kind: "sealed"})
		return rep, nil
	}
	if digest != "" && digest != "sha256:"+hex.EncodeToString(sum.Sum(nil)) {
		rep.Faults = append(rep.Faults, Fault{Kind: "file-digest"})
	}
	missing, err := v.missing(name, captures)
	rep.Faults = append(rep.Faults, missing...)
	if err == nil && rows && !v.fresh(name) {
		missing, err = v.unlisted(ctx, name, captures)
		rep.Faults = append(rep.Faults, missing...)
	}
	return rep, err
}

// unlisted finds the captures that a file holds and the store does not list:
// their rows were taken out, or a crash came before them. Rebuilding the index
// brings them back.
func (v *Vault) unlisted(ctx context.Context, name string, captures []breach.Capture) ([]Fault, error) {
	listed := map[breach.CaptureID]bool{}
	for _, c := range captures {
		listed[c.ID] = true
	}
	var out []Fault
	// What is damaged in the file VerifyWARC has told.
	_ = v.Exchanges(ctx, name, func(c breach.Capture, _ []byte) error {
		if !listed[c.ID] && len(out) < maxFaults {
			out = append(out, Fault{Kind: "capture-row"})
		}
		return nil
	})
	return out, ctx.Err()
}

// missing compares the records of a file with the captures said to be there.
func (v *Vault) missing(name string, captures []breach.Capture) ([]Fault, error) {
	if len(captures) == 0 {
		return nil, nil
	}
	rc, err := v.OpenWARC(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rc.Close() }()
	held := map[string]Header{}
	for w := NewReader(rc); ; {
		r, err := w.Next()
		if err != nil {
			break // VerifyWARC has reported it
		}
		held[r.Header.Value("WARC-Record-ID")] = r.Header
	}
	var out []Fault
	for _, c := range captures {
		h, ok := held[c.Record]
		digest := h.Value("WARC-Payload-Digest")
		switch {
		case !ok:
			out = append(out, Fault{Kind: "missing-record"})
		case digest != "" && digest != c.Digest:
			out = append(out, Fault{Kind: "capture-digest"})
		case h.Value("WARC-Date") != warcDate(c.At): // what the store says of a page must be what was recorded
			out = append(out, Fault{Kind: "capture-date"})
		case h.Value("WARC-Target-URI") != oneLine(c.URL):
			out = append(out, Fault{Kind: "capture-address"})
		}
	}
	return out, nil
}
