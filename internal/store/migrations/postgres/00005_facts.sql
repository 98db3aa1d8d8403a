-- Who changed the facts and why, corrections of what was told, each
-- controller's mandate, and the contacts from which its awareness is proposed.

-- +goose Up
ALTER TABLE facts ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE facts ADD COLUMN by_user TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE facts ADD COLUMN why TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE facts ADD COLUMN tell TEXT COLLATE "C" NOT NULL DEFAULT '';

-- former is the version a message corrects or completes; 0: the first one.
ALTER TABLE messages ADD COLUMN former BIGINT NOT NULL DEFAULT 0;

-- notice is the version of the facts that the plan is about, first_row the
-- ledger row it begins with.
ALTER TABLE cases ADD COLUMN notice BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN first_row BIGINT NOT NULL DEFAULT 0;
UPDATE cases SET first_row = 1, notice = COALESCE((SELECT max(version) FROM facts
	WHERE facts.incident = cases.incident AND facts.controller = cases.controller), 0) WHERE plan_hash <> '';
ALTER TABLE cases ADD COLUMN mandate TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN mandate_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN mandate_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN mandate_scope TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN mandate_set_by TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE contacts (
	id          TEXT COLLATE "C" PRIMARY KEY,
	incident    TEXT COLLATE "C" NOT NULL,
	controller  TEXT COLLATE "C" NOT NULL,
	at          BIGINT NOT NULL,
	channel     TEXT COLLATE "C" NOT NULL,
	answered_by TEXT COLLATE "C" NOT NULL,
	effective   BIGINT NOT NULL,
	certainty   TEXT COLLATE "C" NOT NULL,
	note        TEXT COLLATE "C" NOT NULL,
	by_user     TEXT COLLATE "C" NOT NULL,
	logged_at   BIGINT NOT NULL,
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
);
CREATE INDEX contacts_by_case ON contacts (incident, controller, at, id);
