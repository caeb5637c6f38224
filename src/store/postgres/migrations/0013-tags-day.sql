-- The newest day that has tags of an image, so that nobody looks for tags where there are none.
ALTER TABLE image_values ADD COLUMN tags_day date;
UPDATE image_values SET tags_day = tagged.day
FROM (SELECT image_id, max(day) AS day FROM totals WHERE tag_set_id IS NOT NULL OR tags_cut IS NOT NULL GROUP BY image_id) AS tagged
WHERE tagged.image_id = image_values.image_id;
