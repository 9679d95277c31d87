-- The log as an auditor reads it. Run in each of the five databases after `satudata migrate`, as the
-- role that migrates (or a superuser); run it again at any time:
--
--   for db in requests catalog privacy letters notify; do psql -d $db -f deploy/postgres/auditor.sql; done

CREATE OR REPLACE VIEW event_log AS
SELECT
  position,
  stream,
  version,
  type,
  occurred_at,
  recorded_at,
  actor,
  role,
  agency,
  causation,
  correlation,
  -- Texts that people wrote are in fields that end in _sealed, and cannot be read here.
  convert_from(state, 'UTF8')::jsonb AS data
FROM facts;

REVOKE ALL ON event_log FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO satudata_auditor;
GRANT SELECT ON event_log TO satudata_auditor;

-- In the database of requests: which officer an actor's id belongs to. Never a Pemohon.
DO $$
BEGIN
  IF to_regclass('public.staff') IS NOT NULL THEN
    GRANT SELECT (id, username, name, role, agency, added_at, disabled_at) ON staff
      TO satudata_auditor;
  END IF;
END $$;
