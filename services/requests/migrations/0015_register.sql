-- The registers that the law asks for, made from `facts` by projections/register.py: one row per request.
-- It holds nothing that the log does not; what names a person stays sealed, as it is there.
CREATE TABLE register (
  request_id uuid PRIMARY KEY,
  -- Of the register number: its year and the number within it.
  year integer NOT NULL,
  number integer NOT NULL,
  -- The years in which an objection was lodged.
  objected_in integer[] NOT NULL,
  -- domain/register.py: Entry.
  entry jsonb NOT NULL
);
CREATE INDEX register_year ON register (year, number);
CREATE INDEX register_objected ON register USING gin (objected_in);

INSERT INTO progress (name) VALUES ('register');
