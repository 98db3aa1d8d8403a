-- What the pages of a source have taught, sealed, since it tells what posts say;
-- and since when no mirror shows a post any more. Identifiers of posts stay as
-- they are: an edited title is remembered as a further name of its post.

-- +goose Up
ALTER TABLE sources ADD COLUMN pages BLOB NOT NULL DEFAULT x'';
ALTER TABLE posts ADD COLUMN gone_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX posts_by_source ON posts (source, first_seen, id);
