package consoletest

import (
	"context"

	"vigie/internal/breach"
)

// SaveFacts keeps the latest facts of a controller.
func (s *Store) SaveFacts(_ context.Context, _ breach.IncidentID, controller breach.ControllerID, _ int, facts []byte) error {
	defer s.lock()()
	s.facts[controller] = facts
	return nil
}

// SetIncident replaces an incident.
func (s *Store) SetIncident(inc breach.Incident) {
	defer s.lock()()
	s.incidents[inc.ID] = inc
}
