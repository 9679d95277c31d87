-- When the Pemohon of the request was erased. Its files go with it, unless another request that is
-- not forgotten gives one of them again.
ALTER TABLE cases ADD COLUMN forgotten_at timestamptz;
