-- What each clock of a request was counted from, so that a deadline that was moved can be held
-- against the calendar that moved it. Empty for requests from before: `satudata rebuild conformance`.
ALTER TABLE conformance ADD COLUMN counted jsonb NOT NULL DEFAULT '{}';
