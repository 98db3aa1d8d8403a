-- Who changed the facts and why, corrections of what was told, each
-- controller's mandate, and the contacts from which its awareness is proposed.

-- +goose Up
ALTER TABLE facts ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE facts ADD COLUMN by_user TEXT NOT NULL DEFAULT '';
ALTER TABLE facts ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE facts ADD COLUMN tell TEXT NOT NULL DEFAULT '';

-- former is the version a message corrects or completes; 0: the first one.
ALTER TABLE messages ADD COLUMN former INTEGER NOT NULL DEFAULT 0;

-- notice is the version of the facts that the plan is about, first_row the
-- ledger row it begins with.
ALTER TABLE cases ADD COLUMN notice INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN first_row INTEGER NOT NULL DEFAULT 0;
UPDATE cases SET first_row = 1, notice = COALESCE((SELECT max(version) FROM facts
	WHERE facts.incident = cases.incident AND facts.controller = cases.controller), 0) WHERE plan_hash <> '';
ALTER TABLE cases ADD COLUMN mandate TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN mandate_by TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN mandate_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN mandate_scope TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN mandate_set_by TEXT NOT NULL DEFAULT '';

CREATE TABLE contacts (
	id          TEXT PRIMARY KEY,
	incident    TEXT NOT NULL,
	controller  TEXT NOT NULL,
	at          INTEGER NOT NULL,
	channel     TEXT NOT NULL,
	answered_by TEXT NOT NULL,
	effective   INTEGER NOT NULL,
	certainty   TEXT NOT NULL,
	note        TEXT NOT NULL,
	by_user     TEXT NOT NULL,
	logged_at   INTEGER NOT NULL,
	FOREIGN KEY (incident, controller) REFERENCES cases (incident, controller)
) STRICT;
CREATE INDEX contacts_by_case ON contacts (incident, controller, at, id);
