-- Endpoints of integrators. The contact and the keys are sealed under a key of the endpoint's own.
CREATE TABLE webhooks (
  id uuid PRIMARY KEY,
  owner text NOT NULL,
  url text NOT NULL,
  -- As "requests.RequestSubmitted"; none: every type.
  types text[] NOT NULL,
  contact_sealed bytea NOT NULL,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'disabled')),
  disabled_because text CHECK (disabled_because IN ('gone', 'failing', 'operator')),
  made_at timestamptz NOT NULL,
  failing_since timestamptz,
  failures integer NOT NULL DEFAULT 0,
  held_until timestamptz,
  slow boolean NOT NULL DEFAULT false,
  last_error text,
  last_success_at timestamptz,
  CHECK ((state = 'disabled') = (disabled_because IS NOT NULL))
);
CREATE INDEX webhooks_owner ON webhooks (owner, made_at);

-- A pair of signing keys each: while one ends, its successor signs beside it.
CREATE TABLE webhook_keys (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  secret_sealed bytea NOT NULL,
  private_key_sealed bytea NOT NULL,
  public_key bytea NOT NULL,
  made_at timestamptz NOT NULL,
  ends_at timestamptz
);
CREATE INDEX webhook_keys_of ON webhook_keys (webhook_id, id);

-- What was heard and is wanted by somebody, for as long as it can be sent again.
CREATE TABLE webhook_messages (
  id text PRIMARY KEY,
  source text NOT NULL,
  type text NOT NULL,
  subject text NOT NULL,
  position bigint NOT NULL,
  time timestamptz NOT NULL,
  message jsonb NOT NULL,
  kept_at timestamptz NOT NULL
);
CREATE INDEX webhook_messages_kept ON webhook_messages (kept_at);

-- One message for one endpoint. `number` is the order in which they were asked for.
CREATE TABLE deliveries (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  message_id text NOT NULL REFERENCES webhook_messages ON DELETE CASCADE,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  next_try timestamptz NOT NULL,
  asked_at timestamptz NOT NULL,
  settled_at timestamptz,
  CONSTRAINT deliveries_once UNIQUE (webhook_id, message_id)
);
CREATE INDEX deliveries_due ON deliveries (webhook_id, next_try) WHERE state = 'waiting';
CREATE INDEX deliveries_waiting ON deliveries (webhook_id, number) WHERE state = 'waiting';
CREATE INDEX deliveries_listed ON deliveries (webhook_id, number DESC);
CREATE INDEX deliveries_message ON deliveries (message_id);

-- Written before it is made; what it brought, after. Without an end it was interrupted.
CREATE TABLE delivery_attempts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  delivery_id uuid NOT NULL REFERENCES deliveries ON DELETE CASCADE,
  began_at timestamptz NOT NULL,
  status integer,
  seconds real,
  error text
);
CREATE INDEX delivery_attempts_of ON delivery_attempts (delivery_id, id);
