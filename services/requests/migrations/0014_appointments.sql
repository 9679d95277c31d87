-- Who acts in another's office, by which order and until when. Ending one early is a fact, too.
CREATE TABLE appointments (
  id uuid PRIMARY KEY,
  staff_id uuid NOT NULL REFERENCES staff (id),
  capacity text NOT NULL CHECK (capacity IN ('plh', 'plt', 'pengganti')),
  role text NOT NULL,
  agency text,
  decree text NOT NULL,
  first_day date NOT NULL,
  last_day date NOT NULL CHECK (last_day >= first_day),
  ended_on date
);
CREATE INDEX appointments_staff ON appointments (staff_id, last_day);
