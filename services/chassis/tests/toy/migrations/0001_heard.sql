CREATE TABLE heard (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject text NOT NULL,
  number integer NOT NULL
);
