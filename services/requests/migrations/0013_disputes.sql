-- Whether a dispute about the request is open at the Komisi Informasi, for judging what follows.
ALTER TABLE conformance ADD COLUMN dispute boolean NOT NULL DEFAULT false;
