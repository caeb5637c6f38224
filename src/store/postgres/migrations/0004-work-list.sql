-- One list of work for each run, in place of tables of cycles and a queue beside them. What was counted and the pace stay.
DROP TABLE cycle_images, cycle_listings, cycles;
DO $$
BEGIN
  DROP SCHEMA IF EXISTS registry_stats_jobs CASCADE;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'the schema registry_stats_jobs is not used any more';
END $$;

CREATE TABLE runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT now(),
  planned_at timestamptz,
  finished_at timestamptz,
  -- It ended because no collector was left: it says nothing about the registries, and the next one need not wait.
  interrupted boolean NOT NULL DEFAULT false,
  -- The part of the interval after which the next one begins.
  jitter double precision NOT NULL DEFAULT 1,
  save_error jsonb,
  retention_error text
);
-- At most one run is open.
CREATE UNIQUE INDEX runs_open ON runs ((true)) WHERE finished_at IS NULL;

-- The processes that work, and when each showed that it lives.
CREATE TABLE workers (
  id uuid PRIMARY KEY,
  registries text[] NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now()
);

-- Owners to list and images to read. An item is open until it has an outcome.
CREATE TABLE work_items (
  -- In this order those come that are equally old.
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id bigint NOT NULL REFERENCES runs ON DELETE CASCADE,
  registry text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('list', 'read')),
  name text NOT NULL,
  -- What the listing said, and when the newest stored total was read.
  listed jsonb,
  read_before text COLLATE "C",
  attempt integer NOT NULL DEFAULT 0,
  available_at timestamptz NOT NULL DEFAULT now(),
  taken_by uuid,
  failure jsonb,
  outcome jsonb,
  is_read boolean NOT NULL DEFAULT false,
  done_at timestamptz,
  UNIQUE (run_id, registry, kind, name)
);
CREATE INDEX work_items_open ON work_items (run_id, registry, kind, read_before NULLS FIRST, id) WHERE done_at IS NULL;
