package activity

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	sdk "go.temporal.io/sdk/activity"

	"vigie/internal/breach"
	"vigie/matchers/registry"
	"vigie/notify"
)

// Bounds on what a person states of an extraction.
const (
	maxListed   = 5_000_000 // ids of a list
	maxListedID = 256       // bytes of one
	maxWords    = 4000      // characters of an attestation
	extractPage = 1000      // people at once
)

// Declare records a controller's attestation of what was taken from a registry
// of an incident, and joins it by id with the registry as it stood then: its
// people are told by the same plan, rules and ledger as those found in a dump.
// list holds the ids of those taken, one a line, where the controller gave them;
// nil is everybody. The protected among them enter the danger lane at once.
//
// A declaration that is cut leaves nothing that counts; another one before the
// plan replaces it, and both stay on record.
func (s *Steps) Declare(ctx context.Context, e breach.Extraction, list io.Reader) (breach.Extraction, error) {
	if err := s.checkExtraction(&e); err != nil {
		return e, err
	}
	reg, err := s.Registries.Open(e.Registry)
	if err != nil {
		return e, err
	}
	if e.Controller != "" && !slices.ContainsFunc(reg.Manifest().Controllers, func(c breach.Controller) bool { return c.ID == e.Controller }) {
		return e, &breach.RefusedError{Code: "other-controller", What: "registry " + string(e.Registry), Hint: "its manifest does not name controller " + string(e.Controller)}
	}
	j := join{steps: s, reg: reg, e: &e}
	if e.Listed = list != nil; e.Listed {
		if j.wanted, err = readIDs(list); err != nil {
			return e, err
		}
	}
	e.Version = reg.Info().Version
	if e.Seq, err = s.Store.BeginExtraction(ctx, e.Incident, e.Registry); err != nil {
		return e, err
	}
	if err := j.run(ctx); err != nil {
		return e, fmt.Errorf("joining registry %s: %w", e.Registry, err)
	}
	e.Unknown = int64(len(j.wanted))
	if e.Persons == 0 {
		return e, &breach.RefusedError{Code: "nobody-taken", What: "registry " + string(e.Registry),
			Hint: fmt.Sprintf("nobody of it was there on %s whom this names", e.AsOf.UTC().Format(time.RFC3339))}
	}
	if err := s.Store.SaveExtraction(ctx, e); err != nil {
		return e, err
	}
	for part := range slices.Chunk(j.danger, candidateBatch) { // the plan guards whom a crash leaves out here
		if err := s.Store.OpenDangers(ctx, part); err != nil {
			return e, err
		}
	}
	return e, s.openCases(ctx, e.Incident, e.Registry)
}

func (s *Steps) checkExtraction(e *breach.Extraction) error {
	bad := func(code, hint string) error {
		return &breach.RefusedError{Code: code, What: "extraction", Hint: hint}
	}
	if e.Departed == "" {
		e.Departed = breach.DepartedTell
	}
	e.RecordedAt = s.Now()
	slices.Sort(e.Categories)
	e.Categories = slices.Compact(e.Categories)
	unknown := slices.IndexFunc(e.Categories, func(c string) bool { _, ok := notify.CategoryClass(c); return !ok || c == "unknown" })
	long := slices.ContainsFunc([]string{e.By, e.Reference, e.Words}, func(t string) bool { return !utf8.ValidString(t) || utf8.RuneCountInString(t) > maxWords })
	switch {
	case e.AsOf.IsZero() || e.AsOf.After(e.RecordedAt):
		return bad("as-of", "say at which moment the data were taken; it is not in the future")
	case e.AttestedAt.IsZero() || e.AttestedAt.After(e.RecordedAt) || e.AttestedAt.Before(e.AsOf):
		return bad("attested-at", "say when it was attested: after the data were taken, and not in the future")
	case strings.TrimSpace(e.By) == "" || strings.TrimSpace(e.Words) == "" || e.RecordedBy == "":
		return bad("attestation", "say which function of the controller attests it, in which words, and who records it")
	case long:
		return bad("attestation", fmt.Sprintf("want at most %d characters", maxWords))
	case len(e.Categories) == 0:
		return bad("no-category", "say which categories of data were taken: people must be told (GDPR Art. 34(2))")
	case unknown >= 0:
		return bad("category", fmt.Sprintf("%q is no category of data", e.Categories[unknown]))
	case e.Departed != breach.DepartedTell && e.Departed != breach.DepartedHuman:
		return bad("departed", "people no longer followed: tell or human")
	}
	return nil
}

// readIDs reads ids, one a line.
func readIDs(r io.Reader) (map[string]bool, error) {
	bad := func(code, hint string) error {
		return &breach.RefusedError{Code: code, What: "list of ids", Hint: hint}
	}
	ids := map[string]bool{}
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 4<<10), 4<<10)
	for n := 1; in.Scan(); n++ {
		line := in.Text()
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		id := strings.TrimSpace(line)
		switch {
		case id == "":
			continue
		case len(id) > maxListedID || !utf8.ValidString(id):
			return nil, bad("id", fmt.Sprintf("line %d: want one id a line, in UTF-8, of at most %d bytes", n, maxListedID))
		case len(ids) == maxListed:
			return nil, bad("too-many-ids", fmt.Sprintf("want at most %d", maxListed))
		}
		ids[id] = true
	}
	if errors.Is(in.Err(), bufio.ErrTooLong) {
		return nil, bad("id", "a line is no id")
	}
	if in.Err() == nil && len(ids) == 0 {
		return nil, bad("no-ids", "the list is empty: without one, everybody is meant")
	}
	return ids, in.Err()
}

// join is a declaration being joined with its registry.
type join struct {
	steps  *Steps
	reg    *Protected
	e      *breach.Extraction
	wanted map[string]bool // ids of the list not met yet; nil: there is no list
	people []breach.PersonID
	gone   []breach.PersonID // met among those who have left, not looked up yet
	danger []breach.Danger
}

func (j *join) run(ctx context.Context) error {
	n := 0
	for rec, err := range j.reg.AsOf(j.e.AsOf) {
		if err != nil {
			return err
		}
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if j.wanted != nil {
			if !j.wanted[rec.ID] {
				continue
			}
			delete(j.wanted, rec.ID)
		}
		if err := j.meet(ctx, breach.PersonID(rec.ID)); err != nil {
			return err
		}
	}
	if err := j.look(ctx); err != nil {
		return err
	}
	return j.flush(ctx)
}

// meet takes one who was there then.
func (j *join) meet(ctx context.Context, id breach.PersonID) error {
	sub, err := j.reg.Subject(ctx, id)
	if errors.Is(err, breach.ErrNotFound) {
		if j.gone = append(j.gone, id); len(j.gone) < extractPage {
			return nil
		}
		return j.look(ctx)
	}
	if err != nil {
		return err
	}
	return j.take(ctx, sub)
}

// look opens those who have left.
func (j *join) look(ctx context.Context) error {
	found, err := j.reg.Departures(ctx, j.gone)
	if err != nil {
		return err
	}
	for _, id := range j.gone {
		if d, ok := found[id]; ok {
			before := j.e.Persons
			if err := j.take(ctx, d.Subject); err != nil {
				return err
			}
			j.e.Gone += j.e.Persons - before
		}
	}
	j.gone = j.gone[:0]
	return nil
}

func (j *join) take(ctx context.Context, sub breach.Subject) error {
	if !j.e.Covers(sub.Controller) {
		return nil
	}
	j.e.Persons++
	j.people = append(j.people, sub.Person)
	if why := dangerOf(sub, j.steps.Now()); why != nil {
		d := j.steps.entry(j.e.Incident, sub, why)
		d.Exposed = takenFields(sub, j.e.Categories)
		j.danger = append(j.danger, d)
	}
	if len(j.people) < extractPage {
		return nil
	}
	return j.flush(ctx)
}

func (j *join) flush(ctx context.Context) error {
	if sdk.IsActivity(ctx) {
		sdk.RecordHeartbeat(ctx)
	}
	err := j.steps.Store.AddExtracted(ctx, j.e.Incident, j.e.Registry, j.e.Seq, j.people)
	j.people = j.people[:0]
	return err
}

// takenFields says what an attestation gives away of a protected person. The
// value then may be another than today's, which nobody can tell: today's is
// taken to be out.
func takenFields(sub breach.Subject, categories []string) map[string]breach.Exposed {
	out := map[string]breach.Exposed{breach.FieldInstitution: breach.ExposedPresent} // it is the register that was taken
	has := func(codes ...string) bool {
		return slices.ContainsFunc(codes, func(c string) bool { return slices.Contains(categories, c) })
	}
	for _, f := range []struct {
		name  string
		taken bool
		held  bool
	}{
		{breach.FieldAddress, has("contact", "address"), !sub.Contact.Address.IsZero()},
		{breach.FieldPhone, has("contact", "phone"), sub.Contact.Phone != ""},
		{breach.FieldEmail, has("contact", "email"), sub.Contact.Email != ""},
		{breach.FieldName, has("civil_status", "name"), sub.Contact.Name != ""},
	} {
		switch {
		case f.taken && f.held:
			out[f.name] = breach.ExposedPresent
		case !f.held:
			out[f.name] = breach.ExposedAbsent
		default:
			out[f.name] = breach.ExposedUnsaid
		}
	}
	return out
}

// departures opens people, those who have left a registry among them: one pass
// over the past finds all of a page.
type departures struct {
	told  map[breach.RegistryID]bool // registries whose taken people are told although they left
	page  map[breach.RegistryID][]breach.PersonID
	found map[breach.RegistryID]map[breach.PersonID]registry.Departure
}

// departures begins for one incident.
func (s *Steps) departures(ctx context.Context, id breach.IncidentID) (*departures, error) {
	d := &departures{told: map[breach.RegistryID]bool{}}
	list, err := s.Store.Extractions(ctx, id, false)
	for _, e := range list {
		d.told[e.Registry] = e.Departed == breach.DepartedTell
	}
	d.expect()
	return d, err
}

// expect forgets the page before.
func (d *departures) expect() {
	d.page, d.found = map[breach.RegistryID][]breach.PersonID{}, map[breach.RegistryID]map[breach.PersonID]registry.Departure{}
}

// add says that somebody of the page was taken from a registry.
func (d *departures) add(reg breach.RegistryID, id breach.PersonID) {
	if d.told[reg] {
		d.page[reg] = append(d.page[reg], id)
	}
}

// subject opens a person: as they are now, else, where the controller wants
// those told who were taken and have left, as they were last.
func (d *departures) subject(ctx context.Context, reg *Protected, id breach.PersonID) (breach.Subject, error) {
	sub, err := reg.Subject(ctx, id)
	name := reg.Info().Name
	if !errors.Is(err, breach.ErrNotFound) || d == nil || !d.told[name] {
		return sub, err
	}
	if d.found[name] == nil {
		found, derr := reg.Departures(ctx, d.page[name])
		if derr != nil {
			return sub, derr
		}
		d.found[name] = found
	}
	if gone, ok := d.found[name][id]; ok {
		return gone.Subject, nil
	}
	return sub, err
}
