-- Datasets as they are described now, and how they are found.
CREATE TABLE datasets (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  title text NOT NULL,
  description text NOT NULL,
  agency text NOT NULL,
  agency_name text NOT NULL,
  topic text NOT NULL,
  period text NOT NULL,
  frequency text NOT NULL,
  licence text NOT NULL,
  keywords jsonb NOT NULL,
  access text NOT NULL CHECK (access IN ('open', 'restricted')),
  note text NOT NULL,
  concept text NOT NULL,
  definition text NOT NULL,
  classification text NOT NULL,
  measure text NOT NULL,
  unit text NOT NULL,
  -- 0 while no file has come; then the latest of dataset_versions.
  version integer NOT NULL DEFAULT 0,
  column_names jsonb NOT NULL DEFAULT '[]',
  added_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('indonesian'::regconfig, title), 'A')
    || setweight(to_tsvector('indonesian'::regconfig, keywords), 'B')
    || setweight(to_tsvector('indonesian'::regconfig,
         description || ' ' || agency_name || ' ' || concept || ' ' || definition), 'C')
    || setweight(to_tsvector('indonesian'::regconfig, column_names), 'D')
  ) STORED,
  -- The same in words with a space before each, for their beginnings and for what stands inside.
  title_words text NOT NULL GENERATED ALWAYS AS (
    ' ' || regexp_replace(lower(title), '[^[:alnum:]]+', ' ', 'g')
  ) STORED,
  all_words text NOT NULL GENERATED ALWAYS AS (
    ' ' || regexp_replace(
      lower(title || ' ' || keywords::text || ' ' || description || ' ' || agency_name || ' '
            || concept || ' ' || definition || ' ' || column_names::text),
      '[^[:alnum:]]+', ' ', 'g')
  ) STORED
);
CREATE INDEX datasets_search ON datasets USING gin (search);
CREATE INDEX datasets_newest ON datasets (updated_at DESC, slug);

-- Every file that a dataset ever had; rows are added, never changed.
CREATE TABLE dataset_versions (
  dataset uuid NOT NULL REFERENCES datasets (id),
  version integer NOT NULL,
  digest text NOT NULL,
  address text NOT NULL,
  table_address text NOT NULL,
  filename text NOT NULL,
  format text NOT NULL,
  media_type text NOT NULL,
  size bigint NOT NULL,
  row_count bigint NOT NULL,
  columns jsonb NOT NULL,
  preview jsonb NOT NULL,
  notes jsonb NOT NULL,
  outline text NOT NULL DEFAULT '',
  added_at timestamptz NOT NULL,
  added_by text NOT NULL,
  PRIMARY KEY (dataset, version)
);
CREATE INDEX dataset_versions_digest ON dataset_versions (digest);

-- The guestbook. `email_index` is a keyed digest, so that one person is one guest.
CREATE TABLE guests (
  id uuid PRIMARY KEY,
  email_index bytea NOT NULL UNIQUE,
  last_seen_at timestamptz NOT NULL
);

CREATE TABLE downloads (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset uuid NOT NULL REFERENCES datasets (id),
  version integer NOT NULL,
  format text NOT NULL,
  -- Both null for a program, which signs no guestbook; `entry` is sealed under the guest's key.
  guest uuid,
  entry bytea,
  at timestamptz NOT NULL
);
CREATE INDEX downloads_dataset ON downloads (dataset, at);
CREATE INDEX downloads_guest ON downloads (guest) WHERE guest IS NOT NULL;

-- Daftar Informasi Publik.
CREATE TABLE dip_entries (
  id text PRIMARY KEY,
  summary text NOT NULL,
  controller text NOT NULL,
  producer text NOT NULL,
  agency text NOT NULL,
  made text NOT NULL,
  forms text NOT NULL,
  retention text NOT NULL,
  category text NOT NULL CHECK (category IN ('berkala', 'serta_merta', 'setiap_saat')),
  dataset text NOT NULL,
  added_at timestamptz NOT NULL,
  retired_at timestamptz,
  search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('indonesian'::regconfig, summary), 'A')
    || setweight(to_tsvector('indonesian'::regconfig, id || ' ' || controller || ' ' || producer), 'C')
  ) STORED,
  title_words text NOT NULL GENERATED ALWAYS AS (
    ' ' || regexp_replace(lower(summary), '[^[:alnum:]]+', ' ', 'g')
  ) STORED,
  all_words text NOT NULL GENERATED ALWAYS AS (
    ' ' || regexp_replace(
      lower(id || ' ' || summary || ' ' || controller || ' ' || producer),
      '[^[:alnum:]]+', ' ', 'g')
  ) STORED
);
CREATE INDEX dip_entries_search ON dip_entries USING gin (search);

-- Daftar Data: what is to be collected in a year, here as far as it was asked for.
CREATE TABLE daftar_data (
  request_id uuid PRIMARY KEY,
  year integer NOT NULL,
  title text NOT NULL,
  concept text NOT NULL,
  definition text NOT NULL,
  classification text NOT NULL,
  measure text NOT NULL,
  unit text NOT NULL,
  produsen_data text NOT NULL,
  -- The fact's version in its stream: a newer fact wins, whatever comes first.
  sequence bigint NOT NULL,
  listed_at timestamptz NOT NULL
);
CREATE INDEX daftar_data_year ON daftar_data (year, listed_at);
