-- What Grafana's PostgreSQL data source reads; the rules are those of docs/how-numbers-are-made.md.
CREATE VIEW image_totals AS
  SELECT day, registry, repo, pull_count, known
  FROM totals JOIN images ON images.id = image_id;

-- The first known day of an image and a decrease count 0; a missing day has no row, and the next one the whole difference.
CREATE VIEW daily_pulls AS
  SELECT day, registry, repo,
    coalesce(greatest(0, pull_count - lag(pull_count) OVER (PARTITION BY registry, repo ORDER BY day)), 0) AS pulls
  FROM totals JOIN images ON images.id = image_id;

CREATE VIEW weekly_pulls AS
  SELECT date_trunc('week', day)::date AS week, registry, repo, sum(pulls)::bigint AS pulls
  FROM daily_pulls GROUP BY 1, registry, repo;

CREATE VIEW monthly_pulls AS
  SELECT date_trunc('month', day)::date AS month, registry, repo, sum(pulls)::bigint AS pulls
  FROM daily_pulls GROUP BY 1, registry, repo;
