-- What makes messages believable: the codes printed on them, who asks about
-- them, what is sent to the team's own mailboxes, what the linter found.

-- +goose Up
-- A code rests as a keyed digest, with what it stands for and nobody's name.
CREATE TABLE marks (
	code       TEXT COLLATE "C" PRIMARY KEY,
	incident   TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	controller TEXT COLLATE "C" NOT NULL,
	channel    TEXT COLLATE "C" NOT NULL,
	batch      TEXT COLLATE "C" NOT NULL,
	day        BIGINT NOT NULL
);
CREATE INDEX marks_by_incident ON marks (incident, controller, channel, day, batch);

-- Questions about codes, known or not: client is a keyed digest that changes
-- with the day.
CREATE TABLE mark_asks (
	code   TEXT COLLATE "C" NOT NULL,
	client TEXT COLLATE "C" NOT NULL,
	at     BIGINT NOT NULL,
	n      BIGINT NOT NULL,
	PRIMARY KEY (code, client)
);
CREATE INDEX mark_asks_by_time ON mark_asks (at);

-- What went to the team's own mailboxes and phones, apart from the ledger.
CREATE TABLE canary_messages (
	id         TEXT COLLATE "C" PRIMARY KEY,
	incident   TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	controller TEXT COLLATE "C" NOT NULL,
	channel    TEXT COLLATE "C" NOT NULL,
	batch      TEXT COLLATE "C" NOT NULL,
	state      TEXT COLLATE "C" NOT NULL,
	ref        TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL
);
CREATE INDEX canary_messages_by_incident ON canary_messages (incident, controller, channel, state);

-- What the linter found in the communications of a plan, and who lets them go
-- all the same.
CREATE TABLE lint_findings (
	incident   TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	controller TEXT COLLATE "C" NOT NULL,
	digest     TEXT COLLATE "C" NOT NULL,
	findings   TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (incident, controller)
);

CREATE TABLE lint_overrides (
	incident   TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
	controller TEXT COLLATE "C" NOT NULL,
	digest     TEXT COLLATE "C" NOT NULL,
	name       TEXT COLLATE "C" NOT NULL,
	function   TEXT COLLATE "C" NOT NULL,
	reasons    TEXT COLLATE "C" NOT NULL,
	by_user    TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (incident, controller, digest)
);

-- Who has read over the words of a language or of an easy version. Other words
-- are another digest, and a draft again.
CREATE TABLE readings (
	text     TEXT COLLATE "C" NOT NULL,
	digest   TEXT COLLATE "C" NOT NULL,
	name     TEXT COLLATE "C" NOT NULL,
	function TEXT COLLATE "C" NOT NULL,
	by_user  TEXT COLLATE "C" NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (text, digest)
);
