-- The danger lane, what a row holds of a person, what people ask afterwards, and
-- what outlives the retention.

-- +goose Up
ALTER TABLE candidates ADD COLUMN held TEXT NOT NULL DEFAULT '';
CREATE INDEX messages_by_person ON messages (incident, registry, subject);

CREATE TABLE dangers (
	id         TEXT PRIMARY KEY,
	incident   TEXT NOT NULL REFERENCES incidents (id),
	registry   TEXT NOT NULL,
	person     TEXT NOT NULL,
	controller TEXT NOT NULL,
	human      TEXT NOT NULL,
	why        TEXT NOT NULL,
	exposed    TEXT NOT NULL,
	household  TEXT NOT NULL,
	rank       INTEGER NOT NULL,
	opened_at  INTEGER NOT NULL,
	taken_by   TEXT NOT NULL,
	taken_at   INTEGER NOT NULL,
	settled_by TEXT NOT NULL,
	settled_at INTEGER NOT NULL,
	outcome    TEXT NOT NULL,
	UNIQUE (incident, registry, person)
) STRICT;
CREATE INDEX dangers_queue ON dangers (incident, settled_at, rank, opened_at, id);
CREATE INDEX dangers_open ON dangers (settled_at, opened_at);

CREATE TABLE attempts (
	danger   TEXT NOT NULL REFERENCES dangers (id),
	at       INTEGER NOT NULL,
	by_user  TEXT NOT NULL,
	means    TEXT NOT NULL,
	domicile INTEGER NOT NULL,
	outcome  TEXT NOT NULL,
	note     TEXT NOT NULL,
	PRIMARY KEY (danger, at, by_user)
) STRICT;

CREATE TABLE overrides (
	incident TEXT NOT NULL REFERENCES incidents (id),
	at       INTEGER NOT NULL,
	by_user  TEXT NOT NULL,
	reason   TEXT NOT NULL,
	PRIMARY KEY (incident, at)
) STRICT;

-- Who was woken for a late entry of the lane, by incident and rung.
CREATE TABLE lane_pages (
	id       TEXT PRIMARY KEY,
	incident TEXT NOT NULL REFERENCES incidents (id),
	rung     INTEGER NOT NULL,
	channel  TEXT NOT NULL,
	at       INTEGER NOT NULL,
	ref      TEXT NOT NULL,
	fault    TEXT NOT NULL
) STRICT;
CREATE INDEX lane_pages_by_incident ON lane_pages (incident, rung, id);

-- What people ask or say: access, wrong person, a former partner. sealed holds
-- their words and how to answer; registry and person are set once it is known
-- who asks.
CREATE TABLE requests (
	id          TEXT PRIMARY KEY,
	kind        TEXT NOT NULL,
	state       TEXT NOT NULL,
	incident    TEXT NOT NULL,
	controller  TEXT NOT NULL,
	registry    TEXT NOT NULL,
	person      TEXT NOT NULL,
	message     TEXT NOT NULL,
	received_at INTEGER NOT NULL,
	due_at      INTEGER NOT NULL,
	taken_by    TEXT NOT NULL,
	longer      TEXT NOT NULL,
	answered_by TEXT NOT NULL,
	answered_at INTEGER NOT NULL,
	outcome     TEXT NOT NULL,
	sealed      BLOB NOT NULL
) STRICT;
CREATE INDEX requests_queue ON requests (state, due_at, id);
CREATE INDEX requests_by_incident ON requests (incident, kind, outcome);

-- Addresses, as keyed digests, to which nothing more goes until a person says so.
CREATE TABLE suspensions (
	address_key TEXT PRIMARY KEY,
	request     TEXT NOT NULL,
	at          INTEGER NOT NULL,
	by_user     TEXT NOT NULL,
	lifted_at   INTEGER NOT NULL
) STRICT;

-- The salt under which the people of an incident are committed to, sealed; and
-- when each thing that has its own retention was destroyed.
CREATE TABLE salts (
	incident  TEXT PRIMARY KEY REFERENCES incidents (id),
	sealed    BLOB NOT NULL,
	erased_at INTEGER NOT NULL
) STRICT;
CREATE TABLE retentions (
	incident TEXT NOT NULL REFERENCES incidents (id),
	what     TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (incident, what)
) STRICT;

-- Who looked at what, beside the audit log, which keeps identifiers for good.
CREATE TABLE accesses (
	id       INTEGER PRIMARY KEY,
	at       INTEGER NOT NULL,
	who      TEXT NOT NULL,
	incident TEXT NOT NULL,
	object   TEXT NOT NULL,
	why      TEXT NOT NULL
) STRICT;
CREATE INDEX accesses_by_incident ON accesses (incident, at);
