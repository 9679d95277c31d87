-- Which trace a fact and a job belong to: W3C Trace Context's traceparent (telemetry.py).
ALTER TABLE facts ADD COLUMN traceparent text;
ALTER TABLE jobs ADD COLUMN traceparent text;

-- Beside the function of 0002, which the version before calls while it is up.
CREATE FUNCTION append_fact(
  fact_stream uuid, fact_version bigint, fact_type text, fact_type_version integer,
  fact_state bytea, fact_occurred_at timestamptz, fact_actor text, fact_role text,
  fact_agency text, fact_causation text, fact_correlation text, fact_idempotency_key text,
  fact_traceparent text,
  OUT fact_position bigint, OUT asleep boolean
) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(4711);
  INSERT INTO facts (stream, version, type, type_version, state, occurred_at, actor, role, agency,
    causation, correlation, idempotency_key, traceparent)
  VALUES (fact_stream, fact_version, fact_type, fact_type_version, fact_state, fact_occurred_at,
    fact_actor, fact_role, fact_agency, fact_causation, fact_correlation, fact_idempotency_key,
    fact_traceparent)
  RETURNING position INTO fact_position;
  -- After the position was given, as whoever falls asleep does it in the other order.
  -- Twice, as it may be another append that has it for this instant.
  asleep := NOT pg_try_advisory_lock(4716);
  IF asleep THEN
    asleep := NOT pg_try_advisory_lock(4716);
  END IF;
  IF NOT asleep THEN
    PERFORM pg_advisory_unlock(4716);
  END IF;
END $$;
