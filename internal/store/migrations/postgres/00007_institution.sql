-- What institutions and the authority are given, and what comes back.

-- +goose Up
CREATE TABLE papers (
	incident   TEXT COLLATE "C" NOT NULL,
	controller TEXT COLLATE "C" NOT NULL,
	kind       TEXT COLLATE "C" NOT NULL,
	language   TEXT COLLATE "C" NOT NULL,
	version    BIGINT NOT NULL,
	file       TEXT COLLATE "C" NOT NULL,
	digest     TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (incident, controller, kind, language, version),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
);

CREATE TABLE deliveries (
	incident   TEXT COLLATE "C" NOT NULL,
	controller TEXT COLLATE "C" NOT NULL,
	kind       TEXT COLLATE "C" NOT NULL,
	version    BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	by_user    TEXT COLLATE "C" NOT NULL,
	how        TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (incident, controller, kind, version),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
);

-- What was sent to the authority is frozen: rows are added, never changed.
CREATE TABLE notifications (
	incident   TEXT COLLATE "C" NOT NULL,
	controller TEXT COLLATE "C" NOT NULL,
	seq        BIGINT NOT NULL,
	type       TEXT COLLATE "C" NOT NULL,
	number     TEXT COLLATE "C" NOT NULL,
	sent_at    BIGINT NOT NULL,
	by_user    TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	version    BIGINT NOT NULL,
	form       BYTEA NOT NULL,
	PRIMARY KEY (incident, controller, seq),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
);

-- Versions of what people state of a case: answers to the form, severity.
CREATE TABLE case_notes (
	incident   TEXT COLLATE "C" NOT NULL,
	controller TEXT COLLATE "C" NOT NULL,
	kind       TEXT COLLATE "C" NOT NULL,
	seq        BIGINT NOT NULL,
	by_user    TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	reason     TEXT COLLATE "C" NOT NULL,
	content    BYTEA NOT NULL,
	PRIMARY KEY (incident, controller, kind, seq),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
);

CREATE TABLE followups (
	incident    TEXT COLLATE "C" NOT NULL,
	controller  TEXT COLLATE "C" NOT NULL,
	months      BIGINT NOT NULL,
	due_at      BIGINT NOT NULL,
	asked_at    BIGINT NOT NULL,
	answered_at BIGINT NOT NULL,
	by_user     TEXT COLLATE "C" NOT NULL,
	measures    TEXT COLLATE "C" NOT NULL,
	score       BIGINT NOT NULL,
	next        TEXT COLLATE "C" NOT NULL,
	new_facts   BIGINT NOT NULL,
	PRIMARY KEY (incident, controller, months),
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
);

CREATE TABLE handover_keys (
	controller TEXT COLLATE "C" PRIMARY KEY,
	recipient  TEXT COLLATE "C" NOT NULL,
	how        TEXT COLLATE "C" NOT NULL,
	by_user    TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL
);

CREATE TRIGGER notifications_append_only BEFORE UPDATE OR DELETE ON notifications
FOR EACH STATEMENT EXECUTE FUNCTION vigie_append_only();

-- Breaches that another register kept before: Art. 33(5) asks for all of them.
CREATE TABLE register_entries (
	id         TEXT COLLATE "C" PRIMARY KEY,
	controller TEXT COLLATE "C" NOT NULL,
	source     TEXT COLLATE "C" NOT NULL,
	entry      BYTEA NOT NULL,
	by_user    TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL
);
