-- Accounts that were disabled and appointments that ended early: their sessions hold no longer here.
CREATE TABLE revoked (
  id text PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now()
);
