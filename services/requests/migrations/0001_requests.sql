-- One row per request for the desk: what the facts say now. No personal data in clear.
CREATE TABLE board (
  id uuid PRIMARY KEY,
  register_number text NOT NULL UNIQUE,
  version bigint NOT NULL,
  person_id uuid NOT NULL,
  state text NOT NULL,
  step integer,
  waiting_for text,
  agency text,
  due date,
  statutory_due date,
  submitted_on date NOT NULL,
  kind text NOT NULL,
  channel text NOT NULL,
  dataset text,
  decision text,
  reason_code text,
  returned_on date,
  notice_issued_on date,
  extended boolean NOT NULL,
  objection_ground text,
  objection_due date,
  access_until date,
  ended_on date,
  late_steps integer NOT NULL,
  data_wanted_sealed text NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX board_waiting ON board (waiting_for, agency, due) WHERE waiting_for IS NOT NULL;
CREATE INDEX board_due ON board (due) WHERE due IS NOT NULL;
CREATE INDEX board_submitted ON board (submitted_on);

-- Register numbers, without gaps within a year, and what proves a tracking code.
CREATE TABLE registrations (
  year integer NOT NULL,
  number integer NOT NULL,
  register_number text NOT NULL UNIQUE,
  request_id uuid NOT NULL UNIQUE,
  tracking_hmac bytea NOT NULL,
  CONSTRAINT registrations_number PRIMARY KEY (year, number)
);

-- Who the Pemohon are: the only place, sealed under a key for each.
CREATE TABLE people (
  person_id uuid PRIMARY KEY,
  request_id uuid NOT NULL UNIQUE,
  identity_sealed bytea NOT NULL,
  collected_at timestamptz NOT NULL DEFAULT now()
);

-- Officers' accounts.
CREATE TABLE staff (
  id uuid PRIMARY KEY,
  username text NOT NULL UNIQUE,
  name text NOT NULL,
  role text NOT NULL,
  agency text,
  password_hash text NOT NULL,
  added_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz
);
