-- What institutions and the authority are given, and what comes back.

-- +goose Up
CREATE TABLE papers (
	incident   TEXT NOT NULL,
	controller TEXT NOT NULL,
	kind       TEXT NOT NULL,
	language   TEXT NOT NULL,
	version    INTEGER NOT NULL,
	file       TEXT NOT NULL,
	digest     TEXT NOT NULL,
	at         INTEGER NOT NULL,
	PRIMARY KEY (incident, controller, kind, language, version),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
) STRICT;

CREATE TABLE deliveries (
	incident   TEXT NOT NULL,
	controller TEXT NOT NULL,
	kind       TEXT NOT NULL,
	version    INTEGER NOT NULL,
	at         INTEGER NOT NULL,
	by_user    TEXT NOT NULL,
	how        TEXT NOT NULL,
	PRIMARY KEY (incident, controller, kind, version),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
) STRICT;

-- What was sent to the authority is frozen: rows are added, never changed.
CREATE TABLE notifications (
	incident   TEXT NOT NULL,
	controller TEXT NOT NULL,
	seq        INTEGER NOT NULL,
	type       TEXT NOT NULL,
	number     TEXT NOT NULL,
	sent_at    INTEGER NOT NULL,
	by_user    TEXT NOT NULL,
	at         INTEGER NOT NULL,
	version    INTEGER NOT NULL,
	form       BLOB NOT NULL,
	PRIMARY KEY (incident, controller, seq),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
) STRICT;

-- Versions of what people state of a case: answers to the form, severity.
CREATE TABLE case_notes (
	incident   TEXT NOT NULL,
	controller TEXT NOT NULL,
	kind       TEXT NOT NULL,
	seq        INTEGER NOT NULL,
	by_user    TEXT NOT NULL,
	at         INTEGER NOT NULL,
	reason     TEXT NOT NULL,
	content    BLOB NOT NULL,
	PRIMARY KEY (incident, controller, kind, seq),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
) STRICT;

CREATE TABLE followups (
	incident    TEXT NOT NULL,
	controller  TEXT NOT NULL,
	months      INTEGER NOT NULL,
	due_at      INTEGER NOT NULL,
	asked_at    INTEGER NOT NULL,
	answered_at INTEGER NOT NULL,
	by_user     TEXT NOT NULL,
	measures    TEXT NOT NULL,
	score       INTEGER NOT NULL,
	next        TEXT NOT NULL,
	new_facts   INTEGER NOT NULL,
	PRIMARY KEY (incident, controller, months),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
) STRICT;

CREATE TABLE handover_keys (
	controller TEXT PRIMARY KEY,
	recipient  TEXT NOT NULL,
	how        TEXT NOT NULL,
	by_user    TEXT NOT NULL,
	at         INTEGER NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER notifications_no_update BEFORE UPDATE ON notifications
BEGIN SELECT RAISE(ABORT, 'what was sent to the authority is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER notifications_no_delete BEFORE DELETE ON notifications
BEGIN SELECT RAISE(ABORT, 'what was sent to the authority is append-only'); END;
-- +goose StatementEnd

-- Breaches that another register kept before: Art. 33(5) asks for all of them.
CREATE TABLE register_entries (
	id         TEXT PRIMARY KEY,
	controller TEXT NOT NULL,
	source     TEXT NOT NULL,
	entry      BLOB NOT NULL,
	by_user    TEXT NOT NULL,
	at         INTEGER NOT NULL
) STRICT;
