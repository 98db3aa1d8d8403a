-- The pairs of one person: each line of the danger lane asks for them, which
-- without this reads every pair of the incident for every person in danger.

-- +goose Up
CREATE INDEX candidates_by_person ON candidates (incident, registry, person, state);
