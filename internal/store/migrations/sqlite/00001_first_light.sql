-- Times are Unix nanoseconds in UTC, 0 for "not set". Structured values are
-- JSON. Columns named sealed hold ciphertext bound to their row.

-- +goose Up
CREATE TABLE vigie (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;

-- Watching.

CREATE TABLE captures (
	id        TEXT PRIMARY KEY,
	source    TEXT NOT NULL,
	url       TEXT NOT NULL,
	at        INTEGER NOT NULL,
	status    INTEGER NOT NULL,
	file      TEXT NOT NULL,
	record    TEXT NOT NULL,
	digest    TEXT NOT NULL,
	bytes     INTEGER NOT NULL,
	truncated INTEGER NOT NULL,
	state     TEXT NOT NULL
) STRICT;
CREATE INDEX captures_by_source ON captures (source, at, id);
CREATE INDEX captures_by_time ON captures (at, id);
CREATE INDEX captures_by_file ON captures (file);

-- What a leak site writes may hold sample rows of a dump: it is sealed.
CREATE TABLE posts (
	id         TEXT PRIMARY KEY,
	source     TEXT NOT NULL,
	capture    TEXT NOT NULL,
	country    TEXT NOT NULL,
	posted     TEXT NOT NULL,
	confidence REAL NOT NULL,
	first_seen INTEGER NOT NULL,
	last_seen  INTEGER NOT NULL,
	sealed     BLOB NOT NULL
) STRICT;
CREATE INDEX posts_by_time ON posts (first_seen, id);

CREATE TABLE alerts (
	id         TEXT PRIMARY KEY,
	post       TEXT NOT NULL,
	source     TEXT NOT NULL,
	entity     TEXT NOT NULL,
	kind       TEXT NOT NULL,
	code       TEXT NOT NULL,
	confidence REAL NOT NULL,
	why        TEXT NOT NULL,
	raised_at  INTEGER NOT NULL,
	state      TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	decided_at INTEGER NOT NULL,
	reason     TEXT NOT NULL,
	incident   TEXT NOT NULL,
	UNIQUE (post, entity)
) STRICT;

CREATE TABLE acquisitions (
	alert       TEXT PRIMARY KEY REFERENCES alerts (id),
	link        TEXT NOT NULL,
	by_user     TEXT NOT NULL,
	purpose     TEXT NOT NULL,
	legal_basis TEXT NOT NULL,
	at          INTEGER NOT NULL
) STRICT;

-- Incidents.

CREATE TABLE incidents (
	id               TEXT PRIMARY KEY,
	alert            TEXT NOT NULL UNIQUE REFERENCES alerts (id),
	title            TEXT NOT NULL,
	opened_at        INTEGER NOT NULL,
	opened_by        TEXT NOT NULL,
	stage            TEXT NOT NULL,
	dump             TEXT NOT NULL,
	closed_at        INTEGER NOT NULL,
	review_closed_at INTEGER NOT NULL,
	review_closed_by TEXT NOT NULL,
	purged_at        INTEGER NOT NULL
) STRICT;

CREATE TABLE incident_registries (
	incident TEXT NOT NULL REFERENCES incidents (id),
	place    INTEGER NOT NULL,
	registry TEXT NOT NULL,
	PRIMARY KEY (incident, registry)
) STRICT;

CREATE TABLE dumps (
	id          TEXT PRIMARY KEY,
	incident    TEXT NOT NULL REFERENCES incidents (id),
	origin      TEXT NOT NULL,
	digest      TEXT NOT NULL,
	bytes       INTEGER NOT NULL,
	acquired_at INTEGER NOT NULL,
	profile     TEXT NOT NULL,
	layout      BLOB NOT NULL
) STRICT;

CREATE TABLE summaries (
	incident   TEXT NOT NULL REFERENCES incidents (id),
	registry   TEXT NOT NULL,
	dump_rows  INTEGER NOT NULL,
	candidates INTEGER NOT NULL,
	links      INTEGER NOT NULL,
	reviews    INTEGER NOT NULL,
	persons    INTEGER NOT NULL,
	low        INTEGER NOT NULL,
	high       INTEGER NOT NULL,
	model      TEXT NOT NULL,
	PRIMARY KEY (incident, registry)
) STRICT;

-- Candidates. doubt is |probability - 0.5| in billionths: an exact key for the
-- queue. The sealed rows have a table of their own, which a purge empties.

CREATE TABLE candidates (
	id          TEXT PRIMARY KEY,
	incident    TEXT NOT NULL REFERENCES incidents (id),
	registry    TEXT NOT NULL,
	dump_row    INTEGER NOT NULL,
	person      TEXT NOT NULL,
	weight      REAL NOT NULL,
	probability REAL NOT NULL,
	doubt       INTEGER NOT NULL,
	band        TEXT NOT NULL,
	why         TEXT NOT NULL,
	state       TEXT NOT NULL,
	version     INTEGER NOT NULL,
	decided_by  TEXT NOT NULL,
	decided_at  INTEGER NOT NULL,
	reason      TEXT NOT NULL,
	UNIQUE (incident, registry, dump_row, person)
) STRICT;
CREATE INDEX candidates_queue ON candidates (incident, state, doubt, id);
CREATE INDEX candidates_by_id ON candidates (incident, id);
CREATE INDEX candidates_decided ON candidates (incident, decided_by, decided_at, id) WHERE decided_by <> '';
CREATE INDEX candidates_linked ON candidates (incident, registry, person, dump_row) WHERE state = 'linked';

CREATE TABLE candidate_rows (
	id     TEXT PRIMARY KEY REFERENCES candidates (id),
	sealed BLOB NOT NULL
) STRICT;

-- Cases, facts, approvals.

CREATE TABLE cases (
	incident     TEXT NOT NULL REFERENCES incidents (id),
	controller   TEXT NOT NULL,
	aware_at     INTEGER NOT NULL,
	aware_by     TEXT NOT NULL,
	aware_reason TEXT NOT NULL,
	decision     TEXT NOT NULL,
	reason       TEXT NOT NULL,
	exemption    TEXT NOT NULL,
	decided_by   TEXT NOT NULL,
	decided_at   INTEGER NOT NULL,
	plan_hash    TEXT NOT NULL,
	persons      INTEGER NOT NULL,
	recipients   INTEGER NOT NULL,
	notified_at  INTEGER NOT NULL,
	notified_by  TEXT NOT NULL,
	notified_ref TEXT NOT NULL,
	PRIMARY KEY (incident, controller)
) STRICT;

-- The facts of controller "" are what people state of the incident as a whole.
CREATE TABLE facts (
	incident   TEXT NOT NULL REFERENCES incidents (id),
	controller TEXT NOT NULL,
	version    INTEGER NOT NULL,
	facts      BLOB NOT NULL,
	PRIMARY KEY (incident, controller, version)
) STRICT;

-- attempt counts the expired signatures of the same role under the same hash:
-- the unique key lets one live signature in, whatever the program does.
CREATE TABLE approvals (
	id         TEXT PRIMARY KEY,
	incident   TEXT NOT NULL,
	controller TEXT NOT NULL,
	role       TEXT NOT NULL,
	by_user    TEXT NOT NULL,
	hash       TEXT NOT NULL,
	at         INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	attempt    INTEGER NOT NULL,
	UNIQUE (incident, controller, hash, role, attempt),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
) STRICT;

CREATE TABLE reminders (
	incident   TEXT NOT NULL,
	controller TEXT NOT NULL,
	hours      INTEGER NOT NULL,
	at         INTEGER NOT NULL,
	PRIMARY KEY (incident, controller, hours),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
) STRICT;

-- The ledger: one row is one communication to one recipient by one channel.

CREATE TABLE messages (
	id          TEXT PRIMARY KEY,
	seq         INTEGER NOT NULL,
	incident    TEXT NOT NULL REFERENCES incidents (id),
	controller  TEXT NOT NULL,
	registry    TEXT NOT NULL,
	subject     TEXT NOT NULL,
	recipient   TEXT NOT NULL,
	role        TEXT NOT NULL,
	notice      INTEGER NOT NULL,
	variant     TEXT NOT NULL,
	channel     TEXT NOT NULL,
	rank        INTEGER NOT NULL,
	state       TEXT NOT NULL,
	why         TEXT NOT NULL,
	address_key TEXT NOT NULL,
	provider    TEXT NOT NULL,
	ref         TEXT NOT NULL,
	attempts    INTEGER NOT NULL,
	updated_at  INTEGER NOT NULL,
	UNIQUE (incident, controller, registry, subject, recipient, channel, notice),
	UNIQUE (incident, controller, seq)
) STRICT;
CREATE INDEX messages_by_state ON messages (incident, controller, channel, state, seq);
CREATE INDEX messages_lane ON messages (incident, controller, seq) WHERE channel = 'human' OR state = 'listed' OR provider = 'hand';

-- Evidence and audit: append-only, also for whoever writes SQL by mistake. prev
-- is the leaf hash of the entry before; nodes are the hashes of the RFC 6962
-- tree that this entry completes, its own leaf first.

CREATE TABLE custody (
	seq     INTEGER PRIMARY KEY,
	subject TEXT NOT NULL,
	event   TEXT NOT NULL,
	who     TEXT NOT NULL,
	why     TEXT NOT NULL,
	digest  TEXT NOT NULL,
	at      INTEGER NOT NULL,
	prev    BLOB NOT NULL,
	nodes   BLOB NOT NULL
) STRICT;
CREATE INDEX custody_by_subject ON custody (subject, seq);

CREATE TABLE audit (
	seq    INTEGER PRIMARY KEY,
	at     INTEGER NOT NULL,
	who    TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	detail TEXT NOT NULL,
	ok     INTEGER NOT NULL,
	prev   BLOB NOT NULL,
	nodes  BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_object ON audit (object, seq);

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- INSERT OR REPLACE does not fire delete triggers.
-- +goose StatementBegin
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER custody_no_update BEFORE UPDATE ON custody
BEGIN SELECT RAISE(ABORT, 'the chain of custody is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER custody_no_delete BEFORE DELETE ON custody
BEGIN SELECT RAISE(ABORT, 'the chain of custody is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER custody_no_replace BEFORE INSERT ON custody
WHEN EXISTS (SELECT 1 FROM custody WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the chain of custody is append-only'); END;
-- +goose StatementEnd

-- Accounts and sessions. Tokens, and the names tried at log-in, are kept as
-- keyed digests only.

CREATE TABLE users (
	id            TEXT PRIMARY KEY,
	name          TEXT NOT NULL,
	roles         TEXT NOT NULL,
	controller    TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	sealed        BLOB NOT NULL,
	totp_step     INTEGER NOT NULL,
	disabled      INTEGER NOT NULL,
	created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE logins (
	digest BLOB NOT NULL,
	at     INTEGER NOT NULL,
	ok     INTEGER NOT NULL
) STRICT;
CREATE INDEX logins_by_digest ON logins (digest, at);

CREATE TABLE sessions (
	digest     BLOB PRIMARY KEY,
	sealed     BLOB NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
