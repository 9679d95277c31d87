-- Uji konsekuensi (UU 14/2008 Pasal 19): written once, ended at most once, never changed.
CREATE TABLE consequence_tests (
  number text PRIMARY KEY,
  year integer NOT NULL,
  running integer NOT NULL,
  information text NOT NULL,
  -- Letters of UU 14/2008 Pasal 17.
  exceptions text[] NOT NULL,
  other_law text,
  if_opened text NOT NULL,
  if_closed text NOT NULL,
  decree text NOT NULL,
  decree_on date NOT NULL,
  valid_from date NOT NULL,
  -- The last day; null: until it is ended.
  valid_until date,
  agency text,
  recorded_on date NOT NULL,
  ended_on date,
  end_reason text,
  UNIQUE (year, running)
);
