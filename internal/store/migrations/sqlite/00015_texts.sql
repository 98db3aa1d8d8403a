-- How many SMS a plan has, by where their numbers are from, as JSON: what they
-- cost differs, and no number stands in the ledger.

-- +goose Up
ALTER TABLE cases ADD COLUMN texts TEXT NOT NULL DEFAULT '';
