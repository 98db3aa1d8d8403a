-- The row whose letter tells this one too: the children of one guardian, in one
-- letter. Each child keeps a row, and is settled once.

-- +goose Up
ALTER TABLE messages ADD COLUMN joined TEXT NOT NULL DEFAULT '';
CREATE INDEX messages_joined ON messages (joined) WHERE joined <> '';
