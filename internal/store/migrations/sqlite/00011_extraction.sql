-- What controllers attest was taken from their registries, in versions: of a
-- registry in an incident the one counts that was not replaced. Its people are
-- written before it, so that half of them never counts.

-- +goose Up
CREATE TABLE extractions (
	incident    TEXT NOT NULL REFERENCES incidents (id),
	registry    TEXT NOT NULL,
	seq         INTEGER NOT NULL,
	as_of       INTEGER NOT NULL,
	controller  TEXT NOT NULL,
	listed      INTEGER NOT NULL,
	departed    TEXT NOT NULL,
	categories  TEXT NOT NULL,
	attested_by TEXT NOT NULL,
	attested_at INTEGER NOT NULL,
	reference   TEXT NOT NULL,
	words       TEXT NOT NULL,
	by_user     TEXT NOT NULL,
	at          INTEGER NOT NULL,
	version     INTEGER NOT NULL,
	persons     INTEGER NOT NULL,
	gone        INTEGER NOT NULL,
	unknown     INTEGER NOT NULL,
	replaced_at INTEGER NOT NULL,
	PRIMARY KEY (incident, registry, seq)
) STRICT;

CREATE TABLE extracted (
	incident TEXT NOT NULL,
	registry TEXT NOT NULL,
	seq      INTEGER NOT NULL,
	person   TEXT NOT NULL,
	PRIMARY KEY (incident, registry, seq, person)
) STRICT;
