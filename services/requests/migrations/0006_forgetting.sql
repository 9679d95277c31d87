-- Who was erased: ids alone, so that nobody is erased twice and retention knows who is done.
CREATE TABLE erasures (
  request_id uuid PRIMARY KEY,
  person_id uuid NOT NULL UNIQUE,
  -- Why, by its code in domain/erasing.py; null for erasures from before reasons were asked.
  reason text,
  erased_on date NOT NULL
);
INSERT INTO erasures (request_id, person_id, erased_on)
SELECT (convert_from(state, 'UTF8')::jsonb ->> 'request_id')::uuid, stream,
       min(occurred_at AT TIME ZONE 'Asia/Jakarta')::date
FROM facts
WHERE type = 'PersonErased'
GROUP BY 1, 2;

-- What the other holders answered.
CREATE TABLE erasure_answers (
  person_id uuid NOT NULL,
  holder text NOT NULL,
  destroyed integer NOT NULL,
  kept integer NOT NULL,
  kept_because text,
  answered_at timestamptz NOT NULL,
  PRIMARY KEY (person_id, holder)
);

-- For the desk: whose request for erasure waits for a decision.
ALTER TABLE board ADD COLUMN erasure_asked_on date;

-- When each kind of record was last looked through for what has outlived its term.
CREATE TABLE retention (
  kind text PRIMARY KEY,
  applied_on date
);
INSERT INTO retention (kind) VALUES ('person'), ('answers');
INSERT INTO progress (name) VALUES ('retention');
