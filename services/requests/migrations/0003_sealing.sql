-- The tree over the facts. Leaves in the order of positions, without gaps.
CREATE TABLE sealed (
  leaf_index bigint PRIMARY KEY,
  position bigint NOT NULL UNIQUE
);

-- Where the log says that a letter was issued: its proof is asked for by the letter's id.
CREATE TABLE sealed_letters (
  letter_id text PRIMARY KEY,
  position bigint NOT NULL
);

-- 256 hashes of 32 bytes in each full tile; those at the right edge grow.
CREATE TABLE tiles (
  level integer NOT NULL,
  n bigint NOT NULL,
  hashes bytea NOT NULL CHECK (length(hashes) % 32 = 0 AND length(hashes) BETWEEN 32 AND 8192),
  PRIMARY KEY (level, n)
);
-- Hashes cannot be compressed: do not try.
ALTER TABLE tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE checkpoints (
  size bigint PRIMARY KEY,
  root bytea NOT NULL CHECK (length(root) = 32),
  note text NOT NULL,
  signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What witnesses signed, one line each.
CREATE TABLE cosignatures (
  size bigint NOT NULL REFERENCES checkpoints,
  witness text NOT NULL,
  line text NOT NULL,
  PRIMARY KEY (size, witness)
);

CREATE FUNCTION seals_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what is sealed is never changed or taken away';
END $$;
CREATE TRIGGER seals_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed
  FOR EACH STATEMENT EXECUTE FUNCTION seals_are_for_ever();
CREATE TRIGGER seals_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed_letters
  FOR EACH STATEMENT EXECUTE FUNCTION seals_are_for_ever();
CREATE TRIGGER seals_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION seals_are_for_ever();
CREATE TRIGGER seals_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON cosignatures
  FOR EACH STATEMENT EXECUTE FUNCTION seals_are_for_ever();
CREATE TRIGGER seals_are_for_ever BEFORE DELETE OR TRUNCATE ON tiles
  FOR EACH STATEMENT EXECUTE FUNCTION seals_are_for_ever();

CREATE FUNCTION tiles_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.level, OLD.n) IS DISTINCT FROM (NEW.level, NEW.n)
    OR substring(NEW.hashes FOR length(OLD.hashes)) IS DISTINCT FROM OLD.hashes
  THEN
    RAISE EXCEPTION 'what is sealed is never changed or taken away';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tiles_only_grow BEFORE UPDATE ON tiles
  FOR EACH ROW EXECUTE FUNCTION tiles_only_grow();

INSERT INTO progress (name) VALUES ('sealer');
