-- Facts that mails speak of. No personal data: facts carry none.
CREATE TABLE heard_facts (
  id text PRIMARY KEY,
  source text NOT NULL,
  type text NOT NULL,
  request_id uuid NOT NULL,
  time timestamptz NOT NULL,
  data jsonb NOT NULL
);
CREATE INDEX heard_facts_request ON heard_facts (request_id);

-- One row per mail, never its recipient: an applicant's address is asked for when the mail is sent.
CREATE TABLE mails (
  id uuid PRIMARY KEY,
  fact_id text NOT NULL REFERENCES heard_facts,
  because_id text,
  request_id uuid NOT NULL,
  mail text NOT NULL,
  audience text NOT NULL,
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'sent', 'failed', 'dropped', 'dismissed')),
  attempts integer NOT NULL DEFAULT 0,
  last_attempt_at timestamptz,
  last_error text,
  asked_at timestamptz NOT NULL,
  settled_at timestamptz,
  CONSTRAINT mails_once UNIQUE (fact_id, mail, audience)
);
CREATE INDEX mails_listed ON mails (state, asked_at DESC, id);
