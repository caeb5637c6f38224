-- When an event happened, in milliseconds since the epoch: what lists of events are ordered by. Its text may be written in any form.
ALTER TABLE events ADD COLUMN at bigint;

CREATE FUNCTION moment_of(written text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN floor(extract(epoch FROM written::timestamptz) * 1000);
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;
UPDATE events SET at = coalesce(moment_of(time), moment_of(seen_at), extract(epoch FROM seen_day) * 1000);
DROP FUNCTION moment_of(text);

ALTER TABLE events ALTER COLUMN at SET NOT NULL;
CREATE INDEX events_at ON events (at);
CREATE INDEX events_repo ON events (repo);
CREATE INDEX events_kind ON events (kind);
