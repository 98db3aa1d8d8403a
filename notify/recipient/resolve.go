// Package recipient decides who must be told about one person, where, and why.
//
// Resolve is pure: a person, the person's relations and a day go in; the
// recipients, the order of channels, the wording variant and a reason for
// every decision come out. It knows the French rules on minors, parental
// authority, protected adults, protection orders and the dead (notices.md 2.5
// as overridden by decisions.md 3 and 4). It is called when a campaign is
// planned and again in the last step before hand-over.
//
// Its bias is one-sided: where the rows leave a doubt, a human decides and
// nothing is mailed. Telling nobody today can be repaired; a letter that shows
// a hidden address cannot.
package recipient

import (
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// Roles of a recipient.
const (
	roleSelf      = "self"
	roleParent    = "parent"
	roleTutor     = "tutor"
	roleCurator   = "curator"
	roleDelegate  = "delegate"
	roleInstitute = "institute"
	roleAgent     = "agent"
)

// Decision is who is told about one subject. Every recipient either has steps
// that are mailed, or the single step breach.ChannelHuman, or none (nobody can
// reach them); in the last two cases Listed is set, and the campaign puts a row
// in the list of people a human must act on. Only a deceased subject has no
// recipient at all without being listed.
type Decision struct {
	Recipients []notify.Recipient
	Listed     bool     // a human must act, or somebody cannot be reached
	Why        []string // reasons about the subject, most decisive first
	NotTold    []NotTold
	act        bool // about a civil-status act
}

// NotTold is a holder of some relation who is not told, and why.
type NotTold struct {
	Holder breach.PersonID
	Why    string
}

// Option narrows a resolution. Options only ever remove channels.
type Option func(*resolution)

// WithoutEmail removes every mailbox for which lost returns true: one whose
// credentials are in the dump is in somebody else's hands (decisions.md 6).
func WithoutEmail(lost func(email string) bool) Option {
	return func(r *resolution) { r.lost = lost }
}

// NotAlone removes every mailbox and number for which shared returns true: the
// registry gives it to several people, and nobody knows who reads it.
func NotAlone(shared func(emailOrPhone string) bool) Option {
	return func(r *resolution) { r.others = shared }
}

// AboutAct says that what was taken is a civil-status act. A notice about one
// may not reveal filiation to somebody who is not entitled to the full copy:
// those who are are the adult or emancipated person, ascendants, descendants,
// the spouse and the legal representative (decree 2017-890, arts. 26 to 33).
func AboutAct() Option { return func(r *resolution) { r.act = true } }

// Resolve decides who is told about s on a civil day. Rows are valid from
// their From day on and until the day before Until; an exclusion still holds
// on its Until day.
func Resolve(s breach.Subject, day time.Time, opts ...Option) Decision {
	r := &resolution{subject: s, day: dayOf(day)}
	for _, o := range opts {
		o(r)
	}
	r.holders = fold(s, r.day)
	r.guarded = s.Secret
	grown := s.AgeAt(r.day) >= 18 || s.Regime == breach.RegimeEmancipated
	for i := range r.holders {
		h := &r.holders[i]
		// Authority over somebody who is of age is gone, and with it what its
		// withdrawal meant; a protection order stands at any age.
		h.dangerous = h.dangerous && (h.barred || !grown)
		r.guarded = r.guarded || h.dangerous
		r.barred = r.barred || h.barred
	}
	r.decide()
	return r.finish()
}

type resolution struct {
	subject breach.Subject
	day     time.Time
	holders []holder
	lost    func(string) bool
	others  func(string) bool
	act     bool // about a civil-status act
	guarded bool // letters bear a neutral sender
	barred  bool // a protection order names somebody: only safe channels
	out     Decision
}

// decide walks the rules from the most decisive to the least.
func (r *resolution) decide() {
	r.out.act = r.act
	s, age := r.subject, r.subject.AgeAt(r.day)
	switch {
	case r.deceased():
		return // nobody is told
	case s.Protected:
		r.guarded = true
		r.human(notify.ReasonProtected)
		r.leaveOut(notify.ReasonProtectionStands, allKinds...)
	case age < 0:
		r.human(notify.ReasonAgeUnknown)
		r.leaveOut(notify.ReasonAgeUnknown, allKinds...)
	case !knownRegime(s.Regime):
		r.human(notify.ReasonRegimeUnknown)
		r.leaveOut(notify.ReasonRegimeUnknown, allKinds...)
	case s.Regime == breach.RegimeEmancipated && age < 16: // C. civ. 413-2: from sixteen
		r.human(notify.ReasonRegimeConflict)
		r.leaveOut(notify.ReasonRegimeConflict, allKinds...)
	case s.Regime == breach.RegimeEmancipated && age < 18:
		r.self(notify.VariantAdult, notify.ReasonSelfEmancipated)
		r.leaveOut(notify.ReasonEmancipatedAlone, allKinds...)
	case age < 18:
		r.minor(age)
	default:
		r.adult()
	}
	if len(r.out.Recipients) == 0 || r.out.Recipients[0].Role != roleSelf || !r.humanOnly() {
		r.doubt(notify.ReasonRowsConflict, r.strangeKinds()...)
	}
	if r.act {
		r.entitled()
	}
}

// entitled keeps a notice about an act to those who may have the act. A minor
// who is not emancipated hears it from who represents them. A curator assists
// and does not represent, a service or a delegate only within what was ordered:
// a human decides about them, since C. civ. 467 al. 3 would have them told.
func (r *resolution) entitled() {
	minor := r.subject.AgeAt(r.day) < 18 && r.subject.Regime != breach.RegimeEmancipated
	kept := r.out.Recipients[:0]
	for _, to := range r.out.Recipients {
		human := slices.Equal(to.Steps, []breach.Channel{breach.ChannelHuman})
		switch to.Role {
		case roleSelf:
			if minor && !human {
				r.out.NotTold = append(r.out.NotTold, NotTold{r.subject.Person, notify.ReasonNotEntitled})
				continue
			}
		case roleParent, roleTutor:
		default:
			if !human {
				to.Steps, to.Why = []breach.Channel{breach.ChannelHuman}, append([]string{notify.ReasonNotEntitled}, to.Why...)
			}
		}
		kept = append(kept, to)
	}
	r.out.Recipients = kept
}

// humanOnly tells whether the subject as a whole waits for a human.
func (r *resolution) humanOnly() bool {
	return slices.Equal(r.out.Recipients[0].Steps, []breach.Channel{breach.ChannelHuman})
}

// strangeKinds returns the kinds of relation these rules do not know.
func (r *resolution) strangeKinds() []breach.RelationKind {
	var list []breach.RelationKind
	for _, h := range r.holders {
		if !slices.Contains(allKinds, h.kind) {
			list = append(list, h.kind)
		}
	}
	return list
}

// deceased tells whether the subject has died: no Art. 34 letter is sent.
func (r *resolution) deceased() bool {
	s := r.subject
	if !s.Deceased && s.DeceasedAt.IsZero() {
		return false
	}
	if s.DeceasedAt.After(r.day) {
		r.human(notify.ReasonDeathUnclear)
		r.leaveOut(notify.ReasonDeathUnclear, allKinds...)
		return true
	}
	r.out.Why = append(r.out.Why, notify.ReasonDeceased)
	r.leaveOut(notify.ReasonDeceased, allKinds...)
	return true
}

// adult applies the protective measures of C. civ. 425 to 515.
func (r *resolution) adult() {
	measures := []struct {
		regime  breach.Regime
		kind    breach.RelationKind
		role    string
		variant string
		self    string
		why     string
	}{
		{breach.RegimeTutelle, breach.RelationTutor, roleTutor, notify.VariantTutor, notify.ReasonSelfTutelle, notify.ReasonTutor},
		{breach.RegimeCuratelle, breach.RelationCurator, roleCurator, notify.VariantCurator, notify.ReasonSelfCuratelle, notify.ReasonCurator},
		{breach.RegimeHabilitation, breach.RelationAgent, roleAgent, notify.VariantAgent, notify.ReasonSelfAssisted, notify.ReasonAgent},
		{breach.RegimeMandate, breach.RelationAgent, roleAgent, notify.VariantAgent, notify.ReasonSelfAssisted, notify.ReasonAgent},
	}
	for _, m := range measures {
		if r.subject.Regime != m.regime {
			continue
		}
		r.self(notify.VariantAdult, m.self)
		if r.tell(m.kind, m.role, m.variant, m.why) == 0 {
			r.absent(m.role, m.variant, notify.ReasonGuardianMissing)
		}
		r.leaveOut(notify.ReasonOfAge, breach.RelationParent, breach.RelationDelegate, breach.RelationAuthority)
		r.doubt(notify.ReasonRegimeConflict, adultKinds...)
		return
	}
	if r.subject.Regime == breach.RegimeSauvegarde {
		r.self(notify.VariantAdult, notify.ReasonSelfSauvegarde)
		r.leaveOut(notify.ReasonSauvegardeAlone, allKinds...)
		return
	}
	if r.any(adultKinds...) { // somebody acts for a person said to be capable
		r.human(notify.ReasonRegimeConflict)
		r.leaveOut(notify.ReasonRegimeConflict, adultKinds...)
	} else {
		r.self(notify.VariantAdult, notify.ReasonSelfAdult)
	}
	r.leaveOut(notify.ReasonOfAge, breach.RelationParent, breach.RelationDelegate, breach.RelationAuthority)
}

// minor tells the representatives, and from fifteen the young person as well,
// unless the service knows that the follow-up is kept secret.
func (r *resolution) minor(age int) {
	if r.subject.Secret {
		r.human(notify.ReasonSecret)
		r.leaveOut(notify.ReasonSecretKept, allKinds...)
		return
	}
	variant := notify.VariantChild
	if age >= 15 {
		variant = notify.VariantGuardian
		r.self(notify.VariantYoung, notify.ReasonSelfYoung)
	}
	r.representatives(variant)
	// A service that a child is entrusted to does not represent the child:
	// parents keep authority (C. civ. 375-7).
	represented := slices.ContainsFunc(r.out.Recipients, func(x notify.Recipient) bool {
		return x.Role != roleSelf && x.Role != roleInstitute
	})
	if !represented {
		r.absent(roleParent, variant, notify.ReasonNoRepresentative)
	}
}

// representatives tells those who exercise authority over a minor.
func (r *resolution) representatives(variant string) {
	parents := r.acting(breach.RelationParent)
	if r.any(breach.RelationTutor) && parents > 0 {
		// C. civ. 390: tutelle opens when no parent exercises. One of the rows is stale.
		r.doubt(notify.ReasonRowsConflict, breach.RelationTutor, breach.RelationParent)
	}
	if r.impossible() {
		r.doubt(notify.ReasonRowsConflict, breach.RelationParent)
	}
	r.tell(breach.RelationTutor, roleTutor, variant, notify.ReasonTutor)
	r.tell(breach.RelationDelegate, roleDelegate, variant, notify.ReasonDelegate)
	r.tell(breach.RelationAuthority, roleInstitute, variant, notify.ReasonInstitute)
	r.tell(breach.RelationParent, roleParent, variant, "")
	r.doubt(notify.ReasonRegimeConflict, breach.RelationCurator, breach.RelationAgent)
	if parents == 1 && r.joint() == 1 && r.count(breach.RelationParent) == 1 {
		r.out.Why = append(r.out.Why, notify.ReasonOtherParentUnknown)
	}
}

// impossible tells whether the parents' rows cannot hold together: one alone
// beside another, or more than two.
func (r *resolution) impossible() bool {
	acting := r.acting(breach.RelationParent)
	return acting > 2 || (acting > 1 && r.joint() < acting)
}

func (r *resolution) joint() int {
	n := 0
	for _, h := range r.holders {
		if h.why == "" && h.authority == breach.AuthorityJoint {
			n++
		}
	}
	return n
}

func knownRegime(g breach.Regime) bool {
	return slices.Contains([]breach.Regime{
		breach.RegimeNone, breach.RegimeEmancipated, breach.RegimeTutelle, breach.RegimeCuratelle,
		breach.RegimeHabilitation, breach.RegimeMandate, breach.RegimeSauvegarde,
	}, g)
}

// dayOf drops the clock: rules count days.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
