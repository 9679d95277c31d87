-- The log as auditors ask about it: one row for each fact, made from `facts` by projections/trail.py.
-- It holds nothing that the log does not, and `satudata rebuild trail` makes it again.
CREATE TABLE trail (
  position bigint PRIMARY KEY,
  stream uuid NOT NULL,
  version bigint NOT NULL,
  type text NOT NULL,
  request_id uuid,
  -- Of the request's own facts; those beside it have its id.
  register_number text,
  actor text NOT NULL,
  role text NOT NULL,
  -- The actor's agency, or else the one that holds the request's data.
  agency text,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_after interval NOT NULL GENERATED ALWAYS AS (recorded_at - occurred_at) STORED,
  step integer,
  next_step integer,
  was_due date,
  late boolean NOT NULL,
  statutory_due date,
  causation text,
  letter text,
  issued_on date,
  -- Of a person's identity, where the fact is that somebody read it.
  fields text[],
  -- Numbers, names of files, titles, reasons: what a search looks in.
  told text
);
CREATE INDEX trail_request ON trail (request_id, position);
CREATE INDEX trail_actor ON trail (actor, position);
CREATE INDEX trail_type ON trail (type, position) INCLUDE (request_id, actor);
CREATE INDEX trail_letter ON trail (letter, position) INCLUDE (request_id) WHERE letter IS NOT NULL;
-- Facts happen nearly in the order of their positions.
CREATE INDEX trail_occurred ON trail USING brin (occurred_at);

INSERT INTO progress (name) VALUES ('trail');

-- What an auditor asks again: the address of a page under /audit holds the whole question.
CREATE TABLE saved_questions (
  id uuid PRIMARY KEY,
  auditor text NOT NULL,
  name text NOT NULL,
  address text NOT NULL,
  saved_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT saved_questions_name UNIQUE (auditor, name)
);
