-- An alert is one event: repeats are sightings. Its states, who was woken, what
-- people report and what other systems have been told.

-- +goose Up
ALTER TABLE posts ADD COLUMN event TEXT NOT NULL DEFAULT '';

ALTER TABLE alerts ADD COLUMN event TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN reason_code TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN seen_by TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN handed_to TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN handed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN handed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN urgency TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN tell_url TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX alerts_by_event ON alerts (event, entity, code) WHERE event <> '';
CREATE INDEX alerts_by_time ON alerts (raised_at, id);

CREATE TABLE sightings (
	alert  TEXT NOT NULL REFERENCES alerts (id),
	post   TEXT NOT NULL,
	source TEXT NOT NULL,
	at     INTEGER NOT NULL,
	PRIMARY KEY (alert, post)
) STRICT;

-- What happened to alerts, in order: exports follow it and remember how far.
CREATE TABLE alert_feed (
	seq   INTEGER PRIMARY KEY,
	alert TEXT NOT NULL REFERENCES alerts (id),
	state TEXT NOT NULL,
	at    INTEGER NOT NULL
) STRICT;

CREATE TABLE hooks (
	name     TEXT PRIMARY KEY,
	seq      INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	since    INTEGER NOT NULL,
	fault    TEXT NOT NULL
) STRICT;

-- Who is woken for an alert.
CREATE TABLE duties (
	alert     TEXT PRIMARY KEY REFERENCES alerts (id),
	opened_at INTEGER NOT NULL,
	opened_by TEXT NOT NULL,
	acked_at  INTEGER NOT NULL,
	acked_by  TEXT NOT NULL,
	ended_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE pages (
	id      TEXT PRIMARY KEY,
	alert   TEXT NOT NULL REFERENCES duties (alert),
	rung    INTEGER NOT NULL,
	role    TEXT NOT NULL,
	channel TEXT NOT NULL,
	code    TEXT NOT NULL UNIQUE,
	at      INTEGER NOT NULL,
	ref     TEXT NOT NULL,
	fault   TEXT NOT NULL,
	used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX pages_by_alert ON pages (alert, rung, id);

-- What people report. sealed holds how to reach them; their words are a post.
CREATE TABLE reports (
	id      TEXT PRIMARY KEY,
	at      INTEGER NOT NULL,
	channel TEXT NOT NULL,
	role    TEXT NOT NULL,
	digest  TEXT NOT NULL UNIQUE,
	post    TEXT NOT NULL,
	alert   TEXT NOT NULL,
	files   TEXT NOT NULL,
	sealed  BLOB NOT NULL
) STRICT;
CREATE INDEX reports_by_time ON reports (at, id);
