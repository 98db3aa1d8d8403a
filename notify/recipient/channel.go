package recipient

import (
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vigie/internal/breach"
	"vigie/notify"
)

var roles = map[breach.RelationKind]string{
	breach.RelationParent: roleParent, breach.RelationTutor: roleTutor, breach.RelationCurator: roleCurator,
	breach.RelationDelegate: roleDelegate, breach.RelationAuthority: roleInstitute, breach.RelationAgent: roleAgent,
}

// self makes the subject a recipient, in words the subject reads.
func (r *resolution) self(variant, why string) {
	if variant == notify.VariantAdult && r.easy() {
		variant = notify.VariantEasy
	}
	r.out.Recipients = append(r.out.Recipients, notify.Recipient{
		Key: string(r.subject.Person), Role: roleSelf, Variant: variant, Contact: r.subject.Contact, Why: []string{why},
	})
}

// easy tells whether an adult reads easy-to-read language. What the registry
// says of the person decides. Where it says nothing, somebody whose faculties a
// doctor found altered is written to "selon des modalités adaptées à son état"
// (C. civ. 457-1): tutelle, curatelle, habilitation and an active mandate rest
// on such a finding (425, 477, 494-1). Sauvegarde may rest on an injury of the
// body alone and ends within a year: nothing follows from it.
func (r *resolution) easy() bool {
	switch r.subject.Contact.Reading {
	case breach.ReadingEasy:
		return true
	case breach.ReadingPlain:
		return false
	}
	return slices.Contains([]breach.Regime{breach.RegimeTutelle, breach.RegimeCuratelle, breach.RegimeHabilitation, breach.RegimeMandate}, r.subject.Regime)
}

// human puts the subject alone in the human lane: nothing is mailed.
func (r *resolution) human(why string) {
	variant := notify.VariantAdult
	if age := r.subject.AgeAt(r.day); age >= 15 && age < 18 {
		variant = notify.VariantYoung
	} else if age >= 0 && age < 15 {
		variant = notify.VariantChild
	}
	r.self(variant, why)
	r.out.Recipients[len(r.out.Recipients)-1].Steps = []breach.Channel{breach.ChannelHuman}
}

// absent lists somebody who should be told and whom the registry does not name.
func (r *resolution) absent(role, variant, why string) {
	r.out.Recipients = append(r.out.Recipients, notify.Recipient{
		Key: string(r.subject.Person) + "/" + role, Role: role, Variant: variant,
		Steps: []breach.Channel{breach.ChannelHuman}, Why: []string{why},
	})
}

// tell makes recipients of the holders of a kind, and says how many. An empty
// why takes the reason from the authority.
func (r *resolution) tell(kind breach.RelationKind, role, variant, why string) int {
	n := 0
	for _, h := range r.holders {
		switch {
		case h.kind != kind:
		case h.why != "":
			r.out.NotTold = append(r.out.NotTold, NotTold{h.id, h.why})
		default:
			n++
			r.add(h, role, variant, why)
		}
	}
	return n
}

func (r *resolution) add(h holder, role, variant, why string) {
	key := r.key(h, role)
	if slices.ContainsFunc(r.out.Recipients, func(x notify.Recipient) bool { return x.Key == key }) {
		return
	}
	if why == "" {
		why = notify.ReasonParentJoint
		if h.authority == breach.AuthoritySole {
			why = notify.ReasonParentSole
		}
	}
	to := notify.Recipient{Key: key, Role: role, Variant: variant, Contact: h.contact, Why: []string{why}}
	if h.doubt != "" {
		to.Steps, to.Why = []breach.Channel{breach.ChannelHuman}, []string{h.doubt}
	}
	r.out.Recipients = append(r.out.Recipients, to)
}

// key identifies a recipient. A row whose holder is not named, or is the
// subject, gets a key of its own: a human looks at it.
func (r *resolution) key(h holder, role string) string {
	if h.id == "" || h.id == r.subject.Person {
		return string(r.subject.Person) + "/" + role
	}
	return string(h.id)
}

// doubt sends the holders of these kinds who act to a human, for one reason.
func (r *resolution) doubt(why string, kinds ...breach.RelationKind) {
	for i := range r.holders {
		h := &r.holders[i]
		told := slices.ContainsFunc(r.out.Recipients, func(x notify.Recipient) bool { return x.Key == string(h.id) })
		if h.why != "" || told || !slices.Contains(kinds, h.kind) {
			continue
		}
		if h.doubt == "" {
			h.doubt = why
		}
		role := roles[h.kind]
		if role == "" {
			role = "unknown"
		}
		r.add(*h, role, notify.VariantGuardian, why)
	}
}

// leaveOut records that holders of these kinds are not told.
func (r *resolution) leaveOut(why string, kinds ...breach.RelationKind) {
	for _, h := range r.holders {
		if !slices.Contains(kinds, h.kind) {
			continue
		}
		reason := why
		if h.why != "" && h.why != notify.ReasonRelationEnded {
			reason = h.why
		}
		r.out.NotTold = append(r.out.NotTold, NotTold{h.id, reason})
	}
}

// finish chooses the channels of every recipient and closes the decision.
func (r *resolution) finish() Decision {
	for i := range r.out.Recipients {
		to := &r.out.Recipients[i]
		to.Neutral = r.guarded
		if to.Role != roleSelf {
			to.About = r.subject.Contact.Given
		}
		r.steps(to)
		mailed := len(to.Steps) > 0 && to.Steps[0] != breach.ChannelHuman
		r.out.Listed = r.out.Listed || !mailed
		if i == 0 {
			r.out.Why = append(slices.Clone(to.Why), r.out.Why...)
		}
	}
	r.out.NotTold = slices.DeleteFunc(r.out.NotTold, func(n NotTold) bool {
		return slices.ContainsFunc(r.out.Recipients, func(x notify.Recipient) bool { return x.Key == string(n.Holder) })
	})
	slices.SortStableFunc(r.out.NotTold, func(a, b NotTold) int { return strings.Compare(string(a.Holder), string(b.Holder)) })
	r.out.NotTold = slices.Compact(r.out.NotTold)
	return r.out
}

// steps strips the contact of what must not be used, then orders what is left:
// e-mail, then an SMS that points to the letter, then the letter.
func (r *resolution) steps(to *notify.Recipient) {
	c := &to.Contact
	r.unsafe(to)
	if len(to.Steps) > 0 { // a human sees whatever is safe
		return
	}
	r.unusable(to)
	r.shared(to)
	r.crowded(to)
	if len(to.Steps) > 0 { // now in the human lane
		return
	}
	if c.Email != "" {
		to.Steps = append(to.Steps, breach.ChannelEmail)
	}
	if canPost(c.Address) {
		if takesSMS(c.Phone) {
			to.Steps = append(to.Steps, breach.ChannelSMS)
		}
		to.Steps = append(to.Steps, breach.ChannelLetter)
	}
	if len(to.Steps) == 0 {
		to.Why = slices.Insert(to.Why, 0, notify.ReasonNoContact)
	}
}

// unsafe applies a standing protection: only what is marked safe, and for the
// protected person only the elected domicile.
func (r *resolution) unsafe(to *notify.Recipient) {
	c := &to.Contact
	if to.Role == roleSelf && r.subject.Protected {
		c.Address = r.subject.Elected
	}
	if !r.subject.Protected && !r.barred {
		return
	}
	if c.Email != "" && !c.EmailSafe {
		c.Email = ""
		to.Why = append(to.Why, notify.ReasonEmailUnsafe)
	}
	if c.Phone != "" && !c.PhoneSafe {
		c.Phone = ""
		to.Why = append(to.Why, notify.ReasonPhoneUnsafe)
	}
}

func (r *resolution) unusable(to *notify.Recipient) {
	c := &to.Contact
	if c.Email == "" {
		return
	}
	if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email {
		c.Email = ""
		to.Why = append(to.Why, notify.ReasonEmailUnusable)
	} else if r.lost != nil && r.lost(c.Email) {
		c.Email = ""
		to.Why = append(to.Why, notify.ReasonChannelsInTheDump)
	}
}

// crowded drops a mailbox or number that several people of the registry have.
func (r *resolution) crowded(to *notify.Recipient) {
	c := &to.Contact
	if r.others == nil {
		return
	}
	if c.Email != "" && r.others(c.Email) {
		c.Email = ""
		to.Why = append(to.Why, notify.ReasonEmailShared)
	}
	if c.Phone != "" && r.others(c.Phone) {
		c.Phone = ""
		to.Why = append(to.Why, notify.ReasonPhoneShared)
	}
}

// shared drops a mailbox or a number that somebody else has as well, and sends
// the recipient to a human when somebody excluded has the same address.
func (r *resolution) shared(to *notify.Recipient) {
	c := &to.Contact
	for _, h := range r.holders {
		if r.key(h, to.Role) == to.Key || h.why == notify.ReasonHolderDeceased {
			continue
		}
		for _, other := range h.places {
			r.dropShared(to, other)
			if h.dangerous && samePlace(c.Address, other.Address) {
				c.Address = breach.Address{}
				to.Steps = []breach.Channel{breach.ChannelHuman}
				to.Why = slices.Insert(to.Why, 0, notify.ReasonSharedWithBarred)
			}
		}
	}
	selfTold := len(r.out.Recipients) > 0 && r.out.Recipients[0].Role == roleSelf
	if to.Role != roleSelf && selfTold {
		r.dropShared(to, r.subject.Contact)
	}
}

func (r *resolution) dropShared(to *notify.Recipient, other breach.Contact) {
	c := &to.Contact
	if c.Email != "" && strings.EqualFold(c.Email, strings.TrimSpace(other.Email)) {
		c.Email = ""
		to.Why = append(to.Why, notify.ReasonEmailShared)
	}
	if c.Phone != "" && digits(c.Phone) == digits(other.Phone) {
		c.Phone = ""
		to.Why = append(to.Why, notify.ReasonPhoneShared)
	}
}

// canPost tells whether a letter can be tried: line 6 of NF Z 10-011 is there.
// notify/letter refuses the rest with a reason.
func canPost(a breach.Address) bool {
	abroad := a.Country != "" && a.Country != "FR"
	return a.City != "" && (a.Postcode != "" || abroad)
}

// takesSMS tells whether a number may be a mobile: E.164, and in metropolitan
// France +33 6 or +33 7 (national numbering plan).
func takesSMS(phone string) bool {
	rest, ok := strings.CutPrefix(phone, "+")
	if !ok || len(rest) < 8 || len(rest) > 15 || digits(rest) != rest {
		return false
	}
	national, french := strings.CutPrefix(rest, "33")
	return !french || (len(national) == 9 && (national[0] == '6' || national[0] == '7'))
}

func digits(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
}

// samePlace tells whether two addresses may be the same house. It errs on the
// side of yes: flats, wording of the street and accents do not tell them apart.
func samePlace(a, b breach.Address) bool {
	return Place(a) != "" && Place(a) == Place(b)
}

// Place is what two addresses share that may be the same house; "" for one that
// is not known.
func Place(a breach.Address) string {
	if a.IsZero() {
		return ""
	}
	number, last := "", ""
	words := strings.FieldsFunc(plain(a.Street+" "+a.Line5), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	for _, w := range words {
		if number == "" && digits(w) != "" {
			number = digits(w)
		}
		last = w
	}
	where := digits(a.Postcode)
	if where == "" {
		where = plain(a.City)
	}
	return where + "|" + number + "|" + last
}

// plain is s without accents, in capitals.
func plain(s string) string {
	return strings.ToUpper(strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, norm.NFD.String(s)))
}
