-- What controllers attest was taken from their registries, in versions: of a
-- registry in an incident the one counts that was not replaced. Its people are
-- written before it, so that half of them never counts.

-- +goose Up
CREATE TABLE extractions (
	incident    TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	registry    TEXT COLLATE "C" NOT NULL,
	seq         BIGINT NOT NULL,
	as_of       BIGINT NOT NULL,
	controller  TEXT COLLATE "C" NOT NULL,
	listed      BIGINT NOT NULL,
	departed    TEXT COLLATE "C" NOT NULL,
	categories  TEXT COLLATE "C" NOT NULL,
	attested_by TEXT COLLATE "C" NOT NULL,
	attested_at BIGINT NOT NULL,
	reference   TEXT COLLATE "C" NOT NULL,
	words       TEXT COLLATE "C" NOT NULL,
	by_user     TEXT COLLATE "C" NOT NULL,
	at          BIGINT NOT NULL,
	version     BIGINT NOT NULL,
	persons     BIGINT NOT NULL,
	gone        BIGINT NOT NULL,
	unknown     BIGINT NOT NULL,
	replaced_at BIGINT NOT NULL,
	PRIMARY KEY (incident, registry, seq)
);

CREATE TABLE extracted (
	incident TEXT COLLATE "C" NOT NULL,
	registry TEXT COLLATE "C" NOT NULL,
	seq      BIGINT NOT NULL,
	person   TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (incident, registry, seq, person)
);
