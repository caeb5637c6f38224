-- What is remembered of events, so that each is sent once.
CREATE TABLE notify_memory (single boolean PRIMARY KEY DEFAULT true CHECK (single), memory jsonb);
INSERT INTO notify_memory (memory) VALUES (NULL);

-- Messages on their way. One that ended stays a while, so that it is not added again.
CREATE TABLE notify_deliveries (
  channel text NOT NULL,
  id text NOT NULL,
  notice jsonb NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  due_at timestamptz NOT NULL DEFAULT now(),
  tried_at timestamptz,
  -- The process that took it is dead when this has passed.
  leased_until timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (channel, id)
);
CREATE INDEX notify_deliveries_waiting ON notify_deliveries (channel, added_at) WHERE ended_at IS NULL;

CREATE TABLE notify_channels (
  channel text PRIMARY KEY,
  delivered bigint NOT NULL DEFAULT 0,
  given_up bigint NOT NULL DEFAULT 0,
  last_success timestamptz,
  last_error_at timestamptz,
  last_error text
);
