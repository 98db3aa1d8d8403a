package activity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	sdk "go.temporal.io/sdk/activity"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/notify/facts"
	"vigie/notify/wording"
	"vigie/workflows"
)

// Revise plans a later version of a controller's facts from the ledger: who
// was told something that proved wrong gets a correction, who was planned and
// not told yet gets the version as it is now, and nobody else anything. It
// writes rows after the last one of the ledger; those of earlier versions that
// were not handed over are held.
func (s *Steps) Revise(ctx context.Context, in workflows.RevisionInput) (workflows.RevisionPlan, error) {
	defer beat(ctx)()
	var out workflows.RevisionPlan
	k, err := s.Store.Case(ctx, in.Incident, in.Controller)
	if err != nil {
		return out, kind(err)
	}
	h, err := s.history(ctx, in.Incident, in.Controller)
	if err != nil {
		return out, kind(err)
	}
	if out.Superseded = h.now.Version > in.Version; out.Superseded {
		return out, nil
	}
	if k.Notice < in.Version || k.PlanHash == "" {
		if k, err = s.revise(ctx, k, h); err != nil {
			return out, kind(fmt.Errorf("revising the plan of %s in %s: %w", in.Controller, in.Incident, err))
		}
	}
	out.From = k.FirstRow
	out.To, err = s.Store.LedgerEnd(ctx, in.Incident, in.Controller)
	return out, kind(err)
}

// Revision tells whether a revision is approved, as a first plan is.
func (s *Steps) Revision(ctx context.Context, in workflows.RevisionInput) (workflows.RevisionState, error) {
	var out workflows.RevisionState
	k, err := s.Store.Case(ctx, in.Incident, in.Controller)
	if err != nil {
		return out, kind(err)
	}
	latest, _, err := s.Store.Facts(ctx, in.Incident, in.Controller)
	if err != nil {
		return out, kind(err)
	}
	if out.Superseded = latest > in.Version; out.Superseded || k.Notice != in.Version {
		return out, nil
	}
	all, err := s.progress(ctx, in.Incident)
	if err != nil {
		return out, kind(err)
	}
	out.Ready, err = s.ready(ctx, k, all[k.Controller])
	return out, kind(err)
}

// versions is every version of a controller's facts.
type versions struct {
	now  frozen
	raw  []byte
	told map[int]frozen
	tell map[int]facts.Tell // what a person decided with a version
}

func (s *Steps) history(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (versions, error) {
	h := versions{told: map[int]frozen{}, tell: map[int]facts.Tell{}}
	list, err := s.Store.FactsVersions(ctx, id, c)
	if err != nil {
		return h, err
	}
	if len(list) == 0 {
		return h, fmt.Errorf("facts of %s in %s: %w", c, id, breach.ErrNotFound)
	}
	for _, v := range list {
		var f frozen
		if err := json.Unmarshal(v.Facts, &f); err != nil {
			return h, fmt.Errorf("parsing version %d of the facts of %s: %w: %w", v.Number, id, breach.ErrInvalid, err)
		}
		h.told[v.Number], h.tell[v.Number] = f, facts.Tell(v.Tell)
		h.now, h.raw = f, v.Facts
	}
	return h, nil
}

// message is what somebody gets who was told a version, now; ok is false when
// nothing. What was decided with any version since then counts.
func (h versions) message(former int, variant string) (notify.Revision, bool) {
	tell := facts.TellNobody
	for v, t := range h.tell {
		if v > former && (t == facts.TellWrong || t == facts.TellNews && tell == facts.TellNobody) {
			tell = t
		}
	}
	return facts.Revise(h.told[former].Facts, h.now.Facts, notify.GroupOf(variant), tell)
}

// revision is a plan of a later version in progress.
type revision struct {
	*planner
	part *part
	h    versions
	used map[int]bool // versions that are corrected
	docs map[shape]map[int]bool
	// again are those whom a human told and must tell once more.
	again map[breach.RegistryID][]breach.PersonID
	// attested are the people of the page at hand whom an extraction has.
	attested map[breach.RegistryID]map[breach.PersonID]bool
}

func (s *Steps) revise(ctx context.Context, k breach.Case, h versions) (breach.Case, error) {
	version := h.now.Version
	flying, err := s.Store.SupersedePlan(ctx, k.Incident, k.Controller, version, s.Now(), s.Now().Add(-sendPatience))
	if err != nil {
		return k, err
	}
	if flying > 0 {
		return k, fmt.Errorf("%d messages about an earlier version are being handed over: %w", flying, breach.ErrTemporary)
	}
	end, err := s.Store.LedgerEnd(ctx, k.Incident, k.Controller)
	if err != nil {
		return k, err
	}
	p, err := s.newPlanner(ctx, k.Incident)
	if err != nil {
		return k, err
	}
	r := &revision{planner: p, part: p.parts[k.Controller], h: h, used: map[int]bool{}, docs: map[shape]map[int]bool{}, again: map[breach.RegistryID][]breach.PersonID{}}
	if r.part == nil {
		return k, fmt.Errorf("controller %q is in no manifest: %w", k.Controller, breach.ErrInvalid)
	}
	r.part.facts, r.part.raw, r.part.seq = h.now, h.raw, end
	p.settled = nil // what a human settled was about an earlier version
	p.order = []breach.ControllerID{k.Controller}
	if err := r.walk(ctx); err != nil {
		return k, err
	}
	for reg, persons := range r.again {
		if err := s.Store.ReopenDangers(ctx, k.Incident, reg, persons, s.Now()); err != nil {
			return k, err
		}
	}
	if err := p.reach(ctx); err != nil {
		return k, err
	}
	if r.part.found, err = s.papers(ctx, k, h.now.Facts); err != nil { // the institution knows before its people
		return k, err
	}
	if err := r.proofread(ctx); err != nil {
		return k, err
	}
	k.PlanHash, k.Notice, k.FirstRow = r.hash(), version, end+1
	k.Persons, k.Recipients, k.Texts = r.part.persons, r.part.recipients, r.part.texts
	return k, s.Store.Replan(ctx, k)
}

// walk visits every person of the ledger with what each recipient has heard.
func (r *revision) walk(ctx context.Context) error {
	var person []store.Heard
	var after [3]string
	for more := true; more; {
		sdk.RecordHeartbeat(ctx)
		page, err := r.steps.Store.Hearing(ctx, r.incident.ID, r.part.controller.ID, r.part.facts.Version, after, planPage)
		if err != nil {
			return err
		}
		if err := r.meet(ctx, slices.Concat(person, page)); err != nil {
			return err
		}
		for _, h := range page {
			after = h.After()
			if len(person) > 0 && (person[0].Subject != h.Subject || person[0].Registry != h.Registry) {
				if err := r.person(ctx, person); err != nil {
					return err
				}
				person = person[:0]
			}
			person = append(person, h)
		}
		if more = len(page) == planPage; !more && len(person) > 0 {
			if err := r.person(ctx, person); err != nil {
				return err
			}
		}
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// meet says who of the visits that follow was taken, as a controller attests.
func (r *revision) meet(ctx context.Context, heard []store.Heard) error {
	r.gone.expect()
	r.attested = map[breach.RegistryID]map[breach.PersonID]bool{}
	for name, e := range r.taken {
		var ids []breach.PersonID
		for _, h := range heard {
			if h.Registry == name {
				ids = append(ids, h.Subject)
			}
		}
		slices.Sort(ids)
		found, err := r.steps.Store.Extracted(ctx, r.incident.ID, name, e.Seq, slices.Compact(ids))
		if err != nil {
			return err
		}
		r.attested[name] = found
		for id := range found {
			r.gone.add(name, id)
		}
	}
	return nil
}

// person adds the rows of one person, from the registry as it stands.
func (r *revision) person(ctx context.Context, heard []store.Heard) error {
	reg, err := r.steps.Registries.Open(heard[0].Registry)
	if err != nil {
		return err
	}
	subject, err := r.subject(ctx, reg, heard[0].Subject)
	if err != nil {
		return err
	}
	subject.Controller = r.part.controller.ID
	rows := r.part.seq
	found := resolve(subject, r.at, r.part.facts, reg.Manifest()).Recipients
	for i := range found {
		if r.attested[subject.Registry][subject.Person] {
			found[i].Why = append(found[i].Why, notify.ReasonTaken)
		}
	}
	fresh := !slices.ContainsFunc(heard, func(h store.Heard) bool { return h.Tried || h.Told > 0 })
	for _, h := range heard {
		i := slices.IndexFunc(found, func(x notify.Recipient) bool { return x.Key == h.Recipient && x.Role == h.Role })
		switch {
		case !h.Mailed:
			r.byHuman(subject, h)
		case i < 0 && h.Told > 0:
			r.excluded(subject, h)
		case i >= 0:
			r.mailed(subject, h, found[i])
		}
	}
	for _, x := range found { // one who is a recipient since, of somebody of whom nothing was said to anybody
		if fresh && !slices.ContainsFunc(heard, func(h store.Heard) bool { return h.Recipient == x.Key || !h.Mailed }) {
			r.mailed(subject, store.Heard{Channels: []breach.Channel{breach.ChannelLetter}}, x) // a mailbox may be somebody else's too
		}
	}
	if r.part.seq > rows {
		r.part.persons++
	}
	return nil
}

// mailed plans what a recipient of letters and e-mails gets.
func (r *revision) mailed(s breach.Subject, h store.Heard, x notify.Recipient) {
	former := h.Told
	if former > 0 {
		if _, ok := r.h.message(former, x.Variant); !ok {
			return
		}
	} else if h.Listed {
		return // the lane has this recipient, and tells the facts as they are
	}
	// Only by channels that the first plan had: it knew which are shared.
	x.Steps = slices.DeleteFunc(slices.Clone(x.Steps), func(ch breach.Channel) bool { return !slices.Contains(h.Channels, ch) })
	if len(x.Steps) == 0 {
		if former > 0 {
			r.add(s, x, breach.ChannelHuman, 0, x.Why, former)
		}
		return
	}
	r.part.recipients++
	for rank, ch := range x.Steps {
		r.add(s, x, ch, rank, x.Why, former)
	}
}

// byHuman asks the lane to correct what a human has said.
func (r *revision) byHuman(s breach.Subject, h store.Heard) {
	if h.Told == 0 {
		return
	}
	if _, ok := r.h.message(h.Told, h.Variant); ok {
		r.part.recipients++
		x := notify.Recipient{Key: h.Recipient, Role: h.Role, Variant: h.Variant}
		r.add(s, x, breach.ChannelHuman, 0, strings.Split(h.Why, ","), h.Told)
		r.again[s.Registry] = append(r.again[s.Registry], s.Person)
	}
}

// excluded keeps that somebody who was told is told no more, and why.
func (r *revision) excluded(s breach.Subject, h store.Heard) {
	if _, ok := r.h.message(h.Told, h.Variant); !ok {
		return
	}
	m := r.row(r.part, s, notify.Recipient{Key: h.Recipient, Role: h.Role, Variant: h.Variant}, breach.ChannelHuman, 0, []string{notify.ReasonRecipientExcluded})
	m.Former, m.State = h.Told, breach.MessageSkipped
	r.part.add(m)
}

func (r *revision) add(s breach.Subject, x notify.Recipient, ch breach.Channel, rank int, why []string, former int) {
	m := r.row(r.part, s, x, ch, rank, why)
	m.Former = former
	r.part.add(m)
	r.part.text(m, x.Contact.Phone)
	r.used[former] = true
	kind := shapeOf(x, ch, r.part.facts.Texts)
	r.part.shapes[kind] = true
	if r.docs[kind] == nil {
		r.docs[kind] = map[int]bool{}
	}
	r.docs[kind][former] = true
}

// proofread holds every kind of correction to the rules of a communication. What
// it finds holds the approval, as a first plan's does.
func (r *revision) proofread(ctx context.Context) error {
	found := append([]breach.Finding{}, r.part.found...)
	for _, x := range r.part.kinds() {
		for former := range r.docs[x] {
			if err := ctx.Err(); err != nil {
				return err
			}
			more, err := r.steps.proofread(r.part, x, r.h, former)
			if err != nil {
				return err
			}
			found = append(found, more...)
		}
	}
	return r.steps.Store.SaveProofread(ctx, r.incident.ID, r.part.controller.ID,
		breach.Proofread{Digest: r.part.findingsDigest(found), Findings: found, At: r.at})
}

// hash binds the facts of today, those that are corrected, the templates and
// the recipients.
func (r *revision) hash() string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "facts %d\n%s\ntemplates %s\nrecipients %x\n", len(r.h.raw), r.h.raw, wording.Hash(), r.part.sum.Sum(nil))
	for v := range r.h.now.Version {
		if r.used[v] && v > 0 {
			raw, _ := json.Marshal(r.h.told[v]) // what was read from JSON
			_, _ = fmt.Fprintf(sum, "former %d %s\n", v, raw)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Amend keeps what a person says of a controller's facts as their next
// version. The facts are those of the version that the person saw; somebody
// who was faster makes it breach.ErrConflict. After the first plan, the
// version must be carried out by the workflow named by RevisionWorkflowID.
func (s *Steps) Amend(ctx context.Context, id breach.IncidentID, c breach.ControllerID, seen int, e facts.Edit, tell facts.Tell, by breach.UserID, why string) (version int, planned bool, err error) {
	if err := e.Check(s.Now(), knownWords); err != nil {
		return 0, false, err
	}
	if tell != facts.TellNobody && tell != facts.TellNews && tell != facts.TellWrong {
		return 0, false, &breach.RefusedError{Code: "tell-unknown", What: "facts", Hint: "news, wrong or nothing"}
	}
	k, err := s.Store.Case(ctx, id, c)
	if ignoreMissing(err) != nil {
		return 0, false, err
	}
	base, err := s.Draft(ctx, id, c)
	if err != nil {
		return 0, false, err
	}
	if seen != base.Version {
		return 0, false, fmt.Errorf("the facts are at version %d: %w", base.Version, breach.ErrConflict)
	}
	f, err := s.frozen(ctx, id, c)
	if ignoreMissing(err) != nil {
		return 0, false, err
	}
	f.Facts, f.Templates = e.Apply(base), wording.Hash()
	f.Version = seen + 1
	if f.Texts, err = s.ReadOver(ctx); err != nil {
		return 0, false, err
	}
	if err := complete(f.Facts); err != nil {
		return 0, false, err
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return 0, false, err
	}
	if k.Controller == "" {
		if err := s.Store.OpenCase(ctx, breach.Case{Incident: id, Controller: c, Mandate: standing(f.Controller)}); err != nil {
			return 0, false, err
		}
	}
	err = s.Store.AmendFacts(ctx, id, c, store.Version{Number: f.Version, Facts: raw, By: by, At: s.Now(), Why: why, Tell: string(tell)})
	return f.Version, k.Notice > 0, err
}

// complete refuses facts from which no communication could be made, in any
// language.
func complete(f notify.Facts) error {
	for _, lang := range []string{"fr", "en"} {
		if err := wording.Complete(f, lang); err != nil {
			return err
		}
	}
	return nil
}

func knownWords(key string) bool { _, ok := wording.Say(key); return ok }

// Draft returns the facts of a controller as a person may edit them: the
// latest version, with its contact details and the hour of its awareness as
// they are now; before the first plan, what is known so far, as version 0.
func (s *Steps) Draft(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (notify.Facts, error) {
	inc, err := s.Store.Incident(ctx, id)
	if err != nil {
		return notify.Facts{}, err
	}
	p, err := s.newPlanner(ctx, id)
	if err != nil {
		return notify.Facts{}, err
	}
	part := p.parts[c]
	if part == nil {
		return notify.Facts{}, fmt.Errorf("controller %q is in no manifest of incident %s: %w", c, id, breach.ErrNotFound)
	}
	f, err := s.frozen(ctx, id, c)
	if ignoreMissing(err) != nil {
		return notify.Facts{}, err
	}
	if err != nil {
		gathered, err := s.known(ctx, inc, p.manifests[c], part.controller, 0, 0, part.bases(p.taken, nil))
		return gathered.Facts, err
	}
	k, err := s.Store.Case(ctx, id, c)
	if ignoreMissing(err) != nil {
		return notify.Facts{}, err
	}
	f.Controller = part.controller
	f.AwareAt = k.AwareAt
	return f.Facts, nil
}

// render writes what a recipient gets: the communication, or its correction
// for one who was told a former version.
func (h versions) render(f frozen, r notify.Recipient, ch breach.Channel, former int) (notify.Document, error) {
	if former == 0 {
		return wording.Write(f.Facts, r, ch, f.Texts, nil)
	}
	rev, ok := h.message(former, r.Variant)
	if !ok {
		return notify.Document{}, fmt.Errorf("nothing to correct since version %d: %w", former, breach.ErrInvalid)
	}
	return wording.Write(f.Facts, r, ch, f.Texts, &rev)
}
