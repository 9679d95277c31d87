-- For letters that an acting officer signs by name. Neither is in any fact.
ALTER TABLE appointments ADD COLUMN rank text;
ALTER TABLE appointments ADD COLUMN nip text CHECK (nip ~ '^[0-9]{18}$');
