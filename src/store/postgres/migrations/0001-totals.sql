-- Images and their totals by day.
CREATE TABLE images (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  registry text NOT NULL,
  repo text NOT NULL,
  UNIQUE (registry, repo)
);

-- Lists of tags, each kept once: from one day to the next most stay as they are.
CREATE TABLE tag_sets (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash bytea NOT NULL UNIQUE,
  tags jsonb NOT NULL
);

-- One total an image and day. A partition a month: retention drops them, a range reads only its own.
CREATE TABLE totals (
  image_id integer NOT NULL REFERENCES images,
  day date NOT NULL,
  pull_count bigint NOT NULL CHECK (pull_count >= 0),
  -- read, backfilled, frozen, restated, imported
  known text NOT NULL,
  -- What was read (2) is worth more than what was imported (1), and that more than what was reconstructed (0).
  worth smallint NOT NULL,
  -- As it was given, and in milliseconds since 1970 to compare.
  read_at text NOT NULL,
  read_ms bigint NOT NULL,
  total_since date,
  tag_count bigint,
  last_updated text,
  tag_set_id bigint REFERENCES tag_sets,
  PRIMARY KEY (image_id, day)
) PARTITION BY RANGE (day);
CREATE INDEX totals_day ON totals (day);
-- Details that few totals have, so that nobody looks for them where there are none.
CREATE INDEX totals_since ON totals (image_id, day) WHERE total_since IS NOT NULL;
CREATE INDEX totals_updated ON totals (image_id, day) WHERE last_updated IS NOT NULL;

-- The days that have a snapshot.
CREATE TABLE snapshot_days (day date PRIMARY KEY);

CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Hash of what makes two events of a day the same: their text may be longer than an index can hold.
  hash bytea NOT NULL UNIQUE,
  time text NOT NULL,
  seen_at text NOT NULL,
  seen_day date NOT NULL,
  registry text NOT NULL,
  repo text,
  kind text NOT NULL,
  detail text
);
CREATE INDEX events_seen_day ON events (seen_day);

-- Grows with every change, in the order in which the changes can be seen.
CREATE TABLE changes (single boolean PRIMARY KEY DEFAULT true CHECK (single), count bigint NOT NULL);
INSERT INTO changes (count) VALUES (0);
