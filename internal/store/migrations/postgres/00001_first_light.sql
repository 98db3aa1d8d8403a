-- Times are Unix nanoseconds in UTC, 0 for "not set". Structured values are
-- JSON. Columns named sealed hold ciphertext bound to their row. The same tables
-- as for SQLite; text compares by bytes, so that both engines order alike.

-- +goose Up
CREATE TABLE vigie (
	name  TEXT COLLATE "C" PRIMARY KEY,
	value TEXT COLLATE "C" NOT NULL
);

-- Watching.

CREATE TABLE captures (
	id        TEXT COLLATE "C" PRIMARY KEY,
	source    TEXT COLLATE "C" NOT NULL,
	url       TEXT COLLATE "C" NOT NULL,
	at        BIGINT NOT NULL,
	status    BIGINT NOT NULL,
	file      TEXT COLLATE "C" NOT NULL,
	record    TEXT COLLATE "C" NOT NULL,
	digest    TEXT COLLATE "C" NOT NULL,
	bytes     BIGINT NOT NULL,
	truncated BOOLEAN NOT NULL,
	state     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX captures_by_source ON captures (source, at, id);
CREATE INDEX captures_by_time ON captures (at, id);
CREATE INDEX captures_by_file ON captures (file);

-- What a leak site writes may hold sample rows of a dump: it is sealed.
CREATE TABLE posts (
	id         TEXT COLLATE "C" PRIMARY KEY,
	source     TEXT COLLATE "C" NOT NULL,
	capture    TEXT COLLATE "C" NOT NULL,
	country    TEXT COLLATE "C" NOT NULL,
	posted     TEXT COLLATE "C" NOT NULL,
	confidence DOUBLE PRECISION NOT NULL,
	first_seen BIGINT NOT NULL,
	last_seen  BIGINT NOT NULL,
	sealed     BYTEA NOT NULL
);
CREATE INDEX posts_by_time ON posts (first_seen, id);

CREATE TABLE alerts (
	id         TEXT COLLATE "C" PRIMARY KEY,
	post       TEXT COLLATE "C" NOT NULL,
	source     TEXT COLLATE "C" NOT NULL,
	entity     TEXT COLLATE "C" NOT NULL,
	kind       TEXT COLLATE "C" NOT NULL,
	code       TEXT COLLATE "C" NOT NULL,
	confidence DOUBLE PRECISION NOT NULL,
	why        TEXT COLLATE "C" NOT NULL,
	raised_at  BIGINT NOT NULL,
	state      TEXT COLLATE "C" NOT NULL,
	decided_by TEXT COLLATE "C" NOT NULL,
	decided_at BIGINT NOT NULL,
	reason     TEXT COLLATE "C" NOT NULL,
	incident   TEXT COLLATE "C" NOT NULL,
	UNIQUE (post, entity)
);

CREATE TABLE acquisitions (
	alert       TEXT COLLATE "C" PRIMARY KEY REFERENCES alerts (id),
	link        TEXT COLLATE "C" NOT NULL,
	by_user     TEXT COLLATE "C" NOT NULL,
	purpose     TEXT COLLATE "C" NOT NULL,
	legal_basis TEXT COLLATE "C" NOT NULL,
	at          BIGINT NOT NULL
);

-- Incidents.

CREATE TABLE incidents (
	id               TEXT COLLATE "C" PRIMARY KEY,
	alert            TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES alerts (id),
	title            TEXT COLLATE "C" NOT NULL,
	opened_at        BIGINT NOT NULL,
	opened_by        TEXT COLLATE "C" NOT NULL,
	stage            TEXT COLLATE "C" NOT NULL,
	dump             TEXT COLLATE "C" NOT NULL,
	closed_at        BIGINT NOT NULL,
	review_closed_at BIGINT NOT NULL,
	review_closed_by TEXT COLLATE "C" NOT NULL,
	purged_at        BIGINT NOT NULL
);

CREATE TABLE incident_registries (
	incident TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	place    BIGINT NOT NULL,
	registry TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (incident, registry)
);

CREATE TABLE dumps (
	id          TEXT COLLATE "C" PRIMARY KEY,
	incident    TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	origin      TEXT COLLATE "C" NOT NULL,
	digest      TEXT COLLATE "C" NOT NULL,
	bytes       BIGINT NOT NULL,
	acquired_at BIGINT NOT NULL,
	profile     TEXT COLLATE "C" NOT NULL,
	layout      BYTEA NOT NULL
);

CREATE TABLE summaries (
	incident   TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	registry   TEXT COLLATE "C" NOT NULL,
	dump_rows  BIGINT NOT NULL,
	candidates BIGINT NOT NULL,
	links      BIGINT NOT NULL,
	reviews    BIGINT NOT NULL,
	persons    BIGINT NOT NULL,
	low        BIGINT NOT NULL,
	high       BIGINT NOT NULL,
	model      TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (incident, registry)
);

-- Candidates. doubt is |probability - 0.5| in billionths: an exact key for the
-- queue. The sealed rows have a table of their own, which a purge empties.

CREATE TABLE candidates (
	id          TEXT COLLATE "C" PRIMARY KEY,
	incident    TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	registry    TEXT COLLATE "C" NOT NULL,
	dump_row    BIGINT NOT NULL,
	person      TEXT COLLATE "C" NOT NULL,
	weight      DOUBLE PRECISION NOT NULL,
	probability DOUBLE PRECISION NOT NULL,
	doubt       BIGINT NOT NULL,
	band        TEXT COLLATE "C" NOT NULL,
	why         TEXT COLLATE "C" NOT NULL,
	state       TEXT COLLATE "C" NOT NULL,
	version     BIGINT NOT NULL,
	decided_by  TEXT COLLATE "C" NOT NULL,
	decided_at  BIGINT NOT NULL,
	reason      TEXT COLLATE "C" NOT NULL,
	UNIQUE (incident, registry, dump_row, person)
);
CREATE INDEX candidates_queue ON candidates (incident, state, doubt, id);
CREATE INDEX candidates_by_id ON candidates (incident, id);
CREATE INDEX candidates_decided ON candidates (incident, decided_by, decided_at, id) WHERE decided_by <> '';
CREATE INDEX candidates_linked ON candidates (incident, registry, person, dump_row) WHERE state = 'linked';

CREATE TABLE candidate_rows (
	id     TEXT COLLATE "C" PRIMARY KEY REFERENCES candidates (id),
	sealed BYTEA NOT NULL
);

-- Cases, facts, approvals.

CREATE TABLE cases (
	incident     TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	controller   TEXT COLLATE "C" NOT NULL,
	aware_at     BIGINT NOT NULL,
	aware_by     TEXT COLLATE "C" NOT NULL,
	aware_reason TEXT COLLATE "C" NOT NULL,
	decision     TEXT COLLATE "C" NOT NULL,
	reason       TEXT COLLATE "C" NOT NULL,
	exemption    TEXT COLLATE "C" NOT NULL,
	decided_by   TEXT COLLATE "C" NOT NULL,
	decided_at   BIGINT NOT NULL,
	plan_hash    TEXT COLLATE "C" NOT NULL,
	persons      BIGINT NOT NULL,
	recipients   BIGINT NOT NULL,
	notified_at  BIGINT NOT NULL,
	notified_by  TEXT COLLATE "C" NOT NULL,
	notified_ref TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (incident, controller)
);

-- The facts of controller "" are what people state of the incident as a whole.
CREATE TABLE facts (
	incident   TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	controller TEXT COLLATE "C" NOT NULL,
	version    BIGINT NOT NULL,
	facts      BYTEA NOT NULL,
	PRIMARY KEY (incident, controller, version)
);

-- attempt counts the expired signatures of the same role under the same hash:
-- the unique key lets one live signature in, whatever the program does.
CREATE TABLE approvals (
	id         TEXT COLLATE "C" PRIMARY KEY,
	incident   TEXT COLLATE "C" NOT NULL,
	controller TEXT COLLATE "C" NOT NULL,
	role       TEXT COLLATE "C" NOT NULL,
	by_user    TEXT COLLATE "C" NOT NULL,
	hash       TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	attempt    BIGINT NOT NULL,
	UNIQUE (incident, controller, hash, role, attempt),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
);

CREATE TABLE reminders (
	incident   TEXT COLLATE "C" NOT NULL,
	controller TEXT COLLATE "C" NOT NULL,
	hours      BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (incident, controller, hours),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
);

-- The ledger: one row is one communication to one recipient by one channel.

CREATE TABLE messages (
	id          TEXT COLLATE "C" PRIMARY KEY,
	seq         BIGINT NOT NULL,
	incident    TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	controller  TEXT COLLATE "C" NOT NULL,
	registry    TEXT COLLATE "C" NOT NULL,
	subject     TEXT COLLATE "C" NOT NULL,
	recipient   TEXT COLLATE "C" NOT NULL,
	role        TEXT COLLATE "C" NOT NULL,
	notice      BIGINT NOT NULL,
	variant     TEXT COLLATE "C" NOT NULL,
	channel     TEXT COLLATE "C" NOT NULL,
	rank        BIGINT NOT NULL,
	state       TEXT COLLATE "C" NOT NULL,
	why         TEXT COLLATE "C" NOT NULL,
	address_key TEXT COLLATE "C" NOT NULL,
	provider    TEXT COLLATE "C" NOT NULL,
	ref         TEXT COLLATE "C" NOT NULL,
	attempts    BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	UNIQUE (incident, controller, registry, subject, recipient, channel, notice),
	UNIQUE (incident, controller, seq)
);
CREATE INDEX messages_by_state ON messages (incident, controller, channel, state, seq);
CREATE INDEX messages_lane ON messages (incident, controller, seq) WHERE channel = 'human' OR state = 'listed' OR provider = 'hand';

-- Evidence and audit: append-only, also for whoever writes SQL by mistake. prev
-- is the leaf hash of the entry before; nodes are the hashes of the RFC 6962
-- tree that this entry completes, its own leaf first.

CREATE TABLE custody (
	seq     BIGINT PRIMARY KEY,
	subject TEXT COLLATE "C" NOT NULL,
	event   TEXT COLLATE "C" NOT NULL,
	who     TEXT COLLATE "C" NOT NULL,
	why     TEXT COLLATE "C" NOT NULL,
	digest  TEXT COLLATE "C" NOT NULL,
	at      BIGINT NOT NULL,
	prev    BYTEA NOT NULL,
	nodes   BYTEA NOT NULL
);
CREATE INDEX custody_by_subject ON custody (subject, seq);

CREATE TABLE audit (
	seq    BIGINT PRIMARY KEY,
	at     BIGINT NOT NULL,
	who    TEXT COLLATE "C" NOT NULL,
	action TEXT COLLATE "C" NOT NULL,
	object TEXT COLLATE "C" NOT NULL,
	detail TEXT COLLATE "C" NOT NULL,
	ok     BOOLEAN NOT NULL,
	prev   BYTEA NOT NULL,
	nodes  BYTEA NOT NULL
);
CREATE INDEX audit_by_object ON audit (object, seq);

-- +goose StatementBegin
CREATE FUNCTION vigie_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME; END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION vigie_append_only();
CREATE TRIGGER custody_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON custody
FOR EACH STATEMENT EXECUTE FUNCTION vigie_append_only();

-- Accounts and sessions. Tokens, and the names tried at log-in, are kept as
-- keyed digests only.

CREATE TABLE users (
	id            TEXT COLLATE "C" PRIMARY KEY,
	name          TEXT COLLATE "C" NOT NULL,
	roles         TEXT COLLATE "C" NOT NULL,
	controller    TEXT COLLATE "C" NOT NULL,
	password_hash TEXT COLLATE "C" NOT NULL,
	sealed        BYTEA NOT NULL,
	totp_step     BIGINT NOT NULL,
	disabled      BOOLEAN NOT NULL,
	created_at    BIGINT NOT NULL
);

CREATE TABLE logins (
	digest BYTEA NOT NULL,
	at     BIGINT NOT NULL,
	ok     BOOLEAN NOT NULL
);
CREATE INDEX logins_by_digest ON logins (digest, at);

CREATE TABLE sessions (
	digest     BYTEA PRIMARY KEY,
	sealed     BYTEA NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
