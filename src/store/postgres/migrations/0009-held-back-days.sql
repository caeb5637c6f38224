-- Days after tomorrow were written under a wrong clock: they are kept, and in no answer until they come.
CREATE OR REPLACE VIEW image_totals AS
  SELECT day, registry, repo, pull_count, known, known AS mark
  FROM totals JOIN images ON images.id = image_id
  WHERE day <= (now() AT TIME ZONE 'UTC')::date + 1;

CREATE OR REPLACE VIEW daily_pulls AS
  SELECT day, registry, repo,
    coalesce((note ->> 'day_pulls')::bigint, greatest(0, pull_count - lag(pull_count) OVER (PARTITION BY registry, repo ORDER BY day)), 0) AS pulls
  FROM totals JOIN images ON images.id = image_id
  WHERE day <= (now() AT TIME ZONE 'UTC')::date + 1;
