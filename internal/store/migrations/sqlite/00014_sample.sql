-- Pairs drawn by chance when a dump is matched, what people say of them, and the
-- models of linkage that they refine. No value rests here: a pair is the levels of
-- its comparisons, and forgets its row once people have settled.

-- +goose Up
CREATE TABLE sampled_pairs (
	id          TEXT PRIMARY KEY,
	incident    TEXT NOT NULL REFERENCES incidents (id),
	registry    TEXT NOT NULL,
	person      TEXT NOT NULL,
	tbl         TEXT NOT NULL,
	dump_row    INTEGER NOT NULL,
	stratum     INTEGER NOT NULL,
	place       INTEGER NOT NULL,
	draw        TEXT NOT NULL,
	inclusion   REAL NOT NULL,
	of_pairs    INTEGER NOT NULL,
	weight      REAL NOT NULL,
	probability REAL NOT NULL,
	band        TEXT NOT NULL,
	levels      TEXT NOT NULL,
	model       TEXT NOT NULL,
	state       TEXT NOT NULL,
	settled_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX sampled_pairs_queue ON sampled_pairs (incident, state, place, stratum, id);
CREATE INDEX sampled_pairs_registry ON sampled_pairs (registry, id);

CREATE TABLE sampled_verdicts (
	pair    TEXT NOT NULL REFERENCES sampled_pairs (id),
	by_user TEXT NOT NULL,
	says    TEXT NOT NULL,
	at      INTEGER NOT NULL,
	PRIMARY KEY (pair, by_user)
) STRICT;

-- body is the model, report what it changed; both are numbers in JSON. in_force
-- is 1 for the one that the next match begins with.
CREATE TABLE linkage_models (
	registry TEXT NOT NULL,
	version  TEXT NOT NULL,
	base     TEXT NOT NULL,
	body     TEXT NOT NULL,
	report   TEXT NOT NULL,
	made_by  TEXT NOT NULL,
	made_at  INTEGER NOT NULL,
	reason   TEXT NOT NULL,
	in_force INTEGER NOT NULL,
	PRIMARY KEY (registry, version)
) STRICT;
