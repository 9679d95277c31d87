-- The table of reasons for refusing, each version whole. No row is ever changed; the first one is
-- the one that came with the software.
CREATE TABLE refusal_reasons (
  version integer PRIMARY KEY,
  known_from timestamptz NOT NULL DEFAULT now(),
  imported_by text NOT NULL,
  content jsonb NOT NULL
);
