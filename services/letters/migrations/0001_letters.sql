-- What the facts have told of each request. No personal data: facts carry none.
CREATE TABLE known_requests (
  request_id uuid PRIMARY KEY,
  register_number text NOT NULL,
  submitted_on date,
  agency text,
  statutory_due date,
  sequence bigint NOT NULL
);

-- The last number given in each register. The row is locked while a letter is made, so a letter
-- that fails leaves no gap.
CREATE TABLE registers (
  unit text NOT NULL,
  naskah text NOT NULL,
  year integer NOT NULL,
  last integer NOT NULL CHECK (last > 0),
  PRIMARY KEY (unit, naskah, year)
);

-- Every letter issued. The PDF lies in the files, sealed under the owner's key.
CREATE TABLE letters (
  letter_id uuid PRIMARY KEY,
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  request_id uuid NOT NULL,
  because_of text NOT NULL,
  kind text NOT NULL,
  register_number text NOT NULL,
  agency text,
  unit text NOT NULL,
  naskah text NOT NULL,
  year integer NOT NULL,
  running integer NOT NULL,
  number text NOT NULL UNIQUE,
  sender text NOT NULL,
  addressed_to text NOT NULL,
  issued_on date NOT NULL,
  issued_at timestamptz NOT NULL,
  owner uuid NOT NULL,
  token text NOT NULL UNIQUE,
  digest text NOT NULL,
  size bigint NOT NULL,
  address text NOT NULL,
  edition text NOT NULL,
  CONSTRAINT letters_once UNIQUE (request_id, because_of, kind),
  CONSTRAINT letters_numbers UNIQUE (unit, naskah, year, running),
  FOREIGN KEY (unit, naskah, year) REFERENCES registers
);
CREATE INDEX letters_digest ON letters (digest);
CREATE INDEX letters_request ON letters (request_id);
CREATE INDEX letters_owner ON letters (owner);

-- An issued letter is for ever: a mistake is put right by another letter.
CREATE FUNCTION letters_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an issued letter is neither changed nor taken away';
END $$;
CREATE TRIGGER letters_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON letters
  FOR EACH STATEMENT EXECUTE FUNCTION letters_are_for_ever();
