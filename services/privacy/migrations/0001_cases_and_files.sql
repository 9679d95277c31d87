-- What privacy knows of each data request: enough to say whose it is and whether step 10 is open.
CREATE TABLE cases (
  request_id uuid PRIMARY KEY,
  register_number text NOT NULL,
  agency text,
  step integer,
  due date,
  sequence bigint NOT NULL,
  -- The file that was handed over, by its digest; newer by its own sequence.
  data_digest text,
  data_sequence bigint NOT NULL DEFAULT 0,
  -- The file that was cleared for an earlier request and is given again for this one.
  cited_digest text,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Files as they came, sealed under the request's own key, and what became of them.
CREATE TABLE files (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  request_id uuid NOT NULL,
  digest text NOT NULL,
  address text NOT NULL,
  size bigint NOT NULL,
  format text NOT NULL,
  filename_sealed bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  state text NOT NULL DEFAULT 'received' CHECK (
    state IN ('received', 'scanning', 'scanned', 'unreadable', 'releasing', 'masked', 'clean')
  ),
  -- Columns, kinds, counts and shapes; never a value.
  findings jsonb,
  -- A sentence for the officer: why it could not be read, or what was still left after masking.
  problem text,
  -- Which way was chosen for each column; the officer's reasons are sealed.
  decisions jsonb,
  reasons_sealed bytea,
  round integer NOT NULL DEFAULT 0,
  decided_by text,
  decided_role text,
  decided_at timestamptz,
  -- The file that may be given.
  released_digest text,
  released_address text,
  released_filename text,
  released_format text,
  released_size bigint,
  released_rows bigint,
  masked_columns jsonb,
  UNIQUE (request_id, digest)
);
CREATE INDEX files_released ON files (released_digest);
