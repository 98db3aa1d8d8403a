package app

import (
	"context"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/console"
	"vigie/notify"
	"vigie/notify/wording"
	"vigie/workflows/activity"
)

// extractions gives the steps the shapes that the console declares.
type extractions struct{ *activity.Steps }

// Nobody says what stands of the rows that are nobody's.
func (x extractions) Nobody(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (s console.NobodyState, err error) {
	if s.Rows, err = x.Steps.Nobody(ctx, id, c); err != nil {
		return s, err
	}
	n, note, err := x.NobodyDecided(ctx, id, c)
	s.Decision, s.Decided, s.Reason, s.By = n.Decision, n.Rows, note.Reason, note.By
	return s, err
}

// Categories lists the categories of data in words, in their order.
func (extractions) Categories(lang string) []console.Choice {
	var out []console.Choice
	for _, code := range notify.CategoryCodes() {
		if code != "unknown" {
			out = append(out, console.Choice{Code: code, Words: wording.Category(lang, code)})
		}
	}
	slices.SortFunc(out, func(a, b console.Choice) int { return strings.Compare(a.Words, b.Words) })
	return out
}
