-- Of a request: whether copies on paper were asked for, and whether their cost waits to be paid.
ALTER TABLE conformance ADD COLUMN on_paper boolean NOT NULL DEFAULT false;
ALTER TABLE conformance ADD COLUMN fee_open boolean NOT NULL DEFAULT false;
