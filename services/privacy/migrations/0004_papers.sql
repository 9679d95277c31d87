-- The Pemohon's own papers, as they came, sealed under the person's key and not the request's: that one is kept while another request gives one of its files again. No name of a file is kept.
CREATE TABLE papers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  request_id uuid NOT NULL,
  person_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('ktp', 'akta', 'pengesahan', 'surat_kuasa', 'lainnya')),
  digest text NOT NULL,
  address text NOT NULL,
  size bigint NOT NULL,
  format text NOT NULL CHECK (format IN ('pdf', 'jpeg', 'png')),
  by_role text NOT NULL,
  received_at timestamptz NOT NULL,
  UNIQUE (request_id, kind, digest)
);
CREATE INDEX papers_person ON papers (person_id);
