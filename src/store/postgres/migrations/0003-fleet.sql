-- Cycles that several processes run together, and the pace that they share.
CREATE TABLE cycles (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT now(),
  planned_at timestamptz,
  finished_at timestamptz
);
-- At most one cycle runs.
CREATE UNIQUE INDEX cycles_running ON cycles ((true)) WHERE finished_at IS NULL;

-- What a cycle has to come to an end with. An image is open until it was read or failed.
CREATE TABLE cycle_images (
  cycle_id bigint NOT NULL REFERENCES cycles ON DELETE CASCADE,
  registry text NOT NULL,
  repo text NOT NULL,
  is_read boolean,
  code text,
  message text,
  missing text,
  doubt text,
  PRIMARY KEY (cycle_id, registry, repo)
);
CREATE INDEX cycle_images_open ON cycle_images (cycle_id) WHERE is_read IS NULL;

CREATE TABLE cycle_listings (
  cycle_id bigint NOT NULL REFERENCES cycles ON DELETE CASCADE,
  registry text NOT NULL,
  owner text NOT NULL,
  listed integer,
  expected integer,
  complete boolean,
  code text,
  message text,
  unlisted text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (cycle_id, registry, owner)
);

-- Counted since the beginning; the metrics are made of it.
CREATE TABLE registry_counts (
  registry text PRIMARY KEY,
  cycles_ok bigint NOT NULL DEFAULT 0,
  cycles_failed bigint NOT NULL DEFAULT 0,
  errors jsonb NOT NULL DEFAULT '{}',
  last_success timestamptz
);

-- When the next request from an address to a host may start.
CREATE TABLE paces (
  address text NOT NULL,
  host text NOT NULL,
  next_at timestamptz NOT NULL,
  PRIMARY KEY (address, host)
);
