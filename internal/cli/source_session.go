package cli

import (
	"errors"
	"fmt"

	"vigie/crawlers"
	"vigie/internal/breach"
)

type sourceSessionCmd struct {
	Name string `arg:"" help:"Name of the source."`
	By   string `help:"Account of the person who opened the session." required:"" placeholder:"NAME"`
	Show bool   `help:"Only show by which circuit to open it."`
	JSON bool   `help:"One JSON document."`
}

// Help shows an example.
func (sourceSessionCmd) Help() string {
	return `Reads a cookies.txt, or a Cookie header, on standard input. The source must say in
its key "accounts" who allowed it. What was handed over is kept sealed, and the
hand-over is audited.

Sites that tie a session to its circuit want the person to come by the circuit of
the visits: open the site with the SOCKS user and password that --show prints.

Example:
  vigie source session forum --by camille < cookies.txt`
}

// circuit is how scripts see the way a person has to come by.
type circuit struct {
	Source    string `json:"source"`
	Cookies   int    `json:"cookies"` // handed over now
	Proxy     string `json:"proxy"`
	User      string `json:"user"`
	Password  string `json:"password"`
	UserAgent string `json:"user_agent"`
}

// Run hands the session over.
func (c sourceSessionCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	var src breach.Source
	for _, one := range cfg.Sources {
		if string(one.ID) == c.Name {
			src = one
		}
	}
	switch {
	case src.ID == "":
		return usage("source %q is not configured", c.Name)
	case src.Accounts == "":
		return &breach.RefusedError{Code: "not-allowed", What: "session of source " + c.Name,
			Hint: "log-ins are off until counsel has signed; then say who and where in the source's key accounts"}
	}
	var cookies []crawlers.Cookie
	if !c.Show {
		if cookies, err = crawlers.ReadSession(s.stdin(), src); err != nil {
			return err
		}
	}
	a, err := s.equip(true)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if _, err := a.Store.User(s, breach.UserID(c.By)); errors.Is(err, breach.ErrNotFound) {
		return usage("there is no account %q", c.By)
	} else if err != nil {
		return err
	}
	password, err := a.Steps.AdmitSession(s, src, breach.UserID(c.By), cookies)
	if err != nil {
		return err
	}
	out := circuit{c.Name, len(cookies), hostOnly(src.Proxy), c.Name, password, crawlers.UserAgent}
	if c.JSON {
		return s.document(out)
	}
	if !c.Show {
		_, err = fmt.Fprintf(s.std.Out, "%s: %d cookies taken for the next visits\n", c.Name, len(cookies))
		return err
	}
	_, err = fmt.Fprintf(s.std.Out, "proxy %s\nuser %s\npassword %s\nUser-Agent %s\n", out.Proxy, out.User, out.Password, out.UserAgent)
	return err
}
