-- A reading of the same day changes the row of its image: room beside it, and no index over what changes, so that the new row is written where the old one was.
ALTER TABLE image_values SET (fillfactor = 50);
DROP INDEX image_values_change;
CREATE INDEX image_values_change ON image_values USING brin (change) WITH (pages_per_range = 4, autosummarize = on);
