-- What visits have taught about each source, its cookies among it, and who is
-- visiting it: a lease, so that two crawlers never are.

-- +goose Up
CREATE TABLE sources (
	id     TEXT COLLATE "C" PRIMARY KEY,
	holder TEXT COLLATE "C" NOT NULL,
	until  BIGINT NOT NULL,
	sealed BYTEA NOT NULL
);
