-- A number is unique in `registrations`. A second unique key here made two writers of one row fail
-- now and then: ON CONFLICT (id) waits for the first of them, but not on behalf of another index.
ALTER TABLE board DROP CONSTRAINT board_register_number_key;
CREATE INDEX board_register_number ON board (register_number);
