package consoletest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console"
	"vigie/notify"
	"vigie/notify/facts"
)

// desk edits facts in memory, by the real rules.
type desk struct {
	w        *World
	versions map[breach.ControllerID][]facts.Version
	facts    map[breach.ControllerID][]notify.Facts
}

func (d *desk) Draft(_ context.Context, id breach.IncidentID, c breach.ControllerID) (notify.Facts, error) {
	defer d.w.lock()()
	if list := d.facts[c]; len(list) > 0 {
		return list[len(list)-1], nil
	}
	raw := d.w.facts[c]
	if raw == nil {
		return notify.Facts{}, fmt.Errorf("facts of %s: %w", c, breach.ErrNotFound)
	}
	var f notify.Facts
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, err
	}
	f.Incident, f.Controller.ID, f.Controller.Name = id, c, "Mission locale du Val d’Orbe"
	f.Consequences, f.Measures, f.Actions, f.Complaint = []string{"phishing"}, []string{"watch"}, []string{"ignore_links", "never_give", "report"}, "none"
	d.facts[c], d.versions[c] = []notify.Facts{f}, []facts.Version{{Number: 1}}
	return f, nil
}

func (d *desk) Amend(ctx context.Context, id breach.IncidentID, c breach.ControllerID, seen int, e facts.Edit, tell facts.Tell, by breach.UserID, why string) (int, error) {
	f, err := d.Draft(ctx, id, c)
	if err != nil {
		return 0, err
	}
	if seen != f.Version {
		return 0, breach.ErrConflict
	}
	if err := e.Check(d.w.clock, nil); err != nil {
		return 0, err
	}
	defer d.w.lock()()
	f = e.Apply(f)
	f.Version++
	d.facts[c] = append(d.facts[c], f)
	d.versions[c] = append(d.versions[c], facts.Version{Number: f.Version, By: by, At: d.w.clock, Why: why, Tell: tell})
	return f.Version, nil
}

func (d *desk) Impact(ctx context.Context, id breach.IncidentID, c breach.ControllerID, e facts.Edit, tell facts.Tell) (facts.Impact, error) {
	f, err := d.Draft(ctx, id, c)
	if err == nil {
		err = e.Check(d.w.clock, nil)
	}
	if err != nil {
		return facts.Impact{}, err
	}
	out := facts.Impact{Told: 811, Documents: d.diff(f, e.Apply(f)), Statements: facts.Compare(f, e.Apply(f), "")}
	if r, ok := facts.Revise(f, e.Apply(f), "", tell); ok && r.Corrects {
		out.Corrected = 811
	}
	return out, nil
}

func (d *desk) diff(a, b notify.Facts) []facts.DocumentChange {
	if a.Summary["fr"] == b.Summary["fr"] {
		return nil
	}
	return []facts.DocumentChange{{Name: "letter", Variant: "adult", Lang: "fr", Blocks: []facts.BlockChange{{Heading: "Ce qui s’est passé", Before: a.Summary["fr"], After: b.Summary["fr"]}}}}
}

func (d *desk) Between(_ context.Context, _ breach.IncidentID, c breach.ControllerID, from, to int) ([]facts.DocumentChange, error) {
	defer d.w.lock()()
	return d.diff(d.facts[c][from-1], d.facts[c][to-1]), nil
}

func (d *desk) Versions(_ context.Context, _ breach.IncidentID, c breach.ControllerID) ([]facts.Version, error) {
	defer d.w.lock()()
	return append([]facts.Version(nil), d.versions[c]...), nil
}

func (d *desk) Choices(_, field string) (out []console.Choice) {
	codes := map[string]string{"category": "civil_status contact nir iban", "consequence": "phishing bank_fraud", "measure": "watch access_closed", "action": "ignore_links never_give report"}
	for _, code := range strings.Fields(codes[field]) {
		out = append(out, console.Choice{Code: code, Words: code})
	}
	return out
}

// Crowd adds so many controllers to the incident, with clocks an hour apart.
func (w *World) Crowd(n int) {
	for i := range n {
		id := breach.ControllerID(fmt.Sprintf("ml-%03d", i))
		w.extra = append(w.extra, breach.Controller{ID: id, Name: fmt.Sprintf("Mission locale inventée %03d", i)})
		k := breach.Case{Incident: "inc_1", Controller: id, PlanHash: fmt.Sprintf("hash-%03d", i), Persons: int64(i)}
		if i%2 == 0 {
			k.AwareAt, k.AwareBy, k.AwareReason = w.clock.Add(-time.Duration(i)*time.Hour), "ana", "appel"
		}
		if i%3 == 0 {
			k.Decision, k.Mandate = breach.DecisionTell, breach.Mandate{Reference: "C", By: "d", Scope: "s", At: w.clock}
		}
		w.AddCase(k)
	}
}
