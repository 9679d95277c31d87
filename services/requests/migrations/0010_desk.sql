-- The desk's order: the nearest clock that runs, in days since 2000-01-01; then what runs without a
-- clock, the oldest first; then what is finished, the latest first. What is to be reopened waits for
-- somebody: it runs. The Pemohon's own step is no
-- clock of the office. views.py reads these numbers.
ALTER TABLE board ADD COLUMN desk_order integer NOT NULL GENERATED ALWAYS AS (
  coalesce(
    least(
      CASE WHEN waiting_for <> 'pemohon' THEN due END,
      CASE WHEN step IS NOT NULL AND notice_issued_on IS NULL THEN statutory_due END,
      objection_due
    ) - DATE '2000-01-01',
    CASE
      WHEN step IS NOT NULL OR erasure_asked_on IS NOT NULL OR waiting_for IS NOT NULL
      THEN 100000 + (submitted_on - DATE '2000-01-01')
      ELSE 1000000 - (coalesce(ended_on, submitted_on) - DATE '2000-01-01')
    END
  )
) STORED;
-- All that the desk's list filters by: it finds its rows in this index alone.
CREATE INDEX board_desk ON board (desk_order, register_number)
  INCLUDE (id, step, state, waiting_for, agency, kind, channel, decision, due,
           objection_ground, erasure_asked_on);
CREATE INDEX board_desk_agency ON board (agency, desk_order, register_number);
DROP INDEX board_waiting;
DROP INDEX board_due;

-- The words of what was written about a request, each as a keyed hash: searched, never read. A row
-- is written together with the texts' facts, and goes with the Pemohon's key.
CREATE TABLE search_words (
  request_id uuid PRIMARY KEY,
  words bigint[] NOT NULL
);
CREATE INDEX search_words_words ON search_words USING gin (words);
