-- Who proposed the refusal that waits for a second officer; the desk marks it.
ALTER TABLE board ADD COLUMN proposed_by text;
-- The same for whoever judges what follows.
ALTER TABLE conformance ADD COLUMN proposed_by text;
