package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"vigie/internal/app"
	"vigie/internal/evidence"
	"vigie/internal/seal"
	"vigie/internal/store"
	"vigie/matchers/dump/jail"
	"vigie/matchers/registry"
)

// doctorCmd looks at a configuration without changing anything.
type doctorCmd struct {
	JSON bool `help:"One JSON object a line."`
}

// Help shows an example.
func (doctorCmd) Help() string {
	return "Exit status 3 when something is missing or unsafe.\n\nExample:\n  vigie doctor --config vigie.yaml"
}

// finding is one thing that doctor looked at.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Say   string `json:"say"`
}

// Run examines.
func (c doctorCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	bad := false
	enc := json.NewEncoder(s.std.Out)
	for _, f := range examine(s, cfg) {
		bad = bad || !f.OK
		if c.JSON {
			if err := enc.Encode(f); err != nil {
				return err
			}
			continue
		}
		mark := "ok     "
		if !f.OK {
			mark = "PROBLEM"
		}
		_, _ = fmt.Fprintf(s.std.Out, "%s  %-10s %s\n", mark, f.Check, f.Say)
	}
	if bad {
		return errRefused
	}
	return nil
}

func examine(s *session, cfg app.Config) []finding {
	out := []finding{keysPlace(cfg), keysRead(s, cfg), dataPlace(cfg), diskSpace(cfg)}
	out = append(out, storeRead(s, cfg)...)
	out = append(out, registriesRead(s, cfg)...)
	out = append(out, readingConfined(s, cfg))
	out = append(out, buckets(s, cfg)...)
	out = append(out, consolePlace(cfg), workflowsPlace(cfg), mailPlace(cfg), sourcesPlace(cfg))
	return append(out, alertsPlace(cfg)...)
}

// readingConfined starts a reading process and looks whether it is shut off.
func readingConfined(ctx context.Context, cfg app.Config) finding {
	if err := new(jail.Jail).Check(ctx); err != nil {
		if cfg.Unconfined {
			return finding{"reading", false, "dumps are read without confinement, as unconfined: true allows: " + err.Error()}
		}
		return finding{"reading", false, "the process that reads dumps cannot be confined here, so none is read: " + err.Error()}
	}
	return finding{"reading", true, "dumps are read in a process without network, files and keys"}
}

func keysPlace(cfg app.Config) finding {
	if cfg.KMS.Key != "" {
		src := seal.Source{Dir: cfg.Keys}
		switch by := src.WrappedBy(); {
		case by == "":
			return finding{"keys", true, "to be wrapped by KMS key " + cfg.KMS.Key}
		case exists(filepath.Join(cfg.Keys, "identities.age")):
			return finding{"keys", false, "wrapped by KMS key " + by + ", but files in the clear still lie beside: vigie key rotate removes them"}
		default:
			return finding{"keys", true, "wrapped by KMS key " + by}
		}
	}
	if cfg.Keys == filepath.Clean(cfg.Data)+".keys" {
		return finding{"keys", false, fmt.Sprintf("keys lie beside the data (%s): who takes the disk takes both; set keys: or VIGIE_KEYS to a directory elsewhere", cfg.Keys)}
	}
	return finding{"keys", true, "in a directory of their own"}
}

func keysRead(s *session, cfg app.Config) finding {
	st, err := os.Stat(cfg.Keys)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return finding{"keys", true, "none yet: they are made at the first start"}
	case err != nil:
		return finding{"keys", false, err.Error()}
	case st.Mode().Perm()&0o077 != 0:
		return finding{"keys", false, fmt.Sprintf("%s is readable by others (%v): chmod 700", cfg.Keys, st.Mode().Perm())}
	}
	if _, err := app.OpenKeys(s, cfg); err != nil {
		return finding{"keys", false, err.Error()}
	}
	return finding{"keys", true, "open"}
}

func dataPlace(cfg app.Config) finding {
	st, err := os.Stat(cfg.Data)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return finding{"data", true, cfg.Data + " is made at the first start"}
	case err != nil:
		return finding{"data", false, err.Error()}
	case st.Mode().Perm()&0o077 != 0:
		return finding{"data", false, fmt.Sprintf("%s is readable by others (%v): chmod 700", cfg.Data, st.Mode().Perm())}
	}
	return finding{"data", true, cfg.Data}
}

// leastFree is how much room a data directory should have, in bytes.
const leastFree = 2 << 30

func diskSpace(cfg app.Config) finding {
	dir := cfg.Data
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return finding{"disk", false, err.Error()}
	}
	free := st.Bavail * uint64(st.Bsize)
	return finding{"disk", free >= leastFree, fmt.Sprintf("%d MiB free for %s", free>>20, cfg.Data)}
}

func storeRead(s *session, cfg app.Config) []finding {
	dsn := filepath.Join(cfg.Data, "vigie.db")
	if cfg.Database != "" {
		dsn = string(cfg.Database)
	} else if !exists(dsn) {
		return []finding{{"store", true, "none yet: it is made at the first start"}}
	}
	keys, err := app.OpenKeys(s, cfg)
	if err != nil {
		return []finding{{"store", false, "no keys for it: " + err.Error()}}
	}
	st, err := store.Open(s, dsn, keys)
	if err != nil {
		return []finding{{"store", false, err.Error()}}
	}
	defer func() { _ = st.Close() }()
	out := []finding{{"store", true, "opens, schema is current"}}
	rep, err := st.VerifyAudit(s, nil)
	if err != nil {
		return append(out, finding{"audit", false, err.Error()})
	}
	out = append(out, finding{"audit", rep.OK, fmt.Sprintf("%d entries, %d faults", rep.Entries, len(rep.Faults))})
	return append(append(out, evidenceAnchored(s, cfg, st)), alertsKept(s, cfg, st)...)
}

// evidenceAnchored looks whether the chain of custody is signed, stamped and
// held elsewhere.
func evidenceAnchored(s *session, cfg app.Config, st *store.Store) finding {
	rep, err := st.VerifyCustody(s, nil)
	if err != nil {
		return finding{"evidence", false, err.Error()}
	}
	kept, err := evidence.Checkpoints(filepath.Join(cfg.Data, "evidence"))
	if err != nil {
		return finding{"evidence", false, err.Error()}
	}
	say := fmt.Sprintf("chain of custody: %d links, %d faults", rep.Entries, len(rep.Faults))
	switch tsa := cfg.Evidence.TimestampAuthority; {
	case !rep.OK:
		return finding{"evidence", false, say + ": vigie evidence verify tells which"}
	case rep.Entries == 0:
		return finding{"evidence", true, say}
	case len(kept) == 0:
		return finding{"evidence", false, say + "; no checkpoint: vigie serve makes them, or vigie evidence checkpoint"}
	case len(cfg.Evidence.CheckpointCopies) == 0:
		return finding{"evidence", false, say + "; checkpoints lie beside the data alone: set evidence.checkpoint_copies to where this server's administrator cannot write"}
	case tsa != "" && kept[len(kept)-1].Token == nil:
		return finding{"evidence", false, say + "; the newest checkpoint has no time stamp: the authority did not answer, and is asked again at the next checkpoint"}
	case tsa == "":
		say += "; not time-stamped (evidence.timestamp_authority)"
	}
	return finding{"evidence", true, fmt.Sprintf("%s; signed up to link %d", say, kept[len(kept)-1].Size)}
}

func registriesRead(s *session, cfg app.Config) []finding {
	dir := filepath.Join(cfg.Data, "registries")
	names, err := registry.List(dir)
	if err != nil {
		return []finding{{"registry", false, err.Error()}}
	}
	if len(names) == 0 {
		return []finding{{"registry", false, "none: vigie registry import NAME DIR"}}
	}
	keys, err := app.OpenKeys(s, cfg)
	if err != nil {
		return nil // said above
	}
	var out []finding
	for _, n := range names {
		reg, err := registry.Open(filepath.Join(dir, string(n)), keys)
		if err != nil {
			out = append(out, finding{"registry", false, fmt.Sprintf("%s: %v", n, err)})
			continue
		}
		info := reg.Info()
		_ = reg.Close()
		out = append(out, finding{"registry", true, fmt.Sprintf("%s version %d, %d persons, built %s", n, info.Version, info.Persons, info.BuiltAt.Format(time.DateOnly))})
	}
	return out
}

func consolePlace(cfg app.Config) finding {
	host, _, err := net.SplitHostPort(cfg.Console.Listen)
	if err != nil {
		return finding{"console", false, fmt.Sprintf("listen %q: want host:port", cfg.Console.Listen)}
	}
	ip := net.ParseIP(host)
	if host != "localhost" && (ip == nil || !ip.IsLoopback()) && !cfg.Console.Secure {
		return finding{"console", false, cfg.Console.Listen + " is reachable from outside without TLS: listen on loopback behind a TLS proxy and set console.secure"}
	}
	return finding{"console", true, cfg.Console.Listen}
}

func workflowsPlace(cfg app.Config) finding {
	if cfg.Temporal.Address == "" {
		return finding{"workflows", true, "embedded server: fit for a demo or a trial, not for real duty"}
	}
	if cfg.Temporal.TLSCert == "" && !strings.HasPrefix(cfg.Temporal.Address, "127.") && !strings.HasPrefix(cfg.Temporal.Address, "localhost:") {
		return finding{"workflows", false, cfg.Temporal.Address + " without mTLS: set temporal.tls_cert, tls_key and tls_ca"}
	}
	return finding{"workflows", true, cfg.Temporal.Address}
}

func mailPlace(cfg app.Config) finding {
	c := cfg.Channels
	name := c.SMTP
	if c.Mail.SES.Region != "" {
		name = "Amazon SES, " + c.Mail.SES.Region
	}
	switch {
	case name == "":
		return finding{"e-mail", false, "channels.smtp is not configured: nobody can be told by e-mail"}
	case c.SMTP != "" && c.Mail.Bounces.Maildir == "", c.SMTP == "" && c.Mail.SES.Queue == "":
		return finding{"e-mail", false, name + ": nobody hears what bounces later: set channels.mail.bounces, or the queue of mail.ses"}
	case c.SMTP != "" && len(c.Mail.DKIM) == 0:
		return finding{"e-mail", true, name + ", which must sign with DKIM itself: channels.mail.dkim names no key"}
	}
	return finding{"e-mail", true, name}
}

func sourcesPlace(cfg app.Config) finding {
	if len(cfg.Sources) == 0 {
		return finding{"sources", false, "none configured: nothing is watched"}
	}
	return finding{"sources", true, fmt.Sprintf("%d configured", len(cfg.Sources))}
}
