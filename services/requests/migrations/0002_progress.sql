-- How far each reader of the log has come, and why it stopped, if it did.
CREATE TABLE progress (
  name text PRIMARY KEY,
  version integer NOT NULL DEFAULT 1,
  position bigint NOT NULL DEFAULT 0,
  stopped_because text,
  stopped_at timestamptz
);
