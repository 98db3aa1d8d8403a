package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"vigie/internal/breach"
)

// Verify opens and checks everything in the vault: every WARC file, every dump,
// against the captures the store knows and the digests custody holds. Either
// list may be empty; then only what the files say of themselves is checked.
func (v *Vault) Verify(ctx context.Context, captures []breach.Capture, custody []breach.Custody) (Report, error) {
	known := map[string]string{} // file or dump to the digest custody holds
	for _, c := range custody {
		if c.Digest != "" && (c.Event == "captured" || c.Event == "acquired") {
			known[c.Subject] = c.Digest
		}
		if c.Event == "purged" {
			delete(known, c.Subject)
		}
	}
	byFile := map[string][]breach.Capture{}
	for _, c := range captures {
		byFile[c.File] = append(byFile[c.File], c)
	}
	warcs, dumps, err := v.List()
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
		rep, err := v.verifyFile(ctx, name, known[name], byFile[name])
		if err != nil {
			return total, fmt.Errorf("verifying %s: %w", name, err)
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
		if !here[name] {
			add(name, Fault{Kind: "missing-file"})
		}
	}
	for name := range byFile {
		if _, told := known[name]; !here[name] && !told {
			add(name, Fault{Kind: "missing-file"})
		}
	}
	total.OK = len(total.Faults) == 0
	return total, nil
}

// verifyFile checks one sealed WARC file. Damage is a fault, not an error.
func (v *Vault) verifyFile(ctx context.Context, name, digest string, captures []breach.Capture) (Report, error) {
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
	return rep, err
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
	held := map[string]string{}
	for w := NewReader(rc); ; {
		r, err := w.Next()
		if err != nil {
			break // VerifyWARC has reported it
		}
		held[r.Header.Value("WARC-Record-ID")] = r.Header.Value("WARC-Payload-Digest")
	}
	var out []Fault
	for _, c := range captures {
		digest, ok := held[c.Record]
		switch {
		case !ok:
			out = append(out, Fault{Kind: "missing-record"})
		case digest != "" && digest != c.Digest:
			out = append(out, Fault{Kind: "capture-digest"})
		}
	}
	return out, nil
}
