-- What visits have taught about each source, its cookies among it, and who is
-- visiting it: a lease, so that two crawlers never are.

-- +goose Up
CREATE TABLE sources (
	id     TEXT PRIMARY KEY,
	holder TEXT NOT NULL,
	until  INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
