-- What the SOP's tables say of every fact, made from `facts` by projections/conformance.py.
-- It holds nothing that the log does not, and `satudata rebuild conformance` makes it again.

-- Where each request stands by the tables.
CREATE TABLE conformance (
  request_id uuid PRIMARY KEY,
  register_number text NOT NULL,
  version bigint NOT NULL,
  step integer,
  done text[] NOT NULL,
  pemohon text,
  agency text,
  due date,
  statutory_due date,
  returned_on date,
  stopped_due date,
  stopped_statutory_due date,
  entered_on date,
  notice_on date,
  delivery_letter_on date,
  objection_due date,
  ended_on date,
  erasure text
);

-- Each act and where it led; how many working days the step had taken when it was left.
CREATE TABLE passages (
  position bigint PRIMARY KEY,
  request_id uuid NOT NULL,
  type text NOT NULL,
  step integer,
  next_step integer,
  waited_days integer,
  happened_on date NOT NULL
);
-- Rows lie in the order in which things happened, or nearly: a small index finds a period.
CREATE INDEX passages_happened ON passages USING brin (happened_on);

-- What was not as the SOP has it, at the fact that made it so.
CREATE TABLE deviations (
  position bigint NOT NULL,
  number integer NOT NULL,
  request_id uuid NOT NULL,
  register_number text NOT NULL,
  kind text NOT NULL,
  type text NOT NULL,
  step integer,
  expected text NOT NULL,
  found text NOT NULL,
  actor text NOT NULL,
  role text NOT NULL,
  agency text,
  happened_on date NOT NULL,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (position, number)
);
CREATE INDEX deviations_happened ON deviations (happened_on, position);
CREATE INDEX deviations_request ON deviations (request_id, position);

INSERT INTO progress (name) VALUES ('conformance');
