-- What lists of images and charts of all of them show, kept by whatever stores totals: see src/store/postgres/kept.
CREATE TABLE image_values (
  image_id integer PRIMARY KEY,
  -- The newest total, and the newest known value of each detail.
  day date NOT NULL,
  pull_count bigint NOT NULL,
  mark text NOT NULL,
  note jsonb,
  read_at text,
  tag_count bigint,
  last_updated text,
  total_since date,
  -- What its series comes to.
  history_since date NOT NULL,
  first_seen date,
  backfilled_days integer NOT NULL,
  imported_days integer NOT NULL,
  -- The pulls of the newest known days.
  recent_days integer[] NOT NULL,
  recent_pulls bigint[] NOT NULL,
  -- The change that wrote it.
  change bigint NOT NULL
);
CREATE INDEX image_values_change ON image_values (change);

-- What the images of a registry add up to on a day, by how each value is known and how many days it covers.
CREATE TABLE day_sums (
  registry text NOT NULL,
  day date NOT NULL,
  mark text NOT NULL,
  covered integer NOT NULL,
  image_count bigint NOT NULL,
  pulls bigint NOT NULL,
  total bigint NOT NULL,
  step bigint NOT NULL,
  resets bigint NOT NULL,
  fall bigint NOT NULL,
  change bigint NOT NULL,
  PRIMARY KEY (registry, day, mark, covered)
);
CREATE INDEX day_sums_change ON day_sums (change);

-- The change that made all of them anew: whoever knows older ones forgets them.
CREATE TABLE kept_state (single boolean PRIMARY KEY DEFAULT true CHECK (single), change bigint NOT NULL);
INSERT INTO kept_state (change) VALUES (0);
