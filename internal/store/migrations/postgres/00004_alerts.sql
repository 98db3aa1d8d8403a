-- An alert is one event: repeats are sightings. Its states, who was woken, what
-- people report and what other systems have been told.

-- +goose Up
ALTER TABLE posts ADD COLUMN event TEXT COLLATE "C" NOT NULL DEFAULT '';

ALTER TABLE alerts ADD COLUMN event TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN reason_code TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN seen_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN handed_to TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN handed_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN handed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN urgency TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN tell_url TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE UNIQUE INDEX alerts_by_event ON alerts (event, entity, code) WHERE event <> '';
CREATE INDEX alerts_by_time ON alerts (raised_at, id);

CREATE TABLE sightings (
	alert  TEXT COLLATE "C" NOT NULL REFERENCES alerts (id),
	post   TEXT COLLATE "C" NOT NULL,
	source TEXT COLLATE "C" NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (alert, post)
);

-- What happened to alerts, in order: exports follow it and remember how far.
CREATE TABLE alert_feed (
	seq   BIGINT PRIMARY KEY,
	alert TEXT COLLATE "C" NOT NULL REFERENCES alerts (id),
	state TEXT COLLATE "C" NOT NULL,
	at    BIGINT NOT NULL
);

CREATE TABLE hooks (
	name     TEXT COLLATE "C" PRIMARY KEY,
	seq      BIGINT NOT NULL,
	failures BIGINT NOT NULL,
	since    BIGINT NOT NULL,
	fault    TEXT COLLATE "C" NOT NULL
);

-- Who is woken for an alert.
CREATE TABLE duties (
	alert     TEXT COLLATE "C" PRIMARY KEY REFERENCES alerts (id),
	opened_at BIGINT NOT NULL,
	opened_by TEXT COLLATE "C" NOT NULL,
	acked_at  BIGINT NOT NULL,
	acked_by  TEXT COLLATE "C" NOT NULL,
	ended_at  BIGINT NOT NULL
);

CREATE TABLE pages (
	id      TEXT COLLATE "C" PRIMARY KEY,
	alert   TEXT COLLATE "C" NOT NULL REFERENCES duties (alert),
	rung    BIGINT NOT NULL,
	role    TEXT COLLATE "C" NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	code    TEXT COLLATE "C" NOT NULL UNIQUE,
	at      BIGINT NOT NULL,
	ref     TEXT COLLATE "C" NOT NULL,
	fault   TEXT COLLATE "C" NOT NULL,
	used_at BIGINT NOT NULL
);
CREATE INDEX pages_by_alert ON pages (alert, rung, id);

-- What people report. sealed holds how to reach them; their words are a post.
CREATE TABLE reports (
	id      TEXT COLLATE "C" PRIMARY KEY,
	at      BIGINT NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	role    TEXT COLLATE "C" NOT NULL,
	digest  TEXT COLLATE "C" NOT NULL UNIQUE,
	post    TEXT COLLATE "C" NOT NULL,
	alert   TEXT COLLATE "C" NOT NULL,
	files   TEXT COLLATE "C" NOT NULL,
	sealed  BYTEA NOT NULL
);
CREATE INDEX reports_by_time ON reports (at, id);
