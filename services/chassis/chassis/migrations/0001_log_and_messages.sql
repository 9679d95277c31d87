-- The log of facts, which is also the outbox.
CREATE TABLE facts (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream uuid NOT NULL,
  version bigint NOT NULL,
  type text NOT NULL,
  type_version integer NOT NULL DEFAULT 1,
  state bytea NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  role text NOT NULL,
  agency text,
  on_behalf_of text,
  idempotency_key text,
  causation text,
  correlation text,
  CONSTRAINT facts_stream_version UNIQUE (stream, version)
);

CREATE FUNCTION facts_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'facts are appended, never changed or taken away';
END $$;
CREATE TRIGGER facts_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON facts
  FOR EACH STATEMENT EXECUTE FUNCTION facts_are_for_ever();

-- How far the relay has come.
CREATE TABLE relay (
  name text PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0
);
INSERT INTO relay (name) VALUES ('relay');

-- Messages that have had their effect here.
CREATE TABLE inbox (
  message_id text PRIMARY KEY,
  handled_at timestamptz NOT NULL DEFAULT now()
);

-- Messages that could not be handled, in order for each subject.
CREATE TABLE parked (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  subject text NOT NULL,
  source text NOT NULL,
  type text NOT NULL,
  message jsonb NOT NULL,
  reason text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_try timestamptz,
  parked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX parked_subject ON parked (subject, id);

-- Long work that a handler has asked for.
CREATE TABLE jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  key text NOT NULL,
  args jsonb NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_try timestamptz NOT NULL DEFAULT now(),
  failed boolean NOT NULL DEFAULT false,
  reason text,
  asked_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT jobs_once UNIQUE (kind, key)
);
CREATE INDEX jobs_due ON jobs (next_try) WHERE NOT failed;

-- Answers already given to commands, by their key.
CREATE TABLE idempotency (
  key text PRIMARY KEY,
  request_digest text NOT NULL,
  answer jsonb NOT NULL,
  answered_at timestamptz NOT NULL DEFAULT now()
);

-- One key per person or file owner, wrapped; destroying it forgets what it sealed.
CREATE TABLE keys (
  owner uuid PRIMARY KEY,
  wrapped bytea,
  made_at timestamptz NOT NULL DEFAULT now(),
  destroyed_at timestamptz,
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
