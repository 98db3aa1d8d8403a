-- The newest version of each registry that was seen, kept outside its directory:
-- old files that are copied back are an older one.

-- +goose Up
CREATE TABLE registry_marks (
	registry TEXT PRIMARY KEY,
	version  INTEGER NOT NULL,
	digest   TEXT NOT NULL,
	at       INTEGER NOT NULL
) STRICT;
