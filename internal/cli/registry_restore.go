package cli

import (
	"fmt"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/workflows/activity"
)

// registryRestoreCmd accepts a version that was put back.
type registryRestoreCmd struct {
	Name   string `arg:"" help:"Name of the registry."`
	Reason string `required:"" help:"Why an older version is in force again; audited." placeholder:"TEXT"`
}

// Help says why a registry is refused.
func (registryRestoreCmd) Help() string {
	return "The database remembers the newest version of every registry, so that old files copied back into its directory, by mistake or to hide people, are refused as put-back. After a loss they may be all there is: this accepts them, with a reason in the audit log. Import the registry again as soon as there is a fresh file.\n\nExample:\n  vigie registry restore youth --reason \"the disk was lost; this is the backup of 3 May\""
}

// Run accepts the version in force.
func (c registryRestoreCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if strings.TrimSpace(c.Reason) == "" {
		return usage("--reason: say why")
	}
	regs := &activity.Registries{Dir: registriesDir(a.Config), Keys: a.Keys} // nobody looks: this is what is being settled
	reg, err := regs.Open(breach.RegistryID(c.Name))
	if err != nil {
		return err
	}
	defer func() { _ = reg.Close() }()
	mark, err := reg.Mark()
	if err != nil {
		return err
	}
	info := reg.Info()
	if err := a.Store.RestoreRegistry(s, info.Name, info.Version, mark, operator(), c.Reason, time.Now().UTC()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.std.Out, "%s version %d of %s is in force\n", info.Name, info.Version, info.BuiltAt.Format(time.DateOnly))
	return err
}
