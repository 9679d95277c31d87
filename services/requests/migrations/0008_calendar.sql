-- The calendar of working days, each version whole: what was known from when on. No row is ever
-- changed; the first one is of the decree files that came with the software.
CREATE TABLE calendars (
  version integer PRIMARY KEY,
  known_from timestamptz NOT NULL DEFAULT now(),
  imported_by text NOT NULL,
  content jsonb NOT NULL
);

-- What the deadlines of a request are counted from (domain/clocks.py); null for rows from before.
ALTER TABLE board ADD COLUMN clocks jsonb;
