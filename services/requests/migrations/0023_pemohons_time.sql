-- From when on the Pemohon may object to a cost or to what was refused, and until when they may
-- complete a request or download data.
ALTER TABLE conformance
  ADD COLUMN fee_charged_on date,
  ADD COLUMN refused_on date,
  ADD COLUMN complete_due date,
  ADD COLUMN access_due date;

-- The few requests that the PPID may close once the Pemohon's time has passed.
ALTER TABLE board ADD COLUMN closable_after date;
CREATE INDEX board_closable ON board (desk_order, register_number)
  WHERE closable_after IS NOT NULL;
