package consoletest

import (
	"context"
	"io"

	"vigie/internal/breach"
	"vigie/internal/console"
)

// Taken is what was attested, in memory. Every declaration finds a hundred
// people, of whom the dump has sixty, and seven rows of nobody.
type Taken struct {
	Declared []breach.Extraction
	IDs      []string // the lists given
	Answer   error    // to the next declaration
	State    console.NobodyState
}

// Extents lists the last declaration.
func (t *Taken) Extents(context.Context, breach.IncidentID) ([]breach.Extraction, []breach.Extent, error) {
	if len(t.Declared) == 0 {
		return nil, nil, nil
	}
	return t.Declared[len(t.Declared)-1:], []breach.Extent{{Taken: 100, Seen: 60, Perhaps: 5, NotSeen: 35, Outside: 3, Nobody: 7, Rows: 80}}, nil
}

// Declare keeps a declaration.
func (t *Taken) Declare(_ context.Context, e breach.Extraction, ids io.Reader) (breach.Extraction, error) {
	if t.Answer != nil {
		return e, t.Answer
	}
	if ids != nil {
		list, err := io.ReadAll(ids)
		if err != nil {
			return e, err
		}
		e.Listed, t.IDs = true, append(t.IDs, string(list))
	}
	e.Persons, e.Seq = 100, len(t.Declared)+1
	t.Declared = append(t.Declared, e)
	t.State.Rows = 7
	return e, nil
}

// Nobody says what stands.
func (t *Taken) Nobody(context.Context, breach.IncidentID, breach.ControllerID) (console.NobodyState, error) {
	return t.State, nil
}

// DecideNobody keeps a decision about the rows as they are.
func (t *Taken) DecideNobody(_ context.Context, _ breach.IncidentID, _ breach.ControllerID, decision string, rows int64, by breach.UserID, reason string) error {
	if rows != t.State.Rows {
		return breach.ErrConflict
	}
	t.State.Decision, t.State.Decided, t.State.Reason, t.State.By = decision, rows, reason, by
	return nil
}

// Categories are two.
func (*Taken) Categories(string) []console.Choice {
	return []console.Choice{{Code: "contact", Words: "coordonnées"}, {Code: "name", Words: "nom"}}
}
