-- An account that was disabled has no webhooks at work.
ALTER TABLE webhooks DROP CONSTRAINT webhooks_disabled_because_check;
ALTER TABLE webhooks ADD CONSTRAINT webhooks_disabled_because_check
  CHECK (disabled_because IN ('gone', 'failing', 'operator', 'account'));
