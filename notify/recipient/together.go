package recipient

import (
	"fmt"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/notify"
)

// Together is what the children of one guardian must have in common to be named
// in one letter: children with the same answer may be, a child with "" is told
// about alone. It leans to letters apart, since what one letter names together
// the guardian's household and file know together for ever:
//
//   - a minor with a given name, told about to a parent, delegate or tutor by
//     letter, and nobody of the family left to a human;
//   - no protection, secret, elected domicile, bar, withdrawal or suspension in
//     any row, past ones too, and no neutral letter;
//   - the same registry, controller, wording, address and way of being reached;
//   - the same people around, in the same positions: a half-brother's father
//     never comes by a letter that names his son's half-sister;
//   - not about a civil-status act, which shows filiation.
//
// The answer holds what it compares: it is compared, hashed, and never kept.
func Together(s breach.Subject, d Decision, to notify.Recipient) string {
	alone := s.Protected || s.Secret || !s.Elected.IsZero() || s.Deceased || !s.DeceasedAt.IsZero() ||
		d.act || d.Listed || to.Neutral || to.About == "" ||
		!slices.Contains([]string{notify.VariantChild, notify.VariantGuardian}, to.Variant) ||
		!slices.Contains([]string{roleParent, roleDelegate, roleTutor}, to.Role) ||
		!slices.Contains(to.Steps, breach.ChannelLetter) || slices.Contains(to.Steps, breach.ChannelHuman) ||
		slices.ContainsFunc(s.Relations, func(r breach.Relation) bool { return excludes(r) != "" })
	if alone {
		return ""
	}
	var circle []string
	for _, r := range s.Relations {
		circle = append(circle, fmt.Sprintf("%q %q %q %t", r.Holder, r.Kind, r.Authority, r.Deceased))
	}
	slices.Sort(circle)
	return fmt.Sprintf("%q %q %q %q %q %q %+v\n", s.Registry, s.Controller, to.Key, to.Role, to.Variant, to.Steps, to.Contact) +
		strings.Join(slices.Compact(circle), "\n")
}
