-- What of a request's deadlines is still to be told: near, passed, passed for long
-- (domain/watching.py); null for rows from before.
ALTER TABLE board ADD COLUMN watched jsonb;
INSERT INTO progress (name) VALUES ('clocks');
