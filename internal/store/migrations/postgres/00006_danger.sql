-- The danger lane, what a row holds of a person, what people ask afterwards, and
-- what outlives the retention.

-- +goose Up
ALTER TABLE candidates ADD COLUMN held TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX messages_by_person ON messages (incident, registry, subject);

CREATE TABLE dangers (
	id         TEXT COLLATE "C" PRIMARY KEY,
	incident   TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	registry   TEXT COLLATE "C" NOT NULL,
	person     TEXT COLLATE "C" NOT NULL,
	controller TEXT COLLATE "C" NOT NULL,
	human      TEXT COLLATE "C" NOT NULL,
	why        TEXT COLLATE "C" NOT NULL,
	exposed    TEXT COLLATE "C" NOT NULL,
	household  TEXT COLLATE "C" NOT NULL,
	rank       BIGINT NOT NULL,
	opened_at  BIGINT NOT NULL,
	taken_by   TEXT COLLATE "C" NOT NULL,
	taken_at   BIGINT NOT NULL,
	settled_by TEXT COLLATE "C" NOT NULL,
	settled_at BIGINT NOT NULL,
	outcome    TEXT COLLATE "C" NOT NULL,
	UNIQUE (incident, registry, person)
);
CREATE INDEX dangers_queue ON dangers (incident, settled_at, rank, opened_at, id);
CREATE INDEX dangers_open ON dangers (settled_at, opened_at);

CREATE TABLE attempts (
	danger   TEXT COLLATE "C" NOT NULL REFERENCES dangers (id),
	at       BIGINT NOT NULL,
	by_user  TEXT COLLATE "C" NOT NULL,
	means    TEXT COLLATE "C" NOT NULL,
	domicile BIGINT NOT NULL,
	outcome  TEXT COLLATE "C" NOT NULL,
	note     TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (danger, at, by_user)
);

CREATE TABLE overrides (
	incident TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	at       BIGINT NOT NULL,
	by_user  TEXT COLLATE "C" NOT NULL,
	reason   TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (incident, at)
);

-- Who was woken for a late entry of the lane, by incident and rung.
CREATE TABLE lane_pages (
	id       TEXT COLLATE "C" PRIMARY KEY,
	incident TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	rung     BIGINT NOT NULL,
	channel  TEXT COLLATE "C" NOT NULL,
	at       BIGINT NOT NULL,
	ref      TEXT COLLATE "C" NOT NULL,
	fault    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX lane_pages_by_incident ON lane_pages (incident, rung, id);

-- What people ask or say: access, wrong person, a former partner. sealed holds
-- their words and how to answer; registry and person are set once it is known
-- who asks.
CREATE TABLE requests (
	id          TEXT COLLATE "C" PRIMARY KEY,
	kind        TEXT COLLATE "C" NOT NULL,
	state       TEXT COLLATE "C" NOT NULL,
	incident    TEXT COLLATE "C" NOT NULL,
	controller  TEXT COLLATE "C" NOT NULL,
	registry    TEXT COLLATE "C" NOT NULL,
	person      TEXT COLLATE "C" NOT NULL,
	message     TEXT COLLATE "C" NOT NULL,
	received_at BIGINT NOT NULL,
	due_at      BIGINT NOT NULL,
	taken_by    TEXT COLLATE "C" NOT NULL,
	longer      TEXT COLLATE "C" NOT NULL,
	answered_by TEXT COLLATE "C" NOT NULL,
	answered_at BIGINT NOT NULL,
	outcome     TEXT COLLATE "C" NOT NULL,
	sealed      BYTEA NOT NULL
);
CREATE INDEX requests_queue ON requests (state, due_at, id);
CREATE INDEX requests_by_incident ON requests (incident, kind, outcome);

-- Addresses, as keyed digests, to which nothing more goes until a person says so.
CREATE TABLE suspensions (
	address_key TEXT COLLATE "C" PRIMARY KEY,
	request     TEXT COLLATE "C" NOT NULL,
	at          BIGINT NOT NULL,
	by_user     TEXT COLLATE "C" NOT NULL,
	lifted_at   BIGINT NOT NULL
);

-- The salt under which the people of an incident are committed to, sealed; and
-- when each thing that has its own retention was destroyed.
CREATE TABLE salts (
	incident  TEXT COLLATE "C" PRIMARY KEY REFERENCES incidents (id),
	sealed    BYTEA NOT NULL,
	erased_at BIGINT NOT NULL
);
CREATE TABLE retentions (
	incident TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	what     TEXT COLLATE "C" NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (incident, what)
);

-- Who looked at what, beside the audit log, which keeps identifiers for good.
CREATE TABLE accesses (
	id       BIGINT PRIMARY KEY,
	at       BIGINT NOT NULL,
	who      TEXT COLLATE "C" NOT NULL,
	incident TEXT COLLATE "C" NOT NULL,
	object   TEXT COLLATE "C" NOT NULL,
	why      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX accesses_by_incident ON accesses (incident, at);
