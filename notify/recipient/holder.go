package recipient

import (
	"cmp"
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

var (
	adultKinds = []breach.RelationKind{breach.RelationTutor, breach.RelationCurator, breach.RelationAgent}
	allKinds   = []breach.RelationKind{breach.RelationParent, breach.RelationTutor, breach.RelationCurator,
		breach.RelationDelegate, breach.RelationAuthority, breach.RelationAgent}
)

// holder is what all the rows of one holder and one kind come to on the day.
// Exactly one of three holds: why is set (excluded), doubt is set (a human
// decides), or the holder acts.
type holder struct {
	id        breach.PersonID
	kind      breach.RelationKind
	authority breach.Authority
	contact   breach.Contact
	places    []breach.Contact // every contact any row gives, old ones too
	why       string
	doubt     string
	dangerous bool // barred, withdrawn or suspended: must learn nothing
	barred    bool // named by a protection order, now or perhaps
}

// fold gathers the rows by holder and kind. Exclusion wins over any other row
// of the same holder, however recent that row is.
func fold(s breach.Subject, day time.Time) []holder {
	rows := map[breach.PersonID][]breach.Relation{}
	for _, row := range s.Relations {
		rows[row.Holder] = append(rows[row.Holder], row)
	}
	var list []holder
	for id, mine := range rows {
		list = append(list, foldHolder(s, id, mine, day)...)
	}
	slices.SortFunc(list, func(a, b holder) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.kind, b.kind))
	})
	return list
}

func foldHolder(s breach.Subject, id breach.PersonID, rows []breach.Relation, day time.Time) []holder {
	common := holder{id: id}
	common.why, common.doubt, common.dangerous = exclusion(rows, day)
	if common.why == "" && (id == "" || id == s.Person) {
		common.doubt = notify.ReasonHolderUnnamed
	}
	common.barred = common.dangerous && slices.ContainsFunc(rows, func(row breach.Relation) bool { return row.Barred })
	byKind := map[breach.RelationKind][]breach.Relation{}
	for _, row := range rows {
		byKind[row.Kind] = append(byKind[row.Kind], row)
		common.places = append(common.places, row.Contact)
	}
	var list []holder
	for kind, mine := range byKind {
		h := common
		h.kind = kind
		if !slices.Contains(allKinds, kind) && h.why == "" {
			h.doubt = notify.ReasonRowsConflict
		}
		h.settle(mine, day)
		list = append(list, h)
	}
	return list
}

// exclusion looks for what forbids telling this holder: death, a protection
// order, withdrawal, suspension. An exclusion that has ended, or that begins
// later, leaves a doubt unless a newer row states who exercises; so does a bar
// of which the registry does not know what it stands beside.
func exclusion(rows []breach.Relation, day time.Time) (why, doubt string, dangerous bool) {
	for _, row := range rows {
		if row.Deceased {
			return notify.ReasonHolderDeceased, "", false
		}
	}
	for _, row := range rows {
		reason := excludes(row)
		switch {
		case reason == "":
		case row.Barred && row.Authority == breach.AuthorityUnknown:
			doubt, dangerous = notify.ReasonAuthorityUnknown, true
		case row.From.After(day):
			doubt, dangerous = notify.ReasonExclusionAhead, true
		case row.Until.IsZero() || !dayOf(row.Until).Before(day):
			if why == "" || reason == notify.ReasonHolderBarred {
				why = reason
			}
		case !restored(rows, row.Until, day):
			doubt, dangerous = notify.ReasonExclusionEnded, true
		}
	}
	if why != "" {
		return why, "", true
	}
	return "", doubt, dangerous
}

func excludes(row breach.Relation) string {
	switch {
	case row.Barred:
		return notify.ReasonHolderBarred
	case row.Authority == breach.AuthorityWithdrawn:
		return notify.ReasonParentWithdrawn
	case row.Authority == breach.AuthoritySuspended:
		return notify.ReasonParentSuspended
	}
	return ""
}

// restored tells whether a row that begins once the exclusion has ended, and
// is valid on the day, says what holds now.
func restored(rows []breach.Relation, ended, day time.Time) bool {
	return slices.ContainsFunc(rows, func(row breach.Relation) bool {
		return excludes(row) == "" && active(row, day) && !row.From.IsZero() && !dayOf(row.From).Before(dayOf(ended))
	})
}

// active tells whether a row that grants something is valid on the day.
func active(row breach.Relation, day time.Time) bool {
	return !dayOf(row.From).After(day) && (row.Until.IsZero() || dayOf(row.Until).After(day))
}

// settle works out the contact and the authority from the rows of one kind.
func (h *holder) settle(rows []breach.Relation, day time.Time) {
	var now []breach.Relation
	for _, row := range rows {
		if active(row, day) && excludes(row) == "" {
			now = append(now, row)
		}
	}
	if h.why != "" {
		return
	}
	if len(now) == 0 {
		if h.doubt == "" {
			h.why = notify.ReasonRelationEnded
		} else {
			h.contact = rows[0].Contact
		}
		return
	}
	slices.SortStableFunc(now, func(a, b breach.Relation) int { return b.From.Compare(a.From) })
	h.contact, h.authority = now[0].Contact, now[0].Authority
	if h.doubt != "" {
		return
	}
	for _, row := range now[1:] {
		if row.Authority != h.authority || (row.Contact != h.contact && row.From.Equal(now[0].From)) {
			h.doubt = notify.ReasonRowsConflict
			return
		}
	}
	if h.kind == breach.RelationParent {
		h.exercise()
	}
}

func (h *holder) exercise() {
	switch h.authority {
	case breach.AuthorityJoint, breach.AuthoritySole:
	case breach.AuthorityNone:
		h.why = notify.ReasonParentNoExercise
	default:
		h.doubt = notify.ReasonAuthorityUnknown
	}
}

// any tells whether some holder of these kinds acts or is in doubt.
func (r *resolution) any(kinds ...breach.RelationKind) bool {
	return slices.ContainsFunc(r.holders, func(h holder) bool { return h.why == "" && slices.Contains(kinds, h.kind) })
}

// acting counts the holders of a kind about whom nothing is in doubt.
func (r *resolution) acting(kind breach.RelationKind) int {
	n := 0
	for _, h := range r.holders {
		if h.kind == kind && h.why == "" && h.doubt == "" {
			n++
		}
	}
	return n
}

// count counts every holder of a kind, excluded ones too.
func (r *resolution) count(kind breach.RelationKind) int {
	n := 0
	for _, h := range r.holders {
		if h.kind == kind {
			n++
		}
	}
	return n
}
