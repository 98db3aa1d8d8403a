-- Whether a reserved message is still here: its provider says when it is about to
-- leave, and has not yet. After a crash such a one is no doubt.

-- +goose Up
ALTER TABLE messages ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
