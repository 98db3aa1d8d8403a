// Package duty knows whom to wake for an alert, in which order and at which
// hour. It is pure: it reads a directory, answers questions about it and
// writes the few words of a page; waiting, sending and remembering happen
// elsewhere.
//
// The policy is stated, printed and tested: the rungs of an escalation follow
// each other after Ack without an answer; a page at Breaks urgency or above
// breaks quiet hours, any other waits for their end; alerts from Auto on wake
// people without a person deciding so.
package duty

import (
	"errors"
	"fmt"
	"io"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/setting"
)

// The roles of a body, as a directory names them, in the order in which they
// are woken; the watch team comes before them.
const (
	RoleTeam     = "team"
	RoleDPO      = "dpo"
	RoleSecurity = "security"
	RoleHead     = "head"
)

var roles = []string{RoleTeam, RoleDPO, RoleSecurity, RoleHead}

// Contact is a function that can be woken, not a person.
type Contact struct {
	Role  string `yaml:"role"`
	Name  string `yaml:"name"` // of the function, such as "Astreinte DSI"
	Email string `yaml:"email"`
	Phone string `yaml:"phone"` // E.164
	Lang  string `yaml:"lang"`  // fr (default) or en
}

// Body is a body with its contacts.
type Body struct {
	Name     string    `yaml:"name"` // as alerts name it
	Code     string    `yaml:"code"` // "insee:...", "siren:...", or ""
	Contacts []Contact `yaml:"contacts"`
}

// Policy says how people are woken.
type Policy struct {
	Ack    time.Duration  `yaml:"ack"`    // without an answer, the next rung; default 15m
	Rounds int            `yaml:"rounds"` // how often the whole ladder is climbed; default 2
	Quiet  [2]string      `yaml:"quiet"`  // from and to, "22:00" and "07:00" in Paris; empty: none
	Breaks breach.Urgency `yaml:"breaks"` // quiet hours do not hold from here on; default critical
	Auto   breach.Urgency `yaml:"auto"`   // wakes without a person's word from here on; "": never
	// Bodies lets Auto wake a body's own contacts; otherwise they are woken when
	// a person of the team said that the alert is worth it.
	Bodies bool `yaml:"bodies"`
}

// Directory is whom to wake.
type Directory struct {
	Policy Policy    `yaml:"policy"`
	Team   []Contact `yaml:"team"` // on call of the watch team
	Bodies []Body    `yaml:"bodies"`
}

// What a directory may hold.
const (
	maxDirectory = 16 << 20 // bytes
	maxBodies    = 100_000
	maxContacts  = 20 // of one body
)

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

// Read reads a directory in YAML. Unknown keys, contacts nobody could reach and
// a policy without sense are breach.ErrInvalid.
func Read(r io.Reader) (*Directory, error) {
	d := &Directory{}
	if err := setting.Read(r, maxDirectory, d); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading a duty directory: %w", err)
	}
	if len(d.Bodies) > maxBodies {
		return nil, fmt.Errorf("reading a duty directory: more than %d bodies: %w", maxBodies, breach.ErrInvalid)
	}
	d.Policy = d.Policy.defaults()
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("reading a duty directory: %w: %w", breach.ErrInvalid, err)
	}
	return d, nil
}

func (p Policy) defaults() Policy {
	if p.Ack == 0 {
		p.Ack = 15 * time.Minute
	}
	if p.Rounds == 0 {
		p.Rounds = 2
	}
	if p.Breaks == "" {
		p.Breaks = breach.UrgencyCritical
	}
	return p
}

func (d *Directory) check() error {
	p := d.Policy
	switch {
	case p.Ack < time.Minute || p.Ack > 24*time.Hour:
		return fmt.Errorf("policy: ack %v, want 1m to 24h", p.Ack)
	case p.Rounds < 1 || p.Rounds > 10:
		return fmt.Errorf("policy: rounds %d, want 1 to 10", p.Rounds)
	case !slices.Contains(breach.Urgencies, p.Breaks):
		return fmt.Errorf("policy: breaks %q, want one of %v", p.Breaks, breach.Urgencies)
	case p.Auto != "" && !slices.Contains(breach.Urgencies, p.Auto):
		return fmt.Errorf("policy: auto %q, want one of %v", p.Auto, breach.Urgencies)
	case (p.Quiet[0] == "") != (p.Quiet[1] == ""):
		return errors.New("policy: quiet hours need a beginning and an end")
	}
	for _, q := range p.Quiet {
		if _, err := time.Parse("15:04", q); q != "" && err != nil {
			return errors.New("policy: quiet hours are written 22:00")
		}
	}
	if err := checkContacts("the team", d.Team); err != nil {
		return err
	}
	for i, b := range d.Bodies {
		if b.Name == "" && b.Code == "" {
			return fmt.Errorf("body %d has neither name nor code", i+1)
		}
		if err := checkContacts(fmt.Sprintf("body %d", i+1), b.Contacts); err != nil {
			return err
		}
	}
	return nil
}

// checkContacts names contacts by their place: an error holds no address.
func checkContacts(whose string, list []Contact) error {
	if len(list) > maxContacts {
		return fmt.Errorf("%s has %d contacts, at most %d", whose, len(list), maxContacts)
	}
	for i, c := range list {
		where := fmt.Sprintf("%s, contact %d", whose, i+1)
		if whose != "the team" && !slices.Contains(roles[1:], c.Role) {
			return fmt.Errorf("%s: role, want one of %v", where, roles[1:])
		}
		if a, err := mail.ParseAddress(c.Email); c.Email != "" && (err != nil || a.Address != c.Email) {
			return fmt.Errorf("%s: the e-mail address is not one", where)
		}
		if c.Phone != "" && !e164.MatchString(c.Phone) {
			return fmt.Errorf("%s: the phone number is not E.164", where)
		}
		if c.Email == "" && c.Phone == "" {
			return fmt.Errorf("%s: neither e-mail nor phone", where)
		}
		if c.Lang != "" && c.Lang != "fr" && c.Lang != "en" {
			return fmt.Errorf("%s: lang, want fr or en", where)
		}
	}
	return nil
}

// Body finds a body by its code, or by its name where it has none.
func (d *Directory) Body(a breach.Alert) (Body, bool) {
	for _, b := range d.Bodies {
		if a.Code != "" && b.Code == a.Code {
			return b, true
		}
	}
	for _, b := range d.Bodies {
		if b.Name != "" && (a.Code == "" || b.Code == "") && strings.EqualFold(b.Name, a.Entity) {
			return b, true
		}
	}
	return Body{}, false
}
