-- The newest version of each registry that was seen, kept outside its directory:
-- old files that are copied back are an older one.

-- +goose Up
CREATE TABLE registry_marks (
	registry TEXT COLLATE "C" PRIMARY KEY,
	version  BIGINT NOT NULL,
	digest   TEXT COLLATE "C" NOT NULL,
	at       BIGINT NOT NULL
);
