-- What is known of a total beside itself: what was read before its day was closed, the day's own pulls, a discrepancy with daily counts.
ALTER TABLE totals ADD COLUMN note jsonb;

-- Earlier versions worked totals out from labels that could be a day off. From now on `backfilled` is exact, and these are replaced where they can be.
UPDATE totals SET known = 'estimated' WHERE known = 'backfilled';
UPDATE totals SET known = 'inconsistent' WHERE known = 'restated';

-- Where a total fell although pulls went on, the registry's own count of the day is what is known.
CREATE OR REPLACE VIEW daily_pulls AS
  SELECT day, registry, repo,
    coalesce((note ->> 'day_pulls')::bigint, greatest(0, pull_count - lag(pull_count) OVER (PARTITION BY registry, repo ORDER BY day)), 0) AS pulls
  FROM totals JOIN images ON images.id = image_id;
