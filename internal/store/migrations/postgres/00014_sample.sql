-- Pairs drawn by chance when a dump is matched, what people say of them, and the
-- models of linkage that they refine. No value rests here: a pair is the levels of
-- its comparisons, and forgets its row once people have settled.

-- +goose Up
CREATE TABLE sampled_pairs (
	id          TEXT COLLATE "C" PRIMARY KEY,
	incident    TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	registry    TEXT COLLATE "C" NOT NULL,
	person      TEXT COLLATE "C" NOT NULL,
	tbl         TEXT COLLATE "C" NOT NULL,
	dump_row    BIGINT NOT NULL,
	stratum     BIGINT NOT NULL,
	place       BIGINT NOT NULL,
	draw        TEXT COLLATE "C" NOT NULL,
	inclusion   DOUBLE PRECISION NOT NULL,
	of_pairs    BIGINT NOT NULL,
	weight      DOUBLE PRECISION NOT NULL,
	probability DOUBLE PRECISION NOT NULL,
	band        TEXT COLLATE "C" NOT NULL,
	levels      TEXT COLLATE "C" NOT NULL,
	model       TEXT COLLATE "C" NOT NULL,
	state       TEXT COLLATE "C" NOT NULL,
	settled_at  BIGINT NOT NULL
);
CREATE INDEX sampled_pairs_queue ON sampled_pairs (incident, state, place, stratum, id);
CREATE INDEX sampled_pairs_registry ON sampled_pairs (registry, id);

CREATE TABLE sampled_verdicts (
	pair    TEXT COLLATE "C" NOT NULL REFERENCES sampled_pairs (id),
	by_user TEXT COLLATE "C" NOT NULL,
	says    TEXT COLLATE "C" NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (pair, by_user)
);

-- body is the model, report what it changed; both are numbers in JSON. in_force
-- is 1 for the one that the next match begins with.
CREATE TABLE linkage_models (
	registry TEXT COLLATE "C" NOT NULL,
	version  TEXT COLLATE "C" NOT NULL,
	base     TEXT COLLATE "C" NOT NULL,
	body     TEXT COLLATE "C" NOT NULL,
	report   TEXT COLLATE "C" NOT NULL,
	made_by  TEXT COLLATE "C" NOT NULL,
	made_at  BIGINT NOT NULL,
	reason   TEXT COLLATE "C" NOT NULL,
	in_force BIGINT NOT NULL,
	PRIMARY KEY (registry, version)
);
