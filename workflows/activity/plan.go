package activity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/matchers/registry"
	"vigie/notify"
	"vigie/notify/recipient"
	"vigie/notify/sms"
	"vigie/notify/wording"
	"vigie/workflows"
)

// planPage bounds how many linked persons are held at once.
const planPage = 1000

// Plan works out, for every linked person, who must be told, where and why,
// and writes it as ledger rows without a name in them. The hash of each
// controller's part is what people approve: facts, templates, recipient list.
// A plan that was cut begins anew: the day, the registries or the facts may
// have moved on, and only a finished one can be approved. A finished part
// stands.
func (s *Steps) Plan(ctx context.Context, in workflows.IncidentInput) (workflows.PlanResult, error) {
	defer beat(ctx)()
	var out workflows.PlanResult
	p, err := s.newPlanner(ctx, in.Incident)
	if err != nil {
		return out, kind(err)
	}
	steps := []func(context.Context) error{
		p.begin,
		func(ctx context.Context) error { return p.each(ctx, p.count) },
		p.freeze,
		p.lookBack,
		func(ctx context.Context) error { return p.each(ctx, p.tell) },
		p.rest,
		p.reach,
		p.brief,
		p.proofread,
		p.finish,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return out, kind(fmt.Errorf("planning %s: %w", in.Incident, err))
		}
	}
	for _, c := range p.order {
		part := p.parts[c]
		out.Controllers = append(out.Controllers, workflows.ControllerPlan{
			Controller: c, Persons: part.persons, Messages: part.seq,
		})
	}
	return out, nil
}

// planner holds one planning in progress.
type planner struct {
	steps      *Steps
	incident   breach.Incident
	at         time.Time
	registries []*Protected
	manifests  map[breach.ControllerID]registry.Manifest
	parts      map[breach.ControllerID]*part
	order      []breach.ControllerID
	shielded   map[int64][]human // protected persons by dump row, in any registry
	dangers    []breach.Danger   // for the danger lane, not yet written
	settled    map[breach.DangerID]breach.Danger
	profile    breach.Profile
	suspended  map[string]bool
	readers    map[uint64]uint64 // who reads a mailbox or number; 0: several people
	before     *past             // what was told of the same data elsewhere
	taken      map[breach.RegistryID]breach.Extraction
	gone       *departures
	kin        map[uint64]int // how many children a guardian may be told of together
	waiting    map[uint64][]child
}

// part is one controller's share of the plan.
type part struct {
	controller breach.Controller
	facts      frozen
	raw        []byte // the facts as stored and hashed
	seq        int64
	persons    int64
	own        int64                         // records about them
	registries []breach.RegistryID           // with people of the controller
	extent     map[breach.RegistryID]*extent // how they are known
	recipients int64
	rows       []breach.Message
	sum        hash.Hash
	shapes     map[shape]bool
	texts      map[string]int64 // SMS by where the number is from
	found      []breach.Finding // in the institution's documents
	done       bool             // planned by an earlier attempt
}

func (s *Steps) newPlanner(ctx context.Context, id breach.IncidentID) (*planner, error) {
	inc, err := s.Store.Incident(ctx, id)
	if err != nil {
		return nil, err
	}
	names, err := s.Store.Registries(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &planner{
		steps: s, incident: inc, at: s.Now(),
		parts: map[breach.ControllerID]*part{}, manifests: map[breach.ControllerID]registry.Manifest{},
		shielded: map[int64][]human{}, settled: map[breach.DangerID]breach.Danger{},
		kin: map[uint64]int{}, waiting: map[uint64][]child{},
	}
	d, _, err := s.Store.Dump(ctx, inc.Dump)
	if err != nil && (inc.Dump != "" || !errors.Is(err, breach.ErrNotFound)) { // an incident may rest on attestations alone
		return nil, err
	}
	p.profile, p.readers = d.Profile, map[uint64]uint64{}
	if p.suspended, err = s.Store.Suspended(ctx); err != nil {
		return nil, err
	}
	lane, err := s.Store.Dangers(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	for _, d := range lane {
		if !d.Open() {
			p.settled[d.ID] = d
		}
	}
	if p.taken, err = s.attested(ctx, id); err != nil {
		return nil, err
	}
	if p.gone, err = s.departures(ctx, id); err != nil {
		return nil, err
	}
	for _, n := range names {
		reg, err := s.Registries.Open(n)
		if err != nil {
			return nil, err
		}
		p.registries = append(p.registries, reg)
	}
	slices.SortStableFunc(p.registries, func(a, b *Protected) int { return a.Manifest().TellRank - b.Manifest().TellRank })
	for _, reg := range p.registries {
		for _, c := range reg.Manifest().Controllers {
			if p.parts[c.ID] == nil {
				p.parts[c.ID] = &part{controller: c, sum: sha256.New(), shapes: map[shape]bool{}, texts: map[string]int64{}, extent: map[breach.RegistryID]*extent{}}
				p.manifests[c.ID] = reg.Manifest()
				p.order = append(p.order, c.ID)
			}
			p.parts[c.ID].registries = append(p.parts[c.ID].registries, reg.Manifest().Name)
		}
	}
	return p, nil
}

// begin finds what an earlier attempt has finished, and drops what it has not.
func (p *planner) begin(ctx context.Context) error {
	for _, c := range p.order {
		part := p.parts[c]
		if err := p.steps.Store.OpenCase(ctx, breach.Case{Incident: p.incident.ID, Controller: c, Mandate: standing(part.controller)}); err != nil {
			return err
		}
		k, err := p.steps.Store.Case(ctx, p.incident.ID, c)
		if err != nil {
			return err
		}
		if k.PlanHash == "" && k.Notice == 0 {
			if err := p.steps.Store.DropPlan(ctx, p.incident.ID, c); err != nil {
				return err
			}
			continue
		}
		part.done, part.persons = true, k.Persons
		if part.seq, err = p.steps.Store.LedgerEnd(ctx, p.incident.ID, c); err != nil {
			return err
		}
	}
	return nil
}

// count counts the persons whom a controller tells.
func (p *planner) count(part *part, s breach.Subject, l store.Linked) {
	if part.done {
		return
	}
	part.persons++
	part.own += int64(max(1, rowsOf(l)))
	part.know(s.Registry, p.taken[s.Registry], l)
	d := resolve(s, p.at, part.facts, p.manifests[s.Controller])
	if k := kinship(s, d); k != 0 {
		p.kin[k]++
	}
	for _, r := range d.Recipients {
		p.reads(r.Contact.Email, s.Registry, r.Key)
		p.reads(r.Contact.Phone, s.Registry, r.Key)
	}
}

// reads notes that somebody is reached at a mailbox or a number.
func (p *planner) reads(value string, reg breach.RegistryID, key string) {
	if value == "" {
		return
	}
	at, who := maphash.String(readersSeed, strings.ToLower(value)), maphash.String(readersSeed, string(reg)+"/"+key)|1
	if old, ok := p.readers[at]; ok && old != who {
		who = 0
	}
	p.readers[at] = who
}

var readersSeed = maphash.MakeSeed()

// crowd tells whether several people are reached at a mailbox or a number.
func (p *planner) crowd(value string) bool {
	who, ok := p.readers[maphash.String(readersSeed, strings.ToLower(value))]
	return ok && who == 0
}

// tell adds the ledger rows of one person.
func (p *planner) tell(part *part, s breach.Subject, l store.Linked) {
	if part.done {
		return
	}
	rows := l.Rows
	s = p.shield(s, rows)
	p.guard(s, rows)
	d := resolve(s, p.at, part.facts, p.manifests[s.Controller], recipient.NotAlone(p.crowd))
	p.suspend(&d)
	if s.Contact == (breach.Contact{}) && s.BirthDate.IsZero() && len(d.Recipients) == 1 {
		d.Recipients[0].Why = []string{notify.ReasonLeftRegistry}
	}
	if l.Taken {
		d.Why = append(d.Why, notify.ReasonTaken)
		for i := range d.Recipients {
			d.Recipients[i].Why = append(d.Recipients[i].Why, notify.ReasonTaken)
		}
	}
	mine := p.write(part, s, d)
	if p.wait(part, child{s, d, mine}) {
		return
	}
	for _, m := range mine {
		part.add(m)
	}
}

// write makes the ledger rows of one person, in the order of the channels.
func (p *planner) write(part *part, s breach.Subject, d recipient.Decision) (rows []breach.Message) {
	if len(d.Recipients) == 0 {
		m := p.row(part, s, notify.Recipient{Key: string(s.Person), Role: "self"}, breach.ChannelHuman, 0, d.Why)
		if !d.Listed { // nobody to tell, as for the deceased: kept with its reason
			m.State = breach.MessageSkipped
		}
		rows = append(rows, m)
	}
	for _, r := range d.Recipients {
		part.recipients++
		if len(r.Steps) == 0 {
			rows = append(rows, p.row(part, s, r, breach.ChannelHuman, 0, r.Why))
		}
		elsewhere := p.before.told(s.Registry, s.Person, r.Key)
		for rank, ch := range r.Steps {
			m := p.row(part, s, r, ch, rank, r.Why)
			if elsewhere && ch != breach.ChannelHuman {
				m.State, m.Why = breach.MessageSkipped, m.Why+","+notify.ReasonToldElsewhere
			}
			rows = append(rows, m)
			part.text(m, r.Contact.Phone)
			part.shapes[shapeOf(r, ch, part.facts.Texts)] = true
		}
	}
	return rows
}

// freeze stores the facts of each controller. Nobody can have approved those
// of a plan that is not finished, so they follow what is known now, as a new
// version when they differ.
func (p *planner) freeze(ctx context.Context) error {
	dump, err := p.steps.extents(ctx, p.incident.ID)
	if err != nil {
		return err
	}
	for _, c := range p.order {
		part := p.parts[c]
		if part.done {
			continue
		}
		if part.raw, err = p.steps.writeFacts(ctx, p.incident, p.manifests[c], part.controller, part.persons, part.own, part.bases(p.taken, dump)); err != nil {
			return err
		}
		if err := json.Unmarshal(part.raw, &part.facts); err != nil {
			return fmt.Errorf("parsing the facts of %s: %w", c, err)
		}
	}
	return nil
}

func (p *planner) row(part *part, s breach.Subject, r notify.Recipient, ch breach.Channel, rank int, why []string) breach.Message {
	m := breach.Message{
		Incident: p.incident.ID, Controller: s.Controller, Registry: s.Registry, Subject: s.Person,
		Recipient: r.Key, Role: r.Role, Notice: part.facts.Version, Variant: r.Variant,
		Channel: ch, Rank: rank, State: breach.MessagePlanned, Why: strings.Join(why, ","),
		AddressKey: p.steps.addressKey(r.Contact, ch), UpdatedAt: p.at,
	}
	if ch == breach.ChannelHuman {
		m.State = breach.MessageListed
	}
	m.ID = p.steps.messageID(m)
	if d, ok := p.settled[p.steps.dangerID(m.Incident, m.Registry, m.Subject)]; ok && m.State == breach.MessageListed && r.Role == "self" {
		p.byHand(&m, d)
	}
	return m
}

// byHand writes into a row what a human has settled before the plan was made.
func (p *planner) byHand(m *breach.Message, d breach.Danger) {
	switch {
	case d.Outcome.Told():
		m.State, m.Provider, m.Ref, m.Attempts = breach.MessageHandedOver, store.ByHand, string(d.ID), 1
	case d.Outcome == breach.DangerNotThem:
		m.State, m.Why = breach.MessageSkipped, m.Why+","+notify.ReasonNotThem
	}
}

// messageID follows from what makes a communication unique in the ledger.
func (s *Steps) messageID(m breach.Message) breach.MessageID {
	return breach.MessageID("msg_" + s.Keys.Digest("message", string(m.Incident), string(m.Controller),
		fmt.Sprint(m.Notice), string(m.Registry), string(m.Subject), m.Recipient, string(m.Channel))[:24])
}

// text counts an SMS by where its number is from: there it costs what it costs.
func (p *part) text(m breach.Message, phone string) {
	if m.Channel != breach.ChannelSMS || m.State != breach.MessagePlanned {
		return
	}
	from, err := sms.Number(phone)
	if err != nil { // it will be refused, and costs nothing
		from = ""
	}
	p.texts[from]++
}

// add appends a ledger row and takes it into the hash that is approved.
func (p *part) add(m breach.Message) {
	p.seq++
	m.Seq = p.seq
	p.rows = append(p.rows, m)
	_, _ = fmt.Fprintf(p.sum, "%d %q %q %q %q %q %q %d %q %q\n", m.Seq, m.Registry, m.Subject, m.Recipient, m.Role,
		m.Variant, m.Channel, m.Rank, m.AddressKey, m.Why)
	if m.Former > 0 {
		_, _ = fmt.Fprintf(p.sum, "former %d\n", m.Former)
	}
	if m.Joined != "" {
		_, _ = fmt.Fprintf(p.sum, "joined %q\n", m.Joined)
	}
}

func (p *planner) flush(ctx context.Context) error {
	for _, c := range p.order {
		part := p.parts[c]
		if len(part.rows) == 0 {
			continue
		}
		if err := p.steps.Store.PlanMessages(ctx, part.rows); err != nil {
			return err
		}
		part.rows = part.rows[:0]
	}
	err := p.steps.Store.GuardDangers(ctx, p.dangers)
	p.dangers = nil
	return err
}

// reach refuses a plan that uses a channel nobody has configured.
func (p *planner) reach(context.Context) error {
	for _, c := range p.order {
		for s := range p.parts[c].shapes {
			if s.channel != breach.ChannelHuman && p.steps.Channels[s.channel] == nil {
				return &breach.RefusedError{Code: "channel-not-configured", What: "channel " + string(s.channel),
					Hint: "configure it and resume the incident"}
			}
		}
	}
	return nil
}

// finish stores the hash over facts, templates and recipients.
func (p *planner) finish(ctx context.Context) error {
	for _, c := range p.order {
		part := p.parts[c]
		if part.done {
			continue
		}
		sum := sha256.New()
		_, _ = fmt.Fprintf(sum, "facts %d\n%s\ntemplates %s\nrecipients %x\n", len(part.raw), part.raw, wording.Hash(), part.sum.Sum(nil))
		if err := p.steps.Store.Replan(ctx, breach.Case{Incident: p.incident.ID, Controller: c, PlanHash: hex.EncodeToString(sum.Sum(nil)),
			Persons: part.persons, Recipients: part.recipients, Notice: part.facts.Version, FirstRow: 1, Texts: part.texts}); err != nil {
			return err
		}
	}
	return nil
}

// standing is the mandate that a controller's manifest states, or none.
func standing(c breach.Controller) breach.Mandate {
	m := breach.Mandate{Reference: c.Mandate, By: c.MandateBy, At: c.MandateAt, Scope: c.MandateScope, SetBy: "system:manifest"}
	if !m.Complete() {
		return breach.Mandate{}
	}
	return m
}

// addressKey is a keyed digest of where a message goes.
func (s *Steps) addressKey(c breach.Contact, ch breach.Channel) string {
	switch ch {
	case breach.ChannelEmail:
		return s.Keys.Digest("address", string(ch), c.Email)
	case breach.ChannelSMS:
		return s.Keys.Digest("address", string(ch), c.Phone)
	case breach.ChannelLetter:
		a := c.Address
		return s.Keys.Digest("address", string(ch), c.Given, c.Name, a.Line2, a.Line3, a.Street, a.Line5, a.Postcode, a.City, a.Country)
	}
	return ""
}
