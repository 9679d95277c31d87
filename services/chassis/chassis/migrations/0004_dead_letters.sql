-- What an operator is told of a message that waits and of a job that failed.

-- `attempts` counts since a person had it tried again; `tries` counts all.
ALTER TABLE parked
  ADD COLUMN tries integer NOT NULL DEFAULT 0,
  ADD COLUMN place text,
  ADD COLUMN failed_at timestamptz;

CREATE TABLE parked_failures (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  parked bigint NOT NULL REFERENCES parked ON DELETE CASCADE,
  at timestamptz NOT NULL DEFAULT now(),
  reason text NOT NULL,
  place text
);
CREATE INDEX parked_failures_of ON parked_failures (parked, id);

ALTER TABLE jobs
  ADD COLUMN place text,
  ADD COLUMN failed_at timestamptz;
