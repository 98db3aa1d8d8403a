-- What makes messages believable: the codes printed on them, who asks about
-- them, what is sent to the team's own mailboxes, what the linter found.

-- +goose Up
-- A code rests as a keyed digest, with what it stands for and nobody's name.
CREATE TABLE marks (
	code       TEXT PRIMARY KEY,
	incident   TEXT NOT NULL REFERENCES incidents (id),
	controller TEXT NOT NULL,
	channel    TEXT NOT NULL,
	batch      TEXT NOT NULL,
	day        INTEGER NOT NULL
) STRICT;
CREATE INDEX marks_by_incident ON marks (incident, controller, channel, day, batch);

-- Questions about codes, known or not: client is a keyed digest that changes
-- with the day.
CREATE TABLE mark_asks (
	code   TEXT NOT NULL,
	client TEXT NOT NULL,
	at     INTEGER NOT NULL,
	n      INTEGER NOT NULL,
	PRIMARY KEY (code, client)
) STRICT;
CREATE INDEX mark_asks_by_time ON mark_asks (at);

-- What went to the team's own mailboxes and phones, apart from the ledger.
CREATE TABLE canary_messages (
	id         TEXT PRIMARY KEY,
	incident   TEXT NOT NULL REFERENCES incidents (id),
	controller TEXT NOT NULL,
	channel    TEXT NOT NULL,
	batch      TEXT NOT NULL,
	state      TEXT NOT NULL,
	ref        TEXT NOT NULL,
	at         INTEGER NOT NULL
) STRICT;
CREATE INDEX canary_messages_by_incident ON canary_messages (incident, controller, channel, state);

-- What the linter found in the communications of a plan, and who lets them go
-- all the same.
CREATE TABLE lint_findings (
	incident   TEXT NOT NULL REFERENCES incidents (id),
	controller TEXT NOT NULL,
	digest     TEXT NOT NULL,
	findings   TEXT NOT NULL,
	at         INTEGER NOT NULL,
	PRIMARY KEY (incident, controller)
) STRICT;

CREATE TABLE lint_overrides (
	incident   TEXT NOT NULL REFERENCES incidents (id),
	controller TEXT NOT NULL,
	digest     TEXT NOT NULL,
	name       TEXT NOT NULL,
	function   TEXT NOT NULL,
	reasons    TEXT NOT NULL,
	by_user    TEXT NOT NULL,
	at         INTEGER NOT NULL,
	PRIMARY KEY (incident, controller, digest)
) STRICT;

-- Who has read over the words of a language or of an easy version. Other words
-- are another digest, and a draft again.
CREATE TABLE readings (
	text     TEXT NOT NULL,
	digest   TEXT NOT NULL,
	name     TEXT NOT NULL,
	function TEXT NOT NULL,
	by_user  TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (text, digest)
) STRICT;
