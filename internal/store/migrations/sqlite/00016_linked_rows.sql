-- Who else is linked to a row of the dump is asked for each batch of hand-overs:
-- without this index SQLite read all links of the other registry for each person.

-- +goose Up
CREATE INDEX candidates_linked_rows ON candidates (incident, registry, dump_row, person) WHERE state = 'linked';
